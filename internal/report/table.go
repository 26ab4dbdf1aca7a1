package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/table"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// checkTable writes what has to be looked at, the most urgent first, and counts the rest. If the style
// says so, it writes the rest too, and the facts behind the results.
func checkTable(out *bytes.Buffer, style Style, r check.Report) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s: %s\n\n", plain(r.Domain), counts(r))
	blind := sharedReason(r)
	for _, result := range r.Urgent() {
		if blind == "" || result.Status != check.Unknown || result.Found != blind {
			writeFinding(&text, "", result, nil)
		}
	}
	if blind != "" {
		var ids []string
		for _, result := range r.With(check.Unknown) {
			if result.Found == blind {
				ids = append(ids, result.ID)
			}
		}
		fmt.Fprintf(&text, "  %s %d checks (%s)\n      found     %s\n", place(check.Unknown), len(ids), plain(estate.Listed(ids)), plain(blind))
	}
	calm := r.Calm()
	switch {
	case style.All:
		for _, result := range calm {
			fmt.Fprintf(&text, "  %s %s: %s\n", place(result.Status), named(result), plain(result.Found))
		}
		writeSections(&text, sections(nil, &r))
	case len(calm) == len(r.Results):
		fmt.Fprintf(&text, "  %s Nothing has to be looked at. --all shows all checks, and the facts behind them.\n", place(check.Pass))
	default:
		fmt.Fprintf(&text, "\n  Not shown: %s. --all shows them, and the facts behind all checks.\n", cmp.Or(countsOf(r, check.Pass, check.Info, check.Skip), "no other checks"))
	}
	out.WriteString(style.paint(text.String()))
}

// manyShare is how many checks have to be unknown for the same reason before a table says it once for
// all of them.
const manyShare = 10

// sharedReason returns the reason for which many checks are unknown; "" if there is none.
func sharedReason(r check.Report) string {
	n := map[string]int{}
	for _, result := range r.With(check.Unknown) {
		if n[result.Found]++; n[result.Found] >= manyShare {
			return result.Found
		}
	}
	return ""
}

// named is the title of a check, and its ID.
func named(r check.Result) string {
	if r.Title == "" {
		return plain(r.ID)
	}
	return fmt.Sprintf("%s (%s)", plain(r.Title), plain(r.ID))
}

// andMore says that there are further IDs; "" if there are none.
func andMore(also []string) string {
	if len(also) == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", len(also))
}

// severityOf is the severity of what is wrong; "" for other results.
func severityOf(r check.Result) string {
	if r.Status == check.Fail || r.Status == check.Warn {
		return string(r.Severity)
	}
	return ""
}

// writeFinding writes something to look at. The domains stand in front of it, if they are given.
func writeFinding(out io.Writer, domains string, r check.Result, also []string) {
	if domains != "" {
		domains = plain(domains) + ": "
	}
	severity := ""
	if s := severityOf(r); s != "" {
		severity = ", " + plain(s)
	}
	fmt.Fprintf(out, "  %s %s%s%s%s\n", place(r.Status), domains, named(r), andMore(also), severity)
	fmt.Fprintf(out, "      found     %s\n", cut(plain(r.Found), longestText))
	if r.Expected != "" {
		fmt.Fprintf(out, "      expected  %s\n", cut(plain(r.Expected), longestText))
	}
	if domains == "" && severity != "" && r.Why != "" {
		fmt.Fprintf(out, "      why       %s\n", plain(reason(r)))
	}
}

// reason says why a check matters, and where that is written.
func reason(r check.Result) string {
	if r.Source == "" {
		return r.Why
	}
	return fmt.Sprintf("%s (%s)", r.Why, r.Source)
}

func writeSections(out io.Writer, all []section) {
	for _, s := range all {
		fmt.Fprintf(out, "\n  %s\n", s.Title)
		for _, l := range s.Lines {
			code := cut(plain(l.Code), longestText)
			if code != "" && l.Note != "" {
				code += "   "
			}
			fmt.Fprintf(out, "  %s %s%s%s\n", place(l.Status), strings.Repeat("  ", l.Depth), code, plain(l.Note))
		}
	}
}

// longestText is how many characters of a text a table shows.
const longestText = 300

// estateTable writes the table of domains, and what has to be looked at.
func estateTable(out *bytes.Buffer, style Style, e *estate.Estate) error {
	var text bytes.Buffer
	fmt.Fprintln(&text, tally(e))
	for _, remark := range remarks(e) {
		fmt.Fprintln(&text, remark)
	}
	if len(e.Domains) > 0 {
		if err := domainsTable(&text, e.ByUrgency()); err != nil {
			return err
		}
	}
	for i, f := range e.Findings() {
		if i == 0 {
			fmt.Fprintf(&text, "\n%s\n\n", toLookAt)
		}
		writeFinding(&text, estate.Listed(f.Domains), f.Result, f.Also)
	}
	out.WriteString(style.paint(text.String()))
	return nil
}

// toLookAt is the title of the list of findings.
const toLookAt = "What to look at"

// longestData is how many characters of a record's data a table shows. Only keys are longer, and
// nobody reads them to the end.
const longestData = 58

// WriteRecords writes a table of all records of the domains, with a mark for each that was seen.
func WriteRecords(out io.Writer, style Style, domains []*estate.Domain) error {
	rows := []string{"SEEN\tRECORD\tTYPE\tVALUE"}
	for _, d := range domains {
		for _, r := range d.Records {
			rows = append(rows, strings.Join([]string{place(statusOf(r.Presence)), plain(r.Name), plain(r.Type), cut(plain(r.Data()), longestData)}, "\t"))
		}
	}
	return painted(out, style, rows)
}

// WriteDomains writes the table of domains.
func WriteDomains(out io.Writer, style Style, domains []*estate.Domain) error {
	var text bytes.Buffer
	if err := domainsTable(&text, domains); err != nil {
		return err
	}
	_, err := io.WriteString(out, style.paint(text.String()))
	return err
}

func domainsTable(out io.Writer, domains []*estate.Domain) error {
	titles, cells := shownColumns(domains)
	rows := []string{strings.Join(titles, "\t")}
	for _, row := range cells {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.String())
		}
		rows = append(rows, strings.Join(texts, "\t"))
	}
	return table.Write(out, "  ", rows)
}

// String is the cell in a table for a terminal.
func (c cell) String() string {
	if c.empty() {
		return none
	}
	var all strings.Builder
	for _, status := range c.marks {
		all.WriteString(place(status))
	}
	if len(c.marks) > 0 && c.text != "" {
		all.WriteByte(' ')
	}
	return all.String() + plain(c.text)
}

func painted(out io.Writer, style Style, rows []string) error {
	var text bytes.Buffer
	if err := table.Write(&text, "  ", rows); err != nil {
		return err
	}
	_, err := io.WriteString(out, style.paint(text.String()))
	return err
}
