package namecheapapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// The zone is written whole: order, twins, TTLs, preferences and the mail setting stay what they
// were.
func TestApplyKeepsEverythingElse(t *testing.T) {
	w := newWorld(t)
	caa := namecheapsim.Host{Name: "@", Type: "CAA", Address: `0 issue "ca.example"`, MXPref: 10, TTL: 60}
	forward := namecheapsim.Host{Name: "go", Type: "URL301", Address: "https://example.net/?a&b=c+d", MXPref: 10, TTL: 60}
	w.set("MX", backup, spf, www, www, mail, caa, forward)
	h := w.host()
	base := read(t, h)
	changed := base.Records[1]
	changed.Value, changed.Native, changed.ID = "v=spf1 include:_spf.example.net -all", nil, ""
	err := h.Apply(t.Context(), base, dns.ChangeSet{
		Delete:  []dns.Record{base.Records[3]},
		Replace: []dns.Replacement{{Old: base.Records[1], New: changed}},
		Create: []dns.Record{
			{Name: "s1._domainkey.example.com", Type: "CNAME", Value: "s1.example.net"},
			{Name: "example.com", Type: "MX", Value: "third.example.net", Priority: 0, TTL: 60},
			{Name: "*.example.com", Type: "AAAA", Value: "2001:db8::1", TTL: 60000},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	merged := spf
	merged.Address = changed.Value
	w.wantZone("MX", backup, merged, www, mail, caa, forward,
		namecheapsim.Host{Name: "s1._domainkey", Type: "CNAME", Address: "s1.example.net.", MXPref: 10, TTL: 1799},
		namecheapsim.Host{Name: "@", Type: "MX", Address: "third.example.net.", MXPref: 0, TTL: 60},
		namecheapsim.Host{Name: "*", Type: "AAAA", Address: "2001:db8::1", MXPref: 10, TTL: 60000},
	)
}

func TestApplyNothing(t *testing.T) {
	w := newWorld(t)
	h := w.host()
	base := read(t, h)
	w.called("getHosts")
	if err := h.Apply(t.Context(), base, dns.ChangeSet{ReplaceMail: true}); err != nil || w.called("getHosts") != 0 {
		t.Error(err)
	}
}

func TestTexts(t *testing.T) {
	for _, text := range []string{
		`"quoted"`, `a\b\"c\\`, "für Ünïcode ✓", "a+b %41 &amp; <c>", " outer blanks ", strings.Repeat("x", 256), strings.Repeat("y", 2500),
	} {
		w := newWorld(t)
		h := w.host()
		if err := h.Apply(t.Context(), read(t, h), create(txt("example.com", text), txt("example.com", text+"z"[:min(1, 2500-len(text))]))); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := read(t, h).Records; got[0].Value != text || got[0].TTL != 1799 {
			t.Errorf("%q became %q", text, got[0].Value)
		}
	}
}

func TestZoneOfAnInternationalName(t *testing.T) {
	w := newWorld(t)
	const apex = "xn--bcher-kva.xn--p1ai"
	if err := w.AddZone(apex); err != nil {
		t.Fatal(err)
	}
	h := w.host()
	zone, err := h.FindZone(t.Context(), "почта.bücher.рф")
	if err != nil {
		t.Fatal(err)
	}
	base, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	record := dns.Record{Name: "_dmarc." + apex, Type: "TXT", Value: "v=DMARC1; p=none", TTL: 300}
	if err := h.Apply(t.Context(), base, create(record)); err != nil {
		t.Fatal(err)
	}
	after, err := h.Read(t.Context(), zone)
	if err != nil || len(after.Records) != 1 || after.Records[0].Identity() != record.Identity() || after.Records[0].TTL != 300 {
		t.Errorf("%+v, %v", after, err)
	}
}

// Only MX records of ours change the mail setting, and hosted mail only when that is wanted.
func TestMailSetting(t *testing.T) {
	mx := dns.Record{Name: "example.com", Type: "MX", Value: "mail.example.net", Priority: 20, TTL: 600}
	tests := []struct {
		before, after string
		replace       bool
		record        dns.Record
		refused       string
	}{
		{"NONE", "MX", false, mx, ""},
		{"", "MX", false, mx, ""},
		{"MX", "MX", false, mx, ""},
		{"NONE", "NONE", true, txt("example.com", "x"), ""},
		{"", "NONE", false, txt("example.com", "x"), ""},
		{"MX", "MX", true, txt("example.com", "x"), ""},
		{"FWD", "FWD", false, txt("example.com", "x"), ""},
		{"FWD", "FWD", true, txt("example.com", "x"), ""},
		{"MXE", "MXE", false, txt("example.com", "x"), ""},
		{"FWD", "FWD", false, mx, "forwards the mail of example.com (EmailType FWD)"},
		{"OX", "OX", false, mx, "Private Email"},
		{"MXE", "MXE", false, mx, "MXE"},
		{"FWD", "MX", true, mx, ""},
		{"OX", "MX", true, mx, ""},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s %s %t", test.before, test.record.Type, test.replace), func(t *testing.T) {
			w := newWorld(t)
			w.set(test.before, www)
			h := w.host()
			changes := create(test.record)
			changes.ReplaceMail = test.replace
			err := h.Apply(t.Context(), read(t, h), changes)
			var refused *dns.RefusedError
			switch {
			case test.refused == "" && err != nil:
				t.Error(err)
			case test.refused != "" && (!errors.As(err, &refused) || refused.Record != test.record || !strings.Contains(err.Error(), test.refused)):
				t.Errorf("error %v, want one with %q", err, test.refused)
			}
			emailType, hosts := w.zone()
			if emailType != test.after {
				t.Errorf("the mail setting is %s", emailType)
			}
			if written := len(hosts) > 1; written != (test.refused == "") {
				t.Errorf("the zone is %+v", hosts)
			}
		})
	}
}

// A zone whose mail Namecheap hosts shows the service's MX records, and they must not keep other
// records from being written.
func TestHostedMailBesideOtherRecords(t *testing.T) {
	w := newWorld(t)
	hosted := []namecheapsim.Host{
		{Name: "@", Type: "MX", Address: "mx1.privateemail.com.", MXPref: 10, TTL: 1799},
		{Name: "@", Type: "MX", Address: "mx2.privateemail.com.", MXPref: 10, TTL: 1799},
	}
	w.set("OX", hosted...)
	h := w.host()
	if err := h.Apply(t.Context(), read(t, h), create(txt("example.com", "x"))); err != nil {
		t.Fatal(err)
	}
	w.wantZone("OX", append(hosted, namecheapsim.Host{Name: "@", Type: "TXT", Address: "x", MXPref: 10, TTL: 1799})...)
}

// With the last MX record of a zone the mail setting for MX records goes.
func TestDeleteTheLastMX(t *testing.T) {
	w := newWorld(t)
	w.set("MX", mail, spf)
	h := w.host()
	base := read(t, h)
	if err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[:1]}); err != nil {
		t.Fatal(err)
	}
	w.wantZone("NONE", spf)
}

