package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

func serverHost(t *testing.T, s *nameserver.Server, key nameserver.Key, change ...func(*Config)) *Host {
	t.Helper()
	config := Config{Server: s.Host, Port: s.Port, KeyName: key.Name, KeyAlgorithm: key.Algorithm, KeySecret: key.Secret, Timeout: 5 * time.Second}
	for _, c := range change {
		c(&config)
	}
	return newHost(t, config)
}

func newHost(t *testing.T, config Config) *Host {
	t.Helper()
	h, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	h.ttlPatience = time.Minute // a busy machine signs slowly, and these servers keep the TTLs that are written
	return h
}

func TestBINDRoundTrip(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			server := bind.Start(t, nameserver.Zone{Apex: "example.com", Kind: kind, Records: zoneLines})
			for _, transport := range []string{"tcp", "udp"} {
				h := serverHost(t, server, server.Updater, func(c *Config) { c.Transport = transport })
				roundTrip(t, h, "example.com")
				compareAndSwap(t, h, "example.com")
			}
		})
	}
}

// zoneLines are records of others, which no test touches.
var zoneLines = []string{
	`@ 1800 IN MX 10 mail`,
	`@ 1800 IN TXT "v=spf1 mx -all"`,
	`@ 1800 IN TXT "quote \" backslash \\ \195\188"`,
	`mail IN A 192.0.2.25`,
	`* IN TXT "wild"`,
	`www IN CNAME mail`,
	`cut IN NS ns.cut`,
	`ns.cut IN A 192.0.2.54`,
	`_sip._tcp IN SRV 0 5 5060 sip.example.net.`,
	`ca IN CAA 0 issue "ca.example; policy=ev"`,
	`odd IN TYPE65280 \# 3 010203`,
}

// roundTrip creates, replaces and deletes records of all kinds, and checks after each step that
// just they have changed.
func roundTrip(t *testing.T, h *Host, apex string) {
	t.Helper()
	ctx := context.Background()
	zone, err := h.FindZone(ctx, "a.b."+apex)
	if err != nil {
		t.Fatal(err)
	}
	if zone.Apex != apex || fmt.Sprint(zone.NameServers) != "["+nameserver.Name+"]" {
		t.Errorf("zone %+v", zone)
	}
	if access, err := h.CheckAccess(ctx, zone); err != nil || access != dns.WriteUnknown {
		t.Errorf("access %q, %v", access, err)
	}
	before := lines(read(t, h, zone))
	wanted := []dns.Record{
		{Name: "_dmarc." + apex, Type: "TXT", Value: `v=DMARC1; p=none; rua=mailto:"a\b"@example.net`, TTL: 600},
		{Name: "s1._domainkey." + apex, Type: "TXT", Value: "v=DKIM1; p=" + strings.Repeat("A", 2100), TTL: 600},
		{Name: "empty." + apex, Type: "TXT", Value: "", TTL: 600},
		{Name: "utf8." + apex, Type: "TXT", Value: "grün; \x00\xff " + strings.Repeat("ü", 200), TTL: 600},
		{Name: apex, Type: "TXT", Value: "joins=1", TTL: 60},
		{Name: apex, Type: "MX", Priority: 20, Value: "mx.example.net", TTL: 60},
		{Name: "in." + apex, Type: "MX", Priority: 5, Value: "mail." + apex, TTL: 600},
		{Name: "null." + apex, Type: "MX", Value: dns.NullTarget, TTL: 600},
		{Name: "em1." + apex, Type: "CNAME", Value: "u1.wl.example.net", TTL: 600},
		{Name: "*.sub." + apex, Type: "A", Value: "192.0.2.7", TTL: 0},
		{Name: "xn--bcher-kva." + apex, Type: "AAAA", Value: "2001:db8::1", TTL: 600},
		{Name: "_25._tcp.mail." + apex, Type: "TLSA", Value: "3 1 1 " + strings.Repeat("ab", 32), TTL: 600},
	}
	if err := h.Apply(ctx, read(t, h, zone), dns.ChangeSet{Create: wanted}); err != nil {
		t.Fatal(err)
	}
	snapshot := read(t, h, zone)
	for i, w := range wanted {
		r, ok := find(snapshot, w)
		ttl := w.TTL
		if w.Name == apex {
			ttl = 1800
		}
		if w.TTL == 0 {
			ttl = defaultTTL
		}
		if !ok || r.TTL != ttl {
			t.Errorf("%s has become %v (%t) TTL %d", w, r, ok, r.TTL)
		}
		wanted[i] = r
	}
	if len(snapshot.Records) != strings.Count(before, "\n")+len(wanted) {
		t.Errorf("there are %d records:\n%s", len(snapshot.Records), lines(snapshot))
	}
	change := dns.ChangeSet{Delete: wanted[5:]}
	for i, old := range wanted[:5] {
		next := old
		next.Native = nil
		next.Value += " changed"
		next.TTL = 900
		if i == 2 {
			next.Value = old.Value // only another TTL
		}
		change.Replace = append(change.Replace, dns.Replacement{Old: old, New: next})
		wanted[i] = next
	}
	// A CNAME takes the place of other data.
	change.Create = append(change.Create, dns.Record{Name: "xn--bcher-kva." + apex, Type: "CNAME", Value: "www." + apex})
	if err := h.Apply(ctx, snapshot, change); err != nil {
		t.Fatal(err)
	}
	snapshot = read(t, h, zone)
	rest := dns.ChangeSet{}
	for _, w := range append(wanted[:5:5], change.Create...) {
		r, ok := find(snapshot, w)
		if want := w.TTL; !ok || want != 0 && r.TTL != want && w.Name != apex {
			t.Errorf("%s has become %v (%t) TTL %d", w, r, ok, r.TTL)
		}
		rest.Delete = append(rest.Delete, r)
	}
	// And the other way round.
	rest.Create = []dns.Record{{Name: change.Create[0].Name, Type: "TXT", Value: "no alias", TTL: 600}}
	if err := h.Apply(ctx, snapshot, rest); err != nil {
		t.Fatal(err)
	}
	snapshot = read(t, h, zone)
	last, ok := find(snapshot, rest.Create[0])
	if !ok {
		t.Errorf("there is no %s in\n%s", rest.Create[0], lines(snapshot))
	}
	if err := h.Apply(ctx, snapshot, dns.ChangeSet{Delete: []dns.Record{last}}); err != nil {
		t.Fatal(err)
	}
	if after := lines(read(t, h, zone)); after != before {
		t.Errorf("the zone was\n%s\nand is\n%s", before, after)
	}
}

