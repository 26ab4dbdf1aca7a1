// Package rfc2136 provides any server that takes dynamic updates (RFC 2136) as a DNS host.
package rfc2136
