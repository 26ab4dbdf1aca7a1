package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

func TestLookUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.json")
	box, err := sandbox.Open(sandbox.Options{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	key := "v=DKIM1; k=rsa; p=" + strings.Repeat("A", 392) // more than one of the DNS's strings holds
	if err := box.PutZone("example.com", []string{
		"@ MX 10 mail", "@ MX 20 backup", `@ TXT "v=spf1 mx ~all"`, `@ TXT "unrelated"`,
		`mail._domainkey TXT "` + key[:200] + `" "` + key[200:] + `"`,
	}); err != nil {
		t.Fatal(err)
	}
	if err := box.PutZone("example.net", []string{"@ MX 0 ."}); err != nil {
		t.Fatal(err)
	}
	preference := func(n int) *int { return &n }
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
		{record{Name: "_dmarc.example.com", Type: "TXT", Value: "v=DMARC1; p=none"}, false},
		{record{Name: "example.net", Type: "TXT", Value: "v=spf1 -all"}, false},
	} {
		r := result{zones: []zone{{Records: []record{test.record}}}}
		if err := r.lookUp(t.Context(), file); err != nil {
			t.Errorf("%s %s %s: %v", test.Name, test.Type, test.data(), err)
		}
		if got := r.seen() == 1; got != test.want {
			t.Errorf("%s %s %s: seen is %t; want %t", test.Name, test.Type, test.data(), got, test.want)
		}
	}
	unknown := result{zones: []zone{{Records: []record{{Name: "example.com", Type: "SRV", Value: "0 0 993 mail.example.com"}}}}}
	if err := unknown.lookUp(t.Context(), file); err == nil {
		t.Error("a record of a type that is never looked up passed")
	}
}
