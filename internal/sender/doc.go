// Package sender is the room of senders: the domains that are registered with one, so that it
// may send mail for them.
package sender
