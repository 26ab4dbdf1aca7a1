package check

import (
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"
)

var soaGroup = group{name: "soa", look: lookAtSOA, entries: []Entry{
	{ID: "soa_agree", Title: "Same zone at all name servers", Severity: Low, Rule: "All name servers have the same version of the zone.",
		Why:    "Records that were changed are seen by some and not by others.",
		Source: "RFC 1912 section 2.2"},
	{ID: "soa_values", Title: "Timers of the zone", Severity: Low, Rule: "The timers of the SOA record follow from each other: retry below refresh, refresh below expire.",
		Why:    "Secondary name servers go by them.",
		Source: "RFC 1912 section 2.2"},
}}

func lookAtSOA(r *run) {
	facts := r.zoneFacts()
	switch {
	case facts.err != nil:
		r.setAll(couldNotLook(facts.err), "soa_agree", "soa_values")
		return
	case facts.apex == "":
		r.setAll(skipped("no zone holds %s", r.Domain), "soa_agree", "soa_values")
		return
	}
	r.set("soa_values", timers(facts.soa))
	if r.wantsAny("soa_agree") {
		r.set("soa_agree", serials(r.serverFacts()))
	}
}

func timers(soa *miekg.SOA) outcome {
	values := fmt.Sprintf("refresh %d, retry %d, expire %d, minimum %d", soa.Refresh, soa.Retry, soa.Expire, soa.Minttl)
	if soa.Retry >= soa.Refresh || soa.Refresh >= soa.Expire {
		return informed("%s", values)
	}
	return passed("%s", values)
}

func serials(answers []serverAnswer) outcome {
	found := map[uint32][]string{}
	var silent error
	for _, answer := range answers {
		switch {
		case answer.soa != nil:
			found[answer.soa.Serial] = append(found[answer.soa.Serial], answer.server)
		case answer.err != nil:
			silent = answer.err
		}
	}
	switch {
	case len(found) > 1:
		var texts []string
		for serial, servers := range found {
			texts = append(texts, fmt.Sprintf("%d at %s", serial, listed(servers)))
		}
		slices.Sort(texts)
		return warned("%s", listed(texts)).want("the same serial number everywhere, some minutes after a change")
	case silent != nil:
		return couldNotLook(silent)
	case len(found) == 0:
		return skipped("no name server answers")
	}
	for serial := range found {
		return passed("serial number %d", serial)
	}
	return outcome{}
}
