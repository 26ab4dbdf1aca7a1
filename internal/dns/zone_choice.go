package dns

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// ZoneChooser is a Host at which an account can have several zones with the same name, or can be
// allowed to edit a zone without being allowed to list zones. So a user may have to say which zone is
// meant.
type ZoneChooser interface {
	Host

	// ZoneByID returns the zone with this ID, which a user wrote. It accepts each form in which the
	// host's consoles and other tools write the ID. HostedZone.ID of the answer is always the same
	// form. It never lists zones. A zone that cannot be edited here, such as a private one, has
	// ReadOnly.
	//
	// api.ErrNotFound: there is no such zone, or the credentials may not see it. The same error, without
	// a call, says that the text cannot be an ID at this host, and how one looks.
	ZoneByID(ctx context.Context, id string) (HostedZone, error)
}

// ZoneByID returns the zone with an ID; see [ZoneChooser]. Each form of an ID is asked for once in the
// life of the editor, because all resources in a zone have the same. The editor's host must be a
// ZoneChooser.
func (e *Editor) ZoneByID(ctx context.Context, id string) (HostedZone, error) {
	chooser, ok := e.host.(ZoneChooser)
	if !ok {
		return HostedZone{}, fmt.Errorf("the host %s does not find zones by id", e.host.Name())
	}
	return e.byID.Get(ctx, id, func(ctx context.Context) (HostedZone, error) { return chooser.ZoneByID(ctx, id) })
}

// AmbiguousZoneError says that an account has several zones with the name that a search came to, so
// that [Host.FindZone] cannot choose. Only zones that the public DNS could serve count: a private zone
// is never a candidate.
type AmbiguousZoneError struct {
	// Apex is the name of the zones.
	Apex string
	// Zones are the candidates, sorted by ID, each with its NameServers if the host says them.
	Zones []HostedZone
}

// Error names the candidates with their name servers.
func (e *AmbiguousZoneError) Error() string {
	candidates := make([]string, len(e.Zones))
	for i, zone := range e.Zones {
		candidates[i] = zone.ID
		if len(zone.NameServers) > 0 {
			candidates[i] += " (name servers " + strings.Join(zone.NameServers, ", ") + ")"
		}
	}
	return fmt.Sprintf("the account has several zones called %s: %s", e.Apex, strings.Join(candidates, "; "))
}

// Delegated returns the only candidate whose name servers include all of these, which are the name
// servers that the DNS delegates the zone to. It reports false if none or several do.
func (e *AmbiguousZoneError) Delegated(nameServers []string) (HostedZone, bool) {
	var found []HostedZone
	for _, zone := range e.Zones {
		missing := func(server string) bool { return !slices.Contains(zone.NameServers, server) }
		if len(nameServers) > 0 && !slices.ContainsFunc(nameServers, missing) {
			found = append(found, zone)
		}
	}
	if len(found) != 1 {
		return HostedZone{}, false
	}
	return found[0], true
}
