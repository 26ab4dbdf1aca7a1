package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// failOn says which results make a command exit with 1.
type failOn struct {
	never, warnings, unknown bool
	// what are severities and checks as in --only; every failure counts if it is empty.
	what []string
}

// parseFailOn reads the values of --fail-on. They can also name the IDs that are given, and their
// group.
func parseFailOn(parts, ids []string) (failOn, error) {
	var f failOn
	for _, part := range parts {
		part = strings.ToLower(part)
		switch {
		case part == "never":
			f.never = true
		case part == "warn":
			f.warnings = true
		case part == "unknown":
			f.unknown = true
		case slices.ContainsFunc(ids, func(id string) bool { return namesFinding(part, id) }):
			f.what = append(f.what, part)
		default:
			if check.CheckFailOn(part) != nil {
				return f, noFailOn(part, ids)
			}
			f.what = append(f.what, part)
		}
	}
	if f.never && len(parts) > 1 {
		return f, errors.New("never stands alone")
	}
	return f, nil
}

// noFailOn says what there is instead of a value that is none.
func noFailOn(part string, ids []string) error {
	words := []string{"warn", "unknown", "never"}
	if len(ids) > 0 {
		words = append([]string{estate.FindingGroup}, words...)
	}
	err := check.CheckFailOn(part)
	text, suggestion, _ := strings.Cut(err.Error(), "; did you mean")
	if suggestion != "" {
		suggestion = "; did you mean" + suggestion
	}
	if other := check.DidYouMean(part, append(words, ids...)); suggestion == "" {
		suggestion = other
	}
	return fmt.Errorf("%s, nor one of %s%s", text, strings.Join(words, ", "), suggestion)
}

// hits reports whether any of the results makes the command exit with 1.
func (f failOn) hits(results []check.Result) bool {
	return !f.never && slices.ContainsFunc(results, func(r check.Result) bool {
		return (r.Status == check.Fail || f.warnings && r.Status == check.Warn || f.unknown && r.Status == check.Unknown) && (len(f.what) == 0 || slices.ContainsFunc(f.what, func(what string) bool {
			return check.FailsOn(what, r) || r.Group == estate.FindingGroup && namesFinding(what, r.ID)
		}))
	})
}

// namesFinding reports whether a text names a finding that no check makes: by its ID, its group, or a
// beginning of the ID with "*".
func namesFinding(what, id string) bool {
	beginning, cut := strings.CutSuffix(what, "*")
	return what == id || what == estate.FindingGroup || cut && strings.HasPrefix(id, beginning)
}

// failGroup names in the help the findings that --fail-on can name beside checks.
func failGroup(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprintf(", %s for what the configuration has set up (%s)", estate.FindingGroup, strings.Join(ids, ", "))
}
