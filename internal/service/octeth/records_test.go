package octeth

import (
	"maps"
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// The keys are the names relative to the domain. The key of the proof does not depend on its random
// label. Records with tags keep their names as keys.
func TestOctethRecords(t *testing.T) {
	t.Parallel()
	records := map[string]octethapi.Record{
		"example.com":                          {Type: "TXT", Value: "v=spf1 include:spf.octeth.example ~all"},
		"sl.example.com":                       {Type: "CNAME", Value: "Mfrom.octeth.example."},
		"key1._domainkey.sl.example.com":       {Type: "TXT", Value: "v=DKIM1; k=rsa; p=AAAA"},
		"_dmarc.sl.example.com":                {Type: "TXT", Value: "none"},
		"in.example.com":                       {Type: "MX", Value: "20 mx.octeth.example."},
		"out.example.com":                      {Type: "MX", Value: "mx.octeth.example."},
		"track.example.com":                    {Type: "A", Value: "192.0.2.7"},
		"o1a2b3c4d5.sl.example.com":            {Type: "TXT", Value: "0123456789abcdef"},
		"o9z8y7x6w5.sl.example.com":            {Type: "TXT", Value: "fedcba9876543210"},
		"ozzzzzzzzz.sl.example.com":            {Type: "TXT", Value: "0f1e2d3c4b5a6978"},
		"oaaaaaaaaa.example.com":               {Type: "TXT", Value: "00112233445566778899"},
		"elsewhere.example.net":                {Type: "CNAME", Value: "cdn.octeth.example"},
		"oaaaaaaaab.example.com.other.example": {Type: "TXT", Value: "v=none"},
	}
	want := map[string]string{
		"@":                                    `example.com TXT "v=spf1 include:spf.octeth.example ~all"`,
		"sl":                                   "sl.example.com CNAME mfrom.octeth.example",
		"key1._domainkey.sl":                   `key1._domainkey.sl.example.com TXT "v=DKIM1; k=rsa; p=AAAA"`,
		"_dmarc.sl":                            `_dmarc.sl.example.com TXT "none"`,
		"in":                                   "in.example.com MX 20 mx.octeth.example",
		"out":                                  "out.example.com MX 10 mx.octeth.example",
		"track":                                "track.example.com A 192.0.2.7",
		"proof.sl":                             `o1a2b3c4d5.sl.example.com TXT "0123456789abcdef"`,
		"proof.sl-2":                           `o9z8y7x6w5.sl.example.com TXT "fedcba9876543210"`,
		"proof.sl-3":                           `ozzzzzzzzz.sl.example.com TXT "0f1e2d3c4b5a6978"`,
		"proof":                                `oaaaaaaaaa.example.com TXT "00112233445566778899"`,
		"elsewhere.example.net":                "elsewhere.example.net CNAME cdn.octeth.example",
		"oaaaaaaaab.example.com.other.example": `oaaaaaaaab.example.com.other.example TXT "v=none"`,
	}
	got := map[string]string{}
	for key, r := range recordsOf("example.com", records) {
		got[key] = r.String()
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			t.Errorf("%s: %s, not %s", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d records: %v", len(got), got)
	}
	shown := recordsIn(recordsValue(recordsOf("example.com", records)))
	if len(shown) != len(want) || len(lackingRecords(shown, slices.Collect(maps.Values(recordsOf("example.com", records))))) > 0 {
		t.Errorf("of dns_records, these are read: %v", shown)
	}
}

// A label is found as a whole, or before the hyphen of a prefix, and only in the part of a name
// that is below the domain.
func TestLabelStandsInRecords(t *testing.T) {
	t.Parallel()
	records := recordsValue(recordsOf("mail.example.com", map[string]octethapi.Record{
		"em.mail.example.com":        {Type: "CNAME", Value: "a.octeth.example"},
		"track-em.mail.example.com":  {Type: "CNAME", Value: "b.octeth.example"},
		"_dmarc.em.mail.example.com": {Type: "CNAME", Value: "c.octeth.example"},
	}))
	for label, want := range map[string]bool{"em": true, "EM": true, "track": true, "mail": false, "tra": false, "": false, "example": false} {
		if standsIn(records, label) != want {
			t.Errorf("%q: %t", label, !want)
		}
	}
}

// Records are compared without their TTLs, and equal records are counted.
func TestLackingRecords(t *testing.T) {
	t.Parallel()
	a, b := testkit.DNSRecordOf("a.example.com", "A", "192.0.2.1"), testkit.DNSRecordOf("a.example.com", "A", "192.0.2.2")
	later := a
	later.TTL = 60
	for name, c := range map[string]struct{ records, others, want []dns.Record }{
		"none":         {nil, []dns.Record{a}, nil},
		"all there":    {[]dns.Record{a, b}, []dns.Record{b, a}, nil},
		"another TTL":  {[]dns.Record{a}, []dns.Record{later}, nil},
		"one is not":   {[]dns.Record{a, b}, []dns.Record{a}, []dns.Record{b}},
		"a lost twin":  {[]dns.Record{a, a}, []dns.Record{a}, []dns.Record{a}},
		"MX and cost":  {[]dns.Record{testkit.MXRecordOf("example.com", 10, "mx.example.com")}, []dns.Record{testkit.MXRecordOf("example.com", 20, "mx.example.com")}, []dns.Record{testkit.MXRecordOf("example.com", 10, "mx.example.com")}},
		"others' more": {[]dns.Record{a}, []dns.Record{a, a, b}, nil},
	} {
		if got := lackingRecords(c.records, c.others); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
