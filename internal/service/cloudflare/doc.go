// Package cloudflare provides Cloudflare as a DNS host.
package cloudflare
