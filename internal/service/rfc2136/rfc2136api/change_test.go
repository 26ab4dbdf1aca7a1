package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

func TestRefusals(t *testing.T) {
	s := newSimulation(t)
	var mu sync.Mutex
	updates := 0
	s.observe = func(method string) {
		mu.Lock()
		defer mu.Unlock()
		if method == "UPDATE" {
			updates++
		}
	}
	s.put(t, "www 60 IN CNAME web", "web 60 IN A 192.0.2.1", `web 60 IN TXT "here"`, "sub 60 IN NS ns.example.net.", "*.w 60 IN AAAA 2001:db8::1")
	h := newHost(t, s.config())
	base := read(t, h, hostedZone)
	at := func(name, rrtype, value string) dns.Record {
		return dns.Record{Name: strings.TrimPrefix(name+"."+apex, "."), Type: rrtype, Value: value, TTL: 60}
	}
	old, _ := find(base, at("web", "TXT", "here"))
	var servers []dns.Record
	for _, r := range base.Records {
		if r.Type == "NS" && r.Name == apex {
			servers = append(servers, r)
		}
	}
	gone := at("web", "TXT", "gone")
	for name, c := range map[string]struct {
		changes dns.ChangeSet
		says    string
	}{
		"data beside an alias":  {dns.ChangeSet{Create: []dns.Record{at("www", "TXT", "x")}}, "CNAME, TXT"},
		"alias beside data":     {dns.ChangeSet{Create: []dns.Record{at("web", "CNAME", "x.example.net")}}, "A, CNAME, TXT"},
		"second alias":          {dns.ChangeSet{Create: []dns.Record{at("www", "CNAME", "x.example.net")}}, "one CNAME"},
		"apex alias":            {dns.ChangeSet{Create: []dns.Record{at("", "CNAME", "x.example.net")}}, "apex"},
		"MX without address":    {dns.ChangeSet{Create: []dns.Record{at("", "MX", "no."+apex)}}, "no address"},
		"MX to an alias":        {dns.ChangeSet{Create: []dns.Record{at("", "MX", "www."+apex)}}, "alias"},
		"no name server left":   {dns.ChangeSet{Delete: servers}, "no name server"},
		"there already":         {dns.ChangeSet{Create: []dns.Record{at("web", "TXT", "here")}}, "already"},
		"not there":             {dns.ChangeSet{Delete: []dns.Record{gone}}, "not in the zone"},
		"outside":               {dns.ChangeSet{Create: []dns.Record{{Name: "example.org", Type: "TXT"}}}, "outside"},
		"type of another host":  {dns.ChangeSet{Create: []dns.Record{at("x", "URL301", "https://example.net")}}, "URL301"},
		"record of the server":  {dns.ChangeSet{Create: []dns.Record{at("x", "RRSIG", "x")}}, "RRSIG"},
		"no address":            {dns.ChangeSet{Create: []dns.Record{at("x", "A", "here")}}, "correct it"},
		"a second record":       {dns.ChangeSet{Create: []dns.Record{at("x", "CAA", "0 issue \"a\"\nx. 1 IN A 192.0.2.1")}}, "correct it"},
		"a comment":             {dns.ChangeSet{Create: []dns.Record{at("x", "SRV", "0 1 993 imap.example.net. ; note")}}, "correct it"},
		"too long":              {dns.ChangeSet{Create: []dns.Record{at("x", "TXT", strings.Repeat("x", 70000))}}, "shorten"},
		"too long with the old": {dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: at("web", "TXT", strings.Repeat("x", 64600))}}}, "64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			err := h.Apply(context.Background(), base, c.changes)
			var refused *dns.RefusedError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %.300v, want a refusal with %q", err, c.says)
			}
		})
	}
	if updates > 0 {
		t.Errorf("the server was sent %d updates", updates)
	}
	good := []dns.Record{at("", "MX", "web."+apex), at("a", "MX", "x.sub."+apex), at("b", "MX", "x.w."+apex), at("c", "MX", "new."+apex), at("new", "A", "192.0.2.9")}
	if err := h.Apply(context.Background(), base, dns.ChangeSet{Create: good}); err != nil {
		t.Errorf("mail hosts with addresses: %v", err)
	}
	if updates != 1 {
		t.Errorf("the server was sent %d updates", updates)
	}
	if err := h.Apply(context.Background(), &dns.Snapshot{Zone: hostedZone}, dns.ChangeSet{Create: good}); err == nil {
		t.Error("a snapshot of another host is accepted")
	}
}

