package dnstest

import (
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// behaviours are the kinds of hosts.
var behaviours = map[string]dns.Limits{
	"record by record":     {MinTTL: 60, MaxTTL: 86400, DefaultTTL: 300, Atomic: true, Comments: true},
	"the zone as a whole":  {MinTTL: 60, MaxTTL: 60000, DefaultTTL: 1799, Atomic: true, RewritesZone: true, Comments: true},
	"compare and swap":     {MaxTTL: 1<<31 - 1, DefaultTTL: 3600, Atomic: true, CompareAndSwap: true, Comments: true},
	"parts may be applied": {MinTTL: 600, MaxTTL: 86400, DefaultTTL: 3600, Comments: true},
}

func memoryFixture(behaviour dns.Limits) Fixture {
	zone := dns.HostedZone{Apex: "example.com", ID: "z1", NameServers: []string{"ns1.host.example"}}
	readOnly := dns.HostedZone{Apex: "example.org", ID: "z2", ReadOnly: "the zone is a secondary"}
	zones := NewZones(zone, readOnly)
	return Fixture{
		Host:     &Memory{Zones: zones, Behaviour: behaviour},
		Other:    func(testing.TB) dns.Host { return &Memory{Zones: zones, Behaviour: behaviour} },
		Zone:     zone,
		ReadOnly: readOnly,
		Records:  func(testing.TB) []dns.Record { return zones.Records(zone.Apex) },
		Add:      func(_ testing.TB, r dns.Record) { zones.Add(zone.Apex, r) },
		Remove: func(t testing.TB, r dns.Record) {
			if !zones.Remove(zone.Apex, r) {
				t.Errorf("%s is not in the zone", r)
			}
		},
		Twins: true, Ordered: true,
	}
}

func TestMemory(t *testing.T) {
	for name, behaviour := range behaviours {
		t.Run(name, func(t *testing.T) {
			Run(t, func(*testing.T) Fixture { return memoryFixture(behaviour) })
		})
	}
}

// A host that chooses between zones has a private zone with the name of the fixture's, and twins.
func TestChooser(t *testing.T) {
	Run(t, func(*testing.T) Fixture {
		f := memoryFixture(behaviours["compare and swap"])
		host := f.Host.(*Memory)
		f.Host = Chooser{host}
		f.Other = func(testing.TB) dns.Host { return Chooser{&Memory{Zones: host.Zones, Behaviour: host.Behaviour}} }
		f.IDForms = []string{"zones/z1"}
		f.UnknownID = "z9"
		f.Private = dns.HostedZone{Apex: f.Zone.Apex, ID: "private"}
		f.SameName = []dns.HostedZone{
			{Apex: "example.net", ID: "z4", NameServers: []string{"ns4.host.example"}},
			{Apex: "example.net", ID: "z3", NameServers: []string{"ns3.host.example"}},
		}
		for _, zone := range append(f.SameName, f.Private) {
			host.Open(zone)
		}
		host.Hide("private")
		return f
	})
}

// Each write may fail, be lost, or arrive although its answer does not.
func TestMemoryRandomSteps(t *testing.T) {
	for name, behaviour := range behaviours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := memoryFixture(behaviour)
			other := f.Other
			seed := rand.Uint64()
			f.Other = func(t testing.TB) dns.Host {
				host := other(t)
				faulty(host, seed+1)
				return host
			}
			faulty(f.Host, seed)
			RandomSteps(t, f, 2000, seed)
		})
	}
}

// faulty makes every tenth write of a host fail in some way.
func faulty(host dns.Host, seed uint64) {
	memory := host.(*Memory)
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	unsure := &api.Error{Service: "memory", Op: "write zone", Object: "example.com", Cause: io.ErrUnexpectedEOF, Unsure: true}
	memory.OnApply = func(changes dns.ChangeSet, apply func() error) error {
		mu.Lock()
		fault := random.IntN(30)
		mu.Unlock()
		switch fault {
		case 0: // the answer gets lost
			if err := apply(); err != nil {
				return err
			}
			return unsure
		case 1: // the request gets lost
			return unsure
		case 2:
			return dns.ErrZoneChanged
		}
		return apply()
	}
}
