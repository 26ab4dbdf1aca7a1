package dns

import (
	"strings"
	"testing"

	miekg "github.com/miekg/dns"
)

func TestCanonical(t *testing.T) {
	long := strings.Repeat("a", 63)
	tests := []struct{ name, want string }{
		{"example.com", "example.com"},
		{"Example.COM.", "example.com"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"BÜCHER.example.", "xn--bcher-kva.example"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
		{"bu\u0308cher.example", "xn--bcher-kva.example"},
		{"почта.example", "xn--80a1acny.example"},
		{"例え。example。", "xn--r8jz45g.example"},
		{"straße.example", "xn--strae-oqa.example"},
		{"_dmarc.example.com", "_dmarc.example.com"},
		{"S1._DomainKey.Example.com", "s1._domainkey.example.com"},
		{"_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"},
		{"*", "*"},
		{"*.example.com", "*.example.com"},
		{"_dmarc", "_dmarc"},
		{"r3---sn.example.com", "r3---sn.example.com"},
		{"25.2.0.192.in-addr.arpa", "25.2.0.192.in-addr.arpa"},
		{"ｅｘａｍｐｌｅ．com", "example.com"},
		{long + ".example.com", long + ".example.com"},
		{strings.Repeat(long+".", 3) + strings.Repeat("b", 61), strings.Repeat(long+".", 3) + strings.Repeat("b", 61)},
	}
	for _, test := range tests {
		got, err := Canonical(test.name)
		if err != nil || got != test.want {
			t.Errorf("Canonical(%q) = %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	long := strings.Repeat("a", 63)
	tests := []struct{ name, want string }{
		{"", "empty; the apex of a zone is written as the name of the zone"},
		{".", "empty"},
		{"example.com..", `label 3, ""`},
		{".example.com", `label 1, ""`},
		{"a..example.com", `label 2, ""`},
		{"exa mple.com", `label 1, "exa mple"`},
		{"info@example.com", "'@'"},
		{"@", `the apex of a zone is written as the name of the zone, such as "example.com"`},
		{"@.", "the apex"},
		{"@.example.com", "leave it out"},
		{"www.@", "leave it out"},
		{"https://example.com", "':'"},
		{"example.com/x", "'/'"},
		{`a\.b.example.com`, `'\\'`},
		{"a.*.example.com", "wildcard"},
		{"*a.example.com", "wildcard"},
		{"-a.example.com", "hyphen"},
		{"a.b-.example.com", `label 2, "b-"`},
		{"-bücher.example", "hyphen"},
		{"xn--a.example", `label 1, "xn--a"`},
		{"xn--.example", `label 1, "xn--"`},
		{"\u00ad.example.com", "invisible"},
		{"a\xff.example.com", "UTF-8"},
		{"a\x00.example.com", `'\x00'`},
		{"a" + long + ".example.com", "64 bytes"},
		{strings.Repeat("ü", 60) + ".example", "at most 63"},
		{strings.Repeat(long+".", 3) + strings.Repeat("b", 62), "254 bytes"},
	}
	for _, test := range tests {
		got, err := Canonical(test.name)
		if err == nil {
			t.Errorf("Canonical(%q) = %q, want an error", test.name, got)
			continue
		}
		if !strings.Contains(err.Error(), test.want) {
			t.Errorf("Canonical(%q): error %q does not say %q", test.name, err, test.want)
		}
	}
}

func TestSameName(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"example.com", "EXAMPLE.com.", true},
		{"bücher.example", "xn--bcher-kva.example.", true},
		{"example.com", "example.org", false},
		{`0/25.2.0.192.IN-ADDR.arpa`, `0/25.2.0.192.in-addr.arpa.`, true},
		{"a b.example", "a c.example", false},
	}
	for _, test := range tests {
		if got := sameName(test.a, test.b); got != test.want {
			t.Errorf("sameName(%q, %q) = %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"example.com", "Bücher.example.", "*._dmarc", "xn--bcher-kva", "a。b", "…", "ẞ.example", "-", "\u200d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		canonical, err := Canonical(name)
		if err != nil {
			if !sameName(name, name) {
				t.Fatalf("%q is not the same name as itself", name)
			}
			return
		}
		if again, err := Canonical(canonical); err != nil || again != canonical {
			t.Fatalf("Canonical(%q) = %q, but Canonical of that = %q, %v", name, canonical, again, err)
		}
		if _, valid := miekg.IsDomainName(canonical); !valid || miekg.IsFqdn(canonical) {
			t.Fatalf("Canonical(%q) = %q cannot be sent", name, canonical)
		}
		if canonical != strings.ToLower(canonical) || len(canonical) > maxNameLength {
			t.Fatalf("Canonical(%q) = %q", name, canonical)
		}
		if dotted, err := Canonical(canonical + "."); err != nil || dotted != canonical {
			t.Fatalf("with a trailing dot %q becomes %q, %v", canonical, dotted, err)
		}
	})
}
