package rfc2136api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A server may keep a zone unsigned and serve a signed copy of it (BIND's inline-signing). It then
// serves a change only some time after it has accepted it. BIND 9.18 may even forget to, until the
// next change. But prerequisites are checked against the zone itself, so Read can find out its
// content.

// written are the record sets that updates have written, or tried to write, with their new content.
type written struct{ sets recordSets }

const (
	firstLook          = 20 * time.Millisecond
	lastLook           = time.Second
	defaultTTLPatience = time.Second
)

// settled reads the zone, and reads it again as long as it shows neither what was written nor what
// is in the zone.
func (h *Host) settled(ctx context.Context, zone dns.HostedZone, read func() (*dns.Snapshot, error)) (*dns.Snapshot, error) {
	began := time.Now()
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		last := h.lastWritten(zone.Apex)
		snapshot, err := read()
		if err != nil || last == nil {
			return snapshot, err
		}
		waited := time.Since(began)
		done, err := h.reconcile(ctx, snapshot, last, waited < h.ttlPatience && waited+wait <= h.settle)
		if err != nil {
			return nil, err
		}
		if done {
			return snapshot, nil
		}
		if time.Since(began)+wait > h.settle {
			return nil, &api.Error{
				Service: h.service(),
				Op:      opRead,
				Object:  zone.Apex,
				Kind:    api.ErrUnavailable,
				Answer:  fmt.Sprintf("for %s it has served something else than the zone that it updates", h.settle),
				Advice:  "If the server signs the zone, its log says why that does not get on; then apply again",
			}
		}
		select {
		case <-ctx.Done():
			return nil, h.failed(opRead, zone.Apex, ctx.Err(), false)
		case <-time.After(wait):
		}
	}
}

// reconcile is whether a snapshot shows the content of the zone, as far as the last updates changed
// it. If the server has what was written and only does not serve it yet, reconcile puts it into the
// snapshot.
func (h *Host) reconcile(ctx context.Context, snapshot *dns.Snapshot, last *written, awaitTTL bool) (bool, error) {
	zone, served := snapshot.Zone, snapshot.Native.(recordSets)
	shown, pending := recordSets{}, recordSets{}
	sameTTLs := true
	for key, want := range last.sets {
		if snapshot.Names != nil && !slices.Contains(snapshot.Names, key.Name) {
			continue // the snapshot does not show it
		}
		shown[key] = want
		if !sameSet(served[key], want) {
			pending[key] = want
			continue
		}
		sameTTLs = sameTTLs && len(changed(want, served[key])) == 0
	}
	if len(pending) == 0 {
		if !sameTTLs && awaitTTL {
			return false, nil
		}
		h.forget(zone.Apex, last, shown)
		return true, nil
	}
	holds, err := h.holds(ctx, zone, pending, pending)
	if err != nil {
		return false, err
	}
	if holds && !sameTTLs && awaitTTL {
		return false, nil // prerequisites do not tell TTLs: only a served set shows its TTL
	}
	if holds {
		return true, h.put(snapshot, pending)
	}
	// The update was not carried out, or somebody has changed the zone since.
	holds, err = h.holds(ctx, zone, pending, served)
	if err == nil && !holds {
		// Prerequisites need not hold for PowerDNS's content. PowerDNS serves exactly its content.
		holds, err = h.servesItsZone(ctx, zone)
	}
	if holds {
		h.forget(zone.Apex, last, shown)
	}
	return holds, err
}

// holds asks the server whether the record sets with the keys of which are, in the zone itself, as
// in sets. It uses updates that consist only of prerequisites, as many as necessary.
func (h *Host) holds(ctx context.Context, zone dns.HostedZone, which, sets recordSets) (bool, error) {
	var prerequisites []miekg.RR
	size := 0
	for key := range which {
		next := required(key, sets[key])
		length := 0
		for _, rr := range next {
			length += miekg.Len(rr)
		}
		if size > 0 && size+length > maxUpdate {
			if holds, err := h.allHold(ctx, zone, prerequisites); !holds || err != nil {
				return false, err
			}
			prerequisites, size = nil, 0
		}
		prerequisites, size = append(prerequisites, next...), size+length
	}
	return h.allHold(ctx, zone, prerequisites)
}

// put replaces record sets of a snapshot.
func (h *Host) put(snapshot *dns.Snapshot, sets recordSets) error {
	all := snapshot.Native.(recordSets)
	for key, rrs := range sets {
		snapshot.Records = slices.DeleteFunc(snapshot.Records, func(r dns.Record) bool { return r.SetKey() == key })
		delete(all, key)
		for _, rr := range rrs {
			if err := h.show(snapshot, rr); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Host) lastWritten(apex string) *written {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.written[apex]
}

// remember notes the sets of an update that was sent, besides those for which Read is still
// waiting.
func (h *Host) remember(apex string, sets recordSets) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := recordSets{}
	if earlier := h.written[apex]; earlier != nil {
		maps.Copy(all, earlier.sets)
	}
	maps.Copy(all, sets)
	h.written[apex] = &written{sets: all}
}

// forget drops the sets that have settled, unless there has been another update.
func (h *Host) forget(apex string, last *written, settled recordSets) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.written[apex] != last {
		return
	}
	rest := recordSets{}
	for key, want := range last.sets {
		if _, done := settled[key]; !done {
			rest[key] = want
		}
	}
	if len(rest) == 0 {
		delete(h.written, apex)
		return
	}
	h.written[apex] = &written{sets: rest}
}
