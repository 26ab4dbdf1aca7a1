package cloudflareapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

func TestConformance(t *testing.T) {
	dnstest.Run(t, func(t *testing.T) dnstest.Fixture {
		w := newWorld(t, "example.com", "example.org")
		if err := w.EditZone("example.org", func(z *cloudflaresim.Zone) { z.Type = "secondary" }); err != nil {
			t.Fatal(err)
		}
		return w.fixture(t)
	})
}

// fixture is the zone example.com, and somebody else at work by plain HTTP.
func (w *world) fixture(t *testing.T) dnstest.Fixture {
	h := w.host(t, cloudflaresim.Token)
	return dnstest.Fixture{
		Host:     h,
		Other:    func(t testing.TB) dns.Host { return w.host(t, cloudflaresim.Token) },
		Zone:     find(t, h, "example.com"),
		ReadOnly: find(t, h, "example.org"),

		IDForms:   []string{strings.ToUpper(find(t, h, "example.com").ID)},
		UnknownID: strings.Repeat("0", 32),

		Records: func(t testing.TB) []dns.Record { return decode(t, w.zone(t, "example.com")) },
		Add:     func(t testing.TB, r dns.Record) { w.add(t, "example.com", encode(t, r)) },
		Remove:  w.remove,
		Faults: dnstest.Faults{
			Set: func(t testing.TB, faults ...fault.Fault) {
				w.Forget()
				w.under(t, fault.Conditions{Faults: faults})
			},
			Calls: func() []bool {
				var changing []bool
				for _, call := range w.Called() {
					changing = append(changing, !strings.HasPrefix(call, http.MethodGet))
				}
				return changing
			},
		},
	}
}

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture {
		w := newWorld(t, "example.com", "example.org")
		w.timeout = timeout
		return w.fixture(t)
	})
}

// decode reads what is stored, by the DNS library and not by the code under test.
func decode(t testing.TB, zone cloudflaresim.Zone) []dns.Record {
	t.Helper()
	var records []dns.Record
	for _, stored := range zone.Records {
		r := dns.Record{Name: stored.Name, Type: stored.Type, Value: stored.Content, TTL: uint32(stored.TTL), Comment: stored.Comment}
		switch r.Type {
		case "TXT":
			joined, err := mailrecord.UnquoteTXT(stored.Content)
			if err != nil {
				t.Fatalf("%s: %v", stored.Content, err)
			}
			r.Value = joined
		case "MX":
			r.Priority = *stored.Priority
		case "SRV":
			r.Value = fmt.Sprintf("%v %v %v %s", stored.Data["priority"], stored.Data["weight"], stored.Data["port"],
				miekg.Fqdn(strings.TrimSuffix(stored.Data["target"].(string), ".")))
		}
		records = append(records, r)
	}
	return records
}

func (w *world) remove(t testing.TB, r dns.Record) {
	t.Helper()
	zone := w.zone(t, "example.com")
	for i, there := range decode(t, zone) {
		if there.Identity() == r.Identity() {
			w.write(t, http.MethodDelete, fmt.Sprintf("/zones/%s/dns_records/%s", zone.ID, zone.Records[i].ID), nil)
			return
		}
	}
	t.Fatalf("there is no %s to be removed", r)
}

// encode writes a record as a person would who reads the API's documentation.
func encode(t testing.TB, r dns.Record) object {
	t.Helper()
	body := object{"name": r.Name, "type": r.Type, "ttl": r.TTL, "content": r.Value, "comment": r.Comment}
	rr, err := miekg.NewRR(fmt.Sprintf(". IN %s %s", r.Type, r.Value))
	switch r.Type {
	case "TXT":
		body["content"] = mailrecord.QuoteTXT(r.Value)
	case "MX":
		body["priority"] = r.Priority
	case "CAA":
		if err != nil {
			t.Fatal(err)
		}
		caa := rr.(*miekg.CAA)
		body["data"] = object{"flags": caa.Flag, "tag": caa.Tag, "value": caa.Value}
	case "SRV":
		if err != nil {
			t.Fatal(err)
		}
		srv := rr.(*miekg.SRV)
		body["data"] = object{"priority": srv.Priority, "weight": srv.Weight, "port": srv.Port, "target": srv.Target[:len(srv.Target)-1]}
	}
	return body
}

func TestRandomSteps(t *testing.T) {
	w := newWorld(t, "example.com", "example.org")
	w.under(t, fault.Conditions{Settings: map[string]string{cloudflaresim.SettingRequests: "0"}})
	dnstest.RandomSteps(t, w.fixture(t), 500, 1)
}
