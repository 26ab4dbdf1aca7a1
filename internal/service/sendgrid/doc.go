// Package sendgrid provides SendGrid as a sender.
package sendgrid
