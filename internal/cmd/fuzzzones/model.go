package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// model is who owns what in a zone. It knows what there has to be, and nothing of how the
// provider works.
type model struct {
	// foreign are the records of others, SPF records apart. They stay, whatever happens.
	foreign map[dns.Identity]dns.Record
	// altered are those among them that somebody made of a record of ours. Whoever
	// published that may put it back, if the plan shows it as drift.
	altered map[dns.Identity]dns.Identity
	// spf are the SPF records of others by name, without the terms of ours.
	spf map[string]string
	// owned are the records that each resource of the state has published, or found there.
	owned map[string][]dns.Record
	// loose are records of which nobody can tell whose they are. They may be there or not:
	//   - what a run wrote that failed or was killed before its state was saved, where the
	//     host keeps no comments, or until a resource publishes it again; likewise what one
	//     resource left to another one whose part of the run failed
	//   - what one resource took over while another one had found it there
	//   - what one resource found in the zone while another one published it, where no comment
	//     of the record says that it is ours: at apply, Terraform need not have told the provider of the other
	//     one, and then the record counts as somebody else's
	loose map[dns.Identity]string
	// looseSPF are such terms, by the name of the SPF record. A mechanism has no comment at
	// any host, so what a resource found there never counts as its own.
	looseSPF map[string]map[string]bool
	// bare are the names at which an SPF record without any term may be left: one that a
	// resource began and left to another one, in a run that was cut off before that one had
	// written its own terms.
	bare map[string]bool
	// comments is whether the host keeps comments.
	comments bool
}

func newModel(comments bool) *model {
	return &model{foreign: map[dns.Identity]dns.Record{}, altered: map[dns.Identity]dns.Identity{}, spf: map[string]string{},
		owned: map[string][]dns.Record{}, loose: map[dns.Identity]string{}, looseSPF: map[string]map[string]bool{}, bare: map[string]bool{}, comments: comments}
}

// owns is whether a resource of the state has published a record, or found it there.
func (m *model) owns(id dns.Identity) bool {
	for _, owned := range m.owned {
		if has(owned, id) {
			return true
		}
	}
	return false
}

func has(all []dns.Record, id dns.Identity) bool {
	return slices.ContainsFunc(all, func(r dns.Record) bool { return r.Identity() == id })
}

// wanted are the records of a block.
func (b block) wanted() []dns.Record {
	var all []dns.Record
	for _, key := range slices.Sorted(maps.Keys(b.records)) {
		all = append(all, b.records[key])
	}
	return all
}

