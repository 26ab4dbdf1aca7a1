package googleapi_test

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

func TestConformance(t *testing.T) {
	dnstest.Run(t, func(t *testing.T) dnstest.Fixture {
		w := newWorld(t, "example.com", "twins.example")
		w.putZone(t, googlesim.Zone{Name: "inside", DNSName: "example.com", Visibility: "private"})
		w.putZone(t, googlesim.Zone{Name: "old-zone", DNSName: "twins.example"})
		f := w.fixture(t)
		for _, id := range []string{"example-com", fmt.Sprint(w.zone(t, "example.com").ID), "sandbox-project/example-com"} {
			f.IDForms = append(f.IDForms, id, "projects/sandbox-project/managedZones/"+path.Base(id))
		}
		f.UnknownID = "not-there"
		f.Private = dns.HostedZone{Apex: "example.com", ID: "projects/sandbox-project/managedZones/inside"}
		for letter, name := range map[string]string{"a": "twins-example", "b": "old-zone"} {
			twin := dns.HostedZone{Apex: "twins.example", ID: "projects/sandbox-project/managedZones/" + name}
			for n := 1; n <= 4; n++ {
				twin.NameServers = append(twin.NameServers, fmt.Sprintf("ns-cloud-%s%d.googledomains.com", letter, n))
			}
			f.SameName = append(f.SameName, twin)
		}
		return f
	})
}

// fixture is the zone example.com, and somebody else at work in the project's console.
func (w *world) fixture(t *testing.T) dnstest.Fixture {
	h := w.host(t, googlesim.Token)
	return dnstest.Fixture{
		Host:    h,
		Other:   func(t testing.TB) dns.Host { return w.host(t, googlesim.Token) },
		Zone:    find(t, h, "example.com"),
		Records: func(t testing.TB) []dns.Record { return decode(t, w.zone(t, "example.com")) },
		Add:     w.add,
		Remove:  w.remove,
		Faults: dnstest.Faults{
			Set: func(t testing.TB, faults ...fault.Fault) {
				w.Forget()
				w.under(t, fault.Conditions{Faults: faults})
			},
			Calls: func() []bool {
				var changing []bool
				for _, call := range w.Called() {
					changing = append(changing, strings.HasPrefix(call, http.MethodPost))
				}
				return changing
			},
		},
	}
}

func (w *world) add(t testing.TB, r dns.Record) {
	t.Helper()
	w.edit(t, "example.com", func(z *googlesim.Zone) {
		set := setOf(z, r)
		if set == nil {
			set = &googlesim.RecordSet{Name: r.Name + ".", Type: r.Type, TTL: r.TTL}
			z.Sets = append(z.Sets, set)
		}
		set.TTL, set.Rrdatas = r.TTL, append(slices.Clone(set.Rrdatas), encode(r)) // a set has one TTL
	})
}

func (w *world) remove(t testing.TB, r dns.Record) {
	t.Helper()
	w.edit(t, "example.com", func(z *googlesim.Zone) {
		set := setOf(z, r)
		i := -1
		if set != nil {
			i = slices.Index(set.Rrdatas, encode(r))
		}
		if i < 0 {
			t.Fatalf("there is no %s to be removed", r)
		}
		set.Rrdatas = slices.Delete(slices.Clone(set.Rrdatas), i, i+1)
		z.Sets = slices.DeleteFunc(z.Sets, func(s *googlesim.RecordSet) bool { return len(s.Rrdatas) == 0 && s.RoutingPolicy == nil })
	})
}

// setOf returns the set that a record belongs to, or nil.
func setOf(z *googlesim.Zone, r dns.Record) *googlesim.RecordSet {
	i := slices.IndexFunc(z.Sets, func(s *googlesim.RecordSet) bool { return s.Name == r.Name+"." && s.Type == r.Type })
	if i < 0 {
		return nil
	}
	return z.Sets[i]
}

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture {
		w := newWorld(t, "example.com")
		w.timeout = timeout
		return w.fixture(t)
	})
}

func TestRandomSteps(t *testing.T) {
	dnstest.RandomSteps(t, newWorld(t, "example.com").fixture(t), 500, 1)
}
