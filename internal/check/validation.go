package check

import (
	"errors"
	"fmt"

	miekg "github.com/miekg/dns"
)

// validation says whether the resolver validates DNSSEC.
type validation struct {
	proven bool
	why    string // why it is not proven
	err    error  // why it could not be found out
}

// lookForValidation asks for the name servers of a zone that is known to be signed. A resolver that
// does not claim to have validated even those, or that some network behind it strips of the claim,
// says nothing about other names.
func (r *run) lookForValidation() validation {
	a := r.ask(r.ProofZone, miekg.TypeNS)
	zone := r.ProofZone
	if zone == "." {
		zone = "the root"
	}
	switch {
	case a.err != nil:
		return validation{err: a.err, why: a.err.Error()}
	case a.authentic && len(a.records) > 0:
		return validation{proven: true}
	case a.bogus:
		return validation{why: "the resolver refuses the answer about the name servers of " + zone + " as forged"}
	}
	return validation{why: fmt.Sprintf("the resolver does not validate DNSSEC: it does not authenticate the name servers of %s", zone)}
}

// unproven is the outcome of a check that needs validation, if there is none.
func (v validation) unproven() outcome {
	return unknown("could not look: %s", v.why).want("a resolver that validates, such as unbound on this machine")
}

var errBogus = errors.New("DNSSEC validation of the answer fails")
