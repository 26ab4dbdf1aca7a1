package dns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// mxTarget is the target of a new MX record that has to be checked in the DNS.
type mxTarget struct {
	key    string
	record Record
}

// settleMX decides about the MX records of others at the names of wanted MX records. Mail goes to
// all MX records of a name, so adding ours next to theirs would split it.
func (pl *planner) settleMX() {
	for _, name := range pl.newMXNames() {
		var wanted []Wanted
		missing := false
		for _, w := range pl.wanted {
			if w.Record.Name == name && w.Record.Type == "MX" {
				wanted = append(wanted, w)
				missing = missing || pl.standing[w.Key] == nil
			}
		}
		if missing && pl.base.MailHosted != "" && !pl.pub.ReplaceMX {
			pl.problem(Error, wanted[0].Key, "Mail handled by the DNS host",
				"MX records cannot be published at %s: %s If this mail shall go to %s instead, set replace_mx = true.",
				name, sentence(pl.base.MailHosted), mxHosts(wanted))
		}
		pl.checkNullMX(wanted)
		var others []*entry
		for _, e := range pl.set(SetKey{Name: name, Type: "MX"}) {
			// What another resource is known to want is shared with it, or was refused already.
			if !pl.mine(e) && !pl.wantedByRival(e) {
				others = append(others, e)
			}
		}
		if len(others) > 0 {
			pl.replaceMX(name, wanted, others, missing)
		}
	}
}

// newMXNames returns the names at which this publication wants MX records that it did not publish
// before. If all MX records of a name are in place, records that others add there are no conflict.
func (pl *planner) newMXNames() []string {
	var names []string
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		published := e != nil && slices.Contains(pl.own, e)
		if w.Record.Type == "MX" && !published && !slices.Contains(names, w.Record.Name) {
			names = append(names, w.Record.Name)
		}
	}
	return names
}

func (pl *planner) checkNullMX(wanted []Wanted) {
	var set []mailrecord.MX
	for _, w := range wanted {
		set = append(set, w.Record.mx())
	}
	if err := mailrecord.CheckMXSet(set); err != nil {
		pl.problem(Error, wanted[0].Key, "Null MX beside others", "%s: %s.", wanted[0].Record.Name, err)
	}
}

// mx returns the data of an MX record.
func (r Record) mx() mailrecord.MX {
	return mailrecord.MX{Preference: r.Priority, Host: strings.TrimSuffix(r.Value, NullTarget)}
}

// aloneNullMX is the rule about a null MX, as a sentence.
const aloneNullMX = "A null MX says that the domain receives no mail, and cannot stand beside other MX records (RFC 7505 section 3)."

// besideNullMX reports whether two MX records of one name cannot both be right, because one of them, and
// not the other, says that the domain receives no mail.
func besideNullMX(a, b Record) bool {
	return a.Type == "MX" && a.SetKey() == b.SetKey() && (a.Value == NullTarget) != (b.Value == NullTarget)
}

// besideNull reports whether a null MX stands beside other MX records: of the wanted ones, or of those of
// others.
func besideNull(wanted []Wanted, others []*entry) bool {
	return slices.ContainsFunc(wanted, func(w Wanted) bool {
		return slices.ContainsFunc(others, func(e *entry) bool { return besideNullMX(w.Record, e.record) })
	})
}

