package mailrecord

import (
	"net/netip"
	"testing"
)

func TestFixedName(t *testing.T) {
	for term, want := range map[string]string{
		"a": "spf.example.net", "include:x.example.org": "x.example.org", "include:%{d}.example.org": "spf.example.net.example.org",
		"exists:%{o2}._spf.example.org": "example.com._spf.example.org", "include:_spf.%{d2}": "_spf.example.net", "exists:%{or}.example.org": "com.example.mail.example.org",
		"redirect=_spf.%{O}":      "_spf.mail.example.com",
		"exists:%{i}.example.org": "", "include:%{d}.%{h}.example.org": "", "exists:%{l1r-}.example.org": "", "exists:%{v}.example.org": "", "exists:%{s}.example.org": "",
		"exists:%{p}.example.org": "",
	} {
		record, err := ParseSPF("v=spf1 " + term)
		if err != nil {
			t.Fatal(err)
		}
		if got, fixed := record.Terms[0].FixedName("spf.example.net", "mail.example.com"); got != want || fixed != (want != "") {
			t.Errorf("%s: %q, %v; want %q", term, got, fixed, want)
		}
	}
}

func TestAround(t *testing.T) {
	record, err := ParseSPF("v=spf1 a mx/8//32")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"192.0.2.1/32", "192.0.0.0/8"} {
		if got := record.Terms[i].Around(netip.MustParseAddr("192.0.2.1")).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := record.Terms[1].Around(netip.MustParseAddr("2001:db8::1")).String(); got != "2001:db8::/32" {
		t.Error(got)
	}
}
