package rfc2136api

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

const apex = "example.com"

func TestConformsOnSimulation(t *testing.T) {
	for _, names := range [][]string{nil, {rfc2136sim.SwitchPowerDNS}} {
		t.Run(strings.Join(append(names, "simulated"), ", "), func(t *testing.T) {
			dnstest.Run(t, func(t *testing.T) dnstest.Fixture {
				s := newSimulation(t)
				for _, name := range names {
					s.switches(t, name)
				}
				return s.fixture(t)
			})
		})
	}
}

// simulation is the sandbox's server with one zone.
type simulation struct {
	*sandboxtest.World
	service *rfc2136sim.Service
	host    string
	port    int
	observe func(method string) // may be nil; is told of each update and transfer
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	s := &simulation{World: sandboxtest.New(t)}
	s.service = rfc2136sim.New(rfc2136sim.Config{Store: s.Store, Conditions: s.Stored(rfc2136sim.Section)})
	if err := s.service.AddZone(apex); err != nil {
		t.Fatal(err)
	}
	observed := func(_, method, _ string, _ int) {
		if s.observe != nil {
			s.observe(method)
		}
	}
	handler := fault.Observe(rfc2136sim.Section, observed, fault.Wrap(rfc2136sim.Section, s.Store, s.service))
	server, err := dnsserver.Serve("127.0.0.1:0", s.service, s.service.Primary(handler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	host, port, err := net.SplitHostPort(server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	s.host = host
	if s.port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	return s
}

// config is the configuration of a Host with the key that may do everything.
func (s *simulation) config() Config {
	return Config{
		Server: s.host, Port: s.port,
		KeyName: rfc2136sim.KeyName, KeyAlgorithm: rfc2136sim.Algorithm, KeySecret: rfc2136sim.KeySecret,
		Timeout: 5 * time.Second,
	}
}

func (s *simulation) edit(t testing.TB, change func([]miekg.RR) []miekg.RR) {
	t.Helper()
	if err := s.service.Edit(apex, change); err != nil {
		t.Fatal(err)
	}
}

func (s *simulation) fixture(t *testing.T) dnstest.Fixture {
	return dnstest.Fixture{
		Host:  newHost(t, s.config()),
		Other: func(testing.TB) dns.Host { return newHost(t, s.config()) },
		Zone:  dns.HostedZone{Apex: apex, ID: apex},
		Records: func(t testing.TB) []dns.Record {
			zones, err := s.service.Zones()
			if err != nil {
				t.Fatal(err)
			}
			return snapshotOf(t, dns.HostedZone{Apex: apex}, zones[0].Records).Records
		},
		Add: func(t testing.TB, r dns.Record) {
			s.edit(t, func(rrs []miekg.RR) []miekg.RR { return append(rrs, encoded(t, r)) })
		},
		Remove: func(t testing.TB, r dns.Record) {
			s.edit(t, func(rrs []miekg.RR) []miekg.RR { return without(rrs, []miekg.RR{encoded(t, r)}) })
		},
	}
}

func encoded(t testing.TB, r dns.Record) miekg.RR {
	t.Helper()
	ttl := r.TTL
	if ttl == 0 {
		ttl = 3600
	}
	rr, err := toRR(r, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return rr
}

// snapshotOf is a zone with these records, as a host shows it.
func snapshotOf(t testing.TB, zone dns.HostedZone, rrs []miekg.RR) *dns.Snapshot {
	t.Helper()
	snapshot, err := new(Host).newSnapshot(zone, rrs)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}
