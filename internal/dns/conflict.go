package dns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

const (
	conflictSummary  = "DNS record in the way"
	changedSincePlan = "Zone has changed since the plan"
)

// clearWay makes room for a wanted record that is not in the zone. into is the entry to change into
// it; nil if the record has to be created. clear is false if the record cannot be written; then
// clearWay has added the problem.
func (pl *planner) clearWay(w Wanted, before *entry) (into *entry, clear bool) {
	r := w.Record
	if cut, found := pl.cut(r.Name); found && (r.Type != "NS" || cut.Name != r.Name) {
		pl.problem(Error, w.Key, "Name belongs to another zone",
			"%s cannot be published in the zone %s, because %q hands over %s and what is below it: resolvers would never see the record. Publish it in the zone %s at its own name servers, or remove the delegation.",
			r, pl.base.Zone.Apex, cut, cut.Name, cut.Name)
		return nil, false
	}
	if r.Type == "CNAME" && r.Name == pl.base.Zone.Apex && !pl.limits.ApexCNAME {
		pl.problem(Error, w.Key, "CNAME at the apex of the zone",
			"%s: the apex of a zone has SOA and NS records, and a CNAME stands alone (RFC 1034 section 3.6.2). Use a subdomain, or A and AAAA records.", r)
		return nil, false
	}
	clear = true
	for _, e := range pl.at(r.Name) {
		if e == before || !pl.excludes(r, e.record) {
			continue
		}
		if !pl.mayDisplace(w, e) {
			clear = false
			continue
		}
		if before == nil && into == nil && e.record.SetKey() == r.SetKey() {
			into = e
			continue
		}
		pl.remove(e)
	}
	if before != nil {
		return before, clear
	}
	return into, clear
}

// excludes reports whether a record cannot exist next to the wanted one. settleMX decides about MX
// records.
func (pl *planner) excludes(wanted, other Record) bool {
	return excludesIn(pl.base.Zone, pl.limits, wanted, other)
}

// excludesIn reports whether two records at one name cannot both exist in a zone at a host with
// these limits.
func excludesIn(zone HostedZone, limits Limits, wanted, other Record) bool {
	if excludes(wanted, other) {
		return true
	}
	if (wanted.Type == "CNAME") == (other.Type == "CNAME") {
		return false
	}
	if wanted.Name == zone.Apex && limits.ApexCNAME {
		beside := wanted.Type
		if wanted.Type == "CNAME" {
			beside = other.Type
		}
		return slices.Contains([]string{"A", "AAAA", "ALIAS"}, beside)
	}
	return true
}

// mayDisplace decides whether a record that is in the way of a wanted one may be removed, and adds
// the warning or error.
func (pl *planner) mayDisplace(w Wanted, e *entry) bool {
	switch {
	case pl.mine(e):
		pl.problem(Error, w.Key, conflictSummary,
			"%s cannot stand beside %s, which is published together with it. %s Remove one of them.", w.Record, e.record, whyExcluded(w.Record, e.record))
		return false
	case pl.wantedByRival(e):
		pl.problem(Error, w.Key, conflictSummary,
			"%s cannot be published, because another resource of this provider wants %s. %s Keep one of them.", w.Record, e.record, whyExcluded(w.Record, e.record))
		return false
	case pl.someoneOfOurs(e):
		pl.unattributed = true
		pl.problem(Error, w.Key, conflictSummary,
			"%s cannot be published, because the zone has %s, which this provider has published for another resource: of this configuration or another one, or in a run that was killed. %s %sRemove it there, or by hand if no configuration has it any more; overwrite and replace_mx cover only records of others.",
			w.Record, e.record, whyExcluded(w.Record, e.record), pl.pub.otherSelector(w.Record))
		return false
	case pl.allowed(e):
	case pl.pub.Approved != nil:
		pl.problem(Error, w.Key, changedSincePlan,
			"%s would replace %s, which the plan did not show. Nothing was changed; plan again.", w.Record, e.record)
		return false
	case e.record.Type == "MX" || e.record.Type == "NS":
		pl.unattributed = true
		pl.problem(Error, w.Key, conflictSummary,
			"%s cannot be published, because the zone has %s. %s Records of this type are never overwritten: decide where it shall lead, and delete it by hand.",
			w.Record, e.record, whyExcluded(w.Record, e.record))
		return false
	case !pl.pub.Overwrite:
		pl.unattributed = true
		pl.problem(Error, w.Key, conflictSummary,
			"%s cannot be published, because the zone has %s. %s %s",
			w.Record, e.record, whyExcluded(w.Record, e.record), pl.pub.wayOutOfConflict(w.Record))
		return false
	}
	pl.displaced = append(pl.displaced, e.record.Identity())
	summary := "DNS record of others replaced"
	if pl.others.givesUp(e.record) {
		summary = "DNS record of another resource replaced"
	}
	pl.problem(Warning, w.Key, summary, "%s is removed, because %s replaces it.", e.record, w.Record)
	return true
}

// allowed reports whether a record that is in the way may be removed without Overwrite or
// ReplaceMX: the plan has shown it, another owner gives it up, or it is gone already.
func (pl *planner) allowed(e *entry) bool {
	switch {
	case pl.ghosts[e.position]:
		return true
	case pl.pub.Approved != nil:
		return pl.approved(e)
	}
	if pl.others.givesUp(e.record) {
		pl.unattributed = pl.unattributed || pl.others.mayKeep(e.record)
		return true
	}
	return false
}

