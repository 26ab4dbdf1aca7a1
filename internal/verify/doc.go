// Package verify is the room of verifications. It makes a service check the DNS records of a
// domain, and waits until the service has verified the domain.
package verify
