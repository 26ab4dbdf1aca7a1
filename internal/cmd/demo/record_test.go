package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func preference(n int) *int { return &n }

// domains is a result with only what check looks at.
type domains struct {
	published []*record
	failed    []string
}

func (d domains) records() []*record    { return d.published }
func (d domains) unverified() []string  { return d.failed }
func (d domains) write(io.Writer) error { return nil }

func TestCheck(t *testing.T) {
	good := &record{Name: "example.com", Type: "MX", Value: "mail.example.com", Priority: preference(10), found: []string{"5 other.example.com", "10 mail.example.com"}}
	if err := check(domains{published: []*record{good}}); err != nil {
		t.Errorf("a record that is seen among others: %v", err)
	}
	err := check(domains{
		published: []*record{
			good,
			{Name: "example.net", Type: "MX", Value: "mail.example.com", Priority: preference(10), found: []string{"20 mail.example.com"}},
			{Name: "example.org", Type: "TXT", Value: "v=spf1 -all"},
		},
		failed: []string{"example.org"},
	})
	want := `example.net MX: published was 10 mail.example.com, and the DNS answers with 20 mail.example.com
example.org TXT: published was v=spf1 -all, and the DNS answers with nothing
example.org: its service has not verified the domain`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestGone(t *testing.T) {
	left := &record{Name: "example.com", Type: "TXT", Value: "v=spf1 mx ~all", found: []string{"v=spf1 mx ~all"}}
	changed := &record{Name: "example.com", Type: "TXT", Value: "v=spf1 mx a ~all", found: []string{"v=spf1 mx ~all"}}
	if err := gone([]*record{changed, {Name: "www.example.com", Type: "CNAME", Value: "example.net"}}); err != nil {
		t.Errorf("records that are not there: %v", err)
	}
	if err := gone([]*record{changed, left}); err == nil || !strings.Contains(err.Error(), "example.com TXT: v=spf1 mx ~all is still in the DNS") {
		t.Errorf("a record that is left: %v", err)
	}
}

func TestInOrder(t *testing.T) {
	records := []*record{
		{Name: "mail._domainkey.example.com", Type: "TXT"}, {Name: "_dmarc.example.com", Type: "TXT"},
		{Name: "example.com", Type: "TXT", Value: "b"}, {Name: "example.com", Type: "TXT", Value: "a"}, {Name: "example.com", Type: "MX"},
	}
	inOrder(records)
	var got []string
	for _, r := range records {
		got = append(got, strings.TrimSpace(r.Name+" "+r.Type+" "+r.Value))
	}
	want := []string{"example.com MX", "example.com TXT a", "example.com TXT b", "_dmarc.example.com TXT", "mail._domainkey.example.com TXT"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
