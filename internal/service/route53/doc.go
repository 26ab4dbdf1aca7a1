// Package route53 provides Amazon Route 53 as a DNS host.
package route53
