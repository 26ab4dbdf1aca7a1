package rfc2136

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

// written is what an update was about that Read may have to wait for.
type written struct {
	sets recordSets // as they ought to be, if it was carried out
}

const (
	firstLook = 20 * time.Millisecond
	lastLook  = time.Second
)

// settled reads until the sets of the last update are served as the server has
// them.
func (h *Host) settled(ctx context.Context, zone dns.HostedZone, read func() (*dns.Snapshot, error)) (*dns.Snapshot, error) {
	deadline := time.Now().Add(h.settle)
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		last := h.lastWritten(zone.Apex)
		snapshot, err := read()
		if err != nil || last == nil {
			return snapshot, err
		}
		stale, err := h.isStale(ctx, snapshot, last)
		if err != nil {
			return nil, err
		}
		if !stale {
			h.forget(zone.Apex, last)
			return snapshot, nil
		}
		if !time.Now().Add(wait).Before(deadline) {
			return nil, &api.Error{
				Service: h.service(),
				Op:      opRead,
				Object:  zone.Apex,
				Kind:    api.ErrUnavailable,
				Answer:  fmt.Sprintf("%s after it has taken an update, it still serves what was there before", h.settle),
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

// isStale is whether the server serves something else than it has. When the sets
// are as they were written, they are not; otherwise somebody may have changed
// them since, and the server is asked by an update that consists of
// prerequisites only: those are checked against what it has.
func (h *Host) isStale(ctx context.Context, snapshot *dns.Snapshot, last *written) (bool, error) {
	served := snapshot.Native.(recordSets)
	asWritten := true
	msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(snapshot.Zone.Apex))
	for key, want := range last.sets {
		if snapshot.Names != nil && !slices.Contains(snapshot.Names, key.Name) {
			continue
		}
		asWritten = asWritten && sameSet(served[key], want)
		msg.Answer = append(msg.Answer, required(key, served[key])...)
	}
	if asWritten {
		return false, nil
	}
	reply, _, err := h.exchange(ctx, h.transport, msg)
	if err != nil {
		return false, h.failed("compare what is served of", snapshot.Zone.Apex, err, false)
	}
	return isChanged(reply.Rcode), nil
}

func (h *Host) lastWritten(apex string) *written {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.written[apex]
}

// remember notes what an update that was sent is about, beside what Read has not
// found settled yet.
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

// forget drops what was found settled, unless there has been another update.
func (h *Host) forget(apex string, settled *written) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.written[apex] == settled {
		delete(h.written, apex)
	}
}
