package check

import (
	"fmt"
	"slices"
	"strings"
)

// CheckFailOn says why a text cannot choose failures: it is neither a severity, nor does it name
// checks (see [CheckPattern]). The error lists the severities and groups, and the nearest name.
func CheckFailOn(what string) error {
	if isSeverity(what) || CheckPattern(what) == nil {
		return nil
	}
	return fmt.Errorf("%q is neither a severity (%s), nor a group of checks (%s), nor a check%s",
		what, strings.Join(severityNames(), ", "), strings.Join(Groups(), ", "), DidYouMean(what, slices.Concat(severityNames(), patterns())))
}

func severityNames() []string {
	var names []string
	for _, severity := range Severities() {
		names = append(names, string(severity))
	}
	return names
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
