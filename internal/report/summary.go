package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// none is shown where there is no value.
const none = "-"

// counts says how many checks had which outcome, the worst first.
func counts(r check.Report) string {
	var all []check.Status
	for _, m := range marks {
		all = append(all, m.status)
	}
	return cmp.Or(countsOf(r, all...), "no checks")
}

// countsOf says how many checks had each of these outcomes, the worst first; "" if none had.
func countsOf(r check.Report, statuses ...check.Status) string {
	var parts []string
	for _, m := range marks {
		if n := len(r.With(m.status)); n > 0 && slices.Contains(statuses, m.status) {
			word := m.word
			if n == 1 {
				word = strings.TrimSuffix(word, "s")
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(parts, ", ")
}

// worst returns the worst outcome that a reader has to know; pass if there is none. A report of which
// more could not be looked at than was seen is no pass.
func worst(r check.Report) check.Status {
	switch {
	case len(r.With(check.Fail)) > 0:
		return check.Fail
	case len(r.With(check.Warn)) > 0:
		return check.Warn
	case r.Blind() || len(r.With(check.Unknown)) > len(r.With(check.Pass, check.Info)):
		return check.Unknown
	}
	return check.Pass
}

// state is the worst that is known about a domain; skip if there was nothing to look at.
func state(d *estate.Domain) check.Status {
	all := map[check.Status]bool{}
	for _, r := range d.Records {
		all[statusOf(r.Presence)] = true
	}
	if d.Check != nil {
		all[worst(*d.Check)] = true
	}
	if d.CheckProblem != "" {
		all[check.Unknown] = true
	}
	if valid, known, _ := d.Verified(); known {
		all[ticked(valid)] = true
	}
	for _, c := range d.Certificates {
		all[certificateStatus(c.DaysLeft)] = true
	}
	for _, s := range []check.Status{check.Fail, check.Warn, check.Unknown} {
		if all[s] {
			return s
		}
	}
	if len(all) == 0 {
		return check.Skip
	}
	return check.Pass
}

// columns are those of the table of domains. A column without any value is left out.
var columns = []struct {
	title string
	cell  func(*estate.Domain) cell
}{
	{"DOMAIN", func(d *estate.Domain) cell { return cell{text: d.Name} }},
	{"SERVICE", func(d *estate.Domain) cell { return cell{text: strings.Join(d.Services, ", ")} }},
	{"MAILBOXES", mailboxesCell},
	{"DKIM KEY", keyCell},
	{"DNS HOST", func(d *estate.Domain) cell { return cell{text: strings.Join(d.DNSHosts, ", ")} }},
	{"RECORDS", recordsCell},
	{"VERIFIED", verifiedCell},
	{"CERTIFICATE ENDS", certificateCell},
	{"CHECKS", checksCell},
}

// cell is a cell of the table of domains: marks, and a text behind them.
type cell struct {
	marks []check.Status
	text  string
	date  bool // the text is a date, which must not be broken
}

func (c cell) empty() bool { return len(c.marks) == 0 && c.text == "" }

func mailboxesCell(d *estate.Domain) cell {
	if d.Mailboxes == nil {
		return cell{}
	}
	return cell{text: fmt.Sprint(*d.Mailboxes)}
}

func keyCell(d *estate.Domain) cell {
	var keys []string
	for _, k := range d.Keys {
		keys = append(keys, strings.TrimSuffix(fmt.Sprintf("%s %s %d", k.Selector, strings.ToUpper(k.Type), k.Bits), " 0"))
	}
	return cell{text: strings.Join(keys, ", ")}
}

// fewRecords have a mark each; more have one for all, and are counted.
const fewRecords = 8

func recordsCell(d *estate.Domain) cell {
	var all []check.Status
	seen, worst := 0, check.Pass
	for _, r := range d.Records {
		status := statusOf(r.Presence)
		all = append(all, status)
		switch {
		case status == check.Pass:
			seen++
		case status == check.Fail || worst == check.Pass:
			worst = status
		}
	}
	if len(all) <= fewRecords {
		return cell{marks: all}
	}
	return cell{marks: []check.Status{worst}, text: fmt.Sprintf("%d of %d", seen, len(all))}
}

func verifiedCell(d *estate.Domain) cell {
	valid, known, at := d.Verified()
	switch {
	case !known:
		return cell{}
	case at.IsZero():
		return cell{marks: []check.Status{ticked(valid)}}
	}
	return cell{marks: []check.Status{ticked(valid)}, text: at.UTC().Format(time.DateOnly), date: true}
}

// certificateCell shows the certificate that ends first.
func certificateCell(d *estate.Domain) cell {
	var first *estate.Certificate
	for i, c := range d.Certificates {
		if first == nil || c.NotAfter.Before(first.NotAfter) {
			first = &d.Certificates[i]
		}
	}
	if first == nil {
		return cell{}
	}
	return cell{marks: []check.Status{certificateStatus(first.DaysLeft)}, text: first.NotAfter.UTC().Format(time.DateOnly), date: true}
}

func checksCell(d *estate.Domain) cell {
	switch {
	case d.CheckProblem != "":
		return cell{marks: []check.Status{check.Unknown}, text: d.CheckProblem}
	case d.Check == nil:
		return cell{}
	}
	shown := []check.Status{check.Fail, check.Warn, check.Unknown}
	if worst(*d.Check) == check.Pass {
		shown = append(shown, check.Pass)
	}
	return cell{marks: []check.Status{worst(*d.Check)}, text: cmp.Or(countsOf(*d.Check, shown...), "no checks")}
}

// shownColumns returns the titles and cells of the table of domains, without empty columns.
func shownColumns(domains []*estate.Domain) (titles []string, rows [][]cell) {
	rows = make([][]cell, len(domains))
	for i, column := range columns {
		cells := make([]cell, len(domains))
		used := i == 0
		for j, d := range domains {
			cells[j] = column.cell(d)
			used = used || !cells[j].empty()
		}
		if !used {
			continue
		}
		titles = append(titles, column.title)
		for j := range domains {
			rows[j] = append(rows[j], cells[j])
		}
	}
	return titles, rows
}

// tally counts the domains by their state, for a headline.
func tally(e *estate.Estate) string {
	bad := map[check.Status]int{}
	for _, d := range e.Domains {
		bad[state(d)]++
	}
	parts := []string{fmt.Sprintf("%d domains", len(e.Domains))}
	if len(e.Domains) == 1 {
		parts[0] = "1 domain"
	}
	for _, part := range []struct {
		status check.Status
		text   string
	}{{check.Fail, "with failures"}, {check.Warn, "with warnings"}, {check.Unknown, "not seen in full"}, {check.Pass, "all right"}, {check.Skip, "with nothing to look at"}} {
		if n := bad[part.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.text))
		}
	}
	return strings.Join(parts, ", ")
}

// remarks are what a reader has to know about an estate as a whole.
func remarks(e *estate.Estate) []string {
	var all []string
	switch {
	case len(e.Domains) > 0:
	case e.Withheld > 0:
		all = append(all, "No domain of the state can be shown.")
	default:
		all = append(all, "The state has no domain of this provider.")
	}
	if e.FromPlan {
		all = append(all, "This was read from a plan. It shows what existed when the plan was made, not what it will change.")
	}
	if e.Withheld > 0 {
		all = append(all, fmt.Sprintf("The configuration marks attributes of some resources (%d) as sensitive. They are not shown here, and domains that only they name are not looked at.", e.Withheld))
	}
	return all
}
