// Package dns looks up the DNS and edits zones, as mail needs it.
//
// Lookups: a [Lookup] finds the zone of a name, its DNS host, and what its name servers answer
// right now. It asks name servers and resolvers directly, with [github.com/miekg/dns]. The
// operating system's resolver does not tell which server answered, with what authority, and whether
// it followed a CNAME.
//
// Editing: a [Host] reads and changes the zones of one account. An [Editor] uses it to publish
// records in zones that others edit too. [Editor.Plan] tells what a publication would do to a zone,
// and [Editor.Observe] what has become of published records.
package dns
