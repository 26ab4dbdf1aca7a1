package check

import (
	"context"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// spfSender evaluates the record for each sending address, as receivers do. The lookups of the tree
// are not made again.
func (r *run) spfSender(facts spfFacts) outcome {
	switch {
	case len(r.SendingAddresses) == 0:
		return skipped("no sending addresses were given")
	case facts.err != nil:
		return couldNotLook(facts.err)
	case !r.wantsAny("spf_sender"):
		return outcome{}
	}
	helo := r.HELOName
	if helo == "" {
		helo = r.Domain
	}
	var t tally
	for _, addr := range r.SendingAddresses {
		verdict, err := mailrecord.EvaluateSPF(r.ctx, mailrecord.SPFSender{Address: addr, MailFrom: "postmaster@" + r.Domain, HELO: helo}, r.values)
		switch {
		case err != nil:
			t.add(couldNotLook(err))
		case verdict.Result == mailrecord.SPFPass:
			t.add(passed("%s passes: %s", addr, verdict.Reason))
		case verdict.Result == mailrecord.SPFTempError:
			t.add(unknown("could not look whether %s passes: %s", addr, verdict.Reason))
		default:
			t.add(failed("%s: %s: %s", addr, verdict.Result, verdict.Reason).want("a term in the SPF record that permits the address"))
		}
	}
	return t.outcome(skipped("no sending addresses were given"))
}

// values is a [mailrecord.SPFLookupFunc] that asks the run's questions.
func (r *run) values(_ context.Context, name, recordType string) ([]string, error) {
	if recordType == "A" {
		h := r.host(name)
		if len(h.addresses) > 0 {
			return addressTexts(h.addresses), nil
		}
		return nil, h.err
	}
	a := r.ask(name, miekg.StringToType[recordType])
	var values []string
	for _, rr := range a.records {
		switch rr := rr.(type) {
		case *miekg.MX:
			values = append(values, dns.FoldName(rr.Mx))
		case *miekg.PTR:
			values = append(values, dns.FoldName(rr.Ptr))
		default:
			if text, ok := textOf(rr); ok {
				values = append(values, text)
			}
		}
	}
	return values, a.err
}
