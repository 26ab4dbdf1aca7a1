package check

import (
	"context"
	"crypto/x509"
	"sync"
	"time"

	miekg "github.com/miekg/dns"
)

// Run looks at a domain. It returns within Options.Timeout, and when the context ends. Its error is
// about the options only: what could not be looked at is [Unknown] in the report. Several goroutines
// may call it; runs with the same Lookup share its limit of questions at the same time.
func Run(ctx context.Context, options Options) (Report, error) {
	options, err := options.withDefaults()
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	r := newRun(bounded, options)
	if r.absent() {
		r.lookAtAbsent()
	} else {
		r.lookAtAll()
	}
	report := r.finish()
	report.CheckedAt = options.Now().UTC().Truncate(time.Second)
	report.Seconds = time.Since(began).Round(time.Millisecond).Seconds()
	return report, nil
}

// lookAtAll makes the checks that are asked for, all groups at the same time.
func (r *run) lookAtAll() {
	var looking sync.WaitGroup
	for _, g := range groups() {
		if r.needs(g) {
			looking.Go(func() { g.look(r) })
		}
	}
	looking.Wait()
}

// run is one run. What several checks need is a fact, which is looked for once, by whoever needs it
// first.
type run struct {
	Options
	ctx    context.Context
	order  []Entry          // the checks that are asked for
	wanted map[string]Entry // the same by ID

	memo *memo

	mxFacts   func() mxFacts
	spfFacts  func() spfFacts
	dkimFacts func() dkimFacts
	stsFacts  func() stsFacts
	smtpFacts func() smtpFacts
	daneFacts func() []daneHost
	zoneFacts func() zoneFacts
	// serverFacts are about the name servers of the zone.
	serverFacts func() []serverAnswer
	validation  func() validation
	dmarcFacts  func() dmarcFacts

	mu      sync.Mutex
	results map[string]Result
	report  Report // facts only
	leaves  map[hostPort]*x509.Certificate
}

func newRun(ctx context.Context, options Options) *run {
	r := &run{Options: options, ctx: ctx, wanted: map[string]Entry{}, results: map[string]Result{}, leaves: map[hostPort]*x509.Certificate{}, memo: newMemo()}
	for _, e := range Catalogue() {
		if options.wants(e) {
			r.order = append(r.order, e)
			r.wanted[e.ID] = e
		}
	}
	r.mxFacts = sync.OnceValue(r.lookForMX)
	r.spfFacts = sync.OnceValue(r.lookForSPF)
	r.dkimFacts = sync.OnceValue(r.lookForDKIM)
	r.stsFacts = sync.OnceValue(r.lookForSTS)
	r.smtpFacts = sync.OnceValue(r.lookForSMTP)
	r.daneFacts = sync.OnceValue(r.lookForDANE)
	r.zoneFacts = sync.OnceValue(r.lookForZone)
	r.serverFacts = sync.OnceValue(r.lookForServers)
	r.validation = sync.OnceValue(r.lookForValidation)
	r.dmarcFacts = sync.OnceValue(r.lookForDMARC)
	return r
}

// needs reports whether any check of the group is asked for.
func (r *run) needs(g group) bool {
	for _, e := range g.entries {
		if _, wanted := r.wanted[e.ID]; wanted {
			return true
		}
	}
	return false
}

// wants reports whether the outcome of any of the checks is asked for.
func (r *run) wantsAny(ids ...string) bool {
	for _, id := range ids {
		if _, wanted := r.wanted[id]; wanted {
			return true
		}
	}
	return false
}

// note changes the facts in the report.
func (r *run) note(change func(*Report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.report)
}

// set notes the outcome of a check. That of a check that was not asked for is dropped.
func (r *run) set(id string, o outcome) {
	e, wanted := r.wanted[id]
	if !wanted {
		return
	}
	result := Result{ID: id, Title: e.Title, Group: e.Group, Status: o.status, Severity: e.Severity, Found: bounded(o.found), Why: e.Why, Source: e.Source}
	if o.severity != "" {
		result.Severity = o.severity
	}
	if o.status == Warn || o.status == Fail || o.status == Unknown {
		result.Expected = bounded(o.expected)
		if result.Expected == "" {
			result.Expected = e.Rule
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[id] = result
	if r.Progress != nil {
		r.Progress(len(r.results), len(r.order), result)
	}
}

// setAll notes the same outcome for several checks.
func (r *run) setAll(o outcome, ids ...string) {
	for _, id := range ids {
		r.set(id, o)
	}
}

// finish returns the report.
func (r *run) finish() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	report := r.report
	report.Version, report.Domain = ReportVersion, r.Domain
	report.Questions, report.Answers = r.memo.asked(), r.memo.repliedTo()
	for _, e := range r.order {
		result, found := r.results[e.ID]
		if !found {
			result = Result{ID: e.ID, Title: e.Title, Group: e.Group, Status: Unknown, Severity: e.Severity, Why: e.Why, Source: e.Source,
				Found: "the check ended without an outcome, which is a fault of this program", Expected: e.Rule}
		}
		report.Results = append(report.Results, result)
	}
	report.setCauses()
	return report
}

// texts returns the joined texts of TXT records.
func texts(records []miekg.RR) []string {
	var found []string
	for _, rr := range records {
		if text, ok := textOf(rr); ok {
			found = append(found, text)
		}
	}
	return found
}
