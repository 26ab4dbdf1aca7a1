package estate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// maxText bounds what is said about a record, in bytes. Zones may hold texts of 64 KiB.
const maxText = 1000

// LookOptions say how to look at an estate.
type LookOptions struct {
	// Check has the options of the checks. Its Lookup is required. Domain, Selectors and Mailboxes
	// come from the estate; selectors that are given count for all domains.
	Check check.Options
	// Takes, if set, reports whether a service itself takes the mail for a local part of its domains, so
	// that there cannot be a mailbox of that name.
	Takes func(service, localPart string) bool
	// RecordsOnly leaves the checks out.
	RecordsOnly bool
	// Progress, if set, is called with the name of each domain that has been looked at, never twice at
	// the same time; done counts them.
	Progress func(done, total int, domain string)
}

// parallelDomains limits how many domains are looked at at the same time. The lookups of one
// domain are made in parallel too, and the Lookup has a limit of its own.
const parallelDomains = 16

// Look looks at all domains: it asks the name servers for the published records, and runs the
// checks. It changes nothing anywhere. What could not be looked at is unknown in the result; the
// error is about the options only.
func (e *Estate) Look(ctx context.Context, options LookOptions) error {
	now := time.Now
	if options.Check.Now != nil {
		now = options.Check.Now
	}
	e.LookedAt = now().UTC().Truncate(time.Second)
	for _, d := range e.Domains {
		for i := range d.Certificates {
			d.Certificates[i].DaysLeft = daysUntil(e.LookedAt, d.Certificates[i].NotAfter)
		}
	}
	var (
		mu      sync.Mutex
		done    int
		errs    []error
		looking sync.WaitGroup
		slots   = make(chan struct{}, parallelDomains)
		zones   = newZones(options.Check.Lookup)
	)
	for _, d := range e.Domains {
		looking.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			err := d.look(ctx, zones, options)
			mu.Lock()
			defer mu.Unlock()
			done++
			if err != nil {
				errs = append(errs, err)
			}
			if options.Progress != nil {
				options.Progress(done, len(e.Domains), d.Name)
			}
		})
	}
	looking.Wait()
	if len(errs) == 0 {
		return nil
	}
	return errs[0] // all are the same: the options are
}

// daysUntil returns the whole days from one time to another, rounded down.
func daysUntil(from, to time.Time) int {
	days := to.Sub(from) / (24 * time.Hour)
	if to.Before(from) && to.Sub(from)%(24*time.Hour) != 0 {
		days--
	}
	return int(days)
}

func (d *Domain) look(ctx context.Context, zones *zones, options LookOptions) error {
	var (
		looking sync.WaitGroup
		failed  error
	)
	looking.Go(func() { d.lookForRecords(ctx, zones) })
	if !options.RecordsOnly {
		looking.Go(func() { failed = d.runChecks(ctx, options) })
	}
	looking.Wait()
	d.excuse(ctx, options.Check.Lookup)
	return failed
}

// runChecks runs the checks with what the estate knows about the domain.
func (d *Domain) runChecks(ctx context.Context, look LookOptions) error {
	options := look.Check
	if _, err := dns.Canonical(d.Name); err != nil {
		d.CheckProblem = bounded(err.Error())
		return nil
	}
	options.Domain = d.Name
	options.Selectors = slices.Clone(options.Selectors)
	for _, selector := range d.Selectors() {
		if !slices.Contains(options.Selectors, selector) {
			options.Selectors = append(options.Selectors, selector)
		}
	}
	if d.Mailboxes != nil {
		options.Mailboxes = slices.Clone(d.localParts)
		for _, role := range roles {
			if look.Takes != nil && slices.ContainsFunc(d.Services, func(service string) bool { return look.Takes(service, role) }) {
				options.Mailboxes = append(options.Mailboxes, role)
			}
		}
	}
	report, err := check.Run(ctx, options)
	if err != nil {
		return err
	}
	d.Check = &report
	return nil
}

// roles are the local parts that every domain should have (RFC 2142).
var roles = []string{"postmaster", "abuse"}

