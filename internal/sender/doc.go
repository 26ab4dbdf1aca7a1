// Package sender is the room of senders, and of the domains that are registered with them so that
// they may send mail for these domains.
package sender
