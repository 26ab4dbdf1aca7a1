package dns

import "context"

// ZoneLister is a [Host] that can list all zones of the account.
type ZoneLister interface {
	Host
	// Zones returns the zones of the account that can be edited there, sorted by apex. It reads the
	// list page by page, once in the life of the Host.
	Zones(ctx context.Context) ([]HostedZone, error)
}
