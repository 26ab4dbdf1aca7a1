package check

import (
	"cmp"
	"slices"
)

// Urgent returns what a reader has to look at, the most urgent first: failures, warnings, and then
// what could not be looked at, each from the highest severity to the lowest. Results that are equal
// in both are in the order of the catalogue.
func (r Report) Urgent() []Result {
	urgent := r.With(Fail, Warn, Unknown)
	slices.SortStableFunc(urgent, CompareUrgency)
	return urgent
}

// CompareUrgency is negative if a has to be looked at before b, positive if b has to be looked at
// before a, and zero if both are as urgent.
func CompareUrgency(a, b Result) int {
	return cmp.Or(b.Status.rank()-a.Status.rank(), b.Severity.rank()-a.Severity.rank())
}

// Calm returns the results that [Report.Urgent] leaves out, in the order of the catalogue.
func (r Report) Calm() []Result { return r.With(Pass, Info, Skip) }
