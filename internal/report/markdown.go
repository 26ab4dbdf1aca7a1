package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

const (
	// maxMarkdown is where details end. GitHub refuses a comment of more than 65,536 characters.
	maxMarkdown = 60_000
	// maxMarkdownRows limits the table of domains for the same reason.
	maxMarkdownRows = 200
	// maxMarkdownText limits what is quoted in one place.
	maxMarkdownText = 300
)

// code returns a text as a code span. Nothing in it is markup, a link or a mention: in such a span,
// only the backticks that end it have a meaning. So the ends are longer than any run of backticks in
// the text.
func code(text string) string {
	text = cut(plain(text), maxMarkdownText)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range text {
		if r == '`' {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		text = " " + text + " " // the spaces are not shown
	}
	return fence + text + fence
}

// codeCell is code for a cell of a table, where a pipe would end the cell even in a code span.
func codeCell(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// checkMarkdown writes the report about one domain.
func checkMarkdown(out *bytes.Buffer, r check.Report) {
	fmt.Fprintf(out, "## Mail of %s\n\n%s %s\n", code(r.Domain), markOf(worst(r)).emoji, counts(r))
	resultsMarkdown(out, check.Blocks(r.Urgent()))
	sectionsMarkdown(out, sections(nil, &r))
	if rest := r.Calm(); len(rest) > 0 {
		fmt.Fprintf(out, "\n<details><summary>The other %d checks</summary>\n", len(rest))
		resultsMarkdown(out, check.Blocks(rest))
		out.WriteString("\n</details>\n")
	}
}

func resultsMarkdown(out *bytes.Buffer, results []check.Block) {
	if len(results) == 0 {
		return
	}
	out.WriteString("\n| | Check | Severity | Found | Expected |\n|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", markOf(r.Status).emoji, checkCell(r), wordsCell(severityOf(r.Result)), codeCell(r.Found), codeCell(r.Expected))
	}
}

// checkCell is the title of a check, and its ID.
func checkCell(b check.Block) string {
	title, ids := heading(b, mostIDs)
	return strings.TrimSpace(wordsCell(title) + " " + codeCell(ids))
}

// domainsCell lists domains, each as code of its own because a span has a limit.
func domainsCell(domains []string) string {
	cells := make([]string, len(domains))
	for i, d := range domains {
		cells[i] = codeCell(d)
		if strings.Contains(d, " ") {
			cells[i] = wordsCell(d) // no name of a domain
		}
	}
	return strings.Join(cells, ", ")
}

// plainWords is text that Markdown shows as it is: in letters, digits, spaces, commas and hyphens there
// is neither markup nor a link nor a mention.
var plainWords = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ,'-]{0,99}$`)

// wordsCell is a text of this program for a cell of a table: as it is, or as code if it is more than
// words.
func wordsCell(text string) string {
	if plainWords.MatchString(text) {
		return text
	}
	return codeCell(text)
}

// findingsMarkdown writes what has to be looked at, as far as a comment may be long.
func findingsMarkdown(out *bytes.Buffer, all []estate.Finding, domains int) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### %s\n\n| | Domain | What | Severity | Found | Expected |\n|---|---|---|---|---|---|\n", toLookAt)
	for i, f := range all {
		row := fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", markOf(f.Status).emoji, domainsCell(where(f.Domains, domains)), checkCell(f.Block),
			wordsCell(severityOf(f.Result)), codeCell(f.Found), codeCell(f.Expected))
		if out.Len()+len(row) > maxMarkdown {
			fmt.Fprintf(out, "\n%d more are not shown, because a comment has a limit.\n", len(all)-i)
			return
		}
		out.WriteString(row)
	}
}

func sectionsMarkdown(out *bytes.Buffer, all []section) {
	for _, s := range all {
		fmt.Fprintf(out, "\n**%s**\n\n", s.Title)
		for _, l := range s.Lines {
			out.WriteString(strings.Repeat("  ", l.Depth) + "-")
			for _, part := range []string{markOf(l.Status).emoji, code(l.Code), code(l.Note)} {
				if part != "" {
					out.WriteString(" " + part)
				}
			}
			out.WriteByte('\n')
		}
	}
}

// estateMarkdown writes the table of domains, what has to be looked at, and the facts about each domain.
func estateMarkdown(out *bytes.Buffer, e *estate.Estate) {
	fmt.Fprintf(out, "## Mail domains\n\n%s\n", tally(e))
	for _, remark := range remarks(e) {
		fmt.Fprintf(out, "\n%s\n", remark)
	}
	if len(e.Domains) == 0 {
		return
	}
	sorted := e.ByUrgency()
	shown := sorted[:min(len(sorted), maxMarkdownRows)]
	titles, rows := shownColumns(shown)
	out.WriteString("\n|")
	for _, title := range titles {
		out.WriteString(" " + sentenceCase(title) + " |")
	}
	out.WriteString("\n|" + strings.Repeat("---|", len(titles)) + "\n")
	for _, row := range rows {
		out.WriteByte('|')
		for _, c := range row {
			out.WriteString(" " + c.markdown() + " |")
		}
		out.WriteByte('\n')
	}
	if left := len(sorted) - len(shown); left > 0 {
		fmt.Fprintf(out, "\n%d more domains are not shown.\n", left)
	}
	findingsMarkdown(out, e.Findings(), len(e.Domains))
	left := 0
	for _, d := range sorted {
		var details bytes.Buffer
		detailsMarkdown(&details, d)
		if out.Len()+details.Len() > maxMarkdown {
			left++
			continue
		}
		details.WriteTo(out) //nolint:errcheck // a buffer takes everything
	}
	if left > 0 {
		fmt.Fprintf(out, "\nThe details of %d more domains are not shown, because a comment has a limit.\n", left)
	}
}

// sentenceCase turns a title of a terminal's table into one of Markdown and HTML.
func sentenceCase(title string) string {
	words := strings.ToLower(title)
	words = strings.ToUpper(words[:1]) + words[1:]
	return strings.NewReplacer("Dns ", "DNS ", "Dkim ", "DKIM ").Replace(words)
}

func (c cell) markdown() string {
	if c.empty() {
		return none
	}
	var parts []string
	if len(c.marks) > 0 {
		var all strings.Builder
		for _, status := range c.marks {
			all.WriteString(markOf(status).emoji)
		}
		parts = append(parts, all.String())
	}
	if c.text != "" {
		parts = append(parts, codeCell(c.text))
	}
	return strings.Join(parts, " ")
}

// detailsMarkdown writes the facts about a domain; nothing if there are none.
func detailsMarkdown(out *bytes.Buffer, d *estate.Domain) {
	facts := sections(d, d.Check)
	if len(facts) == 0 {
		return
	}
	// Markdown is not read within the tag, so the name is escaped as HTML.
	fmt.Fprintf(out, "\n<details><summary>%s %s</summary>\n", markOf(state(d)).emoji, htmlText(d.Name))
	sectionsMarkdown(out, facts)
	out.WriteString("\n</details>\n")
}
