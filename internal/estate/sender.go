package estate

import (
	"context"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// excuse turns the absence of records at the domain itself into a note if the domain receives no mail,
// and a sender's mail has its return path at a name below it: receivers look for SPF there, and bounces
// go there.
func (d *Domain) excuse(ctx context.Context, lookup *dns.Lookup) {
	report := d.Check
	if report == nil || !d.sends || d.Mailboxes != nil || len(report.MX) > 0 || slices.ContainsFunc(d.Records, d.isOfMailItself) {
		return
	}
	absent := func(r check.Result) bool {
		switch r.ID {
		case "mx_present", "spf_present":
			return r.Status == check.Fail
		case "sts_record", "tlsrpt_record": // they are about mail that is received
			mx, _ := report.Result("mx_present")
			return r.Status == check.Warn && (mx.Status == check.Fail || mx.Status == check.Info)
		}
		return false
	}
	if !slices.ContainsFunc(report.Results, absent) {
		return
	}
	path := d.returnPath(ctx, lookup)
	if path == "" {
		return
	}
	for i, r := range report.Results {
		if absent(r) {
			report.Results[i].Status, report.Results[i].Expected = check.Info, ""
			report.Results[i].Found = bounded(r.Found + ". The domain only sends, and the sender uses " + path)
		}
	}
}

// isOfMailItself reports whether a record is the MX or the SPF record of the domain.
func (d *Domain) isOfMailItself(r *Record) bool {
	return r.Name == d.Name && (r.Type == "MX" || r.Type == "TXT" && mailrecord.IsSPF(r.Value))
}

// returnPath returns the name below the domain at which a sender has its return path; "" if there is
// none. A name is one if its MX or SPF record is published, if a DKIM key for it is, or if it is an
// alias of a name that has an SPF record. Other aliases, such as those of tracked links, are none.
func (d *Domain) returnPath(ctx context.Context, lookup *dns.Lookup) string {
	var aliases []string
	for _, r := range d.Records {
		sub, below := strings.CutSuffix(r.Name, "."+d.Name)
		switch {
		case !below || strings.Contains("."+sub, "._") || r.Presence == Missing:
		case r.Type == "MX" || r.Type == "TXT" && mailrecord.IsSPF(r.Value):
			return r.Name
		case r.Type == "CNAME":
			if slices.ContainsFunc(d.Records, func(key *Record) bool { return strings.HasSuffix(key.Name, "._domainkey."+r.Name) }) {
				return r.Name
			}
			aliases = append(aliases, r.Name)
		}
	}
	for _, name := range aliases {
		answer, err := lookup.Recursive(ctx, name, miekg.TypeTXT)
		if err == nil && slices.ContainsFunc(answer.Records, func(rr miekg.RR) bool {
			txt, isTXT := rr.(*miekg.TXT)
			return isTXT && mailrecord.IsSPF(strings.Join(txt.Txt, ""))
		}) {
			return name
		}
	}
	return ""
}
