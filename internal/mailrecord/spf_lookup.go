package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of RFC 7208 section 4.6.4. Receivers that reach one answer permerror, as if there were no
// SPF record.
const (
	maxSPFLookups     = 10
	maxSPFVoidLookups = 2
	maxSPFMXHosts     = 10
)

// spfWalkLimit ends the walk through records that include each other or are too many.
const spfWalkLimit = 64

// SPFLookupFunc asks the DNS for what CountSPFLookups needs and returns the values of the record
// set at a name: for "TXT" the joined texts, for "MX" the target hosts, for "A" the addresses of
// both families. No values and no error mean that the name does not exist or has no such record; an
// error means that this could not be found out.
type SPFLookupFunc func(ctx context.Context, name, recordType string) ([]string, error)

// SPFLookups are the lookups of a receiver that has to evaluate the whole SPF record.
type SPFLookups struct {
	// Count is the number of terms that cause lookups, in nested records too.
	Count int
	// Void is the number of those lookups that find nothing.
	Void int
	// AtLeast says that both may be higher: an included record depends on a macro, a record could
	// not be read, or there were too many to count.
	AtLeast bool
	// Warnings say why receivers reject the record, or may reject it.
	Warnings []string
}

// CountSPFLookups counts the lookups of the SPF record of a domain, following include and redirect.
// It does not expand names with macros. It fails only if the record itself does not parse or the
// context ends. Faults of nested records are warnings.
func CountSPFLookups(ctx context.Context, domain, text string, lookup SPFLookupFunc) (SPFLookups, error) {
	record, err := ParseSPF(text)
	if err != nil {
		return SPFLookups{}, err
	}
	walk := spfWalk{lookup: lookup, answers: map[spfQuestion]spfAnswer{}}
	if err := walk.record(ctx, domain, record); err != nil {
		return SPFLookups{}, err
	}
	if walk.Count > maxSPFLookups {
		walk.warn("it takes %s DNS lookups; receivers give up after %d", walk.amount(), maxSPFLookups)
	}
	if walk.Void > maxSPFVoidLookups {
		walk.warn("%d lookups find nothing; receivers give up after %d", walk.Void, maxSPFVoidLookups)
	}
	return walk.SPFLookups, nil
}

// CheckSPFLookups returns an error if a change takes a record from within the limit of ten lookups
// to more. If the record had too many before, the change is not to blame.
func CheckSPFLookups(before, after SPFLookups) error {
	if before.Count > maxSPFLookups || after.Count <= maxSPFLookups {
		return nil
	}
	return fmt.Errorf("SPF record: it would take %s DNS lookups instead of %s, and receivers give up after %d; replace some include: by ip4: and ip6:, or send from a subdomain with a record of its own",
		after.amount(), before.amount(), maxSPFLookups)
}

func (l SPFLookups) amount() string {
	if l.AtLeast {
		return fmt.Sprintf("at least %d", l.Count)
	}
	return fmt.Sprint(l.Count)
}

type spfQuestion struct{ name, recordType string }

type spfAnswer struct {
	values []string
	err    error
}

type spfWalk struct {
	SPFLookups

	lookup  SPFLookupFunc
	answers map[spfQuestion]spfAnswer // a name that is looked up twice counts twice, but is asked for once
}

func (w *spfWalk) warn(format string, args ...any) {
	warning := "SPF record: " + fmt.Sprintf(format, args...)
	if !slices.Contains(w.Warnings, warning) {
		w.Warnings = append(w.Warnings, warning)
	}
}

// record counts the terms of the record of a domain in the order in which receivers evaluate them.
func (w *spfWalk) record(ctx context.Context, domain string, record SPF) error {
	var redirect SPFTerm
	for _, term := range record.significant() {
		if term.isRedirect() {
			redirect = term
		}
		if term.Qualifier == 0 {
			continue
		}
		if err := w.mechanism(ctx, domain, term); err != nil {
			return err
		}
	}
	if redirect.Name == "" || record.all() >= 0 {
		return nil
	}
	w.Count++
	return w.nested(ctx, domain, redirect)
}

func (w *spfWalk) mechanism(ctx context.Context, domain string, term SPFTerm) error {
	if term.network.IsValid() {
		return nil
	}
	w.Count++
	switch term.Name {
	case "include":
		return w.nested(ctx, domain, term)
	case "ptr": // The name depends on the sender.
		return nil
	}
	if strings.Contains(term.Value, "%") || w.full() {
		return nil
	}
	recordType := "A"
	if term.Name == "mx" {
		recordType = "MX"
	}
	target := term.Value
	if target == "" {
		target = domain
	}
	values, err := w.ask(ctx, target, recordType)
	switch {
	case errors.Is(err, errSPFUnknown):
		w.warn("%q of %s: %v", term.Text, domain, err)
	case err != nil:
		return err
	case len(values) == 0:
		w.Void++
		w.warn("%q of %s finds nothing", term.Text, domain)
	case term.Name == "mx" && len(values) > maxSPFMXHosts:
		w.warn("%q of %s finds %d hosts; receivers give up after %d", term.Text, domain, len(values), maxSPFMXHosts)
	}
	return nil
}

// nested continues with the record to which a term of the domain's record points.
func (w *spfWalk) nested(ctx context.Context, domain string, term SPFTerm) error {
	if strings.Contains(term.Value, "%") || w.full() {
		w.AtLeast = true
		return nil
	}
	texts, err := w.ask(ctx, term.Value, "TXT")
	if errors.Is(err, errSPFUnknown) {
		w.AtLeast = true
		w.warn("%q of %s: %v", term.Text, domain, err)
		return nil
	}
	if err != nil {
		return err
	}
	if len(texts) == 0 {
		w.Void++
	}
	text, err := FindSPF(texts)
	if err != nil {
		w.warn("%q of %s: %v", term.Text, domain, err)
		return nil
	}
	if text == "" {
		w.warn("%q of %s: there is no SPF record at %s, which makes receivers reject this one too", term.Text, domain, normalName(term.Value))
		return nil
	}
	record, err := ParseSPF(text)
	if err != nil {
		w.warn("%q of %s: %v", term.Text, domain, err)
		return nil
	}
	return w.record(ctx, normalName(term.Value), record)
}

func (w *spfWalk) full() bool {
	if w.Count >= spfWalkLimit {
		w.AtLeast = true
	}
	return w.Count >= spfWalkLimit
}

// errSPFUnknown marks a lookup that failed because of the DNS and not because of the caller.
var errSPFUnknown = errors.New("the lookup failed")

func (w *spfWalk) ask(ctx context.Context, name, recordType string) ([]string, error) {
	question := spfQuestion{normalName(name), recordType}
	answer, known := w.answers[question]
	if !known {
		answer.values, answer.err = w.lookup(ctx, question.name, recordType)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.answers[question] = answer
	}
	if answer.err != nil {
		return nil, fmt.Errorf("%w: %s %s: %w", errSPFUnknown, question.name, recordType, answer.err)
	}
	return answer.values, nil
}
