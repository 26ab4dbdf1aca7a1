package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
)

const digest = "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"

// eachSituation runs a test in each situation with one zone of these records. Look reads the zone:
// as a whole, or the names.
func eachSituation(t *testing.T, lines []string, test func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot), names ...string) {
	t.Helper()
	t.Parallel()
	for _, s := range situations() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			server := s.program.Start(t, nameserver.Zone{Apex: apex, Kind: s.kind, Access: s.access, Records: lines})
			h := serverHost(t, server, s.key(server))
			o := &operator{server: server, apex: apex, lags: s.kind == nameserver.InlineSigned, unsigned: s.access != nameserver.Keys}
			test(t, h, o, func() *dns.Snapshot {
				t.Helper()
				if !s.byName {
					return read(t, h, hostedZone)
				}
				snapshot, err := h.ReadNames(context.Background(), hostedZone, names)
				if err != nil {
					t.Fatal(err)
				}
				return snapshot
			})
		})
	}
}

func named(name, recordType, value string) dns.Record {
	return dns.Record{Name: strings.TrimPrefix(name+"."+apex, "."), Type: recordType, Value: value, TTL: 300}
}

// apply changes the zone as it looks now.
func apply(t *testing.T, h *Host, base *dns.Snapshot, changes dns.ChangeSet) {
	t.Helper()
	if err := h.Apply(context.Background(), base, changes); err != nil {
		t.Fatal(err)
	}
}

func mustFind(t *testing.T, snapshot *dns.Snapshot, r dns.Record) dns.Record {
	t.Helper()
	found, ok := find(snapshot, r)
	if !ok {
		t.Fatalf("there is no %s in\n%s", r, lines(snapshot))
	}
	return found
}

// at returns what an operator sees at names, sorted, as text.
func (o *operator) at(t *testing.T, names ...string) string {
	t.Helper()
	o.settle(t)
	var shown []string
	for _, r := range o.records(t) {
		if slices.Contains(names, r.Name) {
			shown = append(shown, r.String())
		}
	}
	slices.Sort(shown)
	return strings.Join(shown, "\n")
}

// Records are deleted, changed and kept whatever the case of letters in them, and whatever else of
// their set stays.
func TestCaseOfLetters(t *testing.T) {
	zone := []string{
		"blog 300 IN CNAME Ghost.Example.NET.",
		"shop 300 IN MX 1 ASPMX.L.Google.COM.", "shop 300 IN MX 5 ALT1.ASPMX.L.Google.COM.", "shop 300 IN MX 10 alt2.aspmx.l.google.com.",
		"srv 300 IN SRV 0 5 993 IMAP.Example.NET.", "srv 300 IN SRV 1 5 993 imap2.example.net.",
		"tlsa 300 IN TLSA 3 1 1 " + strings.ToUpper(digest), "tlsa 300 IN TLSA 2 1 1 " + digest,
		"ssh 300 IN SSHFP 4 2 " + digest,
		`txt 300 IN TXT "Token"`, `txt 300 IN TXT "token"`, `txt 300 IN TXT "other"`,
		"web 300 IN A 192.0.2.1", "web 300 IN A 192.0.2.2", "web 300 IN AAAA 2001:db8::1",
		"em 300 IN CNAME u1.wl.example.net.",
	}
	var names []string
	for _, name := range []string{"blog", "shop", "srv", "tlsa", "ssh", "txt", "web", "em"} {
		names = append(names, name+"."+apex)
	}
	mx := func(priority uint16, host string) dns.Record {
		r := named("shop", "MX", host)
		r.Priority = priority
		return r
	}
	eachSituation(t, zone, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		base := look()
		changes := dns.ChangeSet{Create: []dns.Record{named("blog", "TXT", "no alias any more"), named("web", "A", "192.0.2.3")}}
		for _, gone := range []dns.Record{
			named("blog", "CNAME", "ghost.example.net"), mx(1, "aspmx.l.google.com"), mx(5, "alt1.aspmx.l.google.com"),
			named("srv", "SRV", "0 5 993 imap.example.net."), named("tlsa", "TLSA", "3 1 1 "+digest),
			named("ssh", "SSHFP", "4 2 "+strings.ToUpper(digest)), named("txt", "TXT", "Token"), named("web", "A", "192.0.2.1"),
		} {
			changes.Delete = append(changes.Delete, mustFind(t, base, gone))
		}
		apply(t, h, base, changes)
		want := strings.Join([]string{
			`blog.example.com TXT "no alias any more"`, "em.example.com CNAME u1.wl.example.net", "shop.example.com MX 10 alt2.aspmx.l.google.com",
			"srv.example.com SRV 1 5 993 imap2.example.net.", "tlsa.example.com TLSA 2 1 1 " + digest,
			`txt.example.com TXT "other"`, `txt.example.com TXT "token"`,
			"web.example.com A 192.0.2.2", "web.example.com A 192.0.2.3", "web.example.com AAAA 2001:db8::1",
		}, "\n")
		if got := o.at(t, names...); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		// The last of each set goes too.
		base = look()
		changes = dns.ChangeSet{}
		for _, r := range base.Records {
			if r.Type != "NS" && r.Name != "em."+apex {
				changes.Delete = append(changes.Delete, r)
			}
		}
		apply(t, h, base, changes)
		if got := o.at(t, names...); got != "em.example.com CNAME u1.wl.example.net" {
			t.Errorf("in the end there is\n%s", got)
		}
	}, names...)
}

