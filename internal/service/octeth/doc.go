// Package octeth is Octeth, as a sender that may also publish records by itself.
package octeth
