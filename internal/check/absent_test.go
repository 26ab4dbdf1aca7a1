package check

import (
	"strings"
	"testing"
)

// A domain that does not exist is reported once, and not as many missing records, nor as faults of
// the zone above.
func TestDomainThatDoesNotExist(t *testing.T) {
	for name, only := range map[string][]string{"all": nil, "some": {"spf", "dkim", "dmarc"}, "ns": {"ns"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.options.Domain, s.options.Only = "gone.example.com", only
			s.zones["example.com"] = append(s.zones["example.com"][:2:2], s.zones["example.com"][3:]...) // one name server is too few
			report := s.run()
			failures := report.With(Fail)
			if len(failures) != 1 || failures[0].Found != "gone.example.com does not exist (NXDOMAIN)" || failures[0].Severity != Critical {
				t.Errorf("%+v", failures)
			}
			for _, result := range report.With(Warn, Unknown) {
				if result.Group != "dmarc" {
					t.Errorf("%s: %s: %s", result.ID, result.Status, result.Found)
				}
			}
			if name != "ns" && (report.DMARC == nil || report.DMARC.Policy != "reject") {
				t.Errorf("the policy of the domain above is not seen: %+v", report.DMARC)
			}
		})
	}
}

// A name without records exists if there are records below it.
func TestDomainWithRecordsBelowItOnly(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.options.Domain, s.options.Only = "empty.example.com", []string{"mx_present", "ns_count"}
	s.add("host.empty IN A 192.0.2.1")
	report := s.run()
	if result, _ := report.Result("mx_present"); result.Status != Fail || !strings.Contains(result.Found, "neither") {
		t.Errorf("%+v", result)
	}
	if result, _ := report.Result("ns_count"); result.Status != Pass {
		t.Errorf("%+v", result)
	}
}

func TestAddressIsNoDomain(t *testing.T) {
	for _, domain := range []string{"192.0.2.1", "[192.0.2.1]", "2001:db8::1", "192.0.2.1."} {
		s := newScene(t)
		s.options.Domain, s.options.Lookup = domain, s.world.serve(t)
		if _, err := Run(t.Context(), s.options); err == nil {
			t.Errorf("%s is taken for a domain", domain)
		}
	}
}
