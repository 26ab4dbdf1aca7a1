package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// world is the sandbox of a configuration, as seen by others than the provider: by those who have
// records in the same zones, and by those who ask the DNS.
type world struct {
	box   *sandbox.Sandbox
	zones []hostedZone
}

// hostedZone is a zone and its DNS host.
type hostedZone struct {
	dns.HostedZone
	host dns.Host
}

// openWorld opens the sandbox with its state in a file.
func openWorld(file string) (*world, error) {
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
	if err != nil {
		return nil, err
	}
	return &world{box: box}, nil
}

func (w *world) close() error { return w.box.Close() }

// sharedZone is a zone in which others have an SPF record, which must be merged with the firm's.
// Its host can only write a zone as a whole, so every write could lose records of others.
const sharedZone = "example.org"

// othersRecords returns the records that others have in a zone.
func othersRecords(apex string) []dns.Record {
	records := []dns.Record{
		{Name: "www." + apex, Type: "A", Value: "192.0.2.80", TTL: 3600},
		{Name: apex, Type: "TXT", Value: "site-verification=of-another-service", TTL: 3600},
	}
	if apex == sharedZone {
		records = append(records, dns.Record{Name: apex, Type: "TXT", Value: "v=spf1 ip4:198.51.100.7 ~all", TTL: 3600})
	}
	return records
}

// letOthersPublish creates the firm's zones, with records of others in each.
func (w *world) letOthersPublish(ctx context.Context) error {
	zones := w.box.DefaultZones()
	if err := w.box.AddZones(zones); err != nil {
		return err
	}
	for _, apex := range slices.Sorted(maps.Keys(zones)) {
		zone, err := w.enter(ctx, apex, zones[apex])
		if err == nil {
			err = zone.add(ctx, othersRecords(apex))
		}
		if err != nil {
			return fmt.Errorf("publishing records of others in %s: %w", apex, err)
		}
		w.zones = append(w.zones, zone)
	}
	return nil
}

// enter finds a zone at a DNS host.
func (w *world) enter(ctx context.Context, apex, hostName string) (hostedZone, error) {
	host, err := w.host(hostName)
	if err != nil {
		return hostedZone{}, err
	}
	zone, err := host.FindZone(ctx, apex)
	return hostedZone{zone, host}, err
}

func (z hostedZone) add(ctx context.Context, records []dns.Record) error {
	base, err := z.host.Read(ctx, z.HostedZone)
	if err != nil {
		return err
	}
	return z.host.Apply(ctx, base, dns.ChangeSet{Create: records})
}

// contents returns a line for each record of all zones, with its TTL, as it is at the DNS hosts.
func (w *world) contents(ctx context.Context) ([]string, error) {
	var lines []string
	for _, z := range w.zones {
		snapshot, err := z.host.Read(ctx, z.HostedZone)
		if err != nil {
			return nil, fmt.Errorf("reading the zone %s: %w", z.Apex, err)
		}
		for _, r := range snapshot.Records {
			lines = append(lines, fmt.Sprintf("%s (TTL %d)", r, r.TTL))
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// same returns an error with a line for each record that is in only one of two contents.
func same(before, after []string) error {
	var errs []error
	for _, line := range without(before, after) {
		errs = append(errs, fmt.Errorf("a record of others is lost: %s", line))
	}
	for _, line := range without(after, before) {
		errs = append(errs, fmt.Errorf("a record is left in the zone that was not there before: %s", line))
	}
	return errors.Join(errs...)
}

// without returns the lines that are not in others. Repeated lines are counted.
func without(lines, others []string) []string {
	rest := slices.Clone(lines)
	for _, line := range others {
		if i := slices.Index(rest, line); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
	}
	return rest
}

// host opens the sandbox's account at a DNS host.
func (w *world) host(name string) (dns.Host, error) {
	host, ok := kit.Named(kit.With[zone.HostService](service.All), name)
	if !ok {
		return nil, fmt.Errorf("there is no DNS host %q", name)
	}
	run := kit.NewRun("demo", service.All)
	run.EnterSandbox(w.box, "")
	return host.Host().Simulated(run)
}
