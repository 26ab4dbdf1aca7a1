package check

var dnssecGroup = group{name: "dnssec", look: lookAtDNSSEC, entries: []Entry{
	{ID: "dnssec_signed", Title: "DNSSEC", Severity: Low, Needs: []Need{NeedsValidation}, Rule: "The zone is signed.",
		Why:    "Only what is signed is protected from forged answers, and DANE needs it.",
		Source: "RFC 4033 section 3"},
	{ID: "dnssec_valid", Title: "DNSSEC signatures", Severity: Critical, Needs: []Need{NeedsValidation}, Rule: "The signatures of the zone are valid.",
		Why:    "Resolvers that validate do not answer for a zone whose signatures are not valid: for much of the world, the domain does not exist.",
		Source: "RFC 4035 section 5"},
}}

func lookAtDNSSEC(r *run) {
	facts, proof := r.zoneFacts(), r.validation()
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), "dnssec_signed", "dnssec_valid")
		return
	case facts.apex == "":
		r.setAll(skipped("no zone holds %s", r.Domain), "dnssec_signed", "dnssec_valid")
		return
	case r.bogus(facts):
		r.set("dnssec_signed", passed("%s is signed", facts.apex))
		r.set("dnssec_valid", failed("the resolver answers for %s only if it is told not to validate", facts.apex).want("the DS record at the registrar and the signatures in the zone of the same key, or no DS record"))
		return
	case !proof.proven:
		r.setAll(proof.unproven(), "dnssec_signed", "dnssec_valid")
		return
	case !facts.signed:
		r.set("dnssec_signed", informed("%s is not signed", facts.apex))
		r.set("dnssec_valid", skipped("%s is not signed", facts.apex))
		return
	}
	r.set("dnssec_signed", passed("%s is signed", facts.apex))
	r.set("dnssec_valid", passed("the resolver has validated %s", facts.apex))
}

// bogus reports whether the resolver refuses any of the main answers about the domain as forged.
func (r *run) bogus(facts zoneFacts) bool {
	if facts.bogus || r.mxFacts().bogus {
		return true
	}
	_, a := r.askText(r.Domain)
	return a.bogus
}
