// Package verify is the room of verifications: it has a service look for the records of a
// domain, and waits until it has seen them.
package verify
