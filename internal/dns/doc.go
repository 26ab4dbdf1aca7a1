// Package dns knows the DNS as mail needs it: names, which zone holds a name,
// who hosts that zone, and what its name servers answer right now.
//
// Everything here talks to name servers and resolvers directly, by
// [github.com/miekg/dns], because the operating system's resolver hides what
// matters: which server said it, with what authority, and whether a CNAME was
// followed on the way.
package dns
