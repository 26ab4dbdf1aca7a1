// Package dns knows the DNS as mail needs it, from both sides.
//
// Seen from outside: names, which zone holds a name, who hosts that zone, and what
// its name servers answer right now. A [Lookup] talks to name servers and resolvers
// directly, by [github.com/miekg/dns], because the operating system's resolver hides
// what matters: which server said it, with what authority, and whether a CNAME was
// followed on the way.
//
// Seen from its host: a [Host] reads and changes the zones of one account, and an
// [Editor] above it publishes records in zones that others edit too. What it would do
// to a zone is decided by [Editor.Plan], and what has become of it is told by [Observe];
// both ask nobody.
package dns
