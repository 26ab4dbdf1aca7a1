package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestPlanTTL(t *testing.T) {
	automatic := dns.Limits{MinTTL: 60, MaxTTL: 86400, DefaultTTL: 1, AutomaticTTL: 1, Atomic: true}
	auto := wanted(t, "www 60 A 192.0.2.1")
	auto[0].Record.TTL = 1
	runPlans(t, []planTest{
		{
			name: "none: the host's default", p: dns.Publication{Wanted: wanted(t, "www 1 A 192.0.2.1")},
			changes: []string{"+ www 300 A 192.0.2.1"},
		},
		{
			name: "one's own", p: dns.Publication{Wanted: wanted(t, "www 900 A 192.0.2.1")},
			changes: []string{"+ www 900 A 192.0.2.1"},
		},
		{
			name: "automatic", limits: automatic, p: dns.Publication{Wanted: auto},
			changes: []string{"+ www 1 A 192.0.2.1"},
		},
		{
			name: "too low", p: dns.Publication{Wanted: wanted(t, "www 30 A 192.0.2.1")},
			changes:  []string{"+ www 60 A 192.0.2.1"},
			problems: [][]string{{"warning a", "30 seconds", "60 to 86400", "will be 60"}},
		},
		{
			name: "too high", p: dns.Publication{Wanted: wanted(t, "www 100000 A 192.0.2.1")},
			changes:  []string{"+ www 86400 A 192.0.2.1"},
			problems: [][]string{{"warning a", "will be 86400"}},
		},
		{
			name: "that of the set one joins", zone: []string{"www 3600 A 192.0.2.9"}, p: dns.Publication{Wanted: wanted(t, "www 600 A 192.0.2.1", "www 1 A 192.0.2.2")},
			changes:  []string{"+ www 3600 A 192.0.2.1", "+ www 3600 A 192.0.2.2"},
			problems: [][]string{{"warning a", "3600 seconds", "wanted 600"}},
		},
		{
			name: "in a set with others it stays theirs", zone: []string{"www 3600 A 192.0.2.9", "www 3600 A 192.0.2.1"},
			p: dns.Publication{Previous: published(t, "www 3600 A 192.0.2.1"), Wanted: wanted(t, "www 600 A 192.0.2.1")},
		},
		{
			name: "changed for a set of one's own", zone: []string{"www 3600 A 192.0.2.1", "www 3600 A 192.0.2.2"},
			p:       dns.Publication{Previous: published(t, "www 3600 A 192.0.2.1", "www 3600 A 192.0.2.2"), Wanted: wanted(t, "www 600 A 192.0.2.1", "www 1 A 192.0.2.2")},
			changes: []string{"~ www 3600 A 192.0.2.1 => www 600 A 192.0.2.1", "~ www 3600 A 192.0.2.2 => www 600 A 192.0.2.2"},
		},
		{
			name: "no longer wanted: the host's default", zone: []string{"www 3600 A 192.0.2.1"},
			p:       dns.Publication{Previous: published(t, "www 3600 A 192.0.2.1"), Wanted: wanted(t, "www 1 A 192.0.2.1")},
			changes: []string{"~ www 3600 A 192.0.2.1 => www 300 A 192.0.2.1"},
		},
		{
			name: "no longer wanted, in a set with others: it stays theirs", zone: []string{"www 3600 A 192.0.2.1", "www 3600 A 192.0.2.9"},
			p: dns.Publication{Previous: published(t, "www 3600 A 192.0.2.1"), Wanted: wanted(t, "www 1 A 192.0.2.1")},
		},
		{
			name: "of a record that was there before: it stays as it is", zone: []string{"www 3600 A 192.0.2.1"},
			p:        dns.Publication{Wanted: wanted(t, "www 600 A 192.0.2.1")},
			problems: [][]string{{"warning a", "is there already"}},
		},
		{
			name: "two in one set", p: dns.Publication{Wanted: wanted(t, "www 600 A 192.0.2.1", "www 900 A 192.0.2.2")},
			changes:  []string{"+ www 600 A 192.0.2.1", "+ www 600 A 192.0.2.2"},
			problems: [][]string{{"warning b", `600 seconds is taken, as the record "a" asks for`, "900"}},
		},
		{
			name: "of somebody's SPF record", zone: []string{`@ 3600 TXT "v=spf1 mx -all"`}, p: dns.Publication{Wanted: wanted(t, `@ 600 TXT "v=spf1 a ~all"`)},
			changes: []string{`~ @ 3600 TXT "v=spf1 mx -all" => @ 3600 TXT "v=spf1 mx a -all"`},
		},
	})
}
