package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// walkDNS answers the lookups of a walk: the DMARC records by domain, "!" for an error.
type walkDNS map[string][]string

func (d walkDNS) lookup(_ context.Context, name, recordType string) ([]string, error) {
	domain, found := strings.CutPrefix(name, "_dmarc.")
	if !found || recordType != "TXT" {
		return nil, fmt.Errorf("asked for %s %s", name, recordType)
	}
	if slices.Contains(d[domain], "!") {
		return nil, errors.New("SERVFAIL")
	}
	return d[domain], nil
}

func TestDMARCWalk(t *testing.T) {
	tests := map[string]string{
		"com":                           "com",
		"Example.COM.":                  "example.com com",
		"a.mail.example.com":            "a.mail.example.com mail.example.com example.com com",
		"b.c.d.e.f.g.h":                 "b.c.d.e.f.g.h c.d.e.f.g.h d.e.f.g.h e.f.g.h f.g.h g.h h",
		"a.b.c.d.e.f.g.h":               "a.b.c.d.e.f.g.h b.c.d.e.f.g.h c.d.e.f.g.h d.e.f.g.h e.f.g.h f.g.h g.h h",
		"1.2.3.a.b.c.d.e.f.g.h":         "1.2.3.a.b.c.d.e.f.g.h b.c.d.e.f.g.h c.d.e.f.g.h d.e.f.g.h e.f.g.h f.g.h g.h h",
		strings.Repeat("x.", 100) + "y": strings.Repeat("x.", 100) + "y x.x.x.x.x.x.y x.x.x.x.x.y x.x.x.x.y x.x.x.y x.x.y x.y y",
	}
	for domain, want := range tests {
		if got := strings.Join(DMARCWalk(domain), " "); got != want {
			t.Errorf("%s: %s\nwant %s", domain, got, want)
		}
	}
}

func TestDiscoverDMARC(t *testing.T) {
	one := func(text string) []string { return []string{"v=DMARC1; " + text} }
	tests := []struct {
		name         string
		domain       string
		dns          walkDNS
		source       DMARCSource
		policyDomain string
		organization string
		steps        int
		existing     string // the policy if the domain exists
		missing      string // the policy if it does not
	}{
		{"nothing at all", "mail.example.com", walkDNS{"example.com": {"v=spf1 -all"}}, NoDMARC, "", "mail.example.com", 3, "", ""},
		{"its own", "example.com", walkDNS{"example.com": one("p=reject; sp=none; np=quarantine")}, OwnDMARC, "example.com", "example.com", 2, "reject", "reject"},
		{"its own below another", "mail.example.com", walkDNS{"mail.example.com": one("p=none"), "example.com": one("p=reject")}, OwnDMARC, "mail.example.com", "example.com", 3, "none", "none"},
		{"sp of the organization", "a.mail.example.com", walkDNS{"example.com": one("p=reject; sp=quarantine")}, OrganizationDMARC, "example.com", "example.com", 4, "quarantine", "quarantine"},
		{"np of the organization", "mail.example.com", walkDNS{"example.com": one("p=none; sp=quarantine; np=reject")}, OrganizationDMARC, "example.com", "example.com", 3, "quarantine", "reject"},
		{"p of the organization", "mail.example.com", walkDNS{"example.com": one("p=reject")}, OrganizationDMARC, "example.com", "example.com", 3, "reject", "reject"},
		{"the shortest of two, not the nearest", "a.b.example.com", walkDNS{"b.example.com": one("p=none"), "example.com": one("p=reject")}, OrganizationDMARC, "example.com", "example.com", 4, "reject", "reject"},
		{"psd=n ends the walk", "a.b.example.com", walkDNS{"b.example.com": one("p=quarantine; psd=n"), "example.com": one("p=reject")}, OrganizationDMARC, "b.example.com", "b.example.com", 2, "quarantine", "quarantine"},
		{"psd=n of its own", "b.example.com", walkDNS{"b.example.com": one("p=quarantine; psd=n"), "example.com": one("p=reject")}, OwnDMARC, "b.example.com", "b.example.com", 1, "quarantine", "quarantine"},
		{"a public suffix", "mail.foo.example", walkDNS{"example": one("p=reject; sp=quarantine; psd=y")}, SuffixDMARC, "example", "foo.example", 3, "quarantine", "quarantine"},
		{"a public suffix of two labels", "giant.bank.example", walkDNS{"bank.example": one("p=reject; psd=y"), "giant.bank.example": one("p=none"), "example": one("p=none")}, OwnDMARC, "giant.bank.example", "giant.bank.example", 2, "none", "none"},
		{"the organization before its public suffix", "mail.foo.example", walkDNS{"example": one("p=reject; psd=y"), "foo.example": one("p=none")}, OrganizationDMARC, "foo.example", "foo.example", 3, "none", "none"},
		{"below the organization of a public suffix", "a.mail.foo.example", walkDNS{"example": one("p=reject; psd=y"), "mail.foo.example": one("p=none")}, SuffixDMARC, "example", "foo.example", 4, "reject", "reject"},
		{"a public suffix itself", "bank.example", walkDNS{"bank.example": one("p=reject; psd=y"), "example": one("p=none")}, OwnDMARC, "bank.example", "bank.example", 1, "reject", "reject"},
		{"several records are none", "mail.example.com", walkDNS{"mail.example.com": {"v=DMARC1; p=none", "v=DMARC1; p=reject"}, "example.com": {"v=spf1 -all", "v=DMARC1; p=quarantine"}}, OrganizationDMARC, "example.com", "example.com", 3, "quarantine", "quarantine"},
		{"a long name", "1.2.3.4.a.b.c.d.e.example.com", walkDNS{"4.a.b.c.d.e.example.com": one("p=none"), "example.com": one("p=reject")}, OrganizationDMARC, "example.com", "example.com", 8, "reject", "reject"},
		{"no policy and no address", "mail.example.com", walkDNS{"example.com": one("sp=reject")}, OrganizationDMARC, "example.com", "example.com", 3, "", ""},
		{"no policy, with an address", "mail.example.com", walkDNS{"example.com": one("sp=reject; rua=mailto:a@example.com")}, OrganizationDMARC, "example.com", "example.com", 3, "none", "none"},
		{"a record that does not apply hides the one above", "mail.example.com", walkDNS{"mail.example.com": one("p=all"), "example.com": one("p=reject")}, OwnDMARC, "mail.example.com", "example.com", 3, "", ""},
		{"an error above the end of the walk", "a.example.com", walkDNS{"a.example.com": one("p=reject; psd=n"), "example.com": {"!"}}, OwnDMARC, "a.example.com", "a.example.com", 1, "reject", "reject"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := DiscoverDMARC(context.Background(), test.domain, test.dns.lookup)
			if err != nil || got.Err != nil {
				t.Fatal(err, got.Err)
			}
			if got.Domain != test.domain || got.Source != test.source || got.PolicyDomain != test.policyDomain || got.Organization != test.organization || len(got.Steps) != test.steps {
				t.Errorf("%+v", got)
			}
			if existing, missing := got.Requested(true), got.Requested(false); existing != test.existing || missing != test.missing {
				t.Errorf("policy %q, and %q if the domain does not exist; want %q and %q", existing, missing, test.existing, test.missing)
			}
		})
	}
}

