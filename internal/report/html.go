package report

import (
	"crypto/sha256"
	_ "embed" // for the template and the style of the page
	"encoding/base64"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// pageTemplate is parsed when it is first used, because the provider starts often and seldom needs it.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageHTML))
})

// page is what the template shows.
type page struct {
	CSS    template.CSS
	Policy string
	Title  string
	// Headline counts what was found.
	Headline string
	When     string
	Remarks  []string
	Titles   []string
	Rows     [][]pageCell
	// Findings are about all domains. There are none if there is but one domain.
	Findings []pageResult
	Domains  []pageDomain
}

type pageCell struct {
	Title, Text string
	Class       string
	// Link is the anchor of a domain, without "#".
	Link  string
	Marks []pageMark
}

type pageMark struct{ Class, Tick, Word string }

type pageDomain struct {
	Name, Anchor, Counts string
	Mark                 pageMark
	Facts                []pageFact
	Records              []pageRecord
	Wrong, Rest          []pageResult
	Sections             []pageSection
}

type pageFact struct{ Title, Text string }

type pageRecord struct {
	Mark                       pageMark
	Name, Type, Value, Problem string
}

type pageResult struct {
	Mark                                      pageMark
	ID, Title, Severity, Found, Expected, Why string
	// Domains are those that it was found at; only among the findings about all domains. More is how
	// many others there are.
	Domains []pageLink
	More    int
}

// pageLink is a name that leads to the part of the page about a domain.
type pageLink struct{ Name, Anchor string }

type pageSection struct {
	Title string
	Lines []pageLine
}

type pageLine struct {
	Indent     int // in steps, at most maxIndent
	Mark       pageMark
	Code, Note string
}

// maxIndent keeps a deep tree on a phone's screen.
const maxIndent = 5

// words are the marks for those who do not see them.
var words = map[check.Status]string{check.Pass: "all right", check.Fail: "failed", check.Warn: "warning", check.Unknown: "unknown", check.Info: "note", check.Skip: "skipped"}

func pageMarkOf(status check.Status) pageMark {
	if status == "" {
		return pageMark{}
	}
	return pageMark{Class: string(status), Tick: markOf(status).tick, Word: words[status]}
}

func writePage(out io.Writer, p page) error {
	p.CSS = template.CSS(pageCSS)
	sum := sha256.Sum256([]byte(pageCSS))
	p.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return pageTemplate().Execute(out, p)
}

func checkPage(r check.Report) page {
	d := &estate.Domain{Name: r.Domain, Check: &r}
	shown := pageDomainOf(d, 0)
	shown.Counts = "" // which are the headline
	return page{Title: "Mail of " + plain(r.Domain), Headline: counts(r), When: when(r.CheckedAt), Domains: []pageDomain{shown}}
}

func estatePage(e *estate.Estate) page {
	p := page{Title: "Mail domains", Headline: tally(e), When: when(e.LookedAt), Remarks: remarks(e)}
	if len(e.Domains) == 0 {
		return p
	}
	domains := e.ByUrgency()
	titles, rows := shownColumns(domains)
	for _, title := range titles {
		p.Titles = append(p.Titles, sentenceCase(title))
	}
	for i, row := range rows {
		var cells []pageCell
		for j, c := range row {
			shown := pageCell{Title: p.Titles[j], Text: plain(c.text)}
			if j == 0 {
				shown.Link = anchor(i)
				shown.Marks = []pageMark{pageMarkOf(state(domains[i]))}
			}
			for _, status := range c.marks {
				shown.Marks = append(shown.Marks, pageMarkOf(status))
			}
			if c.empty() {
				shown.Text, shown.Class = none, "none"
			} else if c.date {
				shown.Class = "date"
			}
			cells = append(cells, shown)
		}
		p.Rows = append(p.Rows, cells)
	}
	anchors := map[string]string{}
	for i, d := range domains {
		anchors[d.Name] = anchor(i)
		p.Domains = append(p.Domains, pageDomainOf(d, i))
	}
	if len(domains) > 1 {
		for _, f := range e.Findings() {
			p.Findings = append(p.Findings, pageFindingOf(f, anchors))
		}
	}
	return p
}

// maxPageDomains is how many domains of a finding the page names.
const maxPageDomains = 40

func pageFindingOf(f estate.Finding, anchors map[string]string) pageResult {
	shown := pageResultOf(f.Block)
	shown.Why = "" // why is said in the part about the domain
	for _, name := range f.Domains[:min(len(f.Domains), maxPageDomains)] {
		shown.Domains = append(shown.Domains, pageLink{plain(name), anchors[name]})
	}
	shown.More = len(f.Domains) - len(shown.Domains)
	return shown
}

func pageResultOf(r check.Block) pageResult {
	title, ids := heading(r, len(r.Also)+1)
	shown := pageResult{Mark: pageMarkOf(r.Status), ID: plain(ids), Title: plain(title), Severity: plain(severityOf(r.Result)), Found: plain(r.Found), Expected: plain(r.Expected)}
	if shown.Severity != "" {
		shown.Why = plain(reason(r.Result))
	}
	return shown
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }

func anchor(i int) string { return "d" + strconv.Itoa(i+1) }

func pageDomainOf(d *estate.Domain, i int) pageDomain {
	shown := pageDomain{Name: plain(d.Name), Anchor: anchor(i), Mark: pageMarkOf(state(d))}
	fact := func(title, text string) {
		if text != "" {
			shown.Facts = append(shown.Facts, pageFact{title, plain(text)})
		}
	}
	fact("Service", strings.Join(d.Services, ", "))
	fact("DNS host", strings.Join(d.DNSHosts, ", "))
	fact("Mailboxes", mailboxesCell(d).text)
	for _, v := range d.Verifications {
		text := "not verified"
		if v.Valid {
			text = "verified"
			if !v.At.IsZero() {
				text += " on " + v.At.Format(time.DateOnly)
			}
		}
		fact("At "+plain(v.Service), text)
	}
	fact("Checks", d.CheckProblem)
	for _, r := range d.Records {
		shown.Records = append(shown.Records, pageRecord{Mark: pageMarkOf(statusOf(r.Presence)), Name: plain(r.Name), Type: plain(r.Type), Value: plain(r.Data()), Problem: plain(r.Problem)})
	}
	for _, r := range check.Blocks(d.Findings()) {
		shown.Wrong = append(shown.Wrong, pageResultOf(r))
	}
	if d.Check != nil {
		shown.Counts = counts(*d.Check)
		for _, r := range check.Blocks(d.Check.Calm()) {
			shown.Rest = append(shown.Rest, pageResultOf(r))
		}
	}
	for _, s := range sections(d, d.Check) {
		to := pageSection{Title: s.Title}
		for _, l := range s.Lines {
			to.Lines = append(to.Lines, pageLine{Indent: min(l.Depth, maxIndent), Mark: pageMarkOf(l.Status), Code: plain(l.Code), Note: plain(l.Note)})
		}
		shown.Sections = append(shown.Sections, to)
	}
	return shown
}

// htmlText escapes a text for HTML within Markdown.
func htmlText(text string) string { return template.HTMLEscapeString(plain(text)) }
