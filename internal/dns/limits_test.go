package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A record that the host cannot hold is an error of the plan.
func TestPlanOfWhatTheHostCannotHold(t *testing.T) {
	picky := dns.Limits{MinTTL: 60, MaxTTL: 86400, DefaultTTL: 300, Objection: func(apex string, r dns.Record) string {
		if r.Type == "TXT" && r.Value == "" && apex == "example.com" {
			return "the host takes no empty text"
		}
		return ""
	}}
	runPlans(t, []planTest{
		{
			name: "one of two", limits: picky, p: dns.Publication{Wanted: wanted(t, "empty TXT \"\"", "www A 192.0.2.1")},
			problems: [][]string{{"error a", "Record not possible at this DNS host", "empty.example.com TXT", "the host takes no empty text."}},
		},
		{
			name: "nothing against it", limits: picky, p: dns.Publication{Wanted: wanted(t, "www TXT x")},
			changes: []string{`+ www 300 TXT "x"`},
		},
	})
}
