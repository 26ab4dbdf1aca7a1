package report

import (
	"bytes"
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
	for _, b := range check.Blocks(r.Urgent()) {
		writeFinding(&text, nil, b)
	}
	calm := r.Calm()
	switch {
	case style.All:
		for _, result := range calm {
			fmt.Fprintf(&text, "  %s %s: %s\n", place(result.Status), named(result), plain(result.Found))
		}
		writeSections(&text, sections(nil, &r))
	case len(calm) == len(r.Results) && r.Blind():
		fmt.Fprintf(&text, "  %s Nothing was looked at: %s.\n", place(check.Skip), plain(strings.Join(r.SkippedBecause(), "; ")))
	case len(calm) == len(r.Results):
		fmt.Fprintf(&text, "  %s Nothing has to be looked at. --all shows all checks, and the facts behind them.\n", place(check.Pass))
	case len(calm) == 0:
		fmt.Fprint(&text, "\n  --all shows the facts behind the checks.\n")
	default:
		fmt.Fprintf(&text, "\n  Not shown: %s. --all shows them, and the facts behind all checks.\n", countsOf(r, check.Pass, check.Info, check.Skip))
	}
	out.WriteString(style.paint(text.String()))
}

// named is the title of a check, and its ID.
func named(r check.Result) string {
	if r.Title == "" {
		return plain(r.ID)
	}
	return fmt.Sprintf("%s (%s)", plain(r.Title), plain(r.ID))
}

// mostIDs is how many IDs of one block a table names.
const mostIDs = 12

// heading names what a block is about: a title for people, and the IDs. It names at most so many IDs:
// only the page has room for all.
func heading(b check.Block, most int) (title, ids string) {
	if len(b.Also) == 0 {
		return b.Title, b.ID
	}
	all := append([]string{b.ID}, b.Also...)
	ids = strings.Join(all[:min(len(all), most)], ", ")
	if left := len(all) - most; left > 0 {
		ids += fmt.Sprintf(" and %d more", left)
	}
	return fmt.Sprintf("%d checks could not look", len(all)), ids
}

// severityOf is the severity of what is wrong; "" for other results.
func severityOf(r check.Result) string {
	if r.Status == check.Fail || r.Status == check.Warn {
		return string(r.Severity)
	}
	return ""
}

// writeFinding writes something to look at, and at which domains it is, if there may be several.
func writeFinding(out io.Writer, domains []string, b check.Block) {
	severity := ""
	if s := severityOf(b.Result); s != "" {
		severity = ", " + plain(s)
	}
	title, ids := heading(b, mostIDs)
	fmt.Fprintf(out, "  %s %s%s\n", place(b.Status), named(check.Result{Title: title, ID: ids}), severity)
	if domains != nil {
		label := "domains"
		if len(domains) == 1 {
			label = "domain"
		}
		fmt.Fprintf(out, "      %-9s %s\n", label, plain(strings.Join(domains, ", ")))
	}
	fmt.Fprintf(out, "      found     %s\n", cut(plain(b.Found), longestText))
	if b.Expected != "" {
		fmt.Fprintf(out, "      expected  %s\n", cut(plain(b.Expected), longestText))
	}
	if domains == nil && severity != "" && b.Why != "" {
		fmt.Fprintf(out, "      why       %s\n", plain(reason(b.Result)))
	}
}

// mostDomains is how many domains of one finding a table and a comment name.
const mostDomains = 40

// fewDomains are named even if they are all.
const fewDomains = 4

// where names the domains of a finding, out of so many.
func where(domains []string, all int) []string {
	switch {
	case len(domains) == all && all > fewDomains:
		return []string{fmt.Sprintf("all %d domains", all)}
	case len(domains) > mostDomains:
		return append(domains[:mostDomains:mostDomains], fmt.Sprintf("and %d more, which the page and JSON name", len(domains)-mostDomains))
	}
	return domains
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
		writeFinding(&text, where(f.Domains, len(e.Domains)), f.Block)
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
