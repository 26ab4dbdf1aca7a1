package googleapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// opChange is what a change attempts, for messages.
const opChange = "change the records of"

// done is the answer to a change, and to a question for one.
type done struct {
	ID     string `json:"id"`
	Status string `json:"status"` // pending or done
}

// statusPending is the status of a change that the service has accepted, and not yet sent to all of
// its name servers.
const statusPending = "pending"

// Apply implements [dns.Host]. It makes one call, which the service carries out as a whole or not at
// all.
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	_, _, err := h.apply(ctx, base, changes)
	return err
}

// apply makes a change, and returns how the service calls it. The ID is empty if there was nothing to
// change.
func (h *Host) apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) (done, *draft, error) {
	if changes.Empty() {
		return done{}, nil, nil
	}
	zone := base.Zone
	if zone.ReadOnly != "" {
		return done{}, nil, &dns.RefusedError{Reason: zone.ReadOnly}
	}
	at, err := h.place(opChange, zone)
	if err != nil {
		return done{}, nil, err
	}
	d, err := arrange(base, changes)
	if err != nil {
		return done{}, nil, err
	}
	body := d.change()
	if body.empty() {
		return done{}, d, nil
	}
	var got done
	request := call{
		op: opChange, object: zone.Apex, method: http.MethodPost, path: at.path("changes"), body: body, repeat: api.Never,
		needs: at.needs("dns.changes.create and dns.resourceRecordSets.create, .update and .delete"),
	}
	if err := h.send(ctx, request, &got); err != nil {
		return done{}, d, d.refused(err)
	}
	if got.ID == "" || got.Status == "" {
		fail := unexpected(opChange, zone.Apex, errors.New("it does not confirm the change"))
		fail.Unsure = true
		return done{}, d, fail
	}
	return got, d, nil
}

// refused recognises answers by which the service says that the zone is no longer as it was read:
// a set to be deleted is gone (404) or different (412), or one to be added exists (409). It then has
// changed nothing.
func (d *draft) refused(err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Unsure {
		return err
	}
	switch {
	case fail.Status == http.StatusPreconditionFailed,
		fail.Status == http.StatusConflict && fail.Code == reasonExists,
		fail.Status == http.StatusNotFound && fail.Code == reasonNotFound && aboutSets(fail):
		return fmt.Errorf("%w: %w", dns.ErrZoneChanged, err)
	case fail.Code == reasonAlias && !d.conflicting():
		// What was read had no such conflict, so somebody else has made it.
		return fmt.Errorf("%w: %w", dns.ErrZoneChanged, err)
	case fail.Code == reasonAlias:
		of := *fail
		of.Kind = api.ErrConflict
		of.Advice = "A name has either one CNAME or records of other types: delete what is in the way, or choose another name"
		return &of
	case fail.Code == reasonQuota:
		return &dns.RefusedError{Reason: fmt.Sprintf("Google Cloud DNS has refused the change as a whole, and nothing was changed: %s. "+
			"A quota of the project limits how many record sets one change, and a zone, may have, and how many records a set may have: "+
			"have it raised, or change less at once (-target)", strings.TrimSuffix(fail.Answer, "."))}
	}
	return err
}

// conflicting reports whether the change itself, or the zone as it was read, has a CNAME and other
// data at one name.
func (d *draft) conflicting() bool {
	types := map[string][]string{}
	for key := range d.sets {
		if s := d.byKey[key]; s == nil || len(s.result()) > 0 {
			types[key.Name] = append(types[key.Name], key.Type)
		}
	}
	for _, s := range d.order {
		if s.set.fields == nil && len(s.result()) > 0 {
			types[s.set.key.Name] = append(types[s.set.key.Name], s.set.key.Type)
		}
	}
	for _, s := range d.order {
		if at := types[s.set.key.Name]; len(at) > 1 && slices.Contains(at, "CNAME") || s.set.key.Name == d.zone.Apex && s.set.key.Type == "CNAME" {
			return true
		}
	}
	return false
}

// ApplyAndRead implements [dns.ReadBacker]. A change may be pending for some time. If the zone does
// not show it yet, ApplyAndRead waits for the service to finish it, and reads the zone again. If it is
// still pending after that, the error matches api.ErrOutcomeUnknown.
func (h *Host) ApplyAndRead(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) (*dns.Snapshot, error) {
	made, d, err := h.apply(ctx, base, changes)
	if err != nil || d == nil {
		return nil, err
	}
	after, err := h.Read(ctx, base.Zone)
	if err != nil {
		return nil, nil //nolint:nilerr // the write itself succeeded, and whoever called reads the zone again
	}
	if made.Status != statusPending || d.shows(after) {
		return after, nil
	}
	finished, err := h.finish(ctx, base.Zone, made.ID)
	if err != nil {
		return nil, nil //nolint:nilerr // as above
	}
	if after, err = h.Read(ctx, base.Zone); err != nil {
		return nil, nil //nolint:nilerr // as above
	}
	if !finished && !d.shows(after) {
		return nil, &api.Error{
			Service: service, Op: opChange, Object: base.Zone.Apex, Kind: api.ErrUnavailable, Unsure: true,
			Cause:  fmt.Errorf("the service has accepted change %s, which is still pending after %s and does not show in the zone", made.ID, h.pendingFor),
			Advice: "Apply again later, which goes on from what is there",
		}
	}
	return after, nil
}

// shows reports whether a zone has the sets as the change leaves them.
func (d *draft) shows(s *dns.Snapshot) bool {
	sets, _ := s.Native.(zoneSets)
	for _, c := range d.order {
		there, want := sets[c.set.key], c.result()
		switch {
		case there == nil && len(want) == 0:
		case there == nil || there.ttl != c.ttl || len(there.values) != len(want):
			return false
		default:
			for _, value := range want {
				wanted := decode(c.set.key, value).Identity()
				if !slices.ContainsFunc(there.values, func(v string) bool { return decode(c.set.key, v).Identity() == wanted }) {
					return false
				}
			}
		}
	}
	return true
}

// finish waits until a change is done. It reports false if that takes too long.
func (h *Host) finish(ctx context.Context, zone dns.HostedZone, id string) (bool, error) {
	at, err := h.place(opChange, zone)
	if err != nil {
		return false, err
	}
	deadline := time.Now().Add(h.pendingFor)
	for attempt := 0; time.Now().Before(deadline); attempt++ {
		if !h.wait(ctx, min(attempt, 2)) {
			return false, ctx.Err()
		}
		var got done
		request := call{op: "wait for the change of", object: zone.Apex, method: http.MethodGet, path: at.path("changes", id), needs: at.needs("dns.changes.get")}
		if err := h.send(ctx, request, &got); err != nil {
			return false, err
		}
		if got.Status != statusPending {
			return true, nil
		}
	}
	return false, nil
}
