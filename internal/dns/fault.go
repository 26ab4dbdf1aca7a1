package dns

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Fault is something in a record that makes it useless for its purpose. Unlike a [Problem], it is
// in the record itself, whatever else is in the zone.
type Fault struct {
	// Severity is Error if the record is of no use to anybody, and Warning if somebody may want it.
	Severity Severity
	// Reason says what is wrong and what to write instead, without a full stop.
	Reason string
}

// Faults lists what is wrong with a record that somebody wants to publish. Do not use it for
// records that are in a zone already: they may stay and be removed, whatever their faults.
//
// It does not check whether the target of an MX record can receive mail, because that depends on
// the zone.
func (r Record) Faults() []Fault {
	var faults []Fault
	switch r.Type {
	case "SPF":
		return []Fault{{Error, "the record type SPF was given up, and receivers do not ask for it (RFC 7208 section 3.1): publish the text with the type TXT"}}
	case "TXT":
		for _, found := range mailrecord.CheckText(r.Name, r.Value) {
			severity := Warning
			if found.Useless {
				severity = Error
			}
			faults = append(faults, Fault{severity, found.Reason})
		}
		return faults
	}
	target := r.target()
	if target == "" {
		return nil
	}
	if _, err := netip.ParseAddr(target); err == nil {
		return []Fault{{Error, fmt.Sprintf("its target is an address, %s, and has to be the name of a host, which has the address in an A or AAAA record", target)}}
	}
	if fields := strings.Fields(r.Value); r.Type == "SRV" && fields[2] == "0" {
		return []Fault{{Error, fmt.Sprintf("nothing can be reached at its port, 0, of %s: write the port of the service, or the value \"0 0 0 .\" for a service that is not offered", target)}}
	}
	labels := strings.Split(target, ".")
	if top := labels[len(labels)-1]; len(labels) == 1 || strings.HasPrefix(top, "_") {
		faults = append(faults, Fault{Warning, fmt.Sprintf("its target %q is taken as it is, and nothing is added to it: if it is in this zone, write its whole name", target)})
	}
	return faults
}

// targetField is the field in a record's presentation format with the name of a host, for types
// whose Value is more than that name.
var targetField = map[string]int{"SRV": 3, "SVCB": 1, "HTTPS": 1, "KX": 1, "AFSDB": 1}

// target returns the name that a record points to, without trailing dot. It returns "" for records
// without one, and for MX records.
func (r Record) target() string {
	switch r.Type {
	case "CNAME", "NS", "PTR", "DNAME", "ALIAS":
		return r.Value
	}
	i, known := targetField[r.Type]
	fields := strings.Fields(r.Value)
	if !known || i >= len(fields) {
		return ""
	}
	return strings.TrimSuffix(fields[i], ".")
}

// checkContents reports faults of the records that will be written, and questionable values of DKIM
// keys and policies. The latter are published as they are, because only their author can correct
// them. It says nothing about records that are in the zone already.
func (pl *planner) checkContents() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || !pl.written(e) || w.Record.isSPF() && pl.wantedBefore(w.Record) {
			continue
		}
		useless := false
		for _, fault := range w.Record.Faults() {
			summary := questionableSummary
			if fault.Severity == Error {
				summary, useless = faultySummary, true
			}
			pl.problem(fault.Severity, w.Key, summary, "%s %s: %s", w.Record.Name, w.Record.Type, sentence(fault.Reason))
		}
		if useless {
			continue // other faults have the same reason
		}
		if doubled, once := pl.apexTwice(w.Record); doubled != "" {
			pl.problem(Warning, w.Key, "Name of the zone twice", "%s %s: %q ends in the name of the zone twice. If that is not meant, write %q.", w.Record.Name, w.Record.Type, doubled, once)
		}
		for _, warning := range e.record.warnings() {
			pl.problem(Warning, w.Key, questionableSummary, "%s: %s", e.record.Name, sentence(warning))
		}
		for _, name := range e.record.reportNames() {
			pl.reports = append(pl.reports, reportTarget{key: w.Key, policy: e.record.Name, name: name})
		}
	}
}

const (
	faultySummary       = "DNS record without effect"
	questionableSummary = "Questionable DNS record"
)

// wantedBefore reports whether the last publication wanted the same record. An SPF record is also
// written when others change their mechanisms in it.
func (pl *planner) wantedBefore(r Record) bool {
	for _, before := range pl.pub.Previous {
		if before.Wanted.Identity() == r.Identity() {
			return true
		}
	}
	return false
}

// apexTwice returns the name or the target of a record if it ends in the zone's name twice, and the
// same name as it is probably meant. This happens if a full name was completed once more.
func (pl *planner) apexTwice(r Record) (doubled, once string) {
	apex := pl.base.Zone.Apex
	target := r.target()
	if r.Type == "MX" {
		target = r.Value
	}
	for _, name := range []string{r.Name, target} {
		if strings.HasSuffix("."+name, "."+apex+"."+apex) {
			return name, strings.TrimSuffix(name, "."+apex)
		}
	}
	return "", ""
}

// outsideTheZone says that a name is not in the zone, and how to write it if it should be: names
// are full names, and nothing is added to them.
func outsideTheZone(r Record, apex string) string {
	if registrySuffix(r.Name) != "" {
		return fmt.Sprintf("%s is not in the zone %s. Publish it through an authorization for the zone that holds %s.", r, apex, r.Name)
	}
	return fmt.Sprintf("%s is not in the zone %s. Names are written whole: if %s is meant to be in this zone, write %q.", r, apex, r.Name, r.Name+"."+apex)
}
