package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// section is facts about a domain, as all formats but JSON show them.
type section struct {
	Title string
	Lines []line
}

// line is one fact. Code is what may be a stranger's text.
type line struct {
	Depth  int
	Status check.Status // of its mark; "" for none
	Code   string
	Note   string
}

// maxLines limits the lines of a section: a tree of SPF records may have thousands.
const maxLines = 120

// spfLimit is how many lookups receivers make for an SPF record (RFC 7208 section 4.6.4).
const spfLimit = 10

// sections lists the facts about a domain. The domain and the report may be nil.
func sections(d *estate.Domain, r *check.Report) []section {
	var all []section
	add := func(title string, lines []line) {
		if len(lines) > maxLines {
			lines = append(lines[:maxLines:maxLines], line{Note: fmt.Sprintf("%d more are not shown", len(lines)-maxLines)})
		}
		if len(lines) > 0 {
			all = append(all, section{title, lines})
		}
	}
	if r == nil {
		r = &check.Report{}
	}
	add("Receives mail at", mxLines(r.MX))
	add("SPF", judged(spfLines(r.SPF), r, "spf"))
	add("DKIM keys", dkimLines(d, r))
	add("DMARC", judged(dmarcLines(r.DMARC), r, "dmarc"))
	add("MTA-STS", judged(stsLines(r.STS), r, "sts"))
	add("Certificates", certificateLines(d, r))
	add("Zone", zoneLines(r.Zone))
	return all
}

func mxLines(hosts []check.MXHost) []line {
	var lines []line
	for _, h := range hosts {
		lines = append(lines, line{Code: fmt.Sprint(h.Preference, " ", h.Host), Note: strings.Join(h.Addresses, ", ")})
	}
	return lines
}

// spfLines is the tree of records, with the lookups of each term.
func spfLines(root *check.SPFRecord) []line {
	if root == nil {
		return nil
	}
	status := check.Pass
	switch {
	case root.Problem != "" || root.Lookups > spfLimit:
		status = check.Fail
	case root.Lookups >= spfLimit-1:
		status = check.Warn
	case root.AtLeast:
		status = check.Unknown
	}
	lines := []line{{Status: status, Code: root.Text, Note: fmt.Sprintf("%s of %d lookups", lookups(root.Lookups, root.AtLeast), spfLimit) + because(root.Problem)}}
	return append(lines, spfTermLines(root, 1)...)
}

func lookups(n int, atLeast bool) string {
	if atLeast {
		return fmt.Sprint("at least ", n)
	}
	return strconv.Itoa(n)
}

func because(problem string) string {
	if problem == "" {
		return ""
	}
	return "; " + problem
}

func spfTermLines(r *check.SPFRecord, depth int) []line {
	var lines []line
	for _, term := range r.Terms {
		l := line{Depth: depth, Code: term.Text}
		var notes []string
		if term.Lookups > 0 {
			atLeast := term.Record != nil && term.Record.AtLeast
			word := " lookups"
			if term.Lookups == 1 && !atLeast {
				word = " lookup"
			}
			notes = append(notes, lookups(term.Lookups, atLeast)+word)
		}
		if term.Void {
			l.Status = check.Warn
			notes = append(notes, "finds nothing")
		}
		if term.Record != nil && term.Record.Problem != "" {
			l.Status = check.Fail
			notes = append(notes, term.Record.Problem)
		}
		l.Note = strings.Join(notes, "; ")
		lines = append(lines, l)
		if term.Record != nil {
			lines = append(lines, spfTermLines(term.Record, depth+1)...)
		}
	}
	return lines
}

// dkimLines joins what the DNS shows and what the configuration knows about the keys.
func dkimLines(d *estate.Domain, r *check.Report) []line {
	var lines []line
	var made []estate.Key
	if d != nil {
		made = d.Keys
	}
	shown := map[string]bool{}
	for _, k := range r.DKIM {
		l := line{Status: keyStatus(k, r), Code: k.Selector}
		var notes []string
		if k.Type != "" {
			notes = append(notes, keyText(k.Type, k.Bits))
		}
		if i := slices.IndexFunc(made, func(m estate.Key) bool { return m.Selector == k.Selector }); i >= 0 {
			shown[k.Selector] = true
			notes = append(notes, age(made[i].Since, r.CheckedAt))
		}
		if len(k.Aliases) > 0 {
			notes = append(notes, "at "+k.Aliases[len(k.Aliases)-1])
		}
		if k.Testing {
			notes = append(notes, "testing (t=y)")
		}
		if k.Revoked {
			notes = append(notes, "revoked")
		}
		if k.Problem != "" {
			notes = append(notes, k.Problem)
		}
		l.Note = strings.Join(notes, "; ")
		lines = append(lines, l)
	}
	for _, k := range made {
		if !shown[k.Selector] {
			lines = append(lines, line{Code: k.Selector, Note: keyText(k.Type, k.Bits) + "; " + age(k.Since, r.CheckedAt)})
		}
	}
	return lines
}

