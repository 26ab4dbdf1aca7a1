package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// record is a published record, as in the outputs.
type record struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	Priority *int   `json:"priority"`

	// found is the data of all records of that name and type in the DNS, written like data.
	found []string
}

// data returns the record's priority, if it has one, and its value.
func (r *record) data() string {
	if r.Priority == nil {
		return r.Value
	}
	return fmt.Sprint(*r.Priority, " ", r.Value)
}

// seen reports whether the DNS answered with the record.
func (r *record) seen() bool { return slices.Contains(r.found, r.data()) }

// unseen returns the records that the DNS did not answer with.
func unseen(records []*record) []*record {
	return slices.DeleteFunc(slices.Clone(records), (*record).seen)
}

// inOrder sorts a domain's records: first those of the domain itself, then those of the names below
// it.
func inOrder(records []*record) {
	slices.SortFunc(records, func(a, b *record) int {
		return cmp.Or(cmp.Compare(strings.Count(a.Name, "."), strings.Count(b.Name, ".")),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.data(), b.data()))
	})
}

// check returns an error with a line for each published record that was not seen, and for each
// domain that is not verified.
func check(r result) error {
	var errs []error
	for _, missing := range unseen(r.records()) {
		found := "nothing"
		if len(missing.found) > 0 {
			found = strings.Join(missing.found, ", ")
		}
		errs = append(errs, fmt.Errorf("%s %s: published was %s, and the DNS answers with %s", missing.Name, missing.Type, missing.data(), found))
	}
	for _, name := range r.unverified() {
		errs = append(errs, fmt.Errorf("%s: its service has not verified the domain", name))
	}
	return errors.Join(errs...)
}

// gone returns an error with a line for each of the records that is still seen.
func gone(records []*record) error {
	var errs []error
	for _, r := range records {
		if r.seen() {
			errs = append(errs, fmt.Errorf("%s %s: %s is still in the DNS after it was destroyed", r.Name, r.Type, r.data()))
		}
	}
	return errors.Join(errs...)
}

// Marks in tables for what was looked up.
const (
	good = "✓"
	bad  = "✗"
)

func mark(isGood bool) string {
	if isGood {
		return good
	}
	return bad
}

// marks returns the marks of all records of a domain.
func marks(records []*record) string {
	var all strings.Builder
	for _, r := range records {
		all.WriteString(mark(r.seen()))
	}
	return all.String()
}

// longestData is how many characters of a record are shown. Only keys are longer, and nobody reads
// them to the end.
const longestData = 58

// text returns the record's data as tables show it.
func (r *record) text() string {
	text := []rune(r.data())
	if len(text) > longestData {
		return string(text[:longestData-1]) + "…"
	}
	return string(text)
}
