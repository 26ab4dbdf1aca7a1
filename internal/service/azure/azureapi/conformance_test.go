package azureapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

func TestConformance(t *testing.T) {
	dnstest.Run(t, func(t *testing.T) dnstest.Fixture {
		w := newWorld(t, apex, "example.org", "twins.example")
		for group, zone := range map[string]string{"inside": apex, "Outside": "twins.example"} {
			if err := w.EditZone(group, zone, func(z *azuresim.Zone) { z.Private = group == "inside" }); err != nil {
				t.Fatal(err)
			}
		}
		f := w.fixture(t)
		f.IDForms = []string{strings.ToUpper(f.Zone.ID), strings.TrimPrefix(f.Zone.ID, "/"), f.Zone.ID + "/", pathOf(azuresim.Group, "Example.COM.")}
		f.UnknownID = pathOf(azuresim.Group, "nobodys.example")
		f.Private = dns.HostedZone{Apex: apex, ID: canonical("inside")}
		for _, group := range []string{azuresim.Group, "Outside"} {
			f.SameName = append(f.SameName, w.hosted(t, group, "twins.example"))
		}
		return f
	})
}

// hosted is a stored zone as the host has it.
func (w *world) hosted(t testing.TB, group, zone string) dns.HostedZone {
	t.Helper()
	found := dns.HostedZone{Apex: zone, ID: strings.Replace(canonical(group), apex, zone, 1)}
	if err := w.EditZone(group, zone, func(z *azuresim.Zone) { found.NameServers = z.NameServers }); err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever goes wrong at whatever call of a change.
func TestFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, func(t *testing.T, timeout time.Duration) dnstest.Fixture {
		w := newWorld(t, apex)
		w.timeout = timeout
		return w.fixture(t)
	})
}

func TestRandomSteps(t *testing.T) {
	dnstest.RandomSteps(t, newWorld(t, apex).fixture(t), 200, 1)
}

// fixture is the zone, and somebody else at work who writes record sets without a condition.
func (w *world) fixture(t testing.TB) dnstest.Fixture {
	h := w.host(t, azuresim.Token)
	return dnstest.Fixture{
		Host:    h,
		Other:   func(t testing.TB) dns.Host { return w.host(t, azuresim.Token) },
		Zone:    find(t, h),
		Records: func(t testing.TB) []dns.Record { return w.records(t) },
		Add:     func(t testing.TB, r dns.Record) { w.change(t, r, true) },
		Remove:  func(t testing.TB, r dns.Record) { w.change(t, r, false) },
		Faults: dnstest.Faults{
			Set: func(_ testing.TB, faults ...fault.Fault) {
				w.Forget()
				w.fail(faults...)
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

// change has somebody else add a record to its set, or remove it from there.
func (w *world) change(t testing.TB, r dns.Record, adds bool) {
	t.Helper()
	property, value := encode(t, r)
	var values []any
	properties := w.properties(t, r.Type, relative(r))
	if properties == nil {
		properties = object{"TTL": r.TTL}
	}
	if r.Type == "CNAME" && properties[property] != nil {
		values = []any{properties[property]}
	} else if list, is := properties[property].([]any); is {
		values = list
	}
	var left []any
	for _, there := range values {
		if !same(t, there, value) {
			left = append(left, there)
		}
	}
	if adds {
		left = append(left, value)
	} else if len(left) == len(values) {
		t.Fatalf("there is no %s to be removed", r)
	}
	path := zonePath + "/" + r.Type + "/" + relative(r)
	if len(left) == 0 {
		w.write(t, http.MethodDelete, path, nil)
		return
	}
	properties[property] = left
	if r.Type == "CNAME" {
		properties[property] = left[0]
	}
	w.write(t, http.MethodPut, path, object{"properties": properties})
}

// same is whether two records in the API's form are one.
func same(t testing.TB, a any, b object) bool {
	t.Helper()
	other, is := a.(object)
	if !is {
		t.Fatalf("%v is no record", a)
	}
	for field, value := range b {
		there := other[field]
		if texts, is := there.([]any); is {
			joined := ""
			for _, text := range texts {
				joined += text.(string)
			}
			there, value = joined, strings.Join(value.([]string), "")
		}
		switch number := value.(type) {
		case uint16:
			value = float64(number)
		case uint8:
			value = float64(number)
		}
		if text, is := there.(string); is {
			there = strings.TrimSuffix(text, ".")
		}
		if there != value {
			return false
		}
	}
	return true
}

// encode writes a record as a person would who reads the API's documentation.
func encode(t testing.TB, r dns.Record) (property string, value object) {
	t.Helper()
	rr, err := miekg.NewRR(". IN " + r.Type + " " + r.Value)
	switch r.Type {
	case "A":
		return "ARecords", object{"ipv4Address": r.Value}
	case "AAAA":
		return "AAAARecords", object{"ipv6Address": r.Value}
	case "CNAME":
		return "CNAMERecord", object{"cname": r.Value}
	case "NS":
		return "NSRecords", object{"nsdname": r.Value}
	case "MX":
		return "MXRecords", object{"preference": r.Priority, "exchange": r.Value}
	case "TXT":
		var parts []string
		for part := range slices.Chunk([]byte(r.Value), 250) {
			parts = append(parts, string(part))
		}
		return "TXTRecords", object{"value": parts}
	case "SRV":
		if err == nil {
			srv := rr.(*miekg.SRV)
			return "SRVRecords", object{"priority": srv.Priority, "weight": srv.Weight, "port": srv.Port, "target": strings.TrimSuffix(srv.Target, ".")}
		}
	case "CAA":
		if err == nil {
			caa := rr.(*miekg.CAA)
			return "caaRecords", object{"flags": caa.Flag, "tag": caa.Tag, "value": caa.Value}
		}
	}
	t.Fatalf("unforeseen: %s (%v)", r, err)
	return "", nil
}
