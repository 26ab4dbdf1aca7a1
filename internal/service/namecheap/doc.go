// Package namecheap provides Namecheap as a DNS host.
package namecheap
