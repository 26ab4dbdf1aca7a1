// Package mail is the room of mail services: the mail domains, mailboxes and DKIM keys at all of
// them.
package mail
