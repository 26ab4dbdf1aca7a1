package yandexapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

const apex = "example.com"

// delegated connects a domain whose name servers are Yandex's. Its zone has nothing but their
// records.
func (s *simulation) delegated(t testing.TB, domains ...string) {
	t.Helper()
	c := s.client(yandexsim.Token)
	for _, domain := range domains {
		if _, err := c.Register(t.Context(), domain); err != nil {
			t.Fatal(err)
		}
		s.Publish("NS", domain, "dns1.yandex.net", "dns2.yandex.net")
		if _, err := c.RegistrationStatus(t.Context(), domain); err != nil {
			t.Fatal(err)
		}
		s.edit(t, domain, func(z *yandexsim.Zone) {
			z.Records = slices.DeleteFunc(z.Records, func(r yandexsim.Record) bool { return r.Type != "NS" })
		})
	}
}

// edit is somebody at work in the zone with the service's web page.
func (s *simulation) edit(t testing.TB, zone string, change func(z *yandexsim.Zone)) {
	t.Helper()
	if err := yandexsim.New(yandexsim.Config{Store: s.Store}).EditZone(zone, change); err != nil {
		t.Fatal(err)
	}
}

// host is that of a new process.
func (s *simulation) host() *yandexapi.Host { return yandexapi.NewHost(s.client(yandexsim.Token)) }