func keyText(kind string, bits int) string {
	if bits == 0 || kind == "ed25519" {
		return kind
	}
	return fmt.Sprintf("%s, %d bits", kind, bits)
}

// age says how old a key is. Only keepers with a date tell that.
func age(since, now time.Time) string {
	switch {
	case since.IsZero():
		return "age unknown (its keepers hold no date)"
	case now.IsZero() || since.After(now):
		return "since " + since.Format(time.DateOnly)
	}
	return fmt.Sprintf("since %s (%d days)", since.Format(time.DateOnly), int(now.Sub(since)/(24*time.Hour)))
}

func dmarcLines(p *check.DMARCPolicy) []line {
	if p == nil {
		return nil
	}
	status := check.Pass
	if p.Policy == "none" || p.Testing {
		status = check.Warn
	}
	notes := []string{"at " + p.Domain, "policy " + p.Policy}
	if p.Subdomains != "" {
		notes = append(notes, "subdomains "+p.Subdomains)
	}
	if p.Nonexistent != "" {
		notes = append(notes, "names that do not exist "+p.Nonexistent)
	}
	if p.Testing {
		notes = append(notes, "testing (t=y)")
	}
	lines := []line{{Status: status, Code: p.Text, Note: strings.Join(notes, "; ")}}
	for _, to := range p.Reports {
		lines = append(lines, line{Depth: 1, Code: to, Note: "receives reports"})
	}
	return lines
}

func stsLines(p *check.STSPolicy) []line {
	if p == nil {
		return nil
	}
	status := check.Pass
	switch p.Mode {
	case "enforce":
	case "":
		status = check.Unknown
	default:
		status = check.Warn
	}
	note := "the policy could not be read"
	if p.Mode != "" {
		note = fmt.Sprintf("%s; valid for %d days", p.Mode, p.MaxAge/(24*60*60))
	}
	lines := []line{{Status: status, Code: p.ID, Note: note}}
	for _, pattern := range p.MX {
		lines = append(lines, line{Depth: 1, Code: pattern})
	}
	return lines
}

func certificateLines(d *estate.Domain, r *check.Report) []line {
	var lines []line
	for _, c := range r.Certificates {
		lines = append(lines, line{Status: servedStatus(c, r), Code: fmt.Sprintf("%s:%d", c.Host, c.Port),
			Note: daysText(c.DaysLeft, c.NotAfter) + issuedBy(c.Issuer) + because(c.Problem)})
	}
	if d != nil {
		for _, c := range d.Certificates {
			lines = append(lines, line{Status: certificateStatus(c.DaysLeft), Code: c.Host, Note: daysText(c.DaysLeft, c.NotAfter) + issuedBy(c.Issuer) + "; as of the last refresh"})
		}
	}
	return lines
}

// certificateStatus is that of a certificate that the configuration manages.
func certificateStatus(days int) check.Status {
	switch {
	case days < 0:
		return check.Fail
	case days < estate.SoonDays:
		return check.Warn
	}
	return check.Pass
}

func daysText(days int, ends time.Time) string {
	date := ends.UTC().Format(time.DateOnly)
	if days < 0 {
		return "expired on " + date
	}
	return fmt.Sprintf("%d days left, until %s", days, date)
}

func issuedBy(issuer string) string {
	if issuer == "" {
		return ""
	}
	return "; issued by " + issuer
}

func zoneLines(z *check.Zone) []line {
	if z == nil {
		return nil
	}
	signed := "not signed with DNSSEC"
	if z.Signed {
		signed = "signed with DNSSEC"
	}
	lines := []line{{Code: z.Apex, Note: signed}}
	for _, server := range z.NameServers {
		lines = append(lines, line{Depth: 1, Code: server})
	}
	return lines
}
