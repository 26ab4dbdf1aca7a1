// Package cert is the room of the TLS certificates that mail hosts serve.
package cert