// Selectors returns the DKIM selectors of the domain that its keys and records name, sorted. A key below
// a subdomain has its whole name, "SELECTOR._domainkey.SUB.DOMAIN", instead of a selector.
func (d *Domain) Selectors() []string {
	var selectors []string
	for _, k := range d.Keys {
		if _, err := dns.Canonical(k.Selector); err == nil {
			selectors = append(selectors, k.Selector)
		}
	}
	for _, r := range d.Records {
		if selector, of, found := strings.Cut(r.Name, "._domainkey."); found && (r.Type == "TXT" || r.Type == "CNAME") {
			switch {
			case of == d.Name:
				selectors = append(selectors, selector)
			case strings.HasSuffix(of, "."+d.Name):
				selectors = append(selectors, r.Name)
			}
		}
	}
	slices.Sort(selectors)
	return slices.Compact(selectors)
}

// lookForRecords asks the name servers of the zones for the domain's records. Where none can be
// asked, as in networks that block port 53, it asks the resolvers.
func (d *Domain) lookForRecords(ctx context.Context, zones *zones) {
	byZone := map[string][]*Record{}
	for _, r := range d.Records {
		if _, err := dns.Canonical(r.Name); err != nil {
			r.Presence, r.Problem = Unknown, bounded(err.Error())
			continue
		}
		byZone[r.zone] = append(byZone[r.zone], r)
	}
	var looking sync.WaitGroup
	for apex, records := range byZone {
		looking.Go(func() {
			if apex == "" {
				apex = d.Name
			}
			wanted := make([]dns.Record, len(records))
			for i, r := range records {
				wanted[i] = dns.ShownRecord(r.Name, r.Type, r.Value)
				if r.Priority != nil {
					wanted[i].Priority = *r.Priority
				}
			}
			for i, a := range zones.arrivals(ctx, apex, wanted) {
				records[i].note(a)
			}
		})
	}
	looking.Wait()
}

// note notes what was found about the record.
func (r *Record) note(a dns.Arrival) {
	switch {
	case a.Err != nil:
		r.Presence, r.Problem = Unknown, bounded(a.Err.Error())
	case a.Arrived():
		r.Presence = Seen
	default:
		lacking := make([]string, len(a.Lacking))
		for i, l := range a.Lacking {
			lacking[i] = l.String()
			if r.besideSecret {
				lacking[i] = l.Server
			}
		}
		r.Presence, r.Problem = Missing, bounded("not at "+strings.Join(lacking, ", "))
	}
}

func bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// zones finds each zone once.
type zones struct {
	lookup *dns.Lookup
	mu     sync.Mutex
	found  map[string]func() (dns.Zone, error)
}

func newZones(lookup *dns.Lookup) *zones {
	return &zones{lookup: lookup, found: map[string]func() (dns.Zone, error){}}
}

func (z *zones) at(ctx context.Context, apex string) (dns.Zone, error) {
	z.mu.Lock()
	find := z.found[apex]
	if find == nil {
		find = sync.OnceValues(func() (dns.Zone, error) { return z.lookup.Apex(ctx, apex) })
		z.found[apex] = find
	}
	z.mu.Unlock()
	return find()
}

// arrivals looks for records of a zone. Where the name servers cannot be asked, it asks the resolvers.
func (z *zones) arrivals(ctx context.Context, apex string, wanted []dns.Record) []dns.Arrival {
	zone, err := z.at(ctx, apex)
	var nothing *dns.NoSuchZoneError
	switch {
	case errors.As(err, &nothing) || err == nil && zone.Apex != apex:
		return z.lookup.Resolved(ctx, wanted) // the zone is not delegated
	case err != nil:
		arrivals := make([]dns.Arrival, len(wanted))
		for i, r := range wanted {
			arrivals[i] = dns.Arrival{Record: r, Err: err}
		}
		return arrivals
	}
	arrivals := z.lookup.Arrivals(ctx, zone, wanted)
	var again []dns.Record
	for _, a := range arrivals {
		if a.Err != nil {
			again = append(again, a.Record)
		}
	}
	resolved := z.lookup.Resolved(ctx, again)
	for i := range arrivals {
		if arrivals[i].Err != nil {
			arrivals[i], resolved = resolved[0], resolved[1:]
		}
	}
	return arrivals
}
