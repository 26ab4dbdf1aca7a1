package check

import "testing"

// Of a domain of which everything is right, each check passes.
func TestGoodDomain(t *testing.T) {
	s := newScene(t)
	report := s.run()
	for _, result := range report.Results {
		if result.Status != Pass {
			t.Errorf("%s: %s: %s", result.ID, result.Status, result.Found)
		}
	}
	if len(report.Results) != len(Catalogue()) {
		t.Errorf("%d results", len(report.Results))
	}
	t.Logf("%d questions, %.3f s", report.Questions, report.Seconds)
	for question, times := range s.world.asked {
		if times > 1 && question != "SOA example.com" && question != "NS example.com" {
			t.Errorf("%s was asked for %d times", question, times)
		}
	}
}