// hostFixture is the zone of example.com, and example.org with its zone elsewhere. The timeout is that
// of a call; 0 means the client's own.
func hostFixture(t *testing.T, timeout time.Duration) dnstest.Fixture {
	t.Helper()
	s := newSimulation(t)
	s.timeout = timeout
	s.delegated(t, apex)
	if _, err := s.client(yandexsim.Token).Register(t.Context(), "example.org"); err != nil {
		t.Fatal(err)
	}
	s.made()
	var changing []bool
	s.before = func(r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		changing = append(changing, r.Method == http.MethodPost)
	}
	host := s.host()
	readOnly, err := host.FindZone(t.Context(), "example.org")
	if err != nil {
		t.Fatal(err)
	}
	return dnstest.Fixture{
		Host:     host,
		Other:    func(testing.TB) dns.Host { return s.host() },
		Zone:     dns.HostedZone{Apex: apex, ID: apex, NameServers: yandexapi.NameServers},
		ReadOnly: readOnly,
		Records: func(t testing.TB) []dns.Record {
			var records []dns.Record
			err := store.View(s.Store, yandexsim.Section, func(st *yandexsim.State) error {
				for _, z := range st.Zones {
					for _, r := range z.Records {
						if z.Apex == apex {
							records = append(records, asRecord(r))
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return records
		},
		Add: func(t testing.TB, r dns.Record) {
			s.edit(t, apex, func(z *yandexsim.Zone) { z.Records = append(z.Records, asSimulated(t, r)) })
		},
		Remove: func(t testing.TB, r dns.Record) {
			s.edit(t, apex, func(z *yandexsim.Zone) {
				i := slices.IndexFunc(z.Records, func(there yandexsim.Record) bool { return asRecord(there).Identity() == r.Identity() })
				if i < 0 {
					t.Fatalf("there is no %s to be removed", r)
				}
				z.Records = slices.Delete(z.Records, i, i+1)
			})
		},
		Faults: dnstest.Faults{
			Set: func(_ testing.TB, faults ...fault.Fault) {
				s.mu.Lock()
				changing = nil
				s.mu.Unlock()
				s.under(fault.Conditions{Faults: faults})
			},
			Calls: func() []bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return slices.Clone(changing)
			},
		},
	}
}

// asRecord decodes what the service has.
func asRecord(r yandexsim.Record) dns.Record {
	record := dns.Record{Name: r.Subdomain + "." + apex, Type: r.Type, Value: r.Content, TTL: uint32(r.TTL)}
	if r.Subdomain == "@" {
		record.Name = apex
	}
	switch r.Type {
	case "CNAME", "NS":
		record.Value = strings.TrimSuffix(r.Content, ".")
	case "MX":
		record.Value, record.Priority = strings.TrimSuffix(r.Content, "."), uint16(r.Priority)
	case "SRV":
		record.Value = fmt.Sprintf("%d %d %d %s", r.Priority, r.Weight, r.Port, r.Content)
	}
	return record
}

// asSimulated encodes a record as a person writes it on the web page.
func asSimulated(t testing.TB, r dns.Record) yandexsim.Record {
	t.Helper()
	record := yandexsim.Record{Subdomain: strings.TrimSuffix(r.Name, "."+apex), Type: r.Type, Content: r.Value, TTL: int(r.TTL), Priority: int(r.Priority)}
	if r.Name == apex {
		record.Subdomain = "@"
	}
	switch r.Type {
	case "CNAME", "NS", "MX":
		record.Content += "."
	case "SRV":
		if _, err := fmt.Sscan(r.Value, &record.Priority, &record.Weight, &record.Port, &record.Content); err != nil {
			t.Fatal(err)
		}
	}
	return record
}

func TestHostConformance(t *testing.T) {
	dnstest.Run(t, func(t *testing.T) dnstest.Fixture { return hostFixture(t, 0) })
}

// Whatever goes wrong at whatever call of a change.
func TestHostFaultsOfEachCall(t *testing.T) {
	dnstest.RunFaults(t, hostFixture)
}

func TestHostRandomSteps(t *testing.T) {
	dnstest.RandomSteps(t, hostFixture(t, 0), 500, 1)
}

// A domain that is connected for its mail alone has its zone elsewhere, which may be that of a domain
// above it.
func TestZonesOfDomains(t *testing.T) {
	s := newSimulation(t)
	s.delegated(t, "example.com", "xn--bcher-kva.example")
	c := s.client(yandexsim.Token)
	for _, domain := range []string{"mail.example.com", "shop.example"} {
		if _, err := c.Register(t.Context(), domain); err != nil {
			t.Fatal(err)
		}
	}
	s.made()
	h := s.host()
	zones := dnstest.ListZones(t, h)
	if got := dnstest.Apexes(zones); !slices.Equal(got, []string{"example.com", "xn--bcher-kva.example"}) {
		t.Errorf("the zones are %q", got)
	}
	for _, zone := range zones {
		if !slices.Equal(zone.NameServers, yandexapi.NameServers) || zone.ID != zone.Apex {
			t.Errorf("got %+v", zone)
		}
	}
	for name, want := range map[string]struct{ apex, readOnly string }{
		"mail.example.com":    {"example.com", ""},
		"a.mail.example.com":  {"example.com", ""},
		"shop.example":        {"shop.example", "delegated to its name servers (dns1.yandex.net and dns2.yandex.net)"},
		"_dmarc.shop.example": {"shop.example", "at its last check"},
	} {
		zone, err := h.FindZone(t.Context(), name)
		if err != nil || zone.Apex != want.apex || (zone.ReadOnly == "") != (want.readOnly == "") || !strings.Contains(zone.ReadOnly, want.readOnly) {
			t.Errorf("the zone of %s: %+v, %v", name, zone, err)
		}
	}
	if _, err := h.FindZone(t.Context(), "nobodys.example"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "none of the 4 domains") {
		t.Errorf("got %v", err)
	}
	if calls := s.made(); calls["GET domain/domains"] != 1 {
		t.Errorf("the calls were %v", calls)
	}
}

// A record whose type and name stay is edited in place, so that it is never missing: an SPF record
// that becomes another one, or a TTL.
func TestRecordsAreEditedInPlace(t *testing.T) {
	f := hostFixture(t, 0)
	f.Add(t, dns.Record{Name: apex, Type: "TXT", Value: "v=spf1 mx -all", TTL: 3600})
	f.Add(t, dns.Record{Name: "www." + apex, Type: "CNAME", Value: "a.example.net", TTL: 900})
	snapshot, err := f.Host.Read(t.Context(), f.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var changes dns.ChangeSet
	for _, r := range snapshot.Records {
		next := r
		next.ID = ""
		switch r.Type {
		case "TXT":
			next.Value = "v=spf1 mx include:spf.example.net -all"
		case "CNAME":
			next.TTL = 1800
		default:
			continue
		}
		changes.Replace = append(changes.Replace, dns.Replacement{Old: r, New: next})
	}
	f.Faults.Set(t)
	if err := f.Host.Apply(t.Context(), snapshot, changes); err != nil {
		t.Fatal(err)
	}
	if calls := f.Faults.Calls(); len(calls) != 3 {
		t.Errorf("%d calls, want a fresh read and two edits", len(calls))
	}
	after, err := f.Host.Read(t.Context(), f.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range after.Records {
		if r.ID != snapshot.Records[i].ID {
			t.Errorf("%s has the ID %s, and had %s", r, r.ID, snapshot.Records[i].ID)
		}
	}
}

// Two records that swap their values cannot be edited in place, because nothing exists twice.
func TestRecordsThatSwapTheirValues(t *testing.T) {
	f := hostFixture(t, 0)
	for _, value := range []string{"one", "two"} {
		f.Add(t, dns.Record{Name: "x." + apex, Type: "TXT", Value: value, TTL: 900 * uint32(len(value))})
	}
	snapshot, err := f.Host.Read(t.Context(), f.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var changes dns.ChangeSet
	for _, r := range snapshot.Records {
		if r.Type == "TXT" {
			next := r
			next.ID, next.TTL = "", 1800
			next.Value = map[string]string{"one": "two", "two": "three"}[r.Value]
			changes.Replace = append(changes.Replace, dns.Replacement{Old: r, New: next})
		}
	}
	if err := f.Host.Apply(t.Context(), snapshot, changes); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range f.Records(t) {
		if r.Type == "TXT" {
			got = append(got, r.Value)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"three", "two"}) {
		t.Errorf("the texts are %q", got)
	}
}

// What is refused is refused for its record, before anything is sent where that is known.
func TestRefusedRecords(t *testing.T) {
	f := hostFixture(t, 0)
	for text, r := range map[string]dns.Record{
		"900 to 1209600":    {Name: "x." + apex, Type: "TXT", Value: "x", TTL: 300},
		"it writes A, AAAA": {Name: apex, Type: "CAA", Value: `0 issue "ca.example.net"`},
		"without a text":    {Name: "x." + apex, Type: "TXT"},
		"UTF-8":             {Name: "x." + apex, Type: "TXT", Value: "\xff"},
		"root of the DNS":   {Name: apex, Type: "MX", Value: dns.NullTarget},
		"belong to Yandex":  {Name: apex, Type: "NS", Value: "ns1.example.net"},
		"is not accepted":   {Name: "x." + apex, Type: "A", Value: "no address"},
	} {
		snapshot, err := f.Host.Read(t.Context(), f.Zone)
		if err != nil {
			t.Fatal(err)
		}
		err = f.Host.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{r}})
		var refused *dns.RefusedError
		if !errors.As(err, &refused) || refused.Record.Identity() != r.Identity() || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v; want a refusal with %q", r, err, text)
		}
	}
}

// The service's own answers: a record without an absolute name, a SRV record with a target alone, and
// numbers as texts.
func TestRecordsAsTheServiceShowsThem(t *testing.T) {
	s := newScripted(t)
	s.says("GET dns/list", `{"success":"ok","domain":"example.com","records":[
		{"record_id":11,"type":"MX","fqdn":"example.com","subdomain":"@","content":"mx.yandex.net.","ttl":21600,"priority":"10"},
		{"record_id":"12","type":"txt","fqdn":"mail._domainkey.Example.com.","subdomain":"mail._domainkey","content":"v=DKIM1; p=SW52ZW50ZWQ=","ttl":"900","priority":""},
		{"record_id":13,"type":"SRV","subdomain":"_imaps._tcp","target":"imap.yandex.com.","ttl":900,"priority":0,"weight":5,"port":"993"},
		{"record_id":14,"type":"SOA","fqdn":"example.com","subdomain":"@","content":"dns1.yandex.net.","ttl":14400,"priority":""},
		{"record_id":15,"type":"A","subdomain":"@","content":"192.0.2.1","ttl":900}]}`)
	snapshot, err := yandexapi.NewHost(s.client()).Read(t.Context(), dns.HostedZone{Apex: apex, ID: apex})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range snapshot.Records {
		got = append(got, fmt.Sprintf("%s %d %s %d", r.ID, r.TTL, r, r.Priority))
	}
	want := []string{
		"11 21600 " + dns.Record{Name: apex, Type: "MX", Value: "mx.yandex.net", Priority: 10}.String() + " 10",
		"12 900 " + dns.Record{Name: "mail._domainkey.example.com", Type: "TXT", Value: "v=DKIM1; p=SW52ZW50ZWQ="}.String() + " 0",
		"13 900 " + dns.Record{Name: "_imaps._tcp.example.com", Type: "SRV", Value: "0 5 993 imap.yandex.com."}.String() + " 0",
		"15 900 " + dns.Record{Name: apex, Type: "A", Value: "192.0.2.1"}.String() + " 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A record that is gone when it is to be deleted is no error; one that is gone when it is to be edited
// is a change by somebody else.
func TestRecordsThatAreGone(t *testing.T) {
	const one = `{"success":"ok","domain":"example.com","records":[{"record_id":1,"type":"TXT","fqdn":"x.example.com","content":"x","ttl":900}]}`
	const none = `{"success":"ok","domain":"example.com","records":[]}`
	r := dns.Record{ID: "1", Name: "x.example.com", Type: "TXT", Value: "x", TTL: 900}
	next := dns.Record{Name: r.Name, Type: "TXT", Value: "y", TTL: 900}
	for name, c := range map[string]struct {
		changes dns.ChangeSet
		call    string
		after   string
		want    error
	}{
		"deleted":              {dns.ChangeSet{Delete: []dns.Record{r}}, "POST dns/del", none, nil},
		"still there":          {dns.ChangeSet{Delete: []dns.Record{r}}, "POST dns/del", one, yandexapi.Code("odd")},
		"edited":               {dns.ChangeSet{Replace: []dns.Replacement{{Old: r, New: next}}}, "POST dns/edit", none, dns.ErrZoneChanged},
		"edited, and is there": {dns.ChangeSet{Replace: []dns.Replacement{{Old: r, New: next}}}, "POST dns/edit", one, yandexapi.Code("odd")},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.says("GET dns/list", one, c.after)
			s.says(c.call, refusal("odd"))
			err := yandexapi.NewHost(s.client()).Apply(t.Context(), &dns.Snapshot{Zone: dns.HostedZone{Apex: apex}, Records: []dns.Record{r}}, c.changes)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
