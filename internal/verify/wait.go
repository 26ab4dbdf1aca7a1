package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Pauses between two looks at a domain that is not verified yet. They start short, because most
// records are there within seconds, and grow for the sake of the service's rate limits.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// lastLook limits the time of a look that serves only the error message.
const lastLook = 5 * time.Second

// Wait waits for the verification of one domain.
type Wait struct {
	// Domain is the domain to verify.
	Domain Verifiable
	// Lookup asks the name servers for the domain's records.
	Lookup *dns.Lookup
	// Timeout is how long to wait.
	Timeout time.Duration
	// anew says that an earlier verification by the service does not count.
	anew bool
	// pause is the first pause between two looks. Zero means one second.
	pause time.Duration
	// refers says that the configuration sets dns_records.
	refers bool
	// Advice says what to do about missing records. If it is empty, the message has the advice for
	// the resource postmaster_domain_verification.
	Advice string
	// say reports the progress, one line at a time, when it has changed. It may be nil.
	say func(line string)
}

// next names what continues an interrupted wait. Only an action reports its progress.
func (w Wait) next() string {
	if w.say != nil {
		return "the next invocation of the action"
	}
	return "the next apply"
}

// tell reports the progress if it differs from what was said last.
func (w Wait) tell(last *string, line string) {
	if w.say != nil && line != *last {
		*last = line
		w.say(line)
	}
}

// progress says how many of the domain's records are published.
func (w Wait) progress(now attempt) string {
	all, missing := len(w.Domain.Records()), len(missingOf(now.arrivals))
	switch {
	case now.blind != nil:
		return fmt.Sprintf("The name servers of %s could not be asked for all records.", w.Domain.Domain())
	case missing > 0:
		return fmt.Sprintf("%d of %d records of %s are not published yet.", missing, all, w.Domain.Domain())
	}
	return fmt.Sprintf("All %d records of %s are published. Asking %s to verify it.", all, w.Domain.Domain(), w.Domain.Title())
}

// attempt is what one look has found out about a domain's records.
type attempt struct {
	looked   bool
	arrivals []dns.Arrival // of the records that some name server could be asked for
	blind    error         // why no name server could be asked for the others; nil if there are none
	reasons  map[string]string
	last     error // the error of the service's own check
}

// Run waits until the service has verified the domain. Failing is then empty. Otherwise it says,
// with one line for each record, why the domain was not verified in time, or why it cannot be
// verified at all for now. Err is an error that is not about this domain.
func (w Wait) Run(ctx context.Context) (failing string, err error) {
	if w.Domain.Valid() && !w.anew {
		return "", nil
	}
	run, begun := ctx, time.Now()
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	var now attempt
	var said string
	for pause := cmp.Or(w.pause, firstPause); ; pause = min(pause*3/2, longestPause) {
		if arrivals, blind := w.Look(ctx); ctx.Err() == nil {
			now.looked, now.arrivals, now.blind = true, arrivals, blind
			w.tell(&said, w.progress(now))
		}
		if ctx.Err() == nil && w.due(now.arrivals) {
			var valid bool
			valid, now.reasons, now.last = w.Domain.Verify(ctx)
			switch {
			case valid:
				return "", nil
			case errors.Is(now.last, ErrWithheld):
				return now.last.Error() + ".", nil
			case now.last != nil && !passing(now.last) && ctx.Err() == nil:
				return "", now.last
			}
		}
		tflog.Info(ctx, "Waiting for "+w.Domain.Title()+" to verify a domain", map[string]any{
			"domain": w.Domain.Domain(), "records": len(w.Domain.Records()), "missing": len(missingOf(now.arrivals)),
		})
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if run.Err() != nil {
				return "", fmt.Errorf("the run was stopped after it had waited %s for %s to verify %s; %s goes on", kit.WaitedSince(begun), w.Domain.Title(), w.Domain.Domain(), w.next())
			}
			if !now.looked {
				// The time was too short for a single look. Take one now for the error message.
				late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
				defer cancel()
				now.arrivals, now.blind = w.Look(late)
			}
			return w.report(now), nil
		}
	}
}

// Look asks the zone's name servers for the records. Blind says why some records could not be
// looked up; then only the service can tell.
func (w Wait) Look(ctx context.Context) (arrivals []dns.Arrival, blind error) {
	zone, err := w.Lookup.Apex(ctx, w.Domain.Domain())
	if err != nil {
		return nil, err
	}
	records := w.Domain.Records()
	var wanted []dns.Record
	for _, key := range kit.SortedKeys(records) {
		wanted = append(wanted, records[key])
	}
	for _, a := range w.Lookup.Arrivals(ctx, zone, wanted) {
		if a.Err != nil {
			blind = a.Err
		} else {
			arrivals = append(arrivals, a)
		}
	}
	return arrivals, blind
}

// passing reports whether a verification that failed with this error may succeed later.
func passing(err error) bool {
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// Published reports whether all records that could be looked up are published.
func (w Wait) Published(ctx context.Context) bool {
	arrivals, _ := w.Look(ctx)
	return len(missingOf(arrivals)) == 0
}

// due reports whether the service can be asked to verify: no record that it requires is missing.
func (w Wait) due(arrivals []dns.Arrival) bool {
	d, some := w.Domain.(Dispensable)
	return !slices.ContainsFunc(missingOf(arrivals), func(a dns.Arrival) bool { return !some || !d.Dispensable(a.Record) })
}

// missingOf returns the arrivals whose record is not published at all name servers.
func missingOf(arrivals []dns.Arrival) []dns.Arrival {
	return slices.DeleteFunc(slices.Clone(arrivals), dns.Arrival.Arrived)
}
