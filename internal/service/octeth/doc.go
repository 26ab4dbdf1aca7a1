// Package octeth provides Octeth as a sender, and as a delegate that publishes records itself.
package octeth
