package dnstest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// Faults makes a simulated service fail, and lists the calls to it.
type Faults struct {
	// Set makes calls fail from now on. It replaces the earlier faults.
	Set func(t testing.TB, faults ...fault.Fault)
	// Calls reports for each call since the last Set, in their order, whether it changes the zone.
	Calls func() []bool
}

// failure is one way in which a call fails.
type failure struct {
	fault.Fault
	// kind is what its error matches; nil if it matches no error of package api.
	kind error
	// sure says that the answer proves that a changing call was not carried out.
	sure bool
}

// failures are the ways in which a service, or something in front of it, fails.
var failures = map[string]failure{
	"429, to be tried soon":     {fault.Fault{Kind: fault.Status, Status: http.StatusTooManyRequests}, api.ErrRateLimited, true},
	"429, to be tried later":    {fault.Fault{Kind: fault.Status, Status: http.StatusTooManyRequests, RetryAfter: fault.Duration(time.Hour)}, api.ErrRateLimited, true},
	"401":                       {fault.Fault{Kind: fault.Status, Status: http.StatusUnauthorized, Body: "{}"}, api.ErrAuth, true},
	"403":                       {fault.Fault{Kind: fault.Status, Status: http.StatusForbidden, Body: "{}"}, api.ErrAuth, true},
	"500 without a body":        {fault.Fault{Kind: fault.EmptyError}, api.ErrUnavailable, false},
	"502 of a proxy":            {fault.Fault{Kind: fault.Status, Status: http.StatusBadGateway, Body: "<html>Bad gateway</html>"}, api.ErrUnavailable, false},
	"503":                       {fault.Fault{Kind: fault.Status, Status: http.StatusServiceUnavailable}, api.ErrUnavailable, false},
	"502 after the work":        {fault.Fault{Kind: fault.StatusAfter}, api.ErrUnavailable, false},
	"a web page after the work": {fault.Fault{Kind: fault.StatusAfter, Status: http.StatusOK, Body: "<html>Welcome</html>"}, api.ErrUnavailable, false},
	"a web page in its place":   {fault.Fault{Kind: fault.Status, Status: http.StatusOK, Body: "<html>Welcome</html>"}, api.ErrUnavailable, false},
	"a redirect":                {fault.Fault{Kind: fault.Redirect, Header: map[string]string{"Location": "https://elsewhere.example/"}}, nil, true},
	"cut":                       {fault.Fault{Kind: fault.Cut}, api.ErrUnavailable, false},
	"cut after the work":        {fault.Fault{Kind: fault.CutAfter}, api.ErrUnavailable, false},
	"cut in the answer":         {fault.Fault{Kind: fault.TruncatedBody}, api.ErrUnavailable, false},
	"hanging":                   {fault.Fault{Kind: fault.Hang}, api.ErrUnavailable, false},
	"hanging after the work":    {fault.Fault{Kind: fault.HangAfter}, api.ErrUnavailable, false},
	"a broken body":             {fault.Fault{Kind: fault.InvalidJSON}, api.ErrUnavailable, false},
	"an empty body":             {fault.Fault{Kind: fault.InvalidJSON, Body: " "}, api.ErrUnavailable, false},
	"a slow body":               {fault.Fault{Kind: fault.SlowBody, Delay: fault.Duration(time.Millisecond)}, nil, false},
}

// answered are the kinds of failures after which a host does not repeat the call.
var answered = []fault.Kind{fault.InvalidJSON, fault.SlowBody, fault.Redirect}

// hangTimeout is the time limit of calls in tests where one of them hangs. It is long enough for
// the others on a busy machine.
const hangTimeout = 2 * time.Second

// RunFaults makes each call of a change fail in each way, once and forever. It checks this: After
// success, the zone is as wanted. After an error that does not match api.ErrOutcomeUnknown, an
// atomic host has changed nothing. If it is known that nothing was changed, the error does not
// match api.ErrOutcomeUnknown. A change whose outcome is unknown is not repeated. Records of others
// stay.
//
// open returns a fixture with Faults, and the time limit for each call of its host; 0 means the
// host's own.
func RunFaults(t *testing.T, open func(t *testing.T, timeout time.Duration) Fixture) {
	for name, make := range map[string]func(t *testing.T, f Fixture) dns.ChangeSet{"several records": severalRecords, "an exchange": anExchange} {
		t.Run(name, func(t *testing.T) {
			calls := cleanRun(t, open(t, 0), make)
			for what, fails := range failures {
				for n := range calls {
					for _, forGood := range []bool{false, true} {
						if forGood && slices.Contains(answered, fails.Kind) {
							continue // nothing is called again after such an answer
						}
						var timeout time.Duration
						if fails.Kind == fault.Hang || fails.Kind == fault.HangAfter {
							if n != slices.Index(calls, true) || forGood {
								continue // as it has to be waited for
							}
							timeout = hangTimeout
						}
						t.Run(fmt.Sprintf("%s at call %d, for good %t", what, n, forGood), func(t *testing.T) {
							t.Parallel()
							runFault(t, open(t, timeout), make, fails, calls, n, forGood)
						})
					}
				}
			}
		})
	}
}

