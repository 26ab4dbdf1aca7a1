package dns

import (
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// aliasHidden reports whether a record is a CNAME that the host answers with addresses, so that
// nobody sees the CNAME.
func (r Record) aliasHidden() bool { return r.Type == "CNAME" && (r.Proxied || r.Flattened) }

// hiddenBy says why a CNAME is hidden, as the rest of a sentence.
func (r Record) hiddenBy() string {
	if r.Proxied {
		return "is behind the proxy of the DNS host, which answers with addresses of its own"
	}
	return "is flattened by the DNS host, which answers with the addresses of " + r.Value
}

// unseen says, in a clause, why the name servers do not answer with a record although it is in the
// zone. It is empty if, as far as the zone tells, they do.
func (d *draft) unseen(r Record, limits Limits) string {
	_, known := miekg.StringToType[r.Type]
	switch {
	case r.Off:
		return "it is switched off at the DNS host"
	case !known:
		return fmt.Sprintf("the DNS has no records of the type %s: the DNS host answers with records of other types in its place", r.Type)
	case d.proxied(r):
		return "it is behind the proxy of the DNS host, which answers with addresses of its own"
	case r.aliasHidden():
		return "it " + r.hiddenBy()
	case r.Type == "CNAME" && r.Name == d.base.Zone.Apex && limits.ApexCNAME:
		return "the DNS host flattens a CNAME at the apex of a zone: it answers with the addresses of " + r.Value
	case r.Type == "MX" && d.proxiedAt(r.Value):
		return fmt.Sprintf("%s is behind the proxy of the DNS host, which answers with an MX to another name that leads past the proxy", r.Value)
	}
	return ""
}

// proxied reports whether the host's proxy answers instead of a record. If one address of a name is
// proxied, the proxy answers for all addresses of that name.
func (d *draft) proxied(r Record) bool {
	switch r.Type {
	case "CNAME":
		return r.Proxied
	case "A", "AAAA":
		return r.Proxied || d.proxiedAt(r.Name)
	}
	return false
}

// proxiedAt reports whether the host's proxy answers for the addresses of a name.
func (d *draft) proxiedAt(name string) bool {
	return slices.ContainsFunc(d.at(name), func(e *entry) bool { return e.record.Proxied })
}

// warnOfUnseen names the wanted records that the name servers will not answer with, and the
// addresses that an SPF record is meant to allow and does not.
func (pl *planner) warnOfUnseen() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil {
			continue
		}
		if reason := pl.unseen(e.record, pl.limits); reason != "" {
			pl.problem(Warning, w.Key, "Record is not seen in the DNS",
				"%s will stand in the zone, but the name servers do not answer with it: %s. Nothing waits for it to be seen, and a verification of it fails.%s",
				e.record, reason, pl.unseenAdvice(e.record))
		}
		if w.Record.isSPF() {
			pl.warnOfProxiedSenders(w)
		}
	}
}

// unseenAdvice says, in another sentence, what to do about a record that the name servers do not
// answer with; empty if nothing can be done.
func (pl *planner) unseenAdvice(r Record) string {
	switch {
	case r.Off:
		return " Switch it on there."
	case r.Type == "MX":
		return fmt.Sprintf(" Mail arrives all the same. If the MX is to be seen as it is, switch off the proxy for %s at the DNS host.", r.Value)
	case pl.proxied(r):
		return " Mail does not pass the proxy: if it is meant for mail, switch off the proxy for this name at the DNS host."
	}
	return ""
}

// warnOfProxiedSenders looks for "a" mechanisms of an SPF record that name a host behind the proxy.
// Receivers get the proxy's addresses for them, and no mail comes from these.
func (pl *planner) warnOfProxiedSenders(w Wanted) {
	spf, err := mailrecord.ParseSPF(w.Record.Value)
	if err != nil {
		return
	}
	for _, term := range spf.Terms {
		if term.Name != "a" {
			continue
		}
		host := w.Record.Name
		if term.Value != "" {
			host = FoldName(term.Value)
		}
		if pl.proxiedAt(host) {
			pl.problem(Warning, w.Key, "SPF mechanism of a proxied host",
				"%s: %s means the addresses of %s, which is behind the proxy of the DNS host, so receivers get the proxy's addresses instead of those that mail comes from. "+
					"Use ip4 and ip6 mechanisms, or another host.", w.Record, term.Text, host)
		}
	}
}

// markUnseen sets Unseen of published records.
func markUnseen(published []Published, s *Snapshot, limits Limits) {
	d := newDraft(s)
	for i := range published {
		published[i].Unseen = d.unseen(published[i].Record, limits)
	}
}
