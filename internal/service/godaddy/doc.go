// Package godaddy provides GoDaddy as a DNS host.
package godaddy
