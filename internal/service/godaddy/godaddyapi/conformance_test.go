package godaddyapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// fixture is a zone at the simulated GoDaddy, edited by somebody else in the control panel. Timeout
// is that of a call of the host; 0: the host's own.
func fixture(t testing.TB, credentials func(*godaddyapi.Config), timeout time.Duration) dnstest.Fixture {
	s := newSimulation(t)
	configure := func(c *godaddyapi.Config) {
		credentials(c)
		c.Timeout = timeout
	}
	edit := func(t testing.TB, change func(z *godaddysim.Zone)) {
		t.Helper()
		if err := s.service.SetZone(apex, change); err != nil {
			t.Fatal(err)
		}
	}
	return dnstest.Fixture{
		Host:  s.host(configure),
		Other: func(testing.TB) dns.Host { return s.host(configure) },
		Zone:  zone,
		Records: func(testing.TB) []dns.Record {
			var records []dns.Record
			for _, server := range godaddysim.NameServers {
				records = append(records, dns.Record{Name: apex, Type: "NS", Value: server, TTL: 3600})
			}
			for _, r := range s.records() {
				records = append(records, asRecord(r))
			}
			return records
		},
		Add: func(t testing.TB, r dns.Record) {
			edit(t, func(z *godaddysim.Zone) { z.Records = append(z.Records, asSimulated(t, r)) })
		},
		Remove: func(t testing.TB, r dns.Record) {
			edit(t, func(z *godaddysim.Zone) {
				i := slices.IndexFunc(z.Records, func(there godaddysim.Record) bool {
					return asRecord(there).Identity() == r.Identity()
				})
				if i < 0 {
					t.Fatalf("there is no %s to be removed", r)
				}
				z.Records = slices.Delete(z.Records, i, i+1)
			})
		},
		Faults: dnstest.Faults{
			Set: func(_ testing.TB, faults ...fault.Fault) {
				s.reset()
				s.set(fault.Conditions{Faults: faults})
			},
			Calls: func() []bool {
				var changing []bool
				for _, call := range s.made() {
					changing = append(changing, !strings.HasPrefix(call, http.MethodGet))
				}
				return changing
			},
		},
	}
}

// asRecord decodes what the service has. The tests have no CAA records whose value needs escapes.
func asRecord(r godaddysim.Record) dns.Record {
	record := dns.Record{Name: r.Name + "." + apex, Type: r.Type, Value: r.Data, TTL: uint32(r.TTL)}
	if r.Name == "@" {
		record.Name = apex
	}
	switch r.Type {
	case "MX":
		record.Priority = uint16(*r.Priority)
		if record.Value = strings.TrimSuffix(r.Data, "."); record.Value == "" {
			record.Value = dns.NullTarget
		}
	case "CNAME", "NS":
		record.Value = strings.TrimSuffix(r.Data, ".")
	case "SRV":
		record.Name = r.Service + "." + r.Protocol + "." + record.Name
		record.Value = fmt.Sprintf("%d %d %d %s", *r.Priority, *r.Weight, *r.Port, r.Data)
	case "CAA":
		record.Value = fmt.Sprintf(`%d %s "%s"`, *r.Flag, r.Tag, r.Data)
	}
	return record
}

func asSimulated(t testing.TB, r dns.Record) godaddysim.Record {
	t.Helper()
	number := func(n int) *int { return &n }
	record := godaddysim.Record{Name: strings.TrimSuffix(r.Name, "."+apex), Type: r.Type, Data: r.Value, TTL: int(r.TTL)}
	if r.Name == apex {
		record.Name = "@"
	}
	switch r.Type {
	case "MX":
		record.Data, record.Priority = r.Value+".", number(int(r.Priority))
	case "CNAME", "NS":
		record.Data = r.Value + "."
	case "SRV":
		if r.Name != "_imaps._tcp."+apex || r.Value != "0 1 993 imap.example.net." {
			t.Fatalf("unforeseen: %s", r)
		}
		record = godaddysim.Record{Name: "@", Type: "SRV", Data: "imap.example.net.", TTL: record.TTL,
			Service: "_imaps", Protocol: "_tcp", Priority: number(0), Weight: number(1), Port: number(993)}
	case "CAA":
		if r.Value != `0 issue "ca.example.net"` {
			t.Fatalf("unforeseen: %s", r)
		}
		record.Data, record.Flag, record.Tag = "ca.example.net", number(0), "issue"
	}
	return record
}

func TestConformance(t *testing.T) {
	for name, credentials := range versions {
		t.Run(name, func(t *testing.T) {
			dnstest.Run(t, func(t *testing.T) dnstest.Fixture { return fixture(t, credentials, 0) })
		})
	}
}

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	for name, credentials := range versions {
		t.Run(name, func(t *testing.T) {
			dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture { return fixture(t, credentials, timeout) })
		})
	}
}

func TestRandomSteps(t *testing.T) {
	for name, credentials := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dnstest.RandomSteps(t, fixture(t, credentials, 0), 2000, 1)
		})
	}
}
