package simulation

import (
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// Zones keeps what name servers answer from for as long as the state stays what it was. The zero
// value is ready for use.
type Zones struct {
	mu      sync.Mutex
	known   bool
	changes uint64
	zones   []dnsserver.Zone
}

// At returns the zones of a state that has changed so many times, from build if they are not known.
// The slice is the same for as long as nothing changes.
func (z *Zones) At(changes uint64, build func() ([]dnsserver.Zone, error)) ([]dnsserver.Zone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.known && z.changes == changes {
		return z.zones, nil
	}
	zones, err := build()
	if err != nil {
		return nil, err
	}
	z.known, z.changes, z.zones = true, changes, zones
	return zones, nil
}
