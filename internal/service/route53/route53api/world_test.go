package route53api_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// world is a simulated Route 53 behind a socket.
type world struct {
	*route53sim.Service
	*sandboxtest.World
	*sandboxtest.Watched
	other   *route53.Client // somebody else, by the vendor's SDK, past the faults
	timeout time.Duration   // of a client's call
}

func newWorld(t testing.TB, zones ...string) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), timeout: 10 * time.Second}
	w.Service = route53sim.New(route53sim.Config{Store: w.Store, Conditions: w.Stored(route53sim.Section)})
	w.under(t, fault.Conditions{})
	for _, zone := range zones {
		if err := w.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	w.Watched = w.Watch(route53sim.Section, "/2013-04-01", w.Service)
	direct := httptest.NewServer(w.Service)
	t.Cleanup(direct.Close)
	w.other = route53.New(route53.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(direct.URL),
		Credentials: credentials.NewStaticCredentialsProvider(route53sim.AccessKey, route53sim.SecretKey, ""),
		Retryer:     aws.NopRetryer{},
	})
	return w
}

// host makes a client with pauses that tests can wait for.
func (w *world) host(t testing.TB, accessKey string) *route53api.Host {
	t.Helper()
	base, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	login := awsauth.Settings{AccessKey: accessKey, SecretKey: route53sim.SecretKey}
	if strings.HasPrefix(accessKey, "ASIA") {
		login.SessionToken = route53sim.SessionToken
	}
	return route53api.New(route53api.Config{
		Login: login, BaseURL: base, UserAgent: "test", Unpaced: true,
		Timeout: w.timeout, Retries: 2, RetryWaitMin: time.Millisecond, RetryAfterMax: 2 * time.Second,
	})
}

// under puts the service under conditions. Its rate is not limited unless they say so.
func (w *world) under(t testing.TB, c fault.Conditions) {
	t.Helper()
	if c.Settings == nil {
		c.Settings = map[string]string{route53sim.SettingRequests: "0"}
	}
	w.SetStored(route53sim.Section, c)
}

// zone is the first stored zone of a name, to be looked at.
func (w *world) zone(t testing.TB, apex string) route53sim.Zone {
	t.Helper()
	return w.zones(t, apex)[0]
}

// zones are the stored zones of a name.
func (w *world) zones(t testing.TB, apex string) []route53sim.Zone {
	t.Helper()
	var found []route53sim.Zone
	err := store.View(w.Store, route53sim.Section, func(st *route53sim.State) error {
		for _, z := range st.Zones {
			if z.Name == apex+"." {
				zone := *z
				zone.Sets = slices.Clone(z.Sets)
				found = append(found, zone)
			}
		}
		if found == nil {
			return fmt.Errorf("there is no zone %s", apex)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// lines are the record sets of a zone as they are stored, without those that every zone has.
func (w *world) lines(t testing.TB, apex string) []string {
	t.Helper()
	return linesOf(w.zone(t, apex))
}

func linesOf(zone route53sim.Zone) []string {
	var lines []string
	for _, s := range zone.Sets {
		if s.Name == zone.Name && (s.Type == "NS" || s.Type == "SOA") {
			continue
		}
		line := s.Name + " " + s.Type
		if s.TTL != nil {
			line += fmt.Sprintf(" %d", *s.TTL)
		}
		for _, value := range s.Values {
			line += " " + value.Value
		}
		lines = append(lines, line)
	}
	return lines
}

// put stores record sets as they are, without any call.
func (w *world) put(t testing.TB, apex string, sets ...*route53sim.Set) {
	t.Helper()
	err := w.EditZone(apex, func(z *route53sim.Zone) {
		for _, s := range sets {
			z.Sets = slices.DeleteFunc(z.Sets, func(old *route53sim.Set) bool {
				return old.Name == s.Name && old.Type == s.Type && old.SetIdentifier == s.SetIdentifier
			})
			z.Sets = append(z.Sets, s)
		}
		z.Sort()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// plain makes a record set.
func plain(name, recordType string, ttl int64, values ...string) *route53sim.Set {
	s := &route53sim.Set{Name: name + ".", Type: recordType, TTL: &ttl}
	for _, value := range values {
		s.Values = append(s.Values, route53sim.Value{Value: value})
	}
	return s
}

// find is the zone as the host finds it.
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

// at returns the only record of a type at a name.
func at(t testing.TB, s *dns.Snapshot, name, recordType string) dns.Record {
	t.Helper()
	i := slices.IndexFunc(s.Records, func(r dns.Record) bool { return r.Name == name && r.Type == recordType })
	if i < 0 {
		t.Fatalf("no %s %s in %v", name, recordType, s.Records)
	}
	return s.Records[i]
}

func text(name, value string) dns.Record {
	return dns.Record{Name: name, Type: "TXT", Value: value, TTL: 300}
}
