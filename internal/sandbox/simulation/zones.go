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
	state   any
	changes uint64
	zones   []dnsserver.Zone
}

// At returns the zones of a state that has changed so many times, from build if they are not known.
// The slice is the same for as long as nothing changes. state is the pointer that the store handed
// out: another pointer is another state, even if it has changed as often, as after a reset.
func (z *Zones) At(state any, changes uint64, build func() ([]dnsserver.Zone, error)) ([]dnsserver.Zone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.known && z.state == state && z.changes == changes {
		return z.zones, nil
	}
	zones, err := build()
	if err != nil {
		return nil, err
	}
	z.known, z.state, z.changes, z.zones = true, state, changes, zones
	return zones, nil
}
