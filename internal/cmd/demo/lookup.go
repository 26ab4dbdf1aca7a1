package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

// lookupTimeout is for one question, on a busy machine.
const lookupTimeout = 10 * time.Second

// lookUp asks the simulated name servers for all records.
func (w *world) lookUp(ctx context.Context, e *estate.Estate) error {
	server, err := w.box.DNSAddr()
	if err != nil {
		return err
	}
	lookup := dns.NewLookup(dns.LookupConfig{
		Resolvers:     []string{server},
		AuthorityAddr: func(string) (string, bool) { return server, true },
		Timeout:       lookupTimeout,
	})
	return e.Look(ctx, estate.LookOptions{Check: check.Options{Lookup: lookup}, RecordsOnly: true})
}

// count returns how many records are in the DNS.
func count(e *estate.Estate) (seen, all int) {
	for _, r := range e.Records() {
		if r.Presence == estate.Seen {
			seen++
		}
		all++
	}
	return seen, all
}

// complete returns an error with a line for each published record that was not seen, and for each
// domain that is not verified.
func complete(e *estate.Estate) error {
	var errs []error
	if len(e.Records()) == 0 {
		errs = append(errs, errors.New("the state has no published records"))
	}
	for _, r := range e.Records() {
		if r.Presence != estate.Seen {
			errs = append(errs, fmt.Errorf("%s %s: published was %s, and it is %s: %s", r.Name, r.Type, r.Data(), r.Presence, r.Problem))
		}
	}
	for _, d := range e.Domains {
		if valid, known, _ := d.Verified(); known && !valid {
			errs = append(errs, fmt.Errorf("%s: its service has not verified the domain", d.Name))
		}
	}
	return errors.Join(errs...)
}

// gone returns an error with a line for each of the records that is still seen.
func gone(e *estate.Estate) error {
	var errs []error
	for _, r := range e.Records() {
		if r.Presence != estate.Missing {
			errs = append(errs, fmt.Errorf("%s %s: after the destroy, %s is %s in the DNS %s", r.Name, r.Type, r.Data(), r.Presence, r.Problem))
		}
	}
	return errors.Join(errs...)
}
