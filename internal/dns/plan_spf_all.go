package dns

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// settleAll gives a merged SPF record the wanted "all" if only owners in this process have written
// the record and all of them want the same "all". Otherwise the record keeps its own, because it
// also speaks for others. settleAll then warns, if a person would expect the wanted "all". It
// returns the text of the record.
func (pl *planner) settleAll(key, name, ours, merged string, added mailrecord.SPFAddition, previous []Published) string {
	mine, errMine := mailrecord.ParseSPF(ours)
	record, err := mailrecord.ParseSPF(merged)
	if err != nil || errMine != nil || mine.All() == "" || mine.All() == record.All() {
		return merged
	}
	others := pl.othersSPF(name)
	reason := ""
	switch foreign := record.Foreign(append(others, ours)...); {
	case len(foreign) > 0:
		reason = "it also says " + strings.Join(foreign, " ") + ", which does not belong to this resource"
	case !pl.beganSPF(name, added) && added.Joint:
		reason = "another resource has begun the record, and may still want its ending"
	case !pl.beganSPF(name, added):
		reason = "somebody else has written the record"
	case slices.ContainsFunc(others, func(text string) bool { return allOf(text) != mine.All() }):
		reason = "another resource that publishes at this name wants another ending"
	default:
		if changed := record.WithAll(mine.All()); changed != merged {
			return changed
		}
		reason = "it has a redirect, or no \"all\""
	}
	changed := slices.ContainsFunc(previous, func(p Published) bool { return allOf(p.Wanted.Value) != mine.All() })
	if changed || mine.All() == "-all" {
		pl.problem(Warning, key, "SPF record of "+name+" does not end in "+mine.All(),
			"%s is wanted for %s, but the SPF record in the zone keeps its own ending, because %s: %q.", mine.All(), name, reason, merged)
	}
	return merged
}

// beganSPF reports whether this owner, or another owner that is known here, created the SPF record
// of a name.
func (pl *planner) beganSPF(name string, added mailrecord.SPFAddition) bool {
	return added.Created != "" && !added.Joint || pl.orphans[name] != "" || slices.ContainsFunc(pl.others.has, func(p Published) bool {
		return p.Record.isSPF() && p.Record.Name == name && p.SPF.Created != ""
	})
}

// allOf returns the "all" mechanism of an SPF record, such as "-all". It returns "" if there is
// none or the record is invalid.
func allOf(text string) string {
	parsed, err := mailrecord.ParseSPF(text)
	if err != nil {
		return ""
	}
	return parsed.All()
}
