package check

import (
	"fmt"
	"slices"
	"strings"
)

// CheckFailOn says why a text cannot choose failures: it is neither a severity, nor does it name
// checks (see [CheckPattern]). The error lists what there is.
func CheckFailOn(what string) error {
	if isSeverity(what) || CheckPattern(what) == nil {
		return nil
	}
	var severities, ids []string
	for _, severity := range Severities() {
		severities = append(severities, string(severity))
	}
	for _, e := range Catalogue() {
		ids = append(ids, e.ID)
	}
	return fmt.Errorf("%q is neither a severity (%s), nor a group of checks (%s), nor a check (%s)",
		what, strings.Join(severities, ", "), strings.Join(Groups(), ", "), strings.Join(ids, ", "))
}

// FailsOn reports whether a text chooses a result. A severity chooses those of this severity and of
// higher ones, an ID, a group or the beginning of an ID with "*" those of the checks that it names.
// It does not depend on the status of the result.
func FailsOn(what string, r Result) bool {
	if isSeverity(what) {
		return r.Severity.AtLeast(Severity(what))
	}
	return Matches(what, r.ID)
}

func isSeverity(text string) bool { return slices.Contains(Severities(), Severity(text)) }
