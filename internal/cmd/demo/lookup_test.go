package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func testWorld(t *testing.T) *world {
	t.Helper()
	w, err := openWorld(filepath.Join(t.TempDir(), "sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestLookUp(t *testing.T) {
	w := testWorld(t)
	key := "v=DKIM1; k=rsa; p=" + strings.Repeat("A", 392) // more than one of the DNS's strings holds
	if err := w.box.PutZone("example.com", []string{
		"@ MX 10 mail", "@ MX 20 backup", `@ TXT "v=spf1 mx ~all"`, `@ TXT "unrelated"`,
		`mail._domainkey TXT "` + key[:200] + `" "` + key[200:] + `"`,
		"s1._domainkey CNAME s1.example.net.", "www A 192.0.2.80",
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.box.PutZone("example.net", []string{"@ MX 0 .", `s1 TXT "v=DKIM1; k=rsa; p="`}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		record
		want bool
	}{
		{record{Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: preference(10)}, true},
		{record{Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: preference(20)}, false},
		{record{Name: "example.com", Type: "MX", Value: "other.example.com", Priority: preference(10)}, false},
		{record{Name: "example.net", Type: "MX", Value: ".", Priority: preference(0)}, true},
		{record{Name: "example.com", Type: "TXT", Value: "v=spf1 mx ~all"}, true},
		{record{Name: "example.com", Type: "TXT", Value: "v=spf1 mx -all"}, false},
		{record{Name: "mail._domainkey.example.com", Type: "TXT", Value: key}, true},
		{record{Name: "mail._domainkey.example.com", Type: "TXT", Value: key[:200]}, false},
		{record{Name: "_dmarc.example.com", Type: "TXT", Value: "v=DMARC1; p=none"}, false},
		{record{Name: "example.net", Type: "TXT", Value: "v=spf1 -all"}, false},
		{record{Name: "s1._domainkey.example.com", Type: "CNAME", Value: "s1.example.net"}, true},
		{record{Name: "s1._domainkey.example.com", Type: "CNAME", Value: "s2.example.net"}, false},
		{record{Name: "www.example.com", Type: "CNAME", Value: "192.0.2.80"}, false},
	} {
		if err := w.lookUp(t.Context(), []*record{&test.record}); err != nil {
			t.Errorf("%s %s %s: %v", test.Name, test.Type, test.data(), err)
		}
		if got := test.seen(); got != test.want {
			t.Errorf("%s %s %s: seen is %t, with %q; want %t", test.Name, test.Type, test.data(), got, test.found, test.want)
		}
	}
	if err := w.lookUp(t.Context(), []*record{{Name: "example.com", Type: "URL301", Value: "https://example.net"}}); err == nil {
		t.Error("a record of a type that the DNS has not was looked up")
	}
}

// A second lookup of records shows which of them are gone.
func TestLookUpAgain(t *testing.T) {
	w := testWorld(t)
	spf := &record{Name: "example.com", Type: "TXT", Value: "v=spf1 mx ~all"}
	for _, zone := range [][]string{{`@ TXT "v=spf1 mx ~all"`}, {`@ TXT "unrelated"`}, nil} {
		if err := w.box.PutZone("example.com", zone); err != nil {
			t.Fatal(err)
		}
		if err := w.lookUp(t.Context(), []*record{spf}); err != nil {
			t.Fatal(err)
		}
		if want := slices.Contains(zone, `@ TXT "v=spf1 mx ~all"`); spf.seen() != want {
			t.Errorf("in the zone %q, seen is %t", zone, spf.seen())
		}
	}
}