// A CNAME takes the place of other data, on its own or with another TTL, and gives it up again. At
// no time is there nothing at the name.
func TestAliasInPlaceOfData(t *testing.T) {
	name := "either." + apex
	zone := []string{"either 300 IN A 192.0.2.1", `either 300 IN TXT "text"`, "either 300 IN TYPE65280 \\# 1 00", "beside 300 IN A 192.0.2.9"}
	eachSituation(t, zone, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		alias := named("either", "CNAME", "other.example.net")
		retimed := alias
		retimed.TTL = 900
		for _, step := range []struct {
			want   dns.Record
			delete bool // and not replace
		}{{alias, true}, {retimed, false}, {named("either", "CNAME", "another.example.net"), false}, {named("either", "TXT", "text"), true}, {alias, true}} {
			base := look()
			var there []dns.Record
			for _, r := range base.Records {
				if r.Name == name {
					there = append(there, r)
				}
			}
			changes := dns.ChangeSet{Delete: there, Create: []dns.Record{step.want}}
			if !step.delete {
				changes = dns.ChangeSet{Replace: []dns.Replacement{{Old: there[0], New: step.want}}}
			}
			apply(t, h, base, changes)
			after := look()
			if r := mustFind(t, after, step.want); r.TTL != step.want.TTL {
				t.Errorf("%s has the TTL %d", step.want, r.TTL)
			}
			if got := o.at(t, name, "beside."+apex); got != "beside.example.com A 192.0.2.9\n"+step.want.String() {
				t.Errorf("there is\n%s", got)
			}
		}
	}, name)
}

