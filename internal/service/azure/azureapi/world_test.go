package azureapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

const (
	apex    = "example.com"
	version = "?api-version=2023-07-01-preview"
)

// zonePath is the path of the zone in calls by somebody else.
var zonePath = pathOf(azuresim.Group, apex)

func pathOf(group, zone string) string {
	return "/subscriptions/" + azuresim.Subscription + "/resourceGroups/" + group + "/providers/Microsoft.Network/dnsZones/" + zone
}

// world is a simulated Azure DNS behind a socket.
type world struct {
	*azuresim.Service
	*sandboxtest.World
	*sandboxtest.Watched
	timeout time.Duration // of a client's call
}

func newWorld(t testing.TB, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), timeout: 10 * time.Second}
	w.Service = azuresim.New(azuresim.Config{Store: w.Store, Conditions: w.Stored(azuresim.Section)})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	w.under(fault.Conditions{})
	w.Watched = w.Watch(azuresim.Section, "", w.Service)
	return w
}

// host makes a client with pauses that tests can wait for.
func (w *world) host(t testing.TB, token string) *azureapi.Host {
	t.Helper()
	base, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	return azureapi.New(azureapi.Config{
		SubscriptionID: azuresim.Subscription, Credentials: azureapi.Credentials{AccessToken: token}, BaseURL: base, UserAgent: "test", Unpaced: true,
		Timeout: w.timeout, Retries: 2, RetryWaitMin: time.Millisecond, RetryAfterMax: 2 * time.Second,
	})
}

// under puts the service under conditions; without a word on it, there are no rate limits.
func (w *world) under(c fault.Conditions) {
	if c.Settings == nil {
		c.Settings = map[string]string{azuresim.SettingWrites: "0", azuresim.SettingLists: "0"}
	}
	w.SetStored(azuresim.Section, c)
}

// fail has calls go wrong.
func (w *world) fail(faults ...fault.Fault) { w.under(fault.Conditions{Faults: faults}) }

type object = map[string]any

// write is an edit by somebody else, by a call of their own.
func (w *world) write(t testing.TB, method, path string, body any) object {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path+version, bytes.NewReader(content))
	r.Header.Set("Authorization", "Bearer "+azuresim.Token)
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code >= 300 {
		t.Fatalf("%s %s %s: %d %s", method, path, content, answer.Code, text)
	}
	got := object{}
	if len(text) > 0 && json.Unmarshal(text, &got) != nil {
		t.Fatalf("%s", text)
	}
	return got
}

// put has somebody else write a record set of the zone.
func (w *world) put(t testing.TB, recordType, name string, properties object) {
	t.Helper()
	w.write(t, http.MethodPut, zonePath+"/"+recordType+"/"+name, object{"properties": properties})
}

// text is a TXT record set of one string for each record.
func text(ttl int, values ...string) object {
	records := []object{}
	for _, value := range values {
		records = append(records, object{"value": []string{value}})
	}
	return object{"TTL": ttl, "TXTRecords": records}
}

// properties are what is stored of a record set; nil if there is none.
func (w *world) properties(t testing.TB, recordType, name string) object {
	t.Helper()
	var found object
	err := store.View(w.Store, azuresim.Section, func(st *azuresim.State) error {
		for _, z := range st.Zones {
			for _, set := range z.Sets {
				if z.Name == apex && set.Type == recordType && set.Name == name {
					found = object{}
					for property, raw := range set.Properties {
						var value any
						if err := json.Unmarshal(raw, &value); err != nil {
							return err
						}
						found[property] = value
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantProperties checks a record set as JSON.
func (w *world) wantProperties(t testing.TB, recordType, name, want string) {
	t.Helper()
	got, err := json.Marshal(w.properties(t, recordType, name))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s %s is\n%s, want\n%s", recordType, name, got, want)
	}
}

// records are the records of the zone as the DNS has them.
func (w *world) records(t testing.TB) []dns.Record {
	t.Helper()
	zones, err := w.Zones()
	if err != nil {
		t.Fatal(err)
	}
	var records []dns.Record
	for _, z := range zones {
		if z.Apex != apex {
			continue
		}
		for _, server := range z.NameServers {
			records = append(records, dns.Record{Name: apex, Type: "NS", Value: server, TTL: 172800})
		}
		for _, rr := range z.Records {
			r, err := dns.RecordFromRR(rr)
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, r)
		}
	}
	return records
}

// find is the zone as the host finds it.
func find(t testing.TB, h dns.Host) dns.HostedZone {
	t.Helper()
	zone, err := h.FindZone(t.Context(), apex)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func read(t testing.TB, h dns.Host) *dns.Snapshot {
	t.Helper()
	snapshot, err := h.Read(t.Context(), find(t, h))
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func txt(name, value string) dns.Record {
	return dns.Record{Name: name, Type: "TXT", Value: value, TTL: 300}
}

// one returns the record of a snapshot with this type and value at a name.
func one(t testing.TB, s *dns.Snapshot, name, recordType, value string) dns.Record {
	t.Helper()
	for _, r := range s.Records {
		if r.Name == name && r.Type == recordType && r.Value == value {
			return r
		}
	}
	t.Fatalf("there is no %s %s %q in %v", name, recordType, value, s.Records)
	return dns.Record{}
}

// relative is the name of a record for the API.
func relative(r dns.Record) string {
	if r.Name == apex {
		return "@"
	}
	return strings.TrimSuffix(r.Name, "."+apex)
}

func numbered(format string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}
