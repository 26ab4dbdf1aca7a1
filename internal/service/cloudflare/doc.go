// Package cloudflare is Cloudflare, as a DNS host.
package cloudflare
