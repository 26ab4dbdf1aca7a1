package report

import (
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// mark is a sign for an outcome.
type mark struct {
	status check.Status
	tick   string // one character
	ascii  string // one character
	color  string // of a terminal
	emoji  string // for Markdown
	word   string
}

// marks lists the signs, the worst outcome first.
var marks = []mark{
	{check.Fail, "✗", "X", "\x1b[31m", "❌", "failed"},
	{check.Warn, "!", "!", "\x1b[33m", "⚠️", "warnings"},
	{check.Unknown, "?", "?", "\x1b[35m", "❔", "unknown"},
	{check.Info, "i", "i", "\x1b[36m", "ℹ️", "notes"},
	{check.Pass, "✓", "+", "\x1b[32m", "✅", "passed"},
	{check.Skip, "-", "-", "\x1b[2m", "➖", "skipped"},
}

const colorEnd = "\x1b[0m"

func markOf(status check.Status) mark {
	for _, m := range marks {
		if m.status == status {
			return m
		}
	}
	return mark{status: status, tick: " ", ascii: " "}
}

// firstPlace is the first of the characters that stand for marks while a table is aligned. They are
// for private use, so [plain] leaves none of them in a text of others. Each is as wide as its mark.
const firstPlace = '\ue000'

// place returns the character that stands for a mark in a table.
func place(status check.Status) string {
	for i, m := range marks {
		if m.status == status {
			return string(firstPlace + rune(i))
		}
	}
	return " "
}

// paint puts the marks into an aligned table.
func (s Style) paint(aligned string) string {
	if s.ASCII {
		aligned = asciiButPlaces(aligned)
	}
	var pairs []string
	for i, m := range marks {
		shown := m.tick
		if s.ASCII {
			shown = m.ascii
		}
		if s.Color {
			shown = m.color + shown + colorEnd
		}
		pairs = append(pairs, string(firstPlace+rune(i)), shown)
	}
	return strings.NewReplacer(pairs...).Replace(aligned)
}

func asciiButPlaces(text string) string {
	var shown strings.Builder
	for _, r := range text {
		if r >= firstPlace && r < firstPlace+rune(len(marks)) {
			shown.WriteRune(r)
		} else {
			shown.WriteString(ascii(string(r)))
		}
	}
	return shown.String()
}

// statusOf is the outcome that a record's presence is shown as.
func statusOf(presence estate.Presence) check.Status {
	switch presence {
	case estate.Seen:
		return check.Pass
	case estate.Missing:
		return check.Fail
	}
	return check.Unknown
}

// ticked is the outcome of a yes or no.
func ticked(yes bool) check.Status {
	if yes {
		return check.Pass
	}
	return check.Fail
}