// compareAndSwap changes the zone behind a snapshot's back.
func compareAndSwap(t *testing.T, h *Host, apex string) {
	t.Helper()
	ctx := context.Background()
	zone, err := h.FindZone(ctx, apex)
	if err != nil {
		t.Fatal(err)
	}
	txt := func(name, value string) dns.Record {
		return dns.Record{Name: name + "." + apex, Type: "TXT", Value: value, TTL: 300}
	}
	old := read(t, h, zone)
	if err := h.Apply(ctx, old, dns.ChangeSet{Create: []dns.Record{txt("cas", "theirs"), {Name: "alias." + apex, Type: "CNAME", Value: "www.example.net", TTL: 300}}}); err != nil {
		t.Fatal(err)
	}
	now := read(t, h, zone)
	before := lines(now)
	theirs, _ := find(now, txt("cas", "theirs"))
	alias, _ := find(now, dns.Record{Name: "alias." + apex, Type: "CNAME", Value: "www.example.net"})
	for name, c := range map[string]struct {
		base    *dns.Snapshot
		changes dns.ChangeSet
	}{
		"set that is new":        {old, dns.ChangeSet{Create: []dns.Record{txt("cas", "ours"), txt("other", "x")}}},
		"alias since":            {old, dns.ChangeSet{Create: []dns.Record{txt("alias", "ours")}}},
		"data where an alias is": {old, dns.ChangeSet{Create: []dns.Record{{Name: "cas." + apex, Type: "CNAME", Value: "www.example.net"}}}},
	} {
		if err := h.Apply(ctx, c.base, c.changes); !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := lines(read(t, h, zone)); after != before {
		t.Errorf("the zone was\n%s\nand is\n%s", before, after)
	}
	// Changes to other sets do not matter.
	if err := h.Apply(ctx, old, dns.ChangeSet{Create: []dns.Record{txt("other", "x")}}); err != nil {
		t.Error(err)
	}
	if err := h.Apply(ctx, now, dns.ChangeSet{Replace: []dns.Replacement{{Old: theirs, New: txt("cas", "ours")}}}); err != nil {
		t.Error(err)
	}
	// The record is there no more, and gets deleted all the same.
	if err := h.Apply(ctx, now, dns.ChangeSet{Delete: []dns.Record{theirs}}); !errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("deleting what has changed: %v", err)
	}
	last := read(t, h, zone)
	ours, _ := find(last, txt("cas", "ours"))
	other, _ := find(last, txt("other", "x"))
	if err := h.Apply(ctx, last, dns.ChangeSet{Delete: []dns.Record{ours, other, alias}}); err != nil {
		t.Fatal(err)
	}
	if after := lines(read(t, h, zone)); after != lines(old) {
		t.Errorf("the zone was\n%s\nand is\n%s", lines(old), after)
	}
}

func read(t *testing.T, h *Host, zone dns.HostedZone) *dns.Snapshot {
	t.Helper()
	snapshot, err := h.Read(context.Background(), zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func find(snapshot *dns.Snapshot, r dns.Record) (dns.Record, bool) {
	for _, other := range snapshot.Records {
		if other.Identity() == r.Identity() {
			return other, true
		}
	}
	return dns.Record{}, false
}

// lines shows a snapshot, a line a record, sorted.
func lines(snapshot *dns.Snapshot) string {
	var shown []string
	for _, r := range snapshot.Records {
		shown = append(shown, fmt.Sprintf("%s %d\n", r, r.TTL))
	}
	slices.Sort(shown)
	return strings.Join(shown, "")
}
