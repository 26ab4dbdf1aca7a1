package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// verifiable is a domain that a service verifies by its DNS records.
type verifiable interface {
	// title is the service, as people call it.
	title() string
	// domain is the name of the domain.
	domain() string
	// records are those that the service looks for, by key.
	records() map[string]dns.Record
	// valid is whether the service had verified it when it was read.
	valid() bool
	// verify has the service look now. reasons are its own words on the records
	// that fail, by key. An error that may pass by itself is one of
	// api.ErrUnavailable.
	verify(ctx context.Context) (valid bool, reasons map[string]string, err error)
}

// Pauses while a verification is awaited: short at first, as most records are
// there within seconds, then with patience for the service's limits.
const (
	firstVerificationPause   = time.Second
	longestVerificationPause = 30 * time.Second
)

// lastLook bounds the look that is for the error message alone.
const lastLook = 5 * time.Second

// wait is the wait for one verification.
type wait struct {
	domain  verifiable
	lookup  *dns.Lookup
	timeout time.Duration
}

// run waits until the service has verified the domain. failing is empty then, and
// otherwise says, a line a record, why it has not by the end of the wait. An error
// is one that waiting cannot mend.
func (w wait) run(ctx context.Context) (failing string, err error) {
	if w.domain.valid() {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	var arrivals []dns.Arrival
	var reasons map[string]string
	var last error
	for pause := firstVerificationPause; ; pause = min(pause*3/2, longestVerificationPause) {
		if looked := w.look(ctx); ctx.Err() == nil {
			arrivals = looked
		}
		if ctx.Err() == nil && published(arrivals) {
			var valid bool
			valid, reasons, last = w.domain.verify(ctx)
			switch {
			case valid:
				return "", nil
			case last != nil && !passing(last) && ctx.Err() == nil:
				return "", last
			}
		}
		tflog.Info(ctx, "Waiting for "+w.domain.title()+" to verify a domain", map[string]any{
			"domain": w.domain.domain(), "records": len(arrivals), "missing": len(missingOf(arrivals)),
		})
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return "", fmt.Errorf("the run was stopped while waiting for %s to verify %s; the next apply goes on", w.domain.title(), w.domain.domain())
			}
			if arrivals == nil {
				// The time was too short for a single look; say at least what is wrong.
				late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
				defer cancel()
				arrivals = w.look(late)
			}
			return w.report(arrivals, reasons, last), nil
		}
	}
}

// look asks the name servers of the zone for the records. Nothing comes back where
// they cannot be asked: then the service has to find out.
func (w wait) look(ctx context.Context) []dns.Arrival {
	zone, err := w.lookup.Apex(ctx, w.domain.domain())
	if err != nil {
		return nil
	}
	records := w.domain.records()
	var wanted []dns.Record
	for _, key := range sortedKeys(records) {
		wanted = append(wanted, records[key])
	}
	arrivals := w.lookup.Arrivals(ctx, zone, wanted)
	return slices.DeleteFunc(arrivals, func(a dns.Arrival) bool { return a.Err != nil })
}

func published(arrivals []dns.Arrival) bool { return len(missingOf(arrivals)) == 0 }

func missingOf(arrivals []dns.Arrival) []dns.Arrival {
	return slices.DeleteFunc(slices.Clone(arrivals), dns.Arrival.Arrived)
}

// report says what keeps the domain from being verified.
func (w wait) report(arrivals []dns.Arrival, reasons map[string]string, last error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s has not verified %s within %s.", w.domain.title(), w.domain.domain(), describe(w.timeout))
	if missing := missingOf(arrivals); len(missing) > 0 {
		b.WriteString(" These records are not published, or not at all name servers:\n")
		for _, a := range missing {
			for _, lack := range a.Lacking {
				fmt.Fprintf(&b, "\n    %s %s\n      expected: %s\n      found:    %s\n      asked:    %s\n", a.Record.Type, a.Record.Name, dataOf(a.Record), foundOf(lack), lack.Server)
			}
		}
		b.WriteString("\nPublish them with postmaster_dns_records, and refer to its published in dns_records, so that the verification waits for them.")
		return b.String()
	}
	records := w.domain.records()
	if len(reasons) > 0 {
		b.WriteString(" The records are published, but it says:\n")
		for _, key := range sortedKeys(reasons) {
			r := records[key]
			fmt.Fprintf(&b, "\n    %s %s\n      expected: %s\n      %s: %s\n", r.Type, r.Name, dataOf(r), w.domain.title(), reasons[key])
		}
		b.WriteString("\nMostly its resolvers still remember that a record was not there, which passes with the zone's negative TTL.")
	}
	if last != nil {
		fmt.Fprintf(&b, " Its last answer was: %s.", last)
	}
	return b.String()
}

// dataOf is a record's data as a person compares it.
func dataOf(r dns.Record) string {
	return strings.TrimPrefix(r.String(), r.Name+" "+r.Type+" ")
}

func foundOf(l dns.Lack) string {
	switch {
	case l.Alias != "":
		return "a CNAME to " + l.Alias
	case len(l.Found) == 0:
		return "nothing"
	}
	return strings.Join(l.Found, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
