package namecheapapi_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

func TestRead(t *testing.T) {
	w := newWorld(t)
	w.set("MX",
		namecheapsim.Host{ID: 7, Name: "@", Type: "MX", Address: "Mail.Example.NET.", MXPref: 300, TTL: 600},
		namecheapsim.Host{ID: 8, Name: "WWW", Type: "cname", Address: "example.net", MXPref: 10, TTL: 60},
		namecheapsim.Host{ID: 9, Name: "*.bücher", Type: "TXT", Address: ` "a\b" & ü `, MXPref: 10, TTL: 1799},
		namecheapsim.Host{ID: 10, Name: "@", Type: "AAAA", Address: "2001:DB8:0::1", MXPref: 10, TTL: 60000},
		namecheapsim.Host{ID: 11, Name: "@", Type: "CAA", Address: `0 issue "ca.example"`, MXPref: 10, TTL: 60},
		namecheapsim.Host{ID: 12, Name: "go", Type: "URL301", Address: "https://example.net/?a&b", MXPref: 10, TTL: 60},
		namecheapsim.Host{ID: 13, Name: "odd name", Type: "A", Address: "not an address", MXPref: 10, TTL: 60},
	)
	got := read(t, w.host())
	want := []dns.Record{
		{Name: "example.com", Type: "MX", Value: "mail.example.net", Priority: 300, TTL: 600, ID: "7"},
		{Name: "www.example.com", Type: "CNAME", Value: "example.net", TTL: 60, ID: "8"},
		{Name: "*.xn--bcher-kva.example.com", Type: "TXT", Value: ` "a\b" & ü `, TTL: 1799, ID: "9"},
		{Name: "example.com", Type: "AAAA", Value: "2001:db8::1", TTL: 60000, ID: "10"},
		{Name: "example.com", Type: "CAA", Value: `0 issue "ca.example"`, TTL: 60, ID: "11"},
		{Name: "go.example.com", Type: "URL301", Value: "https://example.net/?a&b", TTL: 60, ID: "12"},
		{Name: "odd name.example.com", Type: "A", Value: "not an address", TTL: 60, ID: "13"},
	}
	for i := range got.Records {
		got.Records[i].Native = nil
	}
	if !reflect.DeepEqual(got.Records, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got.Records, want)
	}
	if got.Zone.Apex != "example.com" || got.Zone.ID != "example.com" || got.Mail != "" || got.MailHosted != "" {
		t.Errorf("got %+v", got)
	}
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "SRV") {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// What setHosts cannot say is said before somebody calls it.
func TestReadWarns(t *testing.T) {
	w := newWorld(t)
	off, dynamic := www, www
	off.Off, dynamic.Dynamic = true, true
	for emailType, says := range map[string]string{"FWD": "forwards", "OX": "Private Email", "GMAIL": "Google", "MXE": "MXE record", "NEWER": "takes the mail"} {
		w.set(emailType, off, dynamic)
		got := read(t, w.host())
		if got.Mail != emailType || !strings.Contains(got.MailHosted, says) || !strings.HasSuffix(got.MailHosted, ".") {
			t.Errorf("%s: mail %q, %q", emailType, got.Mail, got.MailHosted)
		}
		if len(got.Warnings) != 3 || !strings.Contains(got.Warnings[1], "switched off") || !strings.Contains(got.Warnings[2], "dynamic") {
			t.Errorf("warnings %q", got.Warnings)
		}
	}
	w.set("NONE")
	if got := read(t, w.host()); got.Mail != "" || got.MailHosted != "" || len(got.Warnings) != 1 {
		t.Errorf("without mail: %+v", got)
	}
}

func TestFindZone(t *testing.T) {
	w := newWorld(t)
	for _, apex := range []string{"example.co.uk", "xn--bcher-kva.example", "shop.xn--p1ai", "tenant.github.io", "github.io"} {
		err := w.AddZone(apex)
		if apex == "github.io" {
			// Not registrable for the public, but its owner has it all the same.
			err = w.SetZone("tenant.github.io", func(d *namecheapsim.Domain) { d.Name = "github.io" })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	h := w.host()
	for name, apex := range map[string]string{
		"example.com": "example.com", "_dmarc.Mail.Example.com.": "example.com", "*.example.co.uk": "example.co.uk",
		"mail.Bücher.example": "xn--bcher-kva.example", "mail.shop.xn--p1ai": "shop.xn--p1ai", "a.tenant.github.io": "github.io",
	} {
		zone, err := h.FindZone(t.Context(), name)
		if err != nil || zone.Apex != apex || zone.ID != apex || zone.ReadOnly != "" {
			t.Errorf("%s: %+v, %v, want %s", name, zone, err, apex)
		}
	}
	for name, says := range map[string]string{"example.org": "does not hold", "co.uk": "can be registered", "com": "can be registered"} {
		if _, err := h.FindZone(t.Context(), name); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.FindZone(t.Context(), "exa mple.com"); err == nil {
		t.Error("no name at all is found")
	}
}

func TestZoneServedElsewhere(t *testing.T) {
	w := newWorld(t)
	err := w.SetZone("example.com", func(d *namecheapsim.Domain) { d.NameServers = []string{"ns1.example.net", "ns2.example.net"} })
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.host().FindZone(t.Context(), "example.com")
	if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "other name servers") {
		t.Error(err)
	}
}

// Each zone is read once in a refresh: whoever asks for the zone, for the access and for the
// records.
func TestCallsOfARefresh(t *testing.T) {
	w := newWorld(t)
	h := w.host()
	for i := range 15 {
		apex := fmt.Sprintf("shop-%d.example", i)
		if err := w.AddZone(apex); err != nil {
			t.Fatal(err)
		}
		var finding sync.WaitGroup
		for range 5 {
			finding.Go(func() {
				zone, err := h.FindZone(t.Context(), "mail."+apex)
				if err != nil {
					t.Error(err)
				}
				if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != dns.WriteProven {
					t.Error(access, err)
				}
			})
		}
		finding.Wait()
		if _, err := h.Read(t.Context(), dns.HostedZone{Apex: apex}); err != nil {
			t.Error(err)
		}
	}
	if n := w.called("getHosts"); n != 15 {
		t.Errorf("%d calls for 15 zones", n)
	}
}

func TestHandover(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		what  string
		calls int
		then  func()
	}{
		{"at once", 1, func() {}},
		{"ten seconds later", 1, func() { _ = w.wait(t.Context(), 10*time.Second) }},
		{"too late", 2, func() { _ = w.wait(t.Context(), 11*time.Second) }},
	}
	for _, test := range tests {
		h := w.host()
		zone, err := h.FindZone(t.Context(), "example.com")
		if err != nil {
			t.Fatal(err)
		}
		test.then()
		if _, err := h.Read(t.Context(), zone); err != nil {
			t.Fatal(err)
		}
		if n := w.called("getHosts"); n != test.calls {
			t.Errorf("%s: %d calls", test.what, n)
		}
		w.add(www)
		if got, err := h.Read(t.Context(), zone); err != nil || got.Records[len(got.Records)-1].Name != "www.example.com" {
			t.Errorf("%s: the second reading is %+v, %v", test.what, got, err)
		}
		w.called("getHosts")
	}
	config := w.config()
	config.Handover = -1
	w.set("NONE")
	read(t, namecheapapi.New(config))
	if n := w.called("getHosts"); n != 2 {
		t.Errorf("without a handover: %d calls", n)
	}
}

// A reading from before a write is not handed over after it.
func TestNoHandoverAcrossWrites(t *testing.T) {
	w := newWorld(t)
	h := w.host()
	base := read(t, w.host())
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Apply(t.Context(), base, create(txt("example.com", "new"))); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Read(t.Context(), zone); err != nil || len(got.Records) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCallsAreLimited(t *testing.T) {
	w := newWorld(t)
	w.under(fault.Conditions{Settings: map[string]string{namecheapsim.SettingCallsPerMinute: "2"}})
	h := w.host()
	for range 3 {
		if _, err := h.Read(t.Context(), dns.HostedZone{Apex: "example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	if w.Now().Sub(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)) != time.Minute {
		t.Errorf("waited %v", w.waits)
	}
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 405, Body: "<html>not allowed</html>"}}})
	w.called("getHosts")
	_, err := h.Read(t.Context(), dns.HostedZone{Apex: "example.com"})
	if !errors.Is(err, api.ErrRateLimited) || !strings.Contains(err.Error(), "20 calls a minute") || strings.Contains(err.Error(), "html") {
		t.Error(err)
	}
	if n := w.called("getHosts"); n != 4 {
		t.Errorf("tried %d times", n)
	}

	// Our own limit is kept before Namecheap has to say so.
	config := w.config()
	config.CallsPerMinute = 2
	w.under(fault.Conditions{})
	h = namecheapapi.New(config)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // the third call would have to wait for longer
	defer cancel()
	for i := range 3 {
		_, err := h.Read(ctx, dns.HostedZone{Apex: "example.com"})
		if (err != nil) != (i == 2) {
			t.Errorf("call %d of two a minute: %v", i+1, err)
		}
	}
}
