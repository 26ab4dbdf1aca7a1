// Package sendgrid is SendGrid, as a sender.
package sendgrid
