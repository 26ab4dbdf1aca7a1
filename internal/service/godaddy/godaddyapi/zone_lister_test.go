package godaddyapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// addNumbered adds so many zones, the last one first, and returns the names of all zones in order.
func (s *simulation) addNumbered(zones int) []string {
	s.t.Helper()
	names := []string{apex}
	err := store.Update(s.Store, godaddysim.Section, func(st *godaddysim.State) error {
		for i := range zones {
			z := st.Zones[0] // with the same records as the first one
			z.Name = fmt.Sprintf("zone%04d.example", zones-1-i)
			st.Zones = append(st.Zones, z)
			names = append(names, z.Name)
		}
		st.Changes++
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// pages counts the calls for the list.
func (s *simulation) pages() int {
	n := 0
	for _, call := range s.made() {
		if call == "GET /v1/domains" || call == "GET /v3/domains/domain-names" {
			n++
		}
	}
	return n
}

// A list is read once, by a call for each page: 1000 domains with v1, and 200 with v3. With v1, one
// call more shows that nothing follows.
func TestZonesOfSeveralPages(t *testing.T) {
	for domains, calls := range map[int]map[bool]int{1: {true: 2, false: 1}, 200: {true: 2, false: 1}, 201: {true: 2, false: 2}, 1000: {true: 2, false: 5}, 2100: {true: 4, false: 11}} {
		forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
			want := s.addNumbered(domains - 1)
			var listers sync.WaitGroup
			for range 4 {
				listers.Go(func() {
					zones, err := h.Zones(t.Context())
					if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
						t.Errorf("%d zones, %v: %q", len(got), err, got)
					}
				})
			}
			listers.Wait()
			if made := len(s.made()); made != calls[isV1(h)] || made != s.pages() {
				t.Errorf("%d domains: %d calls, want %d", domains, made, calls[isV1(h)])
			}
			if domains == 201 {
				dnstest.ListZones(t, h)
			}
		})
	}
}

func TestZonesOfAnEmptyAccount(t *testing.T) {
	for name, credentials := range map[string]func(*godaddyapi.Config){
		"key": withKey(godaddysim.OtherKey, godaddysim.OtherSecret), "token": withToken(godaddysim.OtherToken),
	} {
		s := newSimulation(t)
		h := s.host(credentials)
		for range 2 {
			if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 0 {
				t.Errorf("%s: %+v, %v", name, zones, err)
			}
		}
		if n := s.pages(); n != 1 {
			t.Errorf("%s: %d calls, want 1", name, n)
		}
	}
}

// Domains that are not active, or have other name servers, have no zone to be edited. Those that are
// registered elsewhere are listed by v1 alone.
func TestZonesThatGoDaddyServes(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		for name, change := range map[string]func(z *godaddysim.Zone){
			"xn--bcher-kva.example": func(*godaddysim.Zone) {},
			"example.co.uk":         func(*godaddysim.Zone) {},
			"elsewhere.example":     func(z *godaddysim.Zone) { z.NameServers = []string{"ns1.example.net", "ns2.example.net"} },
			"lookalike.example":     func(z *godaddysim.Zone) { z.NameServers = []string{"ns1.not-domaincontrol.com"} },
			"cancelled.example":     func(z *godaddysim.Zone) { z.Status = "CANCELLED" },
			"registered-elsewhere.example": func(z *godaddysim.Zone) {
				z.Status = godaddysim.StatusDNSOnly
			},
		} {
			if err := s.service.AddZone(name); err != nil {
				t.Fatal(err)
			}
			if err := s.service.SetZone(name, change); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.service.AddZoneTo(godaddysim.OtherShopper, "of-somebody.example"); err != nil {
			t.Fatal(err)
		}
		want := []string{"example.co.uk", "example.com", "xn--bcher-kva.example"}
		if isV1(h) {
			want = slices.Insert(want, 2, "registered-elsewhere.example")
		}
		zones := dnstest.ListZones(t, h)
		if got := dnstest.Apexes(zones); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		for _, zone := range zones {
			if slices.Equal(zone.NameServers, godaddysim.NameServers) == (zone.Apex == "registered-elsewhere.example") {
				t.Errorf("%s: the name servers are %q", zone.Apex, zone.NameServers)
			}
		}
		if zone, err := h.FindZone(t.Context(), "registered-elsewhere.example"); err != nil || zone.Apex != "registered-elsewhere.example" {
			t.Errorf("found was %+v, %v", zone, err)
		}
	})
}

