// Package cert is the room of certificates that hosts of mail serve.
package cert
