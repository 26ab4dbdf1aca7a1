package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// expectation is what a zone is held against.
type expectation struct {
	// must be there, and may be there.
	must, may []dns.Record
	// mayGo are records of others that need not be there any more.
	mayGo map[dns.Identity]bool
	// retimed are records of others that a resource takes over, with their TTL.
	retimed []dns.Record
	// halfway is whether a write to a host that is not atomic was cut off, or could not be
	// read back: an SPF record may stand beside the one that takes its place, and a record
	// that gets another TTL is deleted before it is created again.
	halfway bool
}

// check compares a zone with what there has to be, and says in what they differ.
func (m *model) check(zone []dns.Record, e expectation) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	copies := map[dns.Identity]int{}
	spf := map[string][]string{}
	for _, r := range zone {
		if isSPF(r) {
			spf[r.Name] = append(spf[r.Name], r.Value)
			continue
		}
		id := r.Identity()
		copies[id]++
		f, foreign := m.foreign[id]
		_, loose := m.loose[id]
		switch {
		case copies[id] == 2:
			fault("%s is there twice", r)
		case foreign && f.TTL != r.TTL && !has(e.retimed, id):
			fault("%s of others has the TTL %d; it had %d", r, r.TTL, f.TTL)
		case !foreign && !loose && !has(e.must, id) && !has(e.may, id):
			fault("%s is there, although nobody wants it", r)
		}
	}
	for id, r := range m.foreign {
		if copies[id] == 0 && !e.mayGo[id] && (!e.halfway || !has(e.retimed, id)) {
			fault("%s of others is gone", r)
		}
	}
	for _, r := range e.must {
		if !isSPF(r) && copies[r.Identity()] == 0 {
			fault("%s is not there", r)
		}
	}
	names := map[string]bool{}
	for _, r := range slices.Concat(e.must, e.may) {
		if isSPF(r) {
			names[r.Name] = true
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(spf)), slices.Collect(maps.Keys(m.spf))) {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		faults = append(faults, m.checkSPF(name, spf[name], e)...)
	}
	slices.Sort(faults)
	return faults
}

// checkSPF compares the SPF records of a name with what there has to be.
func (m *model) checkSPF(name string, texts []string, e expectation) []string {
	must, may := termsAt(e.must, name), termsAt(e.may, name)
	foreign, others := m.spf[name]
	if len(texts) > 1 && e.halfway {
		return m.checkHalves(name, texts, e)
	}
	switch {
	case len(texts) > 1:
		return []string{fmt.Sprintf("%s has %d SPF records: %q", name, len(texts), texts)}
	case len(texts) == 0 && others:
		return []string{fmt.Sprintf("the SPF record %q of others at %s is gone", foreign, name)}
	case len(texts) == 0 && len(must) > 0:
		return []string{fmt.Sprintf("%s has no SPF record, although %q are wanted", name, must)}
	case len(texts) == 0:
		return nil
	}
	text, left := texts[0], texts[0]
	var faults []string
	for _, term := range must {
		if !slices.Contains(spfTerms(text), term) {
			faults = append(faults, fmt.Sprintf("the SPF record of %s lacks %q: %q", name, term, text))
		}
	}
	ours := 0
	for _, term := range slices.Concat(must, may, slices.Collect(maps.Keys(m.looseSPF[name]))) {
		if others && slices.Contains(spfTerms(foreign), term) {
			continue
		}
		without, found := withoutTerm(left, term)
		if found {
			left, ours = without, ours+1
		}
	}
	switch {
	case others && left != foreign:
		faults = append(faults, fmt.Sprintf("the SPF record of %s is %q; without our terms that is %q, and others wrote %q", name, text, left, foreign))
	case !others && left != "v=spf1 ~all":
		faults = append(faults, fmt.Sprintf("the SPF record of %s is %q, which has terms that nobody wants", name, text))
	case !others && ours == 0 && len(m.looseSPF[name]) == 0 && !m.bare[name]:
		faults = append(faults, fmt.Sprintf("the SPF record of %s is left empty: %q", name, text))
	}
	return faults
}

// checkHalves compares the records that a change of an SPF record has left which was cut off
// between its halves: each of them is what others wrote and terms of ours, and all that has
// to be there is in one of them.
func (m *model) checkHalves(name string, texts []string, e expectation) []string {
	var faults []string
	must := termsAt(e.must, name)
	for _, text := range texts {
		half := e
		half.must, half.halfway = nil, false
		half.may = append(slices.Clone(e.may), e.must...)
		for _, fault := range m.checkSPF(name, []string{text}, half) {
			if !strings.Contains(fault, "is left empty") {
				faults = append(faults, fmt.Sprintf("of %d records, %s", len(texts), fault))
			}
		}
		must = slices.DeleteFunc(must, func(term string) bool { return slices.Contains(spfTerms(text), term) })
	}
	if len(must) > 0 {
		faults = append(faults, fmt.Sprintf("none of the SPF records of %s has %q: %q", name, must, texts))
	}
	return faults
}

// termsAt are the terms of the SPF records at a name, each once.
func termsAt(all []dns.Record, name string) []string {
	var found []string
	for _, r := range all {
		if isSPF(r) && r.Name == name {
			found = append(found, spfTerms(r.Value)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// settled is what a zone has to be after a run that succeeded.
func (m *model) settled(c config) expectation { return expectation{must: c.wanted()} }
