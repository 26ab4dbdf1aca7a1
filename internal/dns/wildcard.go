package dns

import (
	"slices"
	"strings"
)

// warnOfHiddenWildcards says where new names hide the answers of a wildcard. A name that exists
// hides them, and so do the names between it and the nearest name that existed before (RFC 4592
// section 2.2.2).
func (pl *planner) warnOfHiddenWildcards() {
	said := map[string]bool{}
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || e.position >= 0 {
			continue
		}
		above, hidden := pl.encloser(e.record.Name)
		wildcard := "*." + above
		var missed []string // names that somebody may miss
		var answered []*entry
		for _, name := range hidden {
			if said[name] || strings.HasPrefix(name, "*.") {
				continue // nobody asks for the wildcard name itself
			}
			hides := pl.hidesAt(name, wildcard)
			if len(hides) == 0 {
				continue
			}
			said[name] = true
			missed = append(missed, name)
			for _, wild := range hides {
				if !slices.Contains(answered, wild) {
					answered = append(answered, wild)
				}
			}
		}
		if len(missed) > 0 {
			pl.problem(Warning, w.Key, "Wildcard hidden",
				"%s is new, and so %s no longer answers for %s. Until now it did, with %s. If that is still needed, publish it at these names too.",
				e.record, wildcard, strings.Join(missed, " and "), describe(answered))
		}
	}
}

// hidesAt returns the records of a wildcard that somebody may miss at a name, now that the name
// exists. Records that this change adds itself are left out, because they have never answered. At a
// name that is not a host's, such as _dmarc.example.com, nobody looks for an address, so only the
// TXT, MX and CNAME records of the wildcard count.
func (pl *planner) hidesAt(name, wildcard string) []*entry {
	return slices.DeleteFunc(pl.at(wildcard), func(wild *entry) bool {
		forAnyName := slices.Contains([]string{"TXT", "MX", "CNAME"}, wild.record.Type)
		return wild.position < 0 || !forAnyName && strings.Contains("."+name, "._")
	})
}
