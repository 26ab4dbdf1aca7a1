package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

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

// sharesMail is whether one block wants a part of the MX records of another. Planned alone, it
// finds the others in its way.
func sharesMail(c config) bool {
	for first, a := range c {
		for second, b := range c {
			for _, r := range a.wanted() {
				if first != second && r.Type == "MX" && has(b.wanted(), r.Identity()) && lacks(mailAt(a.wanted(), r.Name), mailAt(b.wanted(), r.Name)) {
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
