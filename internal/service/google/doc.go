// Package google provides Google Cloud DNS as a DNS host.
package google