// A change that is too large for one message goes in several, and what the first one did is not
// denied when another one fails.
func TestManyMessages(t *testing.T) {
	var large dns.ChangeSet
	for i := range 400 {
		large.Create = append(large.Create, dns.Record{Name: fmt.Sprintf("r%d.%s", i, apex), Type: "TXT", Value: strings.Repeat("x", 400), TTL: 60})
	}
	for name, kind := range kinds {
		t.Run("carried out, "+name, func(t *testing.T) {
			server := bind.Start(t, nameserver.Zone{Apex: apex, Kind: kind, Records: []string{`odd IN TYPE65280 \# 3 010203`}})
			h := serverHost(t, server, server.Updater)
			base := read(t, h, hostedZone)
			change := large
			odd, _ := find(base, dns.Record{Name: "odd." + apex, Type: "TYPE65280", Value: `\# 3 010203`})
			change.Delete = []dns.Record{odd}
			if err := h.Apply(context.Background(), base, change); err != nil {
				t.Fatal(err)
			}
			if n := len(read(t, h, hostedZone).Records) - len(base.Records); n != 399 {
				t.Errorf("there are %d more records", n)
			}
		})
	}
	t.Run("half", func(t *testing.T) {
		s := newSimulation(t)
		h := newHost(t, s.config())
		base := read(t, h, hostedZone)
		s.put(t, "r399 60 IN A 192.0.2.1", `r399 60 IN TXT "theirs"`)
		err := h.Apply(context.Background(), base, large)
		if !errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, dns.ErrZoneChanged) || !strings.Contains(err.Error(), "4 messages, and after 3 of them") {
			t.Errorf("error %v", err)
		}
		if n := len(read(t, h, hostedZone).Records) - len(base.Records); n < 200 || n >= 400 {
			t.Errorf("%d records were created", n)
		}
	})
}

func TestReadNames(t *testing.T) {
	lines := []string{
		"www IN CNAME web", "web IN A 192.0.2.1", `web IN TXT "here"`, `* IN TXT "wild"`,
		"sub IN NS ns.example.net.", "deep.er IN AAAA 2001:db8::1", "web IN CAA 0 issue \"ca.example.net\"",
	}
	s := newSimulation(t)
	s.put(t, lines...)
	config := s.config()
	config.Transport = "udp"
	server := bind.Start(t, nameserver.Zone{Apex: apex, Kind: nameserver.Signed, Records: append(lines, "@ IN NS ns2.nameserver.example.")})
	for name, h := range map[string]*Host{"simulation": newHost(t, config), "BIND": serverHost(t, server, server.Updater)} {
		t.Run(name, func(t *testing.T) {
			names := []string{apex, "www." + apex, "web." + apex, "none." + apex, "*." + apex, "a.b.sub." + apex, "sub." + apex, "er." + apex}
			snapshot, err := h.ReadNames(context.Background(), hostedZone, names)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(snapshot.Names) != fmt.Sprint(names) {
				t.Errorf("names %v", snapshot.Names)
			}
			var got []string
			for _, r := range snapshot.Records {
				got = append(got, r.String())
			}
			want := []string{
				"example.com NS ns1.nameserver.example", "example.com NS ns2.nameserver.example",
				"www.example.com CNAME web.example.com",
				"web.example.com A 192.0.2.1", `web.example.com TXT "here"`, `web.example.com CAA 0 issue "ca.example.net"`,
				`*.example.com TXT "wild"`,
				"sub.example.com NS ns.example.net",
			}
			slices.Sort(got)
			slices.Sort(want)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
			// Changes go by what is known of the names.
			change := dns.ChangeSet{Create: []dns.Record{{Name: "none." + apex, Type: "MX", Value: "unknown." + apex}}}
			if err := h.Apply(context.Background(), snapshot, change); !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "its log says") {
				t.Errorf("an MX that only the server can judge: %v", err)
			}
			change.Create[0].Value = "mx.example.net"
			if err := h.Apply(context.Background(), snapshot, change); err != nil {
				t.Error(err)
			}
			again, err := h.ReadNames(context.Background(), hostedZone, []string{"none." + apex})
			if _, there := find(again, change.Create[0]); err != nil || !there || len(again.Records) != 1 {
				t.Errorf("read again: %v, %v", again.Records, err)
			}
		})
	}
}

