package googleapi_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// world is a simulated Cloud DNS behind a socket.
type world struct {
	*googlesim.Service
	*sandboxtest.World
	*sandboxtest.Watched
	timeout time.Duration // of a client's call
}

func newWorld(t testing.TB, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), timeout: 10 * time.Second}
	w.Service = googlesim.New(googlesim.Config{Store: w.Store, Conditions: w.Stored(googlesim.Section)})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	w.Watched = w.Watch(googlesim.Section, googlesim.BasePath, w.Service)
	return w
}

// base is the address of the simulation.
func (w *world) base(t testing.TB) *url.URL {
	t.Helper()
	base, err := url.Parse(w.URL + googlesim.BasePath)
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// host makes a client with an access token, and with pauses that tests can wait for.
func (w *world) host(t testing.TB, token string) *googleapi.Host {
	t.Helper()
	return w.hostWith(t, googleapi.Config{Credentials: googleapi.Credentials{AccessToken: token}, Project: googlesim.Project})
}

// hostWith makes a client with pauses that tests can wait for.
func (w *world) hostWith(t testing.TB, cfg googleapi.Config) *googleapi.Host {
	t.Helper()
	cfg.BaseURL, cfg.UserAgent, cfg.Timeout = w.base(t), "test", w.timeout
	cfg.Retries, cfg.RetryWaitMin, cfg.RetryAfterMax = 2, time.Millisecond, 2*time.Second
	return googleapi.New(cfg)
}

// under puts the service under conditions.
func (w *world) under(t testing.TB, c fault.Conditions) {
	t.Helper()
	w.SetStored(googlesim.Section, c)
}

// set puts the service under settings.
func (w *world) set(t testing.TB, settings map[string]string) {
	t.Helper()
	w.under(t, fault.Conditions{Settings: settings})
}

// zone is the stored public zone of a name, to be looked at.
func (w *world) zone(t testing.TB, apex string) googlesim.Zone {
	t.Helper()
	var found googlesim.Zone
	err := store.View(w.Store, googlesim.Section, func(st *googlesim.State) error {
		for _, z := range st.Zones {
			if z.DNSName == apex && z.Visibility == "public" {
				found = *z
				return nil
			}
		}
		return fmt.Errorf("there is no zone %s", apex)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// edit changes a zone behind the client's back.
func (w *world) edit(t testing.TB, apex string, change func(z *googlesim.Zone)) {
	t.Helper()
	if err := w.EditZone(googlesim.Project, w.zone(t, apex).Name, change); err != nil {
		t.Fatal(err)
	}
}

// put adds or replaces a set behind the client's back.
func (w *world) put(t testing.TB, apex string, set googlesim.RecordSet) {
	t.Helper()
	w.edit(t, apex, func(z *googlesim.Zone) {
		z.Sets = slices.DeleteFunc(z.Sets, func(r *googlesim.RecordSet) bool { return r.Name == set.Name && r.Type == set.Type })
		z.Sets = append(z.Sets, &set)
	})
}

// stored returns a set as the service has it.
func (w *world) stored(t testing.TB, apex, name, recordType string) *googlesim.RecordSet {
	t.Helper()
	for _, r := range w.zone(t, apex).Sets {
		if r.Name == name && r.Type == recordType {
			return r
		}
	}
	return nil
}

// lines are the sets of a zone, for comparisons.
func (w *world) lines(t testing.TB, apex string) []string {
	t.Helper()
	var lines []string
	for _, r := range w.zone(t, apex).Sets {
		lines = append(lines, fmt.Sprintf("%s %s %d %q %s", r.Name, r.Type, r.TTL, r.Rrdatas, r.RoutingPolicy))
	}
	return lines
}

func find(t testing.TB, h dns.Host, name string) dns.HostedZone {
	t.Helper()
	zone, err := h.FindZone(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func read(t testing.TB, h dns.Host, zone dns.HostedZone) *dns.Snapshot {
	t.Helper()
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// text is a TXT record.
func text(name, value string) dns.Record {
	return dns.Record{Name: name, Type: "TXT", Value: value, TTL: 300}
}

// one returns the record of the snapshot with this identity.
func one(t testing.TB, s *dns.Snapshot, r dns.Record) dns.Record {
	t.Helper()
	i := slices.IndexFunc(s.Records, func(there dns.Record) bool { return there.Identity() == r.Identity() })
	if i < 0 {
		t.Fatalf("there is no %s among %v", r, s.Records)
	}
	return s.Records[i]
}

// decode reads what is stored, without the code under test.
func decode(t testing.TB, zone googlesim.Zone) []dns.Record {
	t.Helper()
	var records []dns.Record
	for _, set := range zone.Sets {
		if set.Type == "SOA" {
			continue
		}
		for _, data := range set.Rrdatas {
			r := dns.Record{Name: strings.TrimSuffix(set.Name, "."), Type: set.Type, Value: data, TTL: set.TTL}
			switch set.Type {
			case "TXT":
				joined, err := mailrecord.UnquoteTXT(data)
				if err != nil {
					t.Fatalf("%s: %v", data, err)
				}
				r.Value = joined
			case "MX":
				preference, host, _ := strings.Cut(data, " ")
				n, err := strconv.Atoi(preference)
				if err != nil {
					t.Fatal(err)
				}
				r.Priority, r.Value = uint16(n), host
				if host != "." {
					r.Value = strings.TrimSuffix(host, ".")
				}
			case "CNAME", "NS", "PTR":
				r.Value = strings.TrimSuffix(data, ".")
			}
			records = append(records, r)
		}
	}
	return records
}

// encode writes the data of a record as a person would who reads the API's documentation.
func encode(r dns.Record) string {
	switch r.Type {
	case "TXT":
		return mailrecord.QuoteTXT(r.Value)
	case "MX":
		return fmt.Sprintf("%d %s.", r.Priority, strings.TrimSuffix(r.Value, "."))
	case "CNAME", "NS", "PTR":
		return r.Value + "."
	}
	return r.Value
}

// hostOf makes a client of a project with an access token.
func (w *world) hostOf(t testing.TB, project, token string) *googleapi.Host {
	t.Helper()
	return w.hostWith(t, googleapi.Config{Credentials: googleapi.Credentials{AccessToken: token}, Project: project})
}
