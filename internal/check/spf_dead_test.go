package check

import "testing"

// Senders that the record names behind all are refused. That counts as a high failure; what changes
// nothing for any sender stays low.
func TestDeadSPFTermsCountByWhatTheyDo(t *testing.T) {
	for text, want := range map[string]Severity{
		"v=spf1 -all mx": High, "v=spf1 mx ~all include:spf.example.net": High, "v=spf1 include:dead.example.com -all": High,
		"v=spf1 mx -all mx": Low, "v=spf1 mx redirect=spf.example.net -all": Low,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			s := newScene(t).spf(text).add(`dead IN TXT "v=spf1 -all ip4:192.0.2.25"`)
			s.options.Only = []string{"spf_dead_terms"}
			result, _ := s.run().Result("spf_dead_terms")
			if failed := result.Status == Fail; result.Severity != want || failed != (want == High) {
				t.Errorf("%s, %s: %s", result.Status, result.Severity, result.Found)
			}
		})
	}
}
