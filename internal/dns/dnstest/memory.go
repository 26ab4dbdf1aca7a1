package dnstest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Zones are hosted zones that several [Memory] hosts can share. Each host stands for one process.
type Zones struct {
	mu      sync.Mutex
	zones   []*memoryZone
	lastID  int
	applied int
	reads   int
	byID    int
}

type memoryZone struct {
	hosted  dns.HostedZone
	private bool
	records []dns.Record
}

// NewZones makes zones without records. Zones with the same apex need different IDs.
func NewZones(zones ...dns.HostedZone) *Zones {
	z := &Zones{}
	for _, zone := range zones {
		z.Open(zone)
	}
	return z
}

// Open adds a zone without records.
func (z *Zones) Open(zone dns.HostedZone) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.zones = append(z.zones, &memoryZone{hosted: zone})
}

// Close removes a zone, which is named by its ID or its apex.
func (z *Zones) Close(zone string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	held := z.named(zone)
	z.zones = slices.DeleteFunc(z.zones, func(other *memoryZone) bool { return other == held })
}

// Hide makes a zone private, so that only its ID finds it. The zone is named by its ID or its apex.
func (z *Zones) Hide(zone string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	held := z.named(zone)
	held.private, held.hosted.ReadOnly = true, "the zone is private: the public DNS does not serve it"
}

// named returns the zone with an ID or, if there is none, with an apex. It returns nil if there is
// neither.
func (z *Zones) named(name string) *memoryZone {
	for _, has := range []func(dns.HostedZone) bool{
		func(hosted dns.HostedZone) bool { return hosted.ID == name },
		func(hosted dns.HostedZone) bool { return hosted.Apex == name },
	} {
		if i := slices.IndexFunc(z.zones, func(zone *memoryZone) bool { return has(zone.hosted) }); i >= 0 {
			return z.zones[i]
		}
	}
	return nil
}

// held returns a hosted zone with its records, or nil if it is not there any more.
func (z *Zones) held(zone dns.HostedZone) *memoryZone {
	i := slices.IndexFunc(z.zones, func(other *memoryZone) bool { return other.hosted.ID == zone.ID && other.hosted.Apex == zone.Apex })
	if i < 0 {
		return nil
	}
	return z.zones[i]
}

// Records returns the records of a zone, which is named by its ID or its apex.
func (z *Zones) Records(zone string) []dns.Record {
	z.mu.Lock()
	defer z.mu.Unlock()
	return slices.Clone(z.named(zone).records)
}

// Add adds records at the end of a zone, as somebody else would. The zone is named by its ID or its
// apex.
func (z *Zones) Add(zone string, records ...dns.Record) {
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, r := range records {
		z.add(z.named(zone), r)
	}
}

func (z *Zones) add(zone *memoryZone, r dns.Record) {
	z.lastID++
	r.ID = strconv.Itoa(z.lastID)
	zone.records = append(zone.records, r)
}

// Remove deletes one record with the identity of r, as somebody else would. It reports whether
// there was one. The zone is named by its ID or its apex.
func (z *Zones) Remove(name string, r dns.Record) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	zone := z.named(name)
	i := slices.IndexFunc(zone.records, func(other dns.Record) bool { return other.Identity() == r.Identity() })
	if i < 0 {
		return false
	}
	zone.records = slices.Delete(slices.Clone(zone.records), i, i+1)
	return true
}

// Applied returns how often hosts were told to change a zone.
func (z *Zones) Applied() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.applied
}

// Reads returns how often a zone was read.
func (z *Zones) Reads() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.reads
}

// Memory is a [dns.Host] for Zones. Set its fields before you use it.
type Memory struct {
	*Zones

	// Behaviour is what the host declares, and how it behaves. A host with CompareAndSwap notices
	// any change of the record sets that it should change. A host with RewritesZone restores the
	// zone as its base was, with the changes. Any other host changes record by record, by ID.
	Behaviour dns.Limits
	// Latency is how long each call takes before and after its work.
	Latency time.Duration
	// OnApply, if set, is called instead of making a change. It may make the change by calling
	// apply. It returns the outcome.
	OnApply func(changes dns.ChangeSet, apply func() error) error
	// OnRead, if set, is called before a zone is read. If it returns an error, that is the outcome.
	OnRead func() error
	// OnFind, if set, is called before a zone is searched for by a name. If it returns an error, that
	// is the outcome.
	OnFind func() error
}

// Name returns "memory".
func (m *Memory) Name() string { return "memory" }

// Limits returns Behaviour.
func (m *Memory) Limits() dns.Limits { return m.Behaviour }

// FindZone returns the deepest zone that holds the name. If several zones have that apex, the error
// is a [dns.AmbiguousZoneError].
func (m *Memory) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	if err := m.wait(ctx); err != nil {
		return dns.HostedZone{}, err
	}
	if m.OnFind != nil {
		if err := m.OnFind(); err != nil {
			return dns.HostedZone{}, err
		}
	}
	for at := name; at != ""; _, at, _ = strings.Cut(at, ".") {
		switch zones := m.public(at); len(zones) {
		case 0:
		case 1:
			return zones[0], nil
		default:
			return dns.HostedZone{}, &dns.AmbiguousZoneError{Apex: at, Zones: zones}
		}
	}
	return dns.HostedZone{}, &api.Error{Service: "memory", Op: "find the zone of", Object: name, Kind: api.ErrNotFound,
		Advice: "No zone of this account holds the name."}
}

