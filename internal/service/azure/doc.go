// Package azure provides Azure DNS as a DNS host.
package azure