func TestDiscoverDMARCFailures(t *testing.T) {
	for name, test := range map[string]struct {
		dns    walkDNS
		source DMARCSource
	}{
		"its own lookup":                  {walkDNS{"mail.example.com": {"!"}, "example.com": {"v=DMARC1; p=reject"}}, NoDMARC},
		"one above its own record":        {walkDNS{"mail.example.com": {"v=DMARC1; p=reject"}, "example.com": {"!"}}, OwnDMARC},
		"one above the record of another": {walkDNS{"example.com": {"v=DMARC1; p=reject"}, "com": {"!"}}, NoDMARC},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DiscoverDMARC(context.Background(), "mail.example.com", test.dns.lookup)
			if err != nil {
				t.Fatal(err)
			}
			if got.Source != test.source || got.Organization != "" || got.Err == nil {
				t.Errorf("%+v", got)
			}
			checkError(t, got.Err, []string{"_dmarc.", "SERVFAIL"})
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := DiscoverDMARC(ctx, "example.com", walkDNS{}.lookup); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func TestTestingTakesOneStepOff(t *testing.T) {
	dns := walkDNS{"example.com": {"v=DMARC1; p=reject; sp=quarantine; np=none; t=y"}}
	for domain, want := range map[string][]string{"example.com": {"reject", "quarantine", "quarantine"}, "a.example.com": {"quarantine", "none", "none"}} {
		found, err := DiscoverDMARC(context.Background(), domain, dns.lookup)
		if err != nil {
			t.Fatal(err)
		}
		if got := []string{found.Requested(true), found.Applied(true), found.Applied(false)}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", domain, got, want)
		}
	}
}

// All lookups are on their way at the same time, so a walk takes no longer than its slowest lookup.
func TestWalkAsksAtOnce(t *testing.T) {
	var waiting sync.WaitGroup
	waiting.Add(8)
	_, err := DiscoverDMARC(context.Background(), "a.b.c.d.e.f.example.com", func(context.Context, string, string) ([]string, error) {
		waiting.Done()
		waiting.Wait() // until the last lookup has begun
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
