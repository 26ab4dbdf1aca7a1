// Package godaddy is GoDaddy, as a DNS host.
package godaddy