// severalRecords prepares a zone and returns a change that creates, replaces and deletes.
func severalRecords(t *testing.T, f Fixture) dns.ChangeSet {
	old, gone := record(f, "changed", "TXT", "old"), record(f, "gone", "TXT", "soon")
	f.Add(t, old)
	f.Add(t, gone)
	snapshot := read(t, f)
	changed := old
	changed.Value = "new"
	return dns.ChangeSet{
		Create:  []dns.Record{record(f, "new", "TXT", "new"), record(f, "new", "A", "192.0.2.1")},
		Replace: []dns.Replacement{{Old: one(t, snapshot, old), New: changed}},
		Delete:  []dns.Record{one(t, snapshot, gone)},
	}
}

// anExchange prepares a zone and returns a change that replaces other records by a CNAME.
func anExchange(t *testing.T, f Fixture) dns.ChangeSet {
	text, address := record(f, "either", "TXT", "text"), record(f, "either", "A", "192.0.2.1")
	f.Add(t, text)
	f.Add(t, address)
	snapshot := read(t, f)
	return dns.ChangeSet{
		Delete: []dns.Record{one(t, snapshot, text), one(t, snapshot, address)},
		Create: []dns.Record{record(f, "either", "CNAME", "other.example.net")},
	}
}

// applied returns the records after a change.
func applied(before []dns.Record, c dns.ChangeSet) []dns.Record {
	after := slices.Clone(before)
	for _, r := range c.Delete {
		after = without(after, r)
	}
	for _, r := range c.Replace {
		after = append(without(after, r.Old), r.New)
	}
	return append(after, c.Create...)
}

// cleanRun makes a change without a fault, and returns the calls that it needs.
func cleanRun(t *testing.T, f Fixture, make func(t *testing.T, f Fixture) dns.ChangeSet) []bool {
	changes := make(t, f)
	snapshot, before := read(t, f), f.Records(t)
	f.Faults.Set(t)
	if err := f.Host.Apply(t.Context(), snapshot, changes); err != nil {
		t.Fatal(err)
	}
	calls := f.Faults.Calls()
	checkRecords(t, "the zone", f.Records(t), applied(before, changes))
	if !slices.Contains(calls, true) {
		t.Fatalf("none of the %d calls changes the zone", len(calls))
	}
	return calls
}

func runFault(t *testing.T, f Fixture, make func(t *testing.T, f Fixture) dns.ChangeSet, fails failure, clean []bool, n int, forGood bool) {
	foreign := []dns.Record{record(f, "theirs", "TXT", "stays"), record(f, "new", "TXT", "theirs"), record(f, "changed", "TXT", "theirs")}
	for _, r := range foreign {
		f.Add(t, r)
	}
	changes := make(t, f)
	snapshot, before := read(t, f), f.Records(t)
	hit := fails.Fault
	hit.Skip = n
	if !forGood {
		hit.Count = 1
	}
	f.Faults.Set(t, hit)
	err := f.Host.Apply(t.Context(), snapshot, changes)
	calls := f.Faults.Calls()
	f.Faults.Set(t)

	after := f.Records(t)
	for _, r := range foreign {
		if !contains(after, r) {
			t.Errorf("%s of somebody else is gone", r)
		}
	}
	if err == nil {
		checkRecords(t, "the zone after success", after, applied(before, changes))
		return
	}
	unknown := errors.Is(err, api.ErrOutcomeUnknown)
	changesBefore := count(clean[:n]) // changing calls that went well
	switch {
	case fails.Kind == fault.SlowBody:
		t.Errorf("a slow answer is one all the same: %v", err)
	case fails.kind != nil && !errors.Is(err, fails.kind):
		t.Errorf("%v is not %v", err, fails.kind)
	case changesBefore == 0 && (!clean[n] || fails.sure):
		if unknown || errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("nothing was done, but the error leaves it open: %v", err)
		}
		checkRecords(t, "the zone, in which nothing was done,", after, before)
	case forGood && !f.Host.Limits().Atomic:
		// A call after this one may have failed in the same way, and the error may be about that.
	case changesBefore == 0 && !unknown:
		t.Errorf("nobody can know whether the change was made, but the error does: %v", err)
	case f.Host.Limits().Atomic && !unknown:
		t.Errorf("the change was made, but the error does not say that it may have been: %v", err)
	}
	if clean[n] && !fails.sure && !forGood && count(calls) != changesBefore+1 {
		t.Errorf("%d calls to change the zone, although what became of number %d is not known: %v", count(calls), changesBefore+1, err)
	}
	checkBetween(t, after, before, applied(before, changes))
}

// count returns how many calls change the zone.
func count(calls []bool) int {
	n := 0
	for _, changing := range calls {
		if changing {
			n++
		}
	}
	return n
}

// checkBetween checks that all records that a zone had and should still have are there, and no
// record that it neither had nor should have.
func checkBetween(t *testing.T, after, before, wanted []dns.Record) {
	t.Helper()
	for _, r := range after {
		if !contains(before, r) && !contains(wanted, r) {
			t.Errorf("the zone has %s, which nobody wanted", r)
		}
	}
	for _, r := range before {
		if contains(wanted, r) && !contains(after, r) {
			t.Errorf("the zone has lost %s, which was not to go", r)
		}
	}
}