func TestZonesOfAResellersCustomer(t *testing.T) {
	for name, credentials := range map[string]func(*godaddyapi.Config){
		"key": withKey(godaddysim.ResellerKey, godaddysim.ResellerSecret), "token": withToken(godaddysim.ResellerToken),
	} {
		s := newSimulation(t)
		if err := s.service.AddZoneTo(godaddysim.CustomerShopper, "shop.example"); err != nil {
			t.Fatal(err)
		}
		h := s.host(credentials, func(c *godaddyapi.Config) { c.ShopperID = godaddysim.CustomerShopper })
		if got := dnstest.Apexes(dnstest.ListZones(t, h)); !slices.Equal(got, []string{"shop.example"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A page that is refused in the middle ends the list. Nothing of it is kept: the next caller gets
// the whole list.
func TestZonesWithARefusedPage(t *testing.T) {
	for _, test := range []struct {
		fault fault.Fault
		kind  error
		calls int
	}{
		{fault.Fault{Kind: fault.Status, Status: 403, Body: `{"code":"ACCESS_DENIED","message":"No"}`}, api.ErrAuth, 2},
		{fault.Fault{Kind: fault.EmptyError}, api.ErrUnavailable, 8}, // seven times the same page
		{fault.Fault{Kind: fault.InvalidJSON}, api.ErrUnavailable, 2},
		{fault.Fault{Kind: fault.Status, Status: 200, Body: `{}`}, api.ErrUnavailable, 2},
	} {
		forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
			want := s.addNumbered(2100)
			test.fault.Path, test.fault.Skip = "/v1/domains", 1
			v3 := test.fault
			v3.Path = "/v3/domains/domain-names"
			s.set(fault.Conditions{Faults: []fault.Fault{test.fault, v3}})
			zones, err := h.Zones(t.Context())
			if !errors.Is(err, test.kind) || errors.Is(err, api.ErrOutcomeUnknown) || zones != nil || !strings.Contains(err.Error(), "list the account's domains") {
				t.Errorf("%s: %d zones, %v", test.fault.Body, len(zones), err)
			}
			if n := s.pages(); n != test.calls {
				t.Errorf("%s: %d calls, want %d", test.fault.Body, n, test.calls)
			}
			s.set(fault.Conditions{})
			zones, err = h.Zones(t.Context())
			if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: then %d zones, %v", test.fault.Body, len(got), err)
			}
		})
	}
}

func TestZonesOfASmallAccount(t *testing.T) {
	s := newSimulation(t)
	for name, credentials := range map[string]func(*godaddyapi.Config){
		"key": withKey(godaddysim.SmallKey, godaddysim.SmallSecret), "token": withToken(godaddysim.SmallToken),
	} {
		zones, err := s.host(credentials).Zones(t.Context())
		if !errors.Is(err, api.ErrAuth) || zones != nil || !strings.Contains(err.Error(), "may not qualify") {
			t.Errorf("%s: %+v, %v", name, zones, err)
		}
	}
}

// answers is a client of a service that answers the calls for one path in turn, and the last answer
// again and again.
func answers(t *testing.T, credentials func(*godaddyapi.Config), bodies ...string) (h *godaddyapi.Host, queries *[]string) {
	t.Helper()
	queries = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, bodies[min(len(*queries), len(bodies)-1)]) //nolint:errcheck // the test sees what the client makes of it
		*queries = append(*queries, r.URL.Path+" "+r.URL.RawQuery)
	}))
	t.Cleanup(server.Close)
	base, err := api.ParseBaseURL(server.URL, false)
	if err != nil {
		t.Fatal(err)
	}
	config := godaddyapi.Config{BaseURL: base, CallsPerMinute: -1, RetryWait: time.Millisecond}
	credentials(&config)
	return godaddyapi.New(config), queries
}

// item is a domain of a list of either API.
func item(name string) string {
	return fmt.Sprintf(`{"domain":%q,"status":"ACTIVE","nameServers":["NS01.DomainControl.com"]}`, name)
}

// What pages can look like, and what must not pass for a whole list.
func TestPagesOfV1(t *testing.T) {
	for _, test := range []struct {
		what  string
		pages []string
		want  []string // nil: an error
		says  string   // the error, or the last query
	}{
		{"short pages", []string{"[" + item("b.example") + "]", "[" + item("a.example") + "]", "[]"}, []string{"a.example", "b.example"}, "marker=a.example"},
		{"pages that begin with the marker", []string{"[" + item("b.example") + "]", "[" + item("b.example") + "," + item("a.example") + "]", "[" + item("a.example") + "]"},
			[]string{"a.example", "b.example"}, "marker=a.example"},
		{"a domain on two pages", []string{"[" + item("b.example") + "," + item("c.example") + "]", "[" + item("b.example") + "," + item("a.example") + "]", "[]"},
			[]string{"a.example", "b.example", "c.example"}, "marker=a.example"},
		{"names in other forms", []string{"[" + item("Bücher.Example") + "]", "[]"}, []string{"xn--bcher-kva.example"}, "limit=1000"},
		{"the marker is ignored", []string{"[" + item("a.example") + "," + item("b.example") + "]"}, nil, "the page after b.example has domains of earlier pages only"},
		{"no names", []string{`[{"status":"ACTIVE"}]`}, nil, "a domain without a name"},
		{"no name servers at all", []string{`[{"domain":"a.example","status":"ACTIVE","nameServers":null}]`, "[]"}, nil, "name servers of none"},
		{"one without name servers", []string{`[{"domain":"b.example","status":"ACTIVE","nameServers":null},` + item("a.example") + "]", "[]"}, []string{"a.example"}, "marker"},
		{"no list", []string{`{"code":"MOVED"}`}, nil, "not what the API documents"},
	} {
		h, queries := answers(t, withKey(godaddysim.Key, godaddysim.Secret), test.pages...)
		zones, err := h.Zones(t.Context())
		if test.want == nil {
			if !errors.Is(err, api.ErrUnavailable) || zones != nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %+v, %v", test.what, zones, err)
			}
			continue
		}
		last := (*queries)[len(*queries)-1]
		if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, test.want) || !strings.Contains(last, test.says) || !strings.Contains(last, "includes=nameServers") {
			t.Errorf("%s: %q, %v, after %q", test.what, got, err, *queries)
		}
		if zones[0].NameServers[0] != "ns01.domaincontrol.com" {
			t.Errorf("%s: %+v", test.what, zones[0])
		}
	}
}

