// Package mail is the room of mail services: domains, mailboxes and DKIM keys, at whichever
// service they are.
package mail
