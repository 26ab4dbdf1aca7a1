package report

import (
	"bytes"
	"fmt"
	"slices"
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
	resultsMarkdown(out, r.Urgent())
	sectionsMarkdown(out, sections(nil, &r))
	if rest := r.Calm(); len(rest) > 0 {
		fmt.Fprintf(out, "\n<details><summary>The other %d checks</summary>\n", len(rest))
		resultsMarkdown(out, rest)
		out.WriteString("\n</details>\n")
	}
}

func resultsMarkdown(out *bytes.Buffer, results []check.Result) {
	if len(results) == 0 {
		return
	}
	out.WriteString("\n| | Check | Found | Expected |\n|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", markOf(r.Status).emoji, codeCell(r.ID), codeCell(r.Found), codeCell(r.Expected))
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

// estateMarkdown writes the table of domains, and what is wrong with each of them.
func estateMarkdown(out *bytes.Buffer, e *estate.Estate) {
	fmt.Fprintf(out, "## Mail domains\n\n%s\n", tally(e))
	for _, remark := range remarks(e) {
		fmt.Fprintf(out, "\n%s\n", remark)
	}
	if len(e.Domains) == 0 {
		return
	}
	shown := e.Domains[:min(len(e.Domains), maxMarkdownRows)]
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
	if left := len(e.Domains) - len(shown); left > 0 {
		fmt.Fprintf(out, "\n%d more domains are not shown.\n", left)
	}
	// Domains with problems come first, because a comment has a limit.
	left := 0
	for _, d := range slices.Concat(those(e.Domains, hasProblems), those(e.Domains, func(d *estate.Domain) bool { return !hasProblems(d) })) {
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

func those(domains []*estate.Domain, which func(*estate.Domain) bool) []*estate.Domain {
	var found []*estate.Domain
	for _, d := range domains {
		if which(d) {
			found = append(found, d)
		}
	}
	return found
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

// detailsMarkdown writes what is wrong with a domain, and the facts about it; nothing if there is
// neither.
func detailsMarkdown(out *bytes.Buffer, d *estate.Domain) {
	missing, wrong := problems(d)
	facts := sections(d, d.Check)
	if len(missing) == 0 && len(wrong) == 0 && len(facts) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s ", markOf(state(d)).emoji)
	// Markdown is not read within the tag, so the name is escaped as HTML.
	fmt.Fprintf(out, "%s</summary>\n", htmlText(d.Name))
	if len(missing) > 0 {
		out.WriteString("\n| | Record | Type | Value | Name servers |\n|---|---|---|---|---|\n")
		for _, r := range missing {
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", markOf(statusOf(r.Presence)).emoji, codeCell(r.Name), codeCell(r.Type), codeCell(cut(r.Data(), longestData)), codeCell(r.Problem))
		}
	}
	resultsMarkdown(out, wrong)
	sectionsMarkdown(out, facts)
	out.WriteString("\n</details>\n")
}
