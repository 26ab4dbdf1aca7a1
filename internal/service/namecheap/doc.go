// Package namecheap is Namecheap, as a DNS host.
package namecheap
