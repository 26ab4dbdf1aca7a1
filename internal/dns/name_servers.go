package dns

import "context"

// NameServerTeller is a Host whose lists of zones do not have the name servers. FindZone and
// ZoneByID leave them out, because it takes a call for each zone to learn them. In an
// [AmbiguousZoneError], each candidate has them.
type NameServerTeller interface {
	Host

	// NameServers returns the name servers that the host assigned to the zone when it was created. They
	// never change. It asks the host once for each zone in the life of the Host. It returns nil and no
	// error if the credentials may not ask.
	NameServers(ctx context.Context, zone HostedZone) ([]string, error)
}

// NameServers returns the name servers of a zone, and asks the host if the zone lacks them. It
// returns nil if the host does not tell.
func (e *Editor) NameServers(ctx context.Context, zone HostedZone) ([]string, error) {
	if teller, ok := e.host.(NameServerTeller); ok && zone.NameServers == nil {
		return teller.NameServers(ctx, zone)
	}
	return zone.NameServers, nil
}