// Whatever stands at a name is seen, so that nobody takes the name for free, and nothing of it is
// deleted for a CNAME that cannot stand there then.
func TestNothingIsUnseen(t *testing.T) {
	beside := map[string]string{
		"ssh": "SSHFP 4 2 " + strings.ToUpper(digest), "hinfo": `HINFO "a" "b"`, "naptr": `NAPTR 100 10 "u" "E2U+sip" "" sip.example.net.`,
		"loc": "LOC 51 56 0.123 N 05 54 0.000 E 4m 1m 10000m 10m", "uri": `URI 10 1 "https://example.net/"`, "rp": "RP a.example.net. b.example.net.",
		"pgp": "OPENPGPKEY mQINBFbYmaAB", "smime": "SMIMEA 3 0 1 " + digest, "svcb": "SVCB 1 svc.example.net.", "spf": `SPF "v=spf1 -all"`,
		"odd": `TYPE65280 \# 3 0a0b0c`, "eui": "EUI48 00-00-5e-00-53-2a",
	}
	zone := []string{"* 300 IN A 192.0.2.99"}
	var names []string
	for name, data := range beside {
		zone = append(zone, name+" 300 IN "+data, name+" 300 IN A 192.0.2.1", "only-"+name+" 300 IN "+data)
		names = append(names, name+"."+apex, "only-"+name+"."+apex)
	}
	eachSituation(t, zone, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		base := look()
		before := o.at(t, names...)
		if got := o.at(t, names...); strings.Count(got, "\n")+1 != 3*len(beside) {
			t.Fatalf("the server has only\n%s", got)
		}
		var seen []string
		for _, r := range base.Records {
			if slices.Contains(names, r.Name) {
				seen = append(seen, r.String())
			}
		}
		slices.Sort(seen)
		if got := strings.Join(seen, "\n"); got != before {
			t.Fatalf("seen is\n%s\nwant\n%s", got, before)
		}
		for name := range beside {
			alias := named(name, "CNAME", "x.example.net")
			a := mustFind(t, base, named(name, "A", "192.0.2.1"))
			var refused *dns.RefusedError
			err := h.Apply(context.Background(), base, dns.ChangeSet{Delete: []dns.Record{a}, Create: []dns.Record{alias}})
			if !errors.As(err, &refused) {
				t.Errorf("%s in place of one record of two: %v", alias, err)
			}
		}
		if got := o.at(t, names...); got != before {
			t.Errorf("there is\n%s\nwant\n%s", got, before)
		}
	}, names...)
}

// Data that comes to a name after it was read keeps a CNAME from taking the place of what was
// there: nothing is deleted.
func TestDataThatCameMeanwhile(t *testing.T) {
	eachSituation(t, []string{"host 300 IN A 192.0.2.1"}, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		base := look()
		f := o.fixture(t, nameserver.Key{})
		f.Add(t, named("host", "SSHFP", "4 2 "+strings.ToUpper(digest)))
		before := o.at(t, "host."+apex)
		err := h.Apply(context.Background(), base, dns.ChangeSet{
			Delete: []dns.Record{mustFind(t, base, named("host", "A", "192.0.2.1"))},
			Create: []dns.Record{named("host", "CNAME", "x.example.net"), named("elsewhere", "TXT", "x")},
		})
		if !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("error %v", err)
		}
		if got := o.at(t, "host."+apex, "elsewhere."+apex); got != before {
			t.Errorf("there is\n%s\nwant\n%s", got, before)
		}
	}, "host."+apex)
}

// A set keeps what BIND lets in from a file only: it does not add an MX to a host without an
// address, not even again.
func TestSetThatCannotBeRestored(t *testing.T) {
	zone := []string{"@ 300 IN MX 10 nowhere", "@ 300 IN MX 20 mx.example.net.", "@ 300 IN MX 30 MX2.example.net."}
	eachSituation(t, zone, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		base := look()
		gone := named("", "MX", "mx.example.net")
		gone.Priority = 20
		apply(t, h, base, dns.ChangeSet{Delete: []dns.Record{mustFind(t, base, gone)}})
		want := "example.com MX 10 nowhere.example.com\nexample.com MX 30 mx2.example.net\nexample.com NS ns1.nameserver.example"
		if got := o.at(t, apex); got != want {
			t.Errorf("there is\n%s\nwant\n%s", got, want)
		}
	}, apex)
}

