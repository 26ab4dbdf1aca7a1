package namecheapapi_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

func TestConformance(t *testing.T) { dnstest.Run(t, fixture) }

func TestRandomSteps(t *testing.T) { dnstest.RandomSteps(t, fixture(t), 2000, 1) }

// fixture is the zone example.com, edited by its owner in the web interface.
func fixture(t *testing.T) dnstest.Fixture { return newWorld(t).fixture() }

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture {
		w := newWorld(t)
		w.timeout = timeout
		return w.fixture()
	})
}

func (w *world) fixture() dnstest.Fixture {
	t := w.t
	return dnstest.Fixture{
		Host:  w.host(),
		Other: func(testing.TB) dns.Host { return w.host() },
		Zone:  dns.HostedZone{Apex: "example.com", ID: "example.com"},
		Records: func(testing.TB) []dns.Record {
			_, hosts := w.zone()
			records := make([]dns.Record, len(hosts))
			for i, h := range hosts {
				records[i] = recordOf(h)
			}
			return records
		},
		Add: func(_ testing.TB, r dns.Record) {
			w.edit(func(d *namecheapsim.Domain) { d.Hosts = append(d.Hosts, hostOf(r)) })
		},
		Remove: func(_ testing.TB, r dns.Record) {
			w.edit(func(d *namecheapsim.Domain) {
				i := slices.IndexFunc(d.Hosts, func(h namecheapsim.Host) bool { return recordOf(h).Identity() == r.Identity() })
				if i < 0 {
					t.Errorf("there is no %s to remove", r)
					return
				}
				d.Hosts = slices.Delete(d.Hosts, i, i+1)
			})
		},
		Faults: dnstest.Faults{
			Set: func(_ testing.TB, faults ...fault.Fault) {
				w.forget()
				w.under(fault.Conditions{Faults: faults})
			},
			Calls: w.changing,
		},
		Twins:   true,
		Ordered: true,
	}
}

// edit changes the zone example.com; with MX records in it, its mail setting is the one for them.
func (w *world) edit(change func(d *namecheapsim.Domain)) {
	w.t.Helper()
	err := w.SetZone("example.com", func(d *namecheapsim.Domain) {
		change(d)
		if slices.ContainsFunc(d.Hosts, func(h namecheapsim.Host) bool { return h.Type == "MX" }) {
			d.EmailType = "MX"
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// targets are the types whose data is the name of a host.
var targets = []string{"CNAME", "MX", "NS"}

func hostOf(r dns.Record) namecheapsim.Host {
	h := namecheapsim.Host{Name: "@", Type: r.Type, Address: r.Value, MXPref: 10, TTL: int(r.TTL)}
	if name, below := strings.CutSuffix(r.Name, ".example.com"); below {
		h.Name = name
	}
	if slices.Contains(targets, r.Type) {
		h.Address += "."
	}
	if r.Type == "MX" {
		h.MXPref = int(r.Priority)
	}
	return h
}

func recordOf(h namecheapsim.Host) dns.Record {
	r := dns.Record{Name: "example.com", Type: h.Type, Value: h.Address, TTL: uint32(h.TTL)}
	if h.Name != "@" {
		r.Name = h.Name + ".example.com"
	}
	if slices.Contains(targets, h.Type) {
		r.Value = strings.TrimSuffix(h.Address, ".")
	}
	if h.Type == "MX" {
		r.Priority = uint16(h.MXPref)
	}
	return r
}
