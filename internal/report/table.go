package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cmd/table"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// checkTable writes the results of one domain, the facts behind them, and a count.
func checkTable(out *bytes.Buffer, style Style, r check.Report) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s\n", plain(r.Domain))
	width := 0
	for _, result := range r.Results {
		width = max(width, utf8.RuneCountInString(result.ID))
	}
	group, blind := "", sharedReason(r)
	if blind != "" {
		n := 0
		for _, result := range r.Results {
			if result.Status == check.Unknown && result.Found == blind {
				n++
			}
		}
		fmt.Fprintf(&text, "\n  %s %d checks: %s\n", place(check.Unknown), n, plain(blind))
	}
	for _, result := range r.Results {
		if blind != "" && result.Status == check.Unknown && result.Found == blind {
			continue
		}
		if result.Group != group {
			group = result.Group
			fmt.Fprintf(&text, "\n  %s\n", plain(group))
		}
		writeResult(&text, result, width)
		if result.Status == check.Fail || result.Status == check.Warn {
			fmt.Fprintf(&text, "%s%s severity. %s (%s)\n", strings.Repeat(" ", width+6), plain(string(result.Severity)), plain(result.Why), plain(result.Source))
		}
	}
	writeSections(&text, sections(nil, &r))
	fmt.Fprintf(&text, "\n%s: %s\n", plain(r.Domain), counts(r))
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

// writeResult writes one result, with what is expected if something is wrong.
func writeResult(out io.Writer, r check.Result, width int) {
	fmt.Fprintf(out, "  %s %-*s  %s\n", place(r.Status), width, plain(r.ID), plain(r.Found))
	if r.Expected != "" {
		fmt.Fprintf(out, "%sexpected: %s\n", strings.Repeat(" ", width+6), plain(r.Expected))
	}
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

// longestText is how many characters of a record a list of facts shows.
const longestText = 300

// estateTable writes the table of domains, and what is wrong with each of them.
func estateTable(out *bytes.Buffer, style Style, e *estate.Estate) error {
	var text bytes.Buffer
	fmt.Fprintln(&text, tally(e))
	for _, remark := range remarks(e) {
		fmt.Fprintln(&text, remark)
	}
	if len(e.Domains) > 0 {
		if err := domainsTable(&text, e.Domains); err != nil {
			return err
		}
	}
	for _, d := range e.Domains {
		problemsTable(&text, d)
	}
	out.WriteString(style.paint(text.String()))
	return nil
}

// problemsTable writes what is wrong with a domain, and nothing if all is well.
func problemsTable(out io.Writer, d *estate.Domain) {
	missing, wrong := problems(d)
	if len(missing) == 0 && len(wrong) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", plain(d.Name))
	for _, r := range missing {
		fmt.Fprintf(out, "  %s %s %s %s\n      %s\n", place(statusOf(r.Presence)), plain(r.Name), plain(r.Type), cut(plain(r.Data()), longestData), plain(r.Problem))
	}
	width := 0
	for _, result := range wrong {
		width = max(width, utf8.RuneCountInString(result.ID))
	}
	for _, result := range wrong {
		writeResult(out, result, width)
	}
}

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
