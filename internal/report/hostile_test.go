package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// hostile are texts that somebody may write into a zone, to act on whoever reads a report. Each has
// the word evil in the part that must not act.
var hostile = []string{
	"\x1b[2J\x1b]0;evil\x07", "\u009b31mevil", "evil\r\nevil\tevil\x00\x7f", // terminals
	"\u202eevil\u2066evil\u200b",                                                                                                                                  // directions, and characters without a width
	"\ue000evil\ue001",                                                                                                                                            // what stands for marks
	"<script>document.title='evil'</script>", `"><img src=x onerror="document.title='evil'">`, "</style></title><b>evil</b>", "javascript:evil", "&#x65;vil evil", // HTML
	"evil|evil|evil", "`evil`", "``` evil", "evil\\`evil\\|`", "`` ` evil ` ``", "[evil](https://evil.example)", "@evil #1 https://evil.example www.evil.example", "</details>evil<!-- evil", "**evil** ~~evil~~ $evil$", "`evil", // Markdown
	"\xff\xfeevil",
	strings.Repeat("evil", 600),
}

func filled(text string) (check.Report, *estate.Estate) {
	r, e := sampleReport(), sampleEstate()
	fill(reflect.ValueOf(&r).Elem(), text)
	fill(reflect.ValueOf(e).Elem(), text)
	return r, e
}

// written returns both reports in a format.
func written(t *testing.T, format Format, style Style, text string) []string {
	t.Helper()
	r, e := filled(text)
	var checked, status bytes.Buffer
	if err := WriteCheck(&checked, format, style, r); err != nil {
		t.Fatal(err)
	}
	if err := WriteEstate(&status, format, style, e); err != nil {
		t.Fatal(err)
	}
	return []string{checked.String(), status.String()}
}

// No character that acts on a terminal is left, in any format.
func TestNothingActsOnATerminal(t *testing.T) {
	for _, format := range []Format{Table, Markdown, JSON, HTML} {
		for _, text := range hostile {
			for _, got := range written(t, format, Style{}, text) {
				if !strings.Contains(got, "evil") {
					t.Errorf("%s does not show %q at all", format, text)
				}
				for _, r := range got {
					if r != '\n' && !unicode.IsPrint(r) {
						t.Fatalf("%s of %q has the character %U", format, text, r)
					}
				}
			}
		}
	}
}

// A text of others has no line of its own in a table, and no mark.
func TestTextsStayOnTheirLine(t *testing.T) {
	lines := func(text string) int { return strings.Count(strings.Join(written(t, Table, Style{}, text), ""), "\n") }
	want := lines("evil")
	for _, text := range hostile {
		if got := lines(text); got != want {
			t.Errorf("%q makes %d lines, want %d", text, got, want)
		}
	}
}

// JSON says exactly what was found.
func TestJSONIsExact(t *testing.T) {
	for _, text := range hostile {
		var r check.Report
		if err := json.Unmarshal([]byte(written(t, JSON, Style{}, text)[0]), &r); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); strings.ReplaceAll(r.Domain, "\ufffd\ufffd", "\ufffd") != want {
			t.Errorf("%q became %q", text, r.Domain)
		}
	}
}

// codeSpans removes the code spans of a line of Markdown as CommonMark 0.31.2 section 6.1 defines
// them: a run of backticks, and the next run of the same length. In a cell of a table, a pipe ends the
// span unless a backslash is before it (GitHub Flavored Markdown section 4.10).
func codeSpans(line string) (rest string) {
	runs := regexp.MustCompile("`+").FindAllStringIndex(line, -1)
	at := 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[j][1]-runs[j][0] == runs[i][1]-runs[i][0] {
				rest += line[at:runs[i][0]]
				at, i = runs[j][1], j
				break
			}
		}
	}
	return rest + line[at:]
}

// In Markdown, every text of others is in a code span or escaped, so that nothing in it is a link, a
// mention or markup. Tables keep their columns.
func TestMarkdownEscapes(t *testing.T) {
	summary := regexp.MustCompile(`^<details><summary>\S+ ([^<>]*)</summary>$`)
	for _, text := range hostile {
		for _, got := range written(t, Markdown, Style{}, text) {
			columns := 0
			for line := range strings.Lines(got) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "|") {
					cells := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(strings.ReplaceAll(line, "||", "| |"), -1))
					if columns != 0 && cells != columns {
						t.Errorf("%q: a row has %d cells and not %d: %s", text, cells-1, columns-1, line)
					}
					columns = cells
				} else {
					columns = 0
				}
				if summary.MatchString(line) {
					continue // the name of a domain, escaped as HTML
				}
				if rest := codeSpans(line); strings.Contains(rest, "evil") || strings.Contains(rest, "`") {
					t.Errorf("%q: outside of code is %q, of the line %s", text, rest, line)
				}
			}
		}
	}
}

// A comment is not longer than a comment may be.
func TestMarkdownHasALimit(t *testing.T) {
	e := sampleEstate()
	one := *e.Domains[0]
	for range 400 {
		e.Domains = append(e.Domains, &one)
	}
	var out bytes.Buffer
	if err := WriteEstate(&out, Markdown, Style{}, e); err != nil {
		t.Fatal(err)
	}
	if got := out.Len(); got > 65_536 || !strings.Contains(out.String(), "202 more domains are not shown") || !strings.Contains(out.String(), "more domains are not shown, because a comment has a limit") {
		t.Errorf("the comment has %d bytes and ends with %s", got, out.String()[max(0, got-300):])
	}
}

// elements lists the elements of a page with their attributes' names, and the texts between them.
func elements(t *testing.T, page string) (tags []string, text string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return tags, text
		case html.TextToken:
			text += tokens.Token().Data
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			tag := token.Data
			for _, a := range token.Attr {
				tag += " " + a.Key
				if a.Key == "href" && !strings.HasPrefix(a.Val, "#d") || a.Key == "src" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("the page has %s=%q", a.Key, a.Val)
				}
			}
			tags = append(tags, tag)
		case html.CommentToken:
			t.Errorf("the page has the comment %s", tokens.Token())
		}
	}
}

// On the page, a text of others is nothing but text.
func TestPageEscapes(t *testing.T) {
	var want [][]string
	for _, page := range written(t, HTML, Style{}, "evil") {
		tags, _ := elements(t, page)
		want = append(want, tags)
	}
	for _, text := range hostile {
		for i, page := range written(t, HTML, Style{}, text) {
			tags, shown := elements(t, page)
			if !reflect.DeepEqual(tags, want[i]) {
				t.Errorf("%q changes the elements of the page", text)
			}
			if !strings.Contains(shown, plain(text)) {
				t.Errorf("the page does not show %q", text)
			}
		}
	}
}