// What somebody has written into PowerDNS's database in another notation than its own can be
// changed and deleted, and a change of it in the meantime is noticed.
func TestPowerDNSOtherNotations(t *testing.T) {
	t.Parallel()
	for _, kind := range []nameserver.Kind{nameserver.Plain, nameserver.Signed} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			t.Parallel()
			server := powerdns.Start(t, nameserver.Zone{Apex: apex, Kind: kind})
			h := serverHost(t, server, server.Updater)
			o := &operator{server: server, apex: apex}
			statements := ""
			for _, row := range [][3]string{
				{"v6", "AAAA", "2001:DB8:0:0::1"}, {"mx", "MX", "MX1.Example.NET."}, {"bare", "TXT", "bare"}, {"_dmarc", "TXT", `"v=DMARC1\; p=none"`},
				{"utf8", "TXT", `"grün"`}, {"alias", "CNAME", "Target.Example.NET."}, {"srv", "SRV", "5 993 Imap.example.net."},
				{"twin", "A", "192.0.2.1"}, {"twin", "A", "192.0.2.1"}, {"caa", "CAA", `0  issue   "ca.example.net"`},
			} {
				statements += fmt.Sprintf("INSERT INTO records (domain_id, name, type, content, ttl, prio, disabled, auth) VALUES (1, '%s.%s', '%s', '%s', 300, 0, 0, 1);\n", row[0], apex, row[1], row[2])
			}
			if err := powerdns.SQL(server, statements); err != nil {
				t.Fatal(err)
			}
			base := read(t, h, hostedZone)
			var changes dns.ChangeSet
			names := []string{}
			for _, r := range base.Records {
				if r.Type == "NS" || slices.Contains(names, r.Name) {
					continue
				}
				names = append(names, r.Name)
				if r.Type != "TXT" {
					changes.Delete = append(changes.Delete, r)
					continue
				}
				next := r
				next.Native, next.Value = nil, "changed"
				changes.Replace = append(changes.Replace, dns.Replacement{Old: r, New: next})
			}
			if len(names) != 9 {
				t.Fatalf("the zone has\n%s", lines(base))
			}
			// Somebody else is quicker.
			if err := powerdns.SQL(server, "UPDATE records SET content = 'CHANGED.example.net.' WHERE name = 'alias."+apex+"';"); err != nil {
				t.Fatal(err)
			}
			before := o.at(t, names...)
			if err := h.Apply(context.Background(), base, changes); !errors.Is(err, dns.ErrZoneChanged) {
				t.Errorf("a zone that has changed: %v", err)
			}
			if got := o.at(t, names...); got != before {
				t.Errorf("there is\n%s\nwant\n%s", got, before)
			}
			base = read(t, h, hostedZone)
			changes.Delete = slices.DeleteFunc(changes.Delete, func(r dns.Record) bool { return r.Type == "CNAME" })
			changes.Delete = append(changes.Delete, mustFind(t, base, named("alias", "CNAME", "changed.example.net")))
			apply(t, h, base, changes)
			want := `_dmarc.example.com TXT "changed"` + "\n" + `bare.example.com TXT "changed"` + "\n" + `utf8.example.com TXT "changed"`
			if got := o.at(t, names...); got != want {
				t.Errorf("there is\n%s\nwant\n%s", got, want)
			}
			read(t, h, hostedZone) // and what was written is found settled
		})
	}
}

// One message is carried out as a whole or not at all, whatever its last record is.
func TestOneMessageIsAtomic(t *testing.T) {
	eachSituation(t, []string{`old 300 IN TXT "stays"`}, func(t *testing.T, h *Host, o *operator, look func() *dns.Snapshot) {
		base := look()
		old := mustFind(t, base, named("old", "TXT", "stays"))
		d, err := newDraft(base, dns.ChangeSet{Delete: []dns.Record{old}, Create: []dns.Record{named("new", "TXT", "x")}})
		if err != nil {
			t.Fatal(err)
		}
		updates, err := d.updates()
		if err != nil || len(updates) != 1 {
			t.Fatal(updates, err)
		}
		outside := encoded(t, dns.Record{Name: "new.example.org", Type: "TXT", Value: "x", TTL: 300})
		updates[0].changes = append(updates[0].changes, outside)
		if err := h.update(context.Background(), d, updates[0]); err == nil || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("error %v", err)
		}
		if got := o.at(t, "old."+apex, "new."+apex); got != `old.example.com TXT "stays"` {
			t.Errorf("there is\n%s", got)
		}
	}, "old."+apex, "new."+apex)
}
