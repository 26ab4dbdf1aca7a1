package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A CNAME stands alone at its name. Other sets exclude only themselves.
func TestSetsThatExcludeEachOther(t *testing.T) {
	key := func(name, recordType string) dns.SetKey { return dns.SetKey{Name: name, Type: recordType} }
	for _, tc := range []struct {
		a, b dns.SetKey
		want bool
	}{
		{key("a.example", "TXT"), key("a.example", "TXT"), true},
		{key("a.example", "CNAME"), key("a.example", "CNAME"), true},
		{key("a.example", "CNAME"), key("a.example", "TXT"), true},
		{key("a.example", "TXT"), key("a.example", "A"), false},
		{key("a.example", "CNAME"), key("b.example", "CNAME"), false},
		{key("a.example", "TXT"), key("b.example", "TXT"), false},
	} {
		if tc.a.Excludes(tc.b) != tc.want || tc.b.Excludes(tc.a) != tc.want {
			t.Errorf("%v and %v: want %t", tc.a, tc.b, tc.want)
		}
	}
}