// wanted are the records of all blocks.
func (c config) wanted() []dns.Record {
	var all []dns.Record
	for _, label := range slices.Sorted(maps.Keys(c)) {
		all = append(all, c[label].wanted()...)
	}
	return all
}

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
		if copies[id] == 0 && !e.mayGo[id] && !(e.halfway && has(e.retimed, id)) {
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

// rivals says which blocks of a configuration want what cannot be; empty if none do.
func rivals(c config) []string {
	var found []string
	all := slices.Sorted(maps.Keys(c))
	for i, first := range all {
		for _, second := range all[i+1:] {
			a, b := c[first].wanted(), c[second].wanted()
			for _, r := range a {
				for _, other := range b {
					switch {
					case contradict(r, other):
						found = append(found, fmt.Sprintf("%s wants %s and %s wants %s", first, r, second, other))
					case r.Type == "MX" && other.Type == "MX" && r.Name == other.Name && dividesMail(mailAt(a, r.Name), mailAt(b, r.Name)):
						found = append(found, fmt.Sprintf("%s and %s divide the mail of %s", first, second, r.Name))
					}
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// partialMail is whether one block wants a part of the MX records of another and asks for
// the others to go.
func partialMail(c config) bool {
	for first, a := range c {
		for second, b := range c {
			for _, r := range a.wanted() {
				mine, theirs := mailAt(a.wanted(), r.Name), mailAt(b.wanted(), r.Name)
				if first != second && r.Type == "MX" && a.replaceMX && len(theirs) > 0 && lacks(mine, theirs) {
					return true
				}
			}
		}
	}
	return false
}

// handover describes a record that a resource of the state gives up and in whose place, or at
// whose MX name, another one wants its own; empty if there is none. Where Terraform plans
// one resource after another, the second one may not have been heard of yet.
func (m *model) handover(c config) string {
	for _, to := range slices.Sorted(maps.Keys(c)) {
		for _, from := range slices.Sorted(maps.Keys(m.owned)) {
			for _, r := range c[to].wanted() {
				for _, old := range m.owned[from] {
					mail := r.Type == "MX" && old.Type == "MX" && r.Name == old.Name
					if from != to && !has(c[from].wanted(), old.Identity()) && (contradict(r, old) || mail && r.Identity() != old.Identity()) {
						return fmt.Sprintf("%s gives up %s, and %s wants %s", from, old, to, r)
					}
				}
			}
		}
	}
	return ""
}

// obstacle is a record that is in the way of one that a block wants.
type obstacle struct {
	label, key string
	wanted     dns.Record
	other      dns.Record
	why        string
	// certain is whether the provider has to refuse it.
	certain bool
}

func (o obstacle) String() string {
	return fmt.Sprintf("%s wants %s (%s), and there is %s, %s", o.label, o.wanted, o.key, o.other, o.why)
}

// obstacles are the records of a zone that are in the way of a configuration, as far as
// nothing allows to remove them.
func (m *model) obstacles(zone []dns.Record, c config) []obstacle {
	var found []obstacle
	for _, label := range slices.Sorted(maps.Keys(c)) {
		b := c[label]
		for _, key := range slices.Sorted(maps.Keys(b.records)) {
			r := b.records[key]
			for _, other := range zone {
				if o, inTheWay := m.obstacle(b, label, r, other, zone); inTheWay {
					o.key = key
					found = append(found, o)
				}
			}
		}
	}
	return found
}

func (m *model) obstacle(b block, label string, r, other dns.Record, zone []dns.Record) (obstacle, bool) {
	id := other.Identity()
	mail := r.Type == "MX" && other.Type == "MX" && r.Name == other.Name && !has(b.wanted(), id)
	if isSPF(r) && isSPF(other) || !mail && !contradict(r, other) || has(b.wanted(), id) && !contradict(r, other) {
		return obstacle{}, false
	}
	o := obstacle{label: label, wanted: r, other: other}
	_, foreign := m.foreign[id]
	_, loose := m.loose[id]
	_, altered := m.altered[id]
	altered = altered || m.inPlaceOfOurs(label, other, zone)
	published := has(m.owned[label], r.Identity()) && has(zone, r.Identity())
	switch {
	case isSPF(other):
		// A CNAME cannot stand beside it.
		o.why, foreign = "an SPF record", m.spf[other.Name] != ""
		loose = !foreign
	case !foreign && !loose:
		// Of a resource of the state: if that keeps it, they are rivals, and if it does
		// not, it is not in the way.
		return obstacle{}, false
	case loose:
		o.why = m.loose[id]
	default:
		o.why = "of others"
	}
	allowed := mail && b.replaceMX || !mail && other.Type != "MX" && b.overwrite
	if allowed && !dns.Marked(other.Comment) {
		return obstacle{}, false
	}
	o.certain = foreign && !has(zone, r.Identity()) && !loose && !altered && !published && !allowed && !(mail && slices.ContainsFunc(m.owned[label], func(r dns.Record) bool { return r.Type == "MX" && r.Name == other.Name }))
	return o, true
}

// inPlaceOfOurs is whether a record of others stands where a resource has published one that
// is gone, and there can be but one. It cannot be told from one that somebody made of ours,
// which the plan shows as drift.
func (m *model) inPlaceOfOurs(label string, other dns.Record, zone []dns.Record) bool {
	return slices.ContainsFunc(m.owned[label], func(r dns.Record) bool {
		single := r.Type == "CNAME" || isDMARC(r) && isDMARC(other) || isKey(r)
		return r.SetKey() == other.SetKey() && !has(zone, r.Identity()) && (single || r.Type == "MX" && r.Value == other.Value)
	})
}

// checkDisplaced says what is wrong with what a plan shows as displaced.
func (m *model) checkDisplaced(zone []dns.Record, c config, label string, displaced []dns.Identity) []string {
	b := c[label]
	var faults []string
	for _, id := range displaced {
		other := dns.Record{Name: id.Name, Type: id.Type, Value: id.Value, Priority: id.Priority}
		concerned := slices.ContainsFunc(b.wanted(), func(r dns.Record) bool {
			return contradict(r, other) || r.Type == "MX" && other.Type == "MX" && r.Name == other.Name
		})
		_, foreign := m.foreign[id]
		_, altered := m.altered[id]
		altered = altered || m.inPlaceOfOurs(label, other, zone)
		allowed := b.overwrite
		if id.Type == "MX" {
			allowed = b.replaceMX
		}
		switch {
		case !has(zone, id):
			faults = append(faults, fmt.Sprintf("%s displaces %s, which is not there", label, other))
		case has(b.wanted(), id):
			faults = append(faults, fmt.Sprintf("%s displaces %s, which it wants", label, other))
		case has(c.wanted(), id):
			faults = append(faults, fmt.Sprintf("%s displaces %s, which another resource wants", label, other))
		case !concerned && !altered:
			faults = append(faults, fmt.Sprintf("%s displaces %s, which is in nobody's way", label, other))
		case foreign && !altered && !allowed:
			faults = append(faults, fmt.Sprintf("%s displaces %s of others without permission", label, other))
		}
	}
	return faults
}

// succeeded notes that a resource has been published as a block wants it, or removed where
// there is no block.
func (m *model) succeeded(label string, b *block, before, after []dns.Record, ours []dns.Record) {
	if b == nil {
		delete(m.owned, label)
		return
	}
	had := m.owned[label]
	m.owned[label] = nil
	for _, r := range b.wanted() {
		if isSPF(r) {
			m.foundSPF(before, r, had)
		} else if _, foreign := m.foreign[r.Identity()]; !m.marked(before, r.Identity(), *b) && !foreign && !has(had, r.Identity()) && has(before, r.Identity()) && has(ours, r.Identity()) {
			m.loose[r.Identity()] = "found there while another resource published it"
		}
	}
	m.owned[label] = b.wanted()
	for _, r := range b.wanted() {
		id := r.Identity()
		if _, altered := m.altered[id]; altered && m.marked(after, id, *b) {
			// Somebody made it of a record of ours, and its comment is still ours.
			delete(m.foreign, id)
			delete(m.altered, id)
		}
		alone := true
		for other, owned := range m.owned {
			alone = alone && (other == label || !has(owned, id))
		}
		if alone && (m.marked(after, id, *b) || b.adopt == "true") {
			delete(m.loose, id)
		}
		if _, foreign := m.foreign[id]; foreign && b.adopt == "true" {
			delete(m.foreign, id)
			delete(m.altered, id)
			if !alone {
				m.loose[id] = "taken over by one resource while another one had found it there"
			}
		}
	}
}

// marked is whether a record has the comment by which a resource knows again what a run
// published for it that was killed. The comment of another configuration is another one.
func (m *model) marked(zone []dns.Record, id dns.Identity, b block) bool {
	var wanted []dns.Wanted
	for _, key := range slices.Sorted(maps.Keys(b.records)) {
		r := b.records[key]
		r.TTL = uint32(b.ttl)
		wanted = append(wanted, dns.Wanted{Key: key, Record: r})
	}
	return m.comments && slices.ContainsFunc(zone, func(r dns.Record) bool { return r.Identity() == id && r.Comment == dns.CommentOf(wanted) })
}

// foundSPF notes the terms of an SPF record that a resource found in the zone while another
// one had published them.
func (m *model) foundSPF(before []dns.Record, wanted dns.Record, had []dns.Record) {
	for _, term := range termsAt([]dns.Record{wanted}, wanted.Name) {
		if !slices.Contains(termsAt(had, wanted.Name), term) && slices.Contains(termsAt(before, wanted.Name), term) {
			m.loosen(wanted.Name, term)
		}
	}
}

// loosen notes a term of an SPF record of which nobody can tell whose it is.
func (m *model) loosen(name, term string) {
	if m.looseSPF[name] == nil {
		m.looseSPF[name] = map[string]bool{}
	}
	m.looseSPF[name][term] = true
}

// gone forgets records of others that were allowed to go and are gone.
func (m *model) gone(zone []dns.Record, mayGo map[dns.Identity]bool) {
	for id := range mayGo {
		if !has(zone, id) {
			delete(m.foreign, id)
			delete(m.altered, id)
		}
	}
}

// unfinished notes what a resource may have left in the zone whose state was not saved. What
// it had found there, and published anew as it was gone, still counts as found there.
func (m *model) unfinished(before, zone []dns.Record, b block, why string) {
	for _, r := range b.wanted() {
		if isSPF(r) {
			m.unfinishedSPF(zone, r)
			continue
		}
		id := r.Identity()
		if _, foreign := m.foreign[id]; !foreign && has(zone, id) && (!m.owns(id) || !has(before, id)) {
			m.loose[id] = why
		}
	}
}

func (m *model) unfinishedSPF(zone []dns.Record, wanted dns.Record) {
	for _, r := range zone {
		if !isSPF(r) || r.Name != wanted.Name {
			continue
		}
		for _, term := range spfTerms(wanted.Value) {
			ours := false
			for _, owned := range m.owned {
				ours = ours || slices.Contains(termsAt(owned, r.Name), term)
			}
			if slices.Contains(spfTerms(r.Value), term) && !ours && !strings.Contains(m.spf[r.Name]+" ", " "+term+" ") {
				m.loosen(r.Name, term)
			}
		}
	}
}