func TestTransfersRefused(t *testing.T) {
	s := newSimulation(t)
	s.switches(t, rfc2136sim.SwitchNoTransfers)
	server := bind.Start(t, nameserver.Zone{Apex: apex})
	for name, h := range map[string]*Host{"simulation": newHost(t, s.config()), "BIND": serverHost(t, server, server.Denied)} {
		if _, err := h.Read(context.Background(), hostedZone); !errors.Is(err, dns.ErrNotListable) || errors.Is(err, api.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The zone of a name is the server's own, however the server answers for the name.
func TestFindZone(t *testing.T) {
	lines := []string{"www IN CNAME www.other.example.", "sub IN NS ns.example.net.", "in IN CNAME x.child"}
	server := bind.Start(t, nameserver.Zone{Apex: apex, Records: append(lines, "child IN NS ns1.nameserver.example.")},
		nameserver.Zone{Apex: "other.example"}, nameserver.Zone{Apex: "child." + apex, Records: []string{"up IN CNAME nothing." + apex + "."}}, nameserver.Zone{Apex: "xn--bcher-kva.example"})
	h := serverHost(t, server, server.Updater)
	for name, want := range map[string]string{
		apex: apex, "WWW.example.com.": apex, "nothing.at.all." + apex: apex, "x.sub." + apex: apex, "sub." + apex: apex,
		"in." + apex: apex, "child." + apex: "child." + apex, "up.child." + apex: "child." + apex, "_dmarc.child." + apex: "child." + apex,
		"*." + apex: apex, "www.bücher.example": "xn--bcher-kva.example",
	} {
		zone, err := h.FindZone(context.Background(), name)
		if err != nil || zone.Apex != want || zone.ID != want || fmt.Sprint(zone.NameServers) != "[ns1.nameserver.example]" {
			t.Errorf("%s: %+v, %v", name, zone, err)
		}
	}
}

// put has somebody else add zone-file lines, relative to the apex.
func (s *simulation) put(t *testing.T, lines ...string) {
	t.Helper()
	parser := miekg.NewZoneParser(strings.NewReader(strings.Join(lines, "\n")+"\n"), miekg.Fqdn(apex), "")
	parser.SetDefaultTTL(3600)
	var rrs []miekg.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		rrs = append(rrs, rr)
	}
	if parser.Err() != nil {
		t.Fatal(parser.Err())
	}
	s.edit(t, func(records []miekg.RR) []miekg.RR { return append(records, rrs...) })
}

// A CNAME in place of other data is one message: between two there would be nothing at the name.
func TestAliasIsOneMessage(t *testing.T) {
	a, text := named("host", "A", "192.0.2.1"), named("host", "TXT", "text")
	base := snapshotOf(t, hostedZone, []miekg.RR{encoded(t, a), encoded(t, text)})
	d, err := newDraft(base, dns.ChangeSet{Delete: base.Records, Create: []dns.Record{named("host", "CNAME", "x.example.net")}})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.updates()
	if err != nil || len(updates) != 1 || len(updates[0].changes) != 2 {
		t.Errorf("updates %+v, %v", updates, err)
	}
	for _, rr := range updates[0].prerequisites {
		if rr.Header().Rrtype == miekg.TypeSSHFP {
			return
		}
	}
	t.Errorf("the prerequisites allow other data at the name: %v", updates[0].prerequisites)
}
