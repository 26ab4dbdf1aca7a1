// Package function holds the functions of the provider. They build the texts of DNS records, and
// check them. They are pure: they ask no DNS and no service, and work without a configured
// provider. What they know about records is in package mailrecord; this package reads arguments
// and names the one that is wrong.
package function
