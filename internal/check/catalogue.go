package check

import "slices"

// group is the checks of one subject, with what looks at a domain for them.
type group struct {
	name    string
	entries []Entry // without Group
	// look sets the outcome of each of the group's checks in the run.
	look func(*run)
}

// groups lists all groups in the order of the catalogue.
func groups() []group {
	return []group{mxGroup, spfGroup, dkimGroup, dmarcGroup, stsGroup, tlsrptGroup, daneGroup, bimiGroup, smtpGroup, ptrGroup,
		nsGroup, soaGroup, dnssecGroup, caaGroup, clientsGroup, othersGroup}
}

// Catalogue lists all checks, in the order of reports.
func Catalogue() []Entry {
	var all []Entry
	for _, g := range groups() {
		all = append(all, g.catalogued()...)
	}
	return all
}

// catalogued returns the group's entries, complete.
func (g group) catalogued() []Entry {
	entries := slices.Clone(g.entries)
	for i := range entries {
		entries[i].Group = g.name
	}
	return entries
}

// Groups lists the names of the groups, in the order of the catalogue.
func Groups() []string {
	var names []string
	for _, g := range groups() {
		names = append(names, g.name)
	}
	return names
}