func TestPagesOfV3(t *testing.T) {
	page := func(next string, items ...string) string {
		return fmt.Sprintf(`{"items":[%s],"links":[{"rel":"self","href":"/x?pageToken=self"},{"rel":"next","href":%q}]}`, strings.Join(items, ","), next)
	}
	last := func(items ...string) string {
		return fmt.Sprintf(`{"items":[%s],"links":[{"rel":"prev","href":"/x?pageToken=before"}]}`, strings.Join(items, ","))
	}
	for _, test := range []struct {
		what  string
		pages []string
		want  []string // nil: an error
		says  string   // the error, or the last query
	}{
		{"relative links", []string{page("/v3/domains/domain-names?pageToken=t%2B1&pageTokenDirection=forward", item("b.example")), last(item("a.example"))},
			[]string{"a.example", "b.example"}, "pageSize=200&pageToken=t%2B1&pageTokenDirection=forward"},
		{"whole links", []string{page("https://api.godaddy.com/v3/domains/domain-names?pageToken=t1&pageSize=5", item("b.example")), last(item("a.example"))},
			[]string{"a.example", "b.example"}, "pageSize=200&pageToken=t1"},
		{"a domain on two pages", []string{page("/x?pageToken=1", item("b.example"), item("c.example")), last(item("b.example"), item("a.example"))},
			[]string{"a.example", "b.example", "c.example"}, "pageToken=1"},
		{"an empty page in the middle", []string{page("/x?pageToken=1", item("b.example")), page("/x?pageToken=2"), last(item("a.example"))},
			[]string{"a.example", "b.example"}, "pageToken=2"},
		{"null for nothing", []string{page("/x?pageToken=1", item("a.example")), `{"items":null,"links":[]}`}, []string{"a.example"}, "pageToken=1"},
		{"names in other forms", []string{last(item("Bücher.Example"))}, []string{"xn--bcher-kva.example"}, "pageSize=200"},
		{"a link in a circle", []string{page("/x?pageToken=1", item("a.example"))}, nil, "leads to none"},
		{"a link without a token", []string{page("/x?page=2", item("a.example"))}, nil, `"/x?page=2", leads to none`},
		{"a link without an address", []string{page("", item("a.example"))}, nil, "leads to none"},
		{"no name servers at all", []string{`{"items":[{"domain":"a.example","status":"ACTIVE"}],"links":[]}`}, nil, "name servers of none"},
		{"no list", []string{`{}`}, nil, "no page of a list"},
	} {
		h, queries := answers(t, withToken(godaddysim.Token), test.pages...)
		zones, err := h.Zones(t.Context())
		if test.want == nil {
			if !errors.Is(err, api.ErrUnavailable) || zones != nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %+v, %v", test.what, zones, err)
			}
			continue
		}
		if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, test.want) || !strings.Contains((*queries)[len(*queries)-1], test.says) {
			t.Errorf("%s: %q, %v, after %q", test.what, got, err, *queries)
		}
	}
}

// The pages of a list are calls like others: 60 a minute to one endpoint.
func TestPagesOfZonesArePaced(t *testing.T) {
	s := newSimulation(t)
	want := s.addNumbered(900)
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	var paused time.Duration
	h := s.host(withToken(godaddysim.Token), func(c *godaddyapi.Config) {
		c.CallsPerMinute = 2
		c.Now = func() time.Time { return now.Add(paused) }
		c.Pause = func(ctx context.Context, d time.Duration) error { paused += d; return ctx.Err() }
	})
	zones, err := h.Zones(t.Context())
	if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
		t.Errorf("%d zones, %v", len(got), err)
	}
	if paused < 2*time.Minute || paused > 3*time.Minute {
		t.Errorf("paused for %v with 5 pages at 2 a minute", paused)
	}
}