// CheckAccess proves write access to every zone that is not read-only.
func (m *Memory) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	if err := m.wait(ctx); err != nil {
		return "", err
	}
	if zone.ReadOnly != "" {
		return "", &dns.RefusedError{Reason: zone.ReadOnly}
	}
	return dns.WriteProven, nil
}

// Read returns the zone.
func (m *Memory) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	if err := m.wait(ctx); err != nil {
		return nil, err
	}
	if m.OnRead != nil {
		if err := m.OnRead(); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	m.reads++
	held := m.held(zone)
	if held == nil {
		m.mu.Unlock()
		return nil, &api.Error{Service: "memory", Op: "read zone", Object: zone.Apex, Kind: api.ErrNotFound}
	}
	snapshot := &dns.Snapshot{Zone: held.hosted, Records: slices.Clone(held.records)}
	m.mu.Unlock()
	return snapshot, m.wait(ctx)
}

// Apply changes the zone as Behaviour says.
func (m *Memory) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if err := m.wait(ctx); err != nil {
		return err
	}
	apply := func() error { return m.apply(base, changes) }
	err := error(nil)
	if m.OnApply != nil {
		err = m.OnApply(changes, apply)
	} else {
		err = apply()
	}
	if err != nil {
		return err
	}
	if err := m.wait(ctx); err != nil {
		return &api.Error{Service: "memory", Op: "write zone", Object: base.Zone.Apex, Cause: err, Unsure: true}
	}
	return nil
}

func (m *Memory) wait(ctx context.Context) error {
	if m.Latency > 0 {
		timer := time.NewTimer(m.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (m *Memory) apply(base *dns.Snapshot, changes dns.ChangeSet) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.applied++
	zone := m.held(base.Zone)
	if zone == nil {
		return &api.Error{Service: "memory", Op: "write zone", Object: base.Zone.Apex, Kind: api.ErrNotFound}
	}
	if zone.hosted.ReadOnly != "" {
		return &dns.RefusedError{Reason: zone.hosted.ReadOnly}
	}
	from := zone.records
	if m.Behaviour.RewritesZone {
		from = base.Records
	}
	if m.Behaviour.CompareAndSwap && !sameSets(base.Records, zone.records, changes) {
		return dns.ErrZoneChanged
	}
	changed, err := m.changed(from, changes)
	if err != nil {
		return err
	}
	zone.records = changed
	return nil
}

// changed returns the records after the changes. If a record is not there any more, it refuses all
// changes.
func (m *Memory) changed(records []dns.Record, changes dns.ChangeSet) ([]dns.Record, error) {
	records = slices.Clone(records)
	find := func(r dns.Record) (int, error) {
		i := slices.IndexFunc(records, func(other dns.Record) bool { return other.ID == r.ID && other.Identity() == r.Identity() })
		if i < 0 {
			return 0, &api.Error{Service: "memory", Op: "change", Object: r.String(), Status: 404, Kind: api.ErrNotFound}
		}
		return i, nil
	}
	for _, r := range changes.Delete {
		i, err := find(r)
		if err != nil {
			return nil, err
		}
		records = slices.Delete(records, i, i+1)
	}
	for _, replacement := range changes.Replace {
		i, err := find(replacement.Old)
		if err != nil {
			return nil, err
		}
		changed := replacement.New
		changed.ID, changed.Comment = records[i].ID, records[i].Comment
		if changed.TTL == 0 {
			changed.TTL = m.Behaviour.DefaultTTL
		}
		records[i] = changed
	}
	for _, r := range changes.Create {
		if r.ID != "" || r.Native != nil {
			return nil, &dns.RefusedError{Record: r, Reason: fmt.Sprintf("a new record has the ID %q already", r.ID)}
		}
		if types := m.Behaviour.Types; types != nil && !slices.Contains(types, r.Type) {
			return nil, &dns.RefusedError{Record: r, Reason: "the type is not supported"}
		}
		if r.TTL == 0 {
			r.TTL = m.Behaviour.DefaultTTL
		}
		m.lastID++
		r.ID = strconv.Itoa(m.lastID)
		records = append(records, r)
	}
	return records, nil
}

// sameSets reports whether the record sets of the changes are the same in both states of the zone.
func sameSets(a, b []dns.Record, changes dns.ChangeSet) bool {
	concerned := map[dns.SetKey]bool{}
	for _, r := range slices.Concat(changes.Delete, changes.Create) {
		concerned[r.SetKey()] = true
	}
	for _, replacement := range changes.Replace {
		concerned[replacement.Old.SetKey()] = true
	}
	elsewhere := func(r dns.Record) bool { return !concerned[r.SetKey()] }
	return slices.Equal(sorted(slices.DeleteFunc(slices.Clone(a), elsewhere)), sorted(slices.DeleteFunc(slices.Clone(b), elsewhere)))
}
