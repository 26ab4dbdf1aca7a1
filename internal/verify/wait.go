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

// Pauses while a verification is awaited: short at first, as most records are
// there within seconds, then with patience for the service's limits.
const (
	firstVerificationPause   = time.Second
	longestVerificationPause = 30 * time.Second
)

// lastLook bounds the look that is for the error message alone.
const lastLook = 5 * time.Second

// Wait is the wait for one verification.
type Wait struct {
	// Domain is what is to be verified.
	Domain Verifiable
	// Lookup asks the name servers for its records.
	Lookup *dns.Lookup
	// Timeout is how long to wait.
	Timeout time.Duration
	// Anew is whether what the service has found before does not count.
	Anew bool
	// Pause is the first one between two looks; zero is a second.
	Pause time.Duration
	// Refers is whether the configuration says which records are published.
	Refers bool
	// Advice is what to do about records that are missing; "" is that of the resource
	// postmaster_domain_verification.
	Advice string
}

// attempt is what is known of a domain's records after a look at them.
type attempt struct {
	looked   bool
	arrivals []dns.Arrival // of the records that somebody could be asked for
	blind    error         // why nobody could be asked for the others; nil if there are none
	reasons  map[string]string
	last     error // of the service's own look
}

// Run waits until the service has verified the domain. failing is empty then, and
// otherwise says, a line a record, why it has not by the end of the wait, or why it
// never will as things are. An error is one that is not about this domain.
func (w Wait) Run(ctx context.Context) (failing string, err error) {
	if w.Domain.Valid() && !w.Anew {
		return "", nil
	}
	run, begun := ctx, time.Now()
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	var now attempt
	for pause := cmp.Or(w.Pause, firstVerificationPause); ; pause = min(pause*3/2, longestVerificationPause) {
		if arrivals, blind := w.Look(ctx); ctx.Err() == nil {
			now.looked, now.arrivals, now.blind = true, arrivals, blind
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
				return "", fmt.Errorf("the run was stopped after it had waited %s for %s to verify %s; the next apply goes on", kit.WaitedSince(begun), w.Domain.Title(), w.Domain.Domain())
			}
			if !now.looked {
				// The time was too short for a single look; say at least what is wrong.
				late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
				defer cancel()
				now.arrivals, now.blind = w.Look(late)
			}
			return w.Report(now), nil
		}
	}
}

// Look asks the name servers of the zone for the records. Where they cannot be
// asked, the service has to find out; blind is why.
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

// passing is whether a failed verification may succeed when it is tried again.
func passing(err error) bool {
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// Published is whether all records of the domain that somebody can be asked for are there.
func (w Wait) Published(ctx context.Context) bool {
	arrivals, _ := w.Look(ctx)
	return len(missingOf(arrivals)) == 0
}

// due is whether the service can be asked: nothing is missing that it insists on.
func (w Wait) due(arrivals []dns.Arrival) bool {
	d, some := w.Domain.(Dispensable)
	return !slices.ContainsFunc(missingOf(arrivals), func(a dns.Arrival) bool { return !some || !d.Dispensable(a.Record) })
}

func missingOf(arrivals []dns.Arrival) []dns.Arrival {
	return slices.DeleteFunc(slices.Clone(arrivals), dns.Arrival.Arrived)
}
