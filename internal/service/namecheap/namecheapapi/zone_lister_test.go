package namecheapapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/namecheap/go-namecheap-sdk/v2/namecheaptest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// getList is the command that lists the domains of an account.
const getList = "namecheap.domains.getList"

// addNumbered registers so many domains, the last one first, and returns the names of all domains
// in order.
func (w *world) addNumbered(domains int) []string {
	w.t.Helper()
	names := []string{"example.com"}
	for i := range domains {
		name := fmt.Sprintf("zone%03d.example", domains-1-i)
		if err := w.AddZone(name); err != nil {
			w.t.Fatal(err)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The list takes a call for each 100 domains, and is read once.
func TestZonesOfSeveralPages(t *testing.T) {
	w := newWorld(t)
	want := w.addNumbered(300)
	h := w.host()
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
	if n := w.called(getList); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
	dnstest.ListZones(t, h)
	if n := w.called(getList); n != 0 {
		t.Errorf("%d more calls", n)
	}
}

// The last page may be full, or the only one.
func TestZonesOfFullPages(t *testing.T) {
	for domains, calls := range map[int]int{1: 1, 99: 1, 100: 1, 101: 2, 200: 2} {
		w := newWorld(t)
		want := w.addNumbered(domains - 1)
		zones, err := w.host().Zones(t.Context())
		if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d domains: %q, %v", domains, got, err)
		}
		if n := w.called(getList); n != calls {
			t.Errorf("%d domains: %d calls, want %d", domains, n, calls)
		}
	}
}

func TestZonesOfAnEmptyAccount(t *testing.T) {
	w := newWorld(t)
	config := w.config()
	config.APIUser, config.APIKey = namecheapsim.OtherAPIUser, namecheapsim.OtherAPIKey
	h := namecheapapi.New(config)
	for range 2 {
		if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 0 {
			t.Errorf("%+v, %v", zones, err)
		}
	}
	if n := w.called(getList); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// Domains with other name servers have no zone here. Expired ones still have it.
func TestZonesThatNamecheapServes(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(d *namecheapsim.Domain){
		"Bücher.example":     func(*namecheapsim.Domain) {},
		"shop.example.co.uk": nil,
		"example.co.uk":      func(*namecheapsim.Domain) {},
		"shop.xn--p1ai":      func(*namecheapsim.Domain) {},
		"elsewhere.example":  func(d *namecheapsim.Domain) { d.NameServers = []string{"ns1.example.net", "ns2.example.net"} },
		"expired.example":    func(d *namecheapsim.Domain) { d.Expired = true },
		"gone-both.example": func(d *namecheapsim.Domain) {
			d.Expired, d.NameServers = true, []string{"ns1.example.net", "ns2.example.net"}
		},
		"of-somebody.example": func(d *namecheapsim.Domain) { d.User = namecheapsim.OtherAPIUser },
	} {
		if change == nil {
			if w.AddZone(name) == nil {
				t.Errorf("%s was registered", name)
			}
			continue
		}
		if err := w.AddZone(name); err != nil {
			t.Fatal(err)
		}
		if err := w.SetZone(strings.Replace(name, "Bücher", "xn--bcher-kva", 1), change); err != nil {
			t.Fatal(err)
		}
	}
	zones := dnstest.ListZones(t, w.host())
	want := []string{"example.co.uk", "example.com", "expired.example", "shop.xn--p1ai", "xn--bcher-kva.example"}
	if got := dnstest.Apexes(zones); !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for _, zone := range zones {
		if strings.Contains(zone.Warning, "expired.example has expired") != (zone.Apex == "expired.example") {
			t.Errorf("%s: %q", zone.Apex, zone.Warning)
		}
	}
}

// refused is an answer of the API that refuses a call.
func refused(number int) fault.Fault {
	return fault.Fault{Kind: fault.Status, Status: 200, Header: map[string]string{"Content-Type": "text/xml"},
		Body: fmt.Sprintf(`<?xml version="1.0"?><ApiResponse Status="ERROR"><Errors><Error Number="%d">Made up</Error></Errors></ApiResponse>`, number)}
}

// A page that is refused in the middle ends the list. Nothing of it is kept: the next caller gets
// the whole list.
func TestZonesWithARefusedPage(t *testing.T) {
	for _, test := range []struct {
		fault fault.Fault
		kind  error
		calls int
	}{
		{refused(1011150), api.ErrAuth, 2},
		{refused(5050169), api.ErrUnavailable, 4}, // three times the same page
		{fault.Fault{Kind: fault.Status, Status: 405, Body: "<html>not allowed</html>"}, api.ErrRateLimited, 5},
		{fault.Fault{Kind: fault.Status, Status: 200, Body: `<ApiResponse Status="OK"><Errors /></ApiResponse>`}, api.ErrUnavailable, 2},
		{fault.Fault{Kind: fault.Status, Status: 200, Body: `<html>Welcome</html>`}, api.ErrUnavailable, 2},
	} {
		w := newWorld(t)
		want := w.addNumbered(250)
		h := w.host()
		test.fault.Skip = 1
		w.under(fault.Conditions{Faults: []fault.Fault{test.fault}})
		zones, err := h.Zones(t.Context())
		if !errors.Is(err, test.kind) || errors.Is(err, api.ErrOutcomeUnknown) || zones != nil || !strings.Contains(err.Error(), "list the domains of account sandbox") {
			t.Errorf("%s: %d zones, %v", test.fault.Body, len(zones), err)
		}
		if n := w.called(getList); n != test.calls {
			t.Errorf("%s: %d calls, want %d", test.fault.Body, n, test.calls)
		}
		w.under(fault.Conditions{})
		zones, err = h.Zones(t.Context())
		if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: then %q, %v", test.fault.Body, got, err)
		}
	}
}

// An address that is not on the allow-list is named, as for every call.
func TestZonesFromAnAddressThatIsNotAllowed(t *testing.T) {
	w := newWorld(t)
	config := w.config()
	config.ClientIP = "198.51.100.7"
	if _, err := namecheapapi.New(config).Zones(t.Context()); !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "Allow 198.51.100.7 in") {
		t.Error(err)
	}
}

// A domain that comes or goes while the pages are read moves others to another page. Each is listed
// once all the same, and none is missed.
func TestZonesThatChangeWhileTheyAreRead(t *testing.T) {
	for what, change := range map[string]func(w *world, names []string) []string{
		"one comes": func(w *world, names []string) []string {
			if err := w.AddZone("a.example"); err != nil {
				w.t.Error(err)
			}
			return append([]string{"a.example"}, names...)
		},
		"one goes": func(w *world, names []string) []string {
			if err := w.SetZone("zone000.example", func(d *namecheapsim.Domain) { d.User = namecheapsim.OtherAPIUser }); err != nil {
				w.t.Error(err)
			}
			return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "zone000.example" })
		},
	} {
		w := newWorld(t)
		want := w.addNumbered(150)
		pages := 0
		w.before = func(command string) {
			if pages++; pages == 2 {
				want = change(w, want)
			}
		}
		zones, err := w.host().Zones(t.Context())
		got := dnstest.Apexes(zones)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, got %q, want %q", what, err, got, want)
		}
	}
}

