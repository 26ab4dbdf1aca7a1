package check

import (
	"strings"
	"testing"
)

// A wrong text is answered by severities and groups, and by what was probably meant.
func TestCheckFailOn(t *testing.T) {
	for _, right := range []string{"critical", "low", "spf", "spf_*", "spf_lookups"} {
		if err := CheckFailOn(right); err != nil {
			t.Errorf("%s: %v", right, err)
		}
	}
	err := CheckFailOn("fatal")
	if err == nil {
		t.Fatal("fatal is neither a severity nor a check")
	}
	want := []string{`"fatal"`}
	for _, severity := range Severities() {
		want = append(want, string(severity))
	}
	if len(err.Error()) > 400 {
		t.Errorf("the error is long: %v", err)
	}
	for wrong, meant := range map[string]string{"hihg": "high", "HIGH": "high", "spff": "spf", "spf_lookup": "spf_lookups", "dmarc_presnt": "dmarc_present", "criticl": "critical"} {
		if err := CheckFailOn(wrong); err == nil || !strings.HasSuffix(err.Error(), "; did you mean "+meant+"?") {
			t.Errorf("%s: %v, want a suggestion of %s", wrong, err, meant)
		}
	}
	if strings.Contains(err.Error(), "did you mean") {
		t.Errorf("nothing is near, and yet: %v", err)
	}
	for _, text := range append(want, Groups()...) {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error lacks %s: %v", text, err)
		}
	}
}

func TestFailsOn(t *testing.T) {
	r := Result{ID: "spf_lookups", Group: "spf", Severity: High}
	for what, want := range map[string]bool{"critical": false, "high": true, "medium": true, "low": true, "spf": true, "spf_*": true, "spf_lookups": true, "spf_void": false, "dmarc": false} {
		if got := FailsOn(what, r); got != want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

// What matters most comes first, and nothing is lost.
func TestUrgent(t *testing.T) {
	r := Report{Results: []Result{
		{ID: "a", Status: Unknown, Severity: Critical}, {ID: "b", Status: Warn, Severity: Low}, {ID: "c", Status: Pass, Severity: Critical},
		{ID: "d", Status: Fail, Severity: Low}, {ID: "e", Status: Warn, Severity: High}, {ID: "f", Status: Fail, Severity: Critical},
		{ID: "g", Status: Fail, Severity: Low}, {ID: "h", Status: Info}, {ID: "i", Status: Skip}, {ID: "j", Status: Unknown, Severity: High},
	}}
	ids := func(results []Result) string {
		var all strings.Builder
		for _, result := range results {
			all.WriteString(result.ID)
		}
		return all.String()
	}
	if got := ids(r.Urgent()); got != "fdgebaj" {
		t.Errorf("the order is %s", got)
	}
	if got := ids(r.Calm()); got != "chi" {
		t.Errorf("the rest is %s", got)
	}
}
