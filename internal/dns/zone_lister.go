package dns

import (
	"cmp"
	"context"
	"slices"
)

// ZoneLister is a Host that can list the zones of its account.
type ZoneLister interface {
	Host

	// Zones returns the zones of the account whose records can be read and edited at the host,
	// sorted by apex, each apex once. FindZone finds each of them with the same Apex and ID. Zones
	// with one name are all listed, sorted by ID, if FindZone cannot choose between them
	// ([AmbiguousZoneError]).
	//
	// Zones leaves out zones that are ReadOnly, and domains of the account whose zone is at another
	// host. It says nothing about the credentials: they may be too weak to edit, or even to read, a
	// zone that it returns.
	//
	// The calls grow with the pages of the list, and not with the zones. The list is read once in
	// the life of the Host, and concurrent callers share one reading. If a page cannot be read, the
	// error is all that Zones returns. The account may be empty: then there are no zones and no
	// error. Callers may change the slice, but not the NameServers of a zone.
	Zones(ctx context.Context) ([]HostedZone, error)
}

// SortZones sorts zones by apex, and those with one name by ID, as [ZoneLister] returns them.
func SortZones(zones []HostedZone) {
	slices.SortFunc(zones, func(a, b HostedZone) int {
		return cmp.Or(cmp.Compare(a.Apex, b.Apex), cmp.Compare(a.ID, b.ID))
	})
}

// PartialLister is a [ZoneLister] whose list may lack zones.
type PartialLister interface {
	ZoneLister
	// Unlisted says in one sentence which zones the list may lack.
	Unlisted() string
}
