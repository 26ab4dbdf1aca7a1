package dns

import (
	"fmt"
	"slices"
	"strings"
)

// refusal says why a zone cannot have a record of ours, whatever else is in the zone: the summary and
// the detail of an error. Both are empty if nothing is known against the record.
func refusal(base *Snapshot, limits Limits, r Record) (summary, detail string) {
	switch {
	case !base.Zone.Holds(r.Name):
		return "DNS record outside the zone", outsideTheZone(r, base.Zone.Apex)
	case len(limits.Types) > 0 && !slices.Contains(limits.Types, r.Type):
		return "Unsupported DNS record type", fmt.Sprintf("%s: this DNS host accepts only the types %s.", r, strings.Join(limits.Types, ", "))
	case r.Type == "TXT" && limits.TXT > 0 && len(r.Value) > limits.TXT:
		return "TXT record too long", fmt.Sprintf("The text at %s has %d bytes, and this DNS host takes at most %d. A DKIM key of 2048 bits instead of 4096, or an SPF record with fewer mechanisms, is shorter.",
			r.Name, len(r.Value), limits.TXT)
	case limits.Objection != nil && limits.Objection(base.Zone.Apex, r) != "":
		return "Record not possible at this DNS host", fmt.Sprintf("%s: %s", r, sentence(limits.Objection(base.Zone.Apex, r)))
	case base.objection(r) != "":
		return conflictSummary, fmt.Sprintf("%s: %s", r, sentence(base.objection(r)))
	}
	return "", ""
}

// Refusal says why a record of a zone cannot be published, and so cannot be taken over as it stands in
// the zone: a whole sentence that begins with the record. It is empty if nothing is known against the
// record. An example is a record set that the host answers by a routing policy.
func (e *Editor) Refusal(snapshot *Snapshot, r Record) string {
	if reason := snapshot.objection(r); reason != "" {
		return fmt.Sprintf("%s: %s", r, sentence(reason))
	}
	r.Native = nil // as a configuration has it
	_, detail := refusal(snapshot, e.host.Limits(), r)
	return detail
}

// Rivalry says why a record of a zone cannot be taken over together with the others of these records: such
// as a second SPF record at the name, beside which receivers accept neither. It is a whole sentence that
// begins with the record, and says what to do. It is empty if nothing is known against them.
func (e *Editor) Rivalry(snapshot *Snapshot, r Record, others []Record) string {
	var rivals []string
	why := ""
	for _, other := range others {
		if other.Name == r.Name && other.Identity() != r.Identity() && (excludesIn(snapshot.Zone, e.host.Limits(), r, other) || besideNullMX(r, other)) {
			rivals, why = append(rivals, other.String()), whyExcluded(r, other)
		}
	}
	if rivals == nil {
		return ""
	}
	advice := "Delete the wrong ones by hand first."
	if r.isSPF() {
		advice = "Join them into one or delete the wrong ones by hand first."
	}
	return fmt.Sprintf("%s: the zone also has %s. %s %s", r, strings.Join(rivals, ", "), why, advice)
}