func TestRefusals(t *testing.T) {
	record := func(name, recordType, value string) dns.Record {
		return dns.Record{Name: name, Type: recordType, Value: value}
	}
	low, high := txt("example.com", "x"), txt("example.com", "x")
	low.TTL, high.TTL = 59, 60001
	tests := []struct {
		what, says string
		record     dns.Record
	}{
		{"a type that the API doesn't know", "these types only", record("_imaps._tcp.example.com", "SRV", "0 1 993 mail.example.net.")},
		{"a type that comes and goes with the mail setting", "these types only", record("example.com", "MXE", "192.0.2.1")},
		{"a long text", "2501 bytes", txt("example.com", strings.Repeat("x", 2501))},
		{"no text", "without a text", txt("example.com", "")},
		{"a control character", "XML", txt("example.com", "a\x01b")},
		{"no UTF-8", "XML", txt("example.com", "a\xffb")},
		{"a low TTL", "TTL is 59", low},
		{"a high TTL", "TTL is 60001", high},
		{"a null MX", "null MX", record("example.com", "MX", dns.NullTarget)},
		{"the zone's name servers", "name servers", record("example.com", "NS", "ns1.example.net")},
		{"another zone", "not in the zone", txt("www.example.org", "x")},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			w := newWorld(t)
			w.set("MX", www, mail)
			h := w.host()
			base := read(t, h)
			for what, changes := range map[string]dns.ChangeSet{
				"created":  create(txt("good.example.com", "x"), test.record),
				"replaced": {Replace: []dns.Replacement{{Old: base.Records[0], New: test.record}}},
			} {
				err := h.Apply(t.Context(), base, changes)
				var refused *dns.RefusedError
				if !errors.As(err, &refused) || refused.Record != test.record || !strings.Contains(err.Error(), test.says) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if w.called("setHosts") != 0 {
				t.Error("the zone was written")
			}
		})
	}
}

func TestRefusesTooManyRecords(t *testing.T) {
	w := newWorld(t)
	full := make([]namecheapsim.Host, 150)
	for i := range full {
		full[i] = www
		full[i].Name = fmt.Sprint("h", i)
	}
	w.set("NONE", full...)
	h := w.host()
	base := read(t, h)
	var refused *dns.RefusedError
	if err := h.Apply(t.Context(), base, create(txt("example.com", "x"))); !errors.As(err, &refused) || !strings.Contains(err.Error(), "151 records") {
		t.Error(err)
	}
	if err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[:1], Create: []dns.Record{txt("example.com", "x")}}); err != nil {
		t.Error(err)
	}
}

// A zone that shows a record which cannot be sent back is not touched.
func TestRefusesToLoseRecords(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www, namecheapsim.Host{Name: "_sip._tcp", Type: "SRV", Address: "0 1 5060 sip.example.net.", MXPref: 10, TTL: 60})
	h := w.host()
	var refused *dns.RefusedError
	err := h.Apply(t.Context(), read(t, h), create(txt("example.com", "x")))
	if !errors.As(err, &refused) || refused.Record.Type != "SRV" || w.called("setHosts") != 0 {
		t.Error(err)
	}
}

// A record is taken at its place and by what it says; one that doesn't fit is refused.
func TestRecordsOfAnotherSnapshot(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www, spf)
	h := w.host()
	base := read(t, h)
	first := base.Records[0]
	moved, bare := first, first
	moved.Native, bare.Native = base.Records[1].Native, nil
	for what, changes := range map[string]dns.ChangeSet{
		"another place": {Delete: []dns.Record{moved}},
		"no place":      {Delete: []dns.Record{bare}},
		"twice":         {Delete: []dns.Record{first, first}},
		"both":          {Delete: []dns.Record{first}, Replace: []dns.Replacement{{Old: first, New: txt("example.com", "x")}}},
	} {
		var refused *dns.RefusedError
		if err := h.Apply(t.Context(), base, changes); !errors.As(err, &refused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := h.Apply(t.Context(), &dns.Snapshot{Zone: base.Zone}, create(txt("example.com", "x"))); err == nil {
		t.Error("a snapshot of somebody else is accepted")
	}
	w.wantZone("NONE", www, spf)
}
