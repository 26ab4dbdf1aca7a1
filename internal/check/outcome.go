package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// outcome is what a rule says about a domain.
type outcome struct {
	status   Status
	severity Severity // "" for that of the catalogue
	found    string
	expected string // "" for the catalogue's rule
}

func passed(format string, args ...any) outcome {
	return outcome{status: Pass, found: fmt.Sprintf(format, args...)}
}

func failed(format string, args ...any) outcome {
	return outcome{status: Fail, found: fmt.Sprintf(format, args...)}
}

func warned(format string, args ...any) outcome {
	return outcome{status: Warn, found: fmt.Sprintf(format, args...)}
}

func informed(format string, args ...any) outcome {
	return outcome{status: Info, found: fmt.Sprintf(format, args...)}
}

func skipped(format string, args ...any) outcome {
	return outcome{status: Skip, found: fmt.Sprintf(format, args...)}
}

func unknown(format string, args ...any) outcome {
	return outcome{status: Unknown, found: fmt.Sprintf(format, args...)}
}

// want says what is expected, instead of the catalogue's rule.
func (o outcome) want(format string, args ...any) outcome {
	o.expected = fmt.Sprintf(format, args...)
	return o
}

// at gives the outcome another severity than the catalogue's.
func (o outcome) at(severity Severity) outcome {
	o.severity = severity
	return o
}

// tally collects the outcomes of one check for several things.
type tally []outcome

func (t *tally) add(o outcome) { *t = append(*t, o) }

// outcome is the worst of the outcomes. It names all that are as bad. Without any, it is the given
// one.
func (t tally) outcome(otherwise outcome) outcome {
	if len(t) == 0 {
		return otherwise
	}
	worst := slices.MaxFunc(t, func(a, b outcome) int {
		if d := a.status.rank() - b.status.rank(); d != 0 {
			return d
		}
		return a.severity.rank() - b.severity.rank()
	})
	var found []string
	for _, o := range t {
		if o.status == worst.status && !slices.Contains(found, o.found) {
			found = append(found, o.found)
		}
	}
	worst.found = strings.Join(found, "; ")
	return worst
}

// The longest texts in a report, in bytes. Zones may hold texts of 64 KiB.
const (
	maxFound  = 1000
	maxQuoted = 300
	maxText   = 2000 // of a record that a report shows whole
)

// bounded returns a text of at most maxFound bytes in UTF-8.
func bounded(text string) string { return shortened(oneLine(text), maxFound) }

// quoted shows what strangers wrote, with escapes and a limit.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("%q… (%d bytes)", text[:maxQuoted], len(text))
	}
	return fmt.Sprintf("%q", text)
}

// shortened cuts a text off, and makes it UTF-8 without control characters, which could do things to
// a terminal.
func shortened(text string, most int) string {
	cut := len(text) > most
	if cut {
		text = text[:most]
	}
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return unicode.ReplacementChar
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	const end = "…"
	if !cut && len(text) <= most {
		return text
	}
	for len(text) > most-len(end) {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text + end
}

// listed joins names for a sentence, and ends after a few.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