// A list that never comes to rest is no list.
func TestZonesThatNeverComeToRest(t *testing.T) {
	w := newWorld(t)
	w.addNumbered(150)
	calls := 0
	w.before = func(string) {
		calls++
		if err := w.AddZone(fmt.Sprintf("a%d.example", calls)); err != nil {
			t.Error(err)
		}
	}
	zones, err := w.host().Zones(t.Context())
	if !errors.Is(err, api.ErrUnavailable) || zones != nil || !strings.Contains(err.Error(), "changed each time") {
		t.Errorf("%d zones, %v", len(zones), err)
	}
	if calls != 6 {
		t.Errorf("%d calls, want 6", calls)
	}
}

// The pages of a list are calls like others: 20 a minute.
func TestPagesOfZonesAreLimited(t *testing.T) {
	w := newWorld(t)
	w.addNumbered(250)
	w.under(fault.Conditions{Settings: map[string]string{namecheapsim.SettingCallsPerMinute: "2"}})
	if zones, err := w.host().Zones(t.Context()); err != nil || len(zones) != 251 {
		t.Fatalf("%d zones, %v", len(zones), err)
	}
	if waited := w.Now().Sub(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)); waited != time.Minute {
		t.Errorf("waited %v", waited)
	}
}

func TestZonesAtTheVendorsMock(t *testing.T) {
	server, h := vendorHost(t)
	captured := namecheaptest.FixtureOK("domains_getList")
	server.Stub(getList, captured)
	zones, err := h.Zones(t.Context())
	if err != nil || len(zones) != 1 || zones[0].Apex != "domain2.net" || zones[0].ID != "domain2.net" || zones[0].Warning != "" {
		t.Errorf("%+v, %v", zones, err)
	}
	server.AssertCalled(t, getList, map[string]string{"ListType": "ALL", "SortBy": "NAME", "Page": "1", "PageSize": "100"})
	for answer, says := range map[string]string{
		strings.ReplaceAll(captured, `IsOurDNS="true"`, ""):                                      "whether domain2.net uses Namecheap's name servers",
		strings.Replace(captured, "<CurrentPage>1<", "<CurrentPage>2<", 1):                       "not page 1 of a list",
		strings.Replace(captured, "<TotalItems>2<", "<TotalItems>3<", 1):                         "changed each time",
		strings.ReplaceAll(strings.ReplaceAll(captured, "<Paging>", "<P>"), "</Paging>", "</P>"): "not page 1 of a list",
		strings.Replace(captured, `Name="domain.com"`, `Name="DOMAIN2.net"`, 1):                  "changed each time",
	} {
		server, h := vendorHost(t)
		server.Stub(getList, answer)
		if zones, err := h.Zones(t.Context()); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v, %v, want %q", zones, err, says)
		}
	}
	// However the API writes names, they are canonical here.
	server, h = vendorHost(t)
	server.Stub(getList, strings.Replace(captured, "domain2.net", "Bücher.Example", 1))
	if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 1 || zones[0].Apex != "xn--bcher-kva.example" {
		t.Errorf("%+v, %v", zones, err)
	}
}
