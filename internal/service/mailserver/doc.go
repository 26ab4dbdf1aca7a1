// Package mailserver provides the RunEasyMail mail server as a mail service that also serves
// certificates.
package mailserver
