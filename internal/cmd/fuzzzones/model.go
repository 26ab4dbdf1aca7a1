package main

import (
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
	// found are the resources that have found a record of others in the zone, by the record.
	// They leave it there in the end, as far as they know.
	found map[dns.Identity]map[string]bool
	// loose are records of which nobody can tell whose they are. They may be there or not:
	//   - what a run wrote that failed or was killed before its state was saved, where the
	//     host keeps no comments, or until a resource publishes it again; likewise what one
	//     resource left to another one whose part of the run failed
	//   - what one resource took over while another one had found it there
	//   - what one resource found in the zone while another one published it, where no comment
	//     of the record says that it is ours: at apply, Terraform need not have told the provider of the other
	//     one, and then the record counts as somebody else's
	//   - what one resource found there, somebody else removed, and another resource published
	//     anew before the first one could see that it was gone
	loose map[dns.Identity]string
	// looseSPF are such terms, by the name of the SPF record. A mechanism has no comment at
	// any host, so what a resource found there never counts as its own.
	looseSPF map[string]map[string]bool
	// bare are the names at which an SPF record without any term may be left, until it is gone:
	//   - one that a resource began and left to another one, in a run that was cut off before
	//     that one had written its own terms
	//   - one that a resource began in the place of a record with terms of another one, which
	//     somebody else had removed as a whole: that one puts its terms into the new record
	//     without being told who began it
	//   - one that a resource began and left to another one, where Terraform planned or applied
	//     one resource after another: that one had not been told who began it
	bare map[string]bool
	// comments is whether the host keeps comments.
	comments bool
}

func newModel(comments bool) *model {
	return &model{foreign: map[dns.Identity]dns.Record{}, altered: map[dns.Identity]dns.Identity{}, spf: map[string]string{},
		owned: map[string][]dns.Record{}, found: map[dns.Identity]map[string]bool{}, loose: map[dns.Identity]string{}, looseSPF: map[string]map[string]bool{}, bare: map[string]bool{}, comments: comments}
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

// succeeded notes that a resource has been published as a block wants it, or removed where
// there is no block.
func (m *model) succeeded(label string, b *block, before, after []dns.Record, ours []dns.Record) {
	for _, found := range m.found {
		delete(found, label)
	}
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
		if _, foreign := m.foreign[id]; foreign && b.adopt != "true" {
			if m.found[id] == nil {
				m.found[id] = map[string]bool{}
			}
			m.found[id][label] = true
		} else if !foreign && !has(before, id) && len(m.found[id]) > 0 {
			m.loose[id] = "published anew while another resource had found it there"
		}
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
