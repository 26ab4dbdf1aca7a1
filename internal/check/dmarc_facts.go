package check

import (
	"context"
	"errors"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// dmarcFacts is what is known about the DMARC policy that counts for the domain.
type dmarcFacts struct {
	err error // why it is not known
	mailrecord.DMARCDiscovery
	// policy is what the record asks for: "none", "quarantine" or "reject"; "" if the domain is
	// without DMARC. applied is the same with t=y taken into account.
	policy, applied string
	// own are all texts at _dmarc.DOMAIN, others those that are no DMARC record.
	own, others []string
}

func (r *run) lookForDMARC() dmarcFacts {
	return r.discoverDMARC(r.Domain)
}

// discoverDMARC finds the policy of a domain.
func (r *run) discoverDMARC(domain string) dmarcFacts {
	found, err := mailrecord.DiscoverDMARC(r.ctx, domain, func(_ context.Context, name, _ string) ([]string, error) {
		texts, a := r.askText(name)
		return texts, a.err
	})
	facts := dmarcFacts{DMARCDiscovery: found, err: err}
	if err != nil {
		return facts
	}
	for _, text := range firstOf(r.askText("_dmarc." + domain)) {
		facts.own = append(facts.own, text)
		if !mailrecord.IsDMARC(text) {
			facts.others = append(facts.others, text)
		}
	}
	if found.Err != nil && found.Source != mailrecord.OwnDMARC {
		facts.err = found.Err
		return facts
	}
	exists := true
	if found.Source != mailrecord.OwnDMARC && found.Reading.Record.NonexistentPolicy != "" {
		if exists, err = r.exists(domain); err != nil {
			facts.err = err
			return facts
		}
	}
	facts.policy, facts.applied = found.Requested(exists), found.Applied(exists)
	return facts
}

func firstOf(texts []string, _ reply) []string { return texts }

// exists reports whether a name exists in the DNS, with any of the types that receivers look for
// (RFC 9989 section 3.2.13).
func (r *run) exists(name string) (bool, error) {
	replies := each([]uint16{miekg.TypeA, miekg.TypeAAAA, miekg.TypeMX}, func(qtype uint16) reply { return r.ask(name, qtype) })
	var errs []error
	for _, a := range replies {
		if len(a.records) > 0 || a.err == nil && !a.nx {
			return true, nil
		}
		errs = append(errs, a.err)
	}
	return false, errors.Join(errs...)
}
