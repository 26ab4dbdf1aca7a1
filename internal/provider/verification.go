package provider

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
	// api.ErrUnavailable; errWithheld is one that is this domain's alone.
	verify(ctx context.Context) (valid bool, reasons map[string]string, err error)
}

// errWithheld is a service's word that somebody has switched a domain off, so that its
// records do not matter.
var errWithheld = errors.New("switched off")

// dispensable is a verifiable that is content without some of its records, as something
// does as well that only the service can see. It is asked although these are missing.
type dispensable interface {
	dispensable(dns.Record) bool
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
	anew    bool          // what the service has found before does not count
	pause   time.Duration // the first one; firstVerificationPause if zero
	refers  bool          // the configuration says which records are published
	advice  string        // on records that are missing; "": that of a verification
}

// attempt is what is known of a domain's records after a look at them.
type attempt struct {
	looked   bool
	arrivals []dns.Arrival // of the records that somebody could be asked for
	blind    error         // why nobody could be asked for the others; nil if there are none
	reasons  map[string]string
	last     error // of the service's own look
}

// run waits until the service has verified the domain. failing is empty then, and
// otherwise says, a line a record, why it has not by the end of the wait, or why it
// never will as things are. An error is one that is not about this domain.
func (w wait) run(ctx context.Context) (failing string, err error) {
	if w.domain.valid() && !w.anew {
		return "", nil
	}
	run, begun := ctx, time.Now()
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	var now attempt
	for pause := cmp.Or(w.pause, firstVerificationPause); ; pause = min(pause*3/2, longestVerificationPause) {
		if arrivals, blind := w.look(ctx); ctx.Err() == nil {
			now.looked, now.arrivals, now.blind = true, arrivals, blind
		}
		if ctx.Err() == nil && w.due(now.arrivals) {
			var valid bool
			valid, now.reasons, now.last = w.domain.verify(ctx)
			switch {
			case valid:
				return "", nil
			case errors.Is(now.last, errWithheld):
				return now.last.Error() + ".", nil
			case now.last != nil && !passing(now.last) && ctx.Err() == nil:
				return "", now.last
			}
		}
		tflog.Info(ctx, "Waiting for "+w.domain.title()+" to verify a domain", map[string]any{
			"domain": w.domain.domain(), "records": len(w.domain.records()), "missing": len(missingOf(now.arrivals)),
		})
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			if run.Err() != nil {
				return "", fmt.Errorf("the run was stopped after it had waited %s for %s to verify %s; the next apply goes on", waitedSince(begun), w.domain.title(), w.domain.domain())
			}
			if !now.looked {
				// The time was too short for a single look; say at least what is wrong.
				late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
				defer cancel()
				now.arrivals, now.blind = w.look(late)
			}
			return w.report(now), nil
		}
	}
}

// look asks the name servers of the zone for the records. Where they cannot be
// asked, the service has to find out; blind is why.
func (w wait) look(ctx context.Context) (arrivals []dns.Arrival, blind error) {
	zone, err := w.lookup.Apex(ctx, w.domain.domain())
	if err != nil {
		return nil, err
	}
	records := w.domain.records()
	var wanted []dns.Record
	for _, key := range sortedKeys(records) {
		wanted = append(wanted, records[key])
	}
	for _, a := range w.lookup.Arrivals(ctx, zone, wanted) {
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

// due is whether the service can be asked: nothing is missing that it insists on.
func (w wait) due(arrivals []dns.Arrival) bool {
	d, some := w.domain.(dispensable)
	return !slices.ContainsFunc(missingOf(arrivals), func(a dns.Arrival) bool { return !some || !d.dispensable(a.Record) })
}

func missingOf(arrivals []dns.Arrival) []dns.Arrival {
	return slices.DeleteFunc(slices.Clone(arrivals), dns.Arrival.Arrived)
}