// replaceMX removes the MX records of others, or says why it does not.
func (pl *planner) replaceMX(name string, wanted []Wanted, others []*entry, missing bool) {
	key := wanted[0].Key
	var stay, ours, unapproved []*entry
	for _, e := range others {
		switch {
		case pl.someoneOfOurs(e):
			stay = append(stay, e)
			ours = append(ours, e)
		case pl.allowed(e):
		case pl.pub.Approved != nil:
			unapproved = append(unapproved, e)
		case !pl.pub.ReplaceMX:
			stay = append(stay, e)
		}
	}
	switch {
	case len(ours) > 0 && (missing || pl.pub.ReplaceMX):
		pl.unattributed = true
		pl.problem(Error, key, conflictSummary,
			"%s has MX records that this provider has published for another resource: %s. It is one of this configuration or another one, or the run that published them was killed. Remove them there, or by hand if no configuration has them any more; replace_mx covers only records of others.",
			name, describe(ours))
		return
	case len(unapproved) > 0 && (missing || pl.pub.ReplaceMX):
		pl.problem(Error, key, changedSincePlan,
			"Publishing the MX records of %s would delete %s, which the plan did not show. Nothing was changed; plan again.", name, describe(unapproved))
		return
	case len(stay) > 0 && missing && !pl.pub.ReplaceMX:
		pl.unattributed = true
		why := "With new ones beside them, mail would reach either."
		if besideNull(wanted, stay) {
			why = aloneNullMX
		}
		pl.problem(Error, key, conflictSummary,
			"%s has MX records of others: %s. %s If mail for %s shall go to %s instead of %s, set replace_mx = true. MX records of one name that belong together are published together.",
			name, describe(stay), why, name, mxHosts(wanted), mxOwners(stay))
		return
	case len(stay) > 0 && !pl.pub.ReplaceMX && besideNull(wanted, stay):
		pl.problem(Warning, key, "Null MX beside others", "%s has MX records of others beside the wanted ones: %s. %s Some senders then deliver no mail. If mail shall go to %s only, set replace_mx = true.",
			name, describe(stay), aloneNullMX, mxHosts(wanted))
	case len(stay) > 0 && !pl.pub.ReplaceMX:
		pl.problem(Warning, key, "Mail is divided", "%s has MX records of others beside the wanted ones: %s. Mail reaches either. If it shall go to %s only, set replace_mx = true.",
			name, describe(stay), mxHosts(wanted))
	}
	goes := slices.DeleteFunc(slices.Clone(others), func(e *entry) bool { return slices.Contains(stay, e) || slices.Contains(unapproved, e) })
	if len(goes) == 0 {
		return
	}
	for _, e := range goes {
		pl.displaced = append(pl.displaced, e.record.Identity())
		pl.remove(e)
	}
	pl.problem(Warning, key, fmt.Sprintf("Mail for %s goes elsewhere", name), "Mail for %s goes to %s instead of %s. Deleted: %s.",
		name, mxHosts(wanted), mxOwners(goes), describe(goes))
}

func mxHosts(wanted []Wanted) string {
	var hosts []string
	for _, w := range wanted {
		hosts = append(hosts, mxHost(w.Record))
	}
	return strings.Join(slices.Compact(hosts), " and ")
}

func mxOwners(others []*entry) string {
	var hosts []string
	for _, e := range others {
		hosts = append(hosts, mxHost(e.record))
	}
	return strings.Join(slices.Compact(hosts), " and ")
}

// mxHost returns the host to which an MX record sends mail.
func mxHost(r Record) string {
	if r.Value == NullTarget {
		return "nobody (null MX)"
	}
	return r.Value
}

// checkTargets checks whether the hosts of the MX records that will be written can receive mail. It
// runs last, because their addresses may be published together with them.
func (pl *planner) checkTargets() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if w.Record.Type != "MX" || e == nil || !pl.written(e) || w.Record.Value == NullTarget {
			continue
		}
		if err := w.Record.mx().CheckTarget(); err != nil {
			pl.problem(Error, w.Key, "MX target cannot receive mail", "%s: %s.", w.Record.Name, err)
			continue
		}
		target := w.Record.Value
		_, handedOver := pl.cut(target)
		if !pl.base.Zone.Holds(target) || handedOver || !pl.base.tells(target) {
			pl.mx = append(pl.mx, mxTarget{key: w.Key, record: w.Record})
			continue
		}
		pl.checkTargetInZone(w)
	}
}

func (pl *planner) checkTargetInZone(w Wanted) {
	at := w.Record.Value
	if len(pl.at(at)) == 0 {
		if above, missing := pl.encloser(at); len(missing) > 0 {
			at = "*." + above
		}
	}
	apexFlattened := at == pl.base.Zone.Apex && pl.limits.ApexCNAME
	switch {
	case pl.has(at, "A", "AAAA", "ALIAS"):
	case pl.has(at, "CNAME") && apexFlattened:
	case pl.has(at, "CNAME"):
		pl.problem(Error, w.Key, "MX target is a CNAME",
			"%s: the target %s is an alias, %s, and the target of an MX has to have addresses of its own (RFC 2181 section 10.3). Use the name that the alias leads to.",
			w.Record, w.Record.Value, describe(pl.set(SetKey{Name: at, Type: "CNAME"})))
	default:
		pl.problem(Error, w.Key, "MX target has no address",
			"%s: the zone has no A or AAAA record for %s, so no mail could be delivered. Publish the address in the same resource as the MX record, or in an apply before.", w.Record, w.Record.Value)
	}
}