// someoneOfOurs reports whether a record has a comment of this provider and no known owner gives it
// up. Its owner may be unknown in this process.
func (pl *planner) someoneOfOurs(e *entry) bool {
	return Marked(e.record.Comment) && e.record.Comment != CommentOf(pl.pub.Wanted) && !pl.ghosts[e.position] && !pl.others.givesUp(e.record) && !pl.before(e)
}

// before reports whether an earlier attempt of this publication was to remove the record, or the
// plan has shown that it is removed.
func (pl *planner) before(e *entry) bool {
	return pl.pub.Approved != nil && pl.approved(e) || slices.Contains(pl.pub.displacing, e.record.Identity())
}

// approved reports whether a person has agreed to lose the record.
func (pl *planner) approved(e *entry) bool {
	return slices.Contains(pl.pub.Approved, e.record.Identity())
}

// wantedByRival reports whether another owner is known to want the record.
func (pl *planner) wantedByRival(e *entry) bool {
	return slices.ContainsFunc(pl.others.wants, func(o Other) bool { return o.Planned && Equivalent(o.Record, e.record) })
}

// finishDisplacing removes records that an earlier attempt was to remove but that are still, or
// again, in the zone.
func (pl *planner) finishDisplacing() {
	for _, id := range pl.pub.displacing {
		for _, e := range pl.set(SetKey{Name: id.Name, Type: id.Type}) {
			if e.record.Identity() == id && !pl.mine(e) && !pl.wantedByRival(e) {
				pl.displaced = append(pl.displaced, id)
				pl.remove(e)
			}
		}
	}
}

// clearRivals removes records that make a wanted record invalid, if the wanted record is in the
// zone already and they may be removed. An interrupted write can leave such a zone.
func (pl *planner) clearRivals() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || e.position < 0 || w.Record.isSPF() || slices.Contains(pl.own, e) {
			continue
		}
		for _, other := range pl.at(w.Record.Name) {
			if other == e || other.record.Type == "MX" || other.record.Type == "NS" || pl.mine(other) || pl.wantedByRival(other) || !pl.excludes(w.Record, other.record) {
				continue
			}
			if pl.someoneOfOurs(other) || !pl.allowed(other) && (pl.pub.Approved != nil || !pl.pub.Overwrite) {
				continue // see warnOfRivals
			}
			pl.displaced = append(pl.displaced, other.record.Identity())
			pl.problem(Warning, w.Key, "DNS record of others replaced", "%s is removed, because %s replaces it.", other.record, w.Record)
			pl.remove(other)
		}
	}
}

// whyExcluded returns, in a sentence, the rule by which two records cannot exist next to each
// other.
func whyExcluded(a, b Record) string {
	switch {
	case a.Type == "CNAME" && b.Type == "CNAME":
		return "A name has at most one CNAME (RFC 1034 section 3.6.2)."
	case a.Type == "CNAME" || b.Type == "CNAME":
		return "A name with a CNAME has no other records (RFC 1034 section 3.6.2)."
	case besideNullMX(a, b):
		return aloneNullMX
	case a.isSPF() && b.isSPF():
		return mailrecord.SPFText.OnePerName() // which holds at every name
	}
	return a.kind().OnePerName()
}

// otherSelector says, in a sentence with a space after it, how to publish a DKIM key next to
// another one. It is empty for other records.
func (p Publication) otherSelector(wanted Record) string {
	if !strings.Contains(wanted.Name, "._domainkey.") {
		return ""
	}
	help := ""
	if p.SelectorHelp != "" {
		help = " (" + p.SelectorHelp + ")"
	}
	return "If mail is still signed with that key, publish this one at another selector" + help + ", so that both are valid. "
}

// wayOutOfConflict says what to do if another record is in the way.
func (p Publication) wayOutOfConflict(wanted Record) string {
	if other := p.otherSelector(wanted); other != "" {
		// Overwriting a key breaks all signatures that were made with it.
		return other + "Only if nobody signs with it any more, set overwrite = true, or delete it by hand; if it was published from elsewhere, remove it there."
	}
	return "If it may go, set overwrite = true, or delete it by hand; if it was published from elsewhere, remove it there."
}

// turnedInto reports whether another record, found in place of this one, is probably this record
// after somebody has changed it: the host kept its ID, only one such record can exist, or both are
// MX records with the same host.
func (r Record) turnedInto(other Record) bool {
	switch {
	case r.SetKey() != other.SetKey() || Equivalent(r, other):
		return false
	case r.ID != "" && r.ID == other.ID:
		return true
	}
	return excludes(r, other) || r.Type == "MX" && r.Value == other.Value
}

// warnOfRivals warns about records of others that make a record of this publication invalid. SPF
// and MX records are handled elsewhere.
func (pl *planner) warnOfRivals() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || e.record.kind().OnePerName() == "" {
			continue
		}
		for _, other := range pl.set(e.record.SetKey()) {
			if other != e && excludes(e.record, other.record) && !pl.mine(other) {
				pl.problem(Warning, w.Key, "DNS record invalidated by another",
					"Next to %s the zone has %s. %s Delete that record by hand if it is not needed.", e.record, other.record, whyExcluded(e.record, other.record))
			}
		}
	}
}

// sentence ends a text with a full stop.
func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }

// describe lists records for a sentence.
func describe(entries []*entry) string {
	texts := make([]string, len(entries))
	for i, e := range entries {
		texts[i] = fmt.Sprintf("%q", e.record.String())
	}
	return strings.Join(texts, ", ")
}
