package octethapi

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// fewVerifications are made one by one, because such a call reports each record. More of them share
// calls.
const fewVerifications = 3

// How long a run waits for further callers. Terraform works on a few resources at a time, and
// pauses between the end of one and the beginning of the next.
const (
	defaultGap       = 500 * time.Millisecond // since the last one joined
	longestGathering = 5 * time.Second        // since the first one did
)

// Verify has the platform look up the records of a sender domain and set its status accordingly.
// The platform keeps the result for a minute: another call within it changes nothing. If the domain
// is gone, the error is api.ErrNotFound.
func (c *Client) Verify(ctx context.Context, kind Kind, id int64) (Verification, error) {
	r := c.command(commandsOf[kind].verify, map[string]any{"DomainID": id})
	r.Op, r.Object, r.Repeat = "verify", label(kind, id), api.Safely
	if err := known(r, kind); err != nil {
		return Verification{}, err
	}
	var got answer
	err := c.call(ctx, r, notFound, &got)
	c.lists.Forget(string(kind))
	if err != nil {
		return Verification{}, err
	}
	if about := got.DomainID.Value; about != 0 && about != id {
		return Verification{}, otherDomain(r, label(kind, about))
	}
	if about := got.Domain.Value.DomainID.Value; about != 0 && about != id {
		return Verification{}, otherDomain(r, label(kind, about))
	}
	v := Verification{ID: id, Kind: kind, Status: Status(got.Status), Verified: bool(got.IsVerified), Records: got.DNSRecords}
	if kind == EmailGateway {
		v.Status, v.Records = got.Domain.Value.status(), got.DNSVerificationResults
		v.Verified = v.Status == Enabled || allSeen(v.Records)
	}
	if v.Status == "" || v.Records == nil {
		return Verification{}, report.Unintelligible(r)
	}
	return v, nil
}

// allSeen is whether a verification has seen all records, and there are any.
func allSeen(records map[string]Record) bool {
	for _, r := range records {
		if r.Verified == nil || !*r.Verified {
			return false
		}
	}
	return len(records) > 0
}

// VerifyAll has the platform verify this user's pending campaign domains, at most 25 of them.
// truncated is whether there are more. Those that fail stay pending, and come first the next time.
// The results have no records.
func (c *Client) VerifyAll(ctx context.Context) (verified []Verification, truncated bool, err error) {
	r := c.command(commandsOf[Campaign].verify, map[string]any{"verifyall": true})
	r.Op, r.Object, r.Repeat = "verify", "all pending domains", api.Safely
	if err := known(r, Campaign); err != nil {
		return nil, false, err
	}
	var got answer
	err = c.call(ctx, r, nil, &got)
	c.lists.Forget(string(Campaign))
	if err != nil {
		return nil, false, err
	}
	for _, d := range got.Domains.Rows {
		v := Verification{ID: d.DomainID.Value, Kind: Campaign, Status: d.status()}
		if v.ID == 0 || d.IsVerified == nil {
			return nil, false, report.Unintelligible(r)
		}
		v.Verified = bool(*d.IsVerified)
		verified = append(verified, v)
	}
	return verified, bool(got.Truncated), nil
}

// shared holds the verifications that wait for shared calls.
type shared struct {
	gap  time.Duration
	runs api.Next[map[int64]outcome]

	mu          sync.Mutex
	wanted      map[int64]bool // of the run that has not begun yet
	first, last time.Time      // when the first and the last of them were requested
}

// outcome is the result of a run for one domain.
type outcome struct {
	verification Verification
	err          error
}

// VerifyShared is Verify in as few calls as possible for all concurrent callers: the platform takes
// 100 calls a minute, and one call verifies 25 campaign domains. For the other kind there is no
// such call.
//
// If many campaign domains are verified, those that were found valid since they were last pending
// are not looked up again.
func (c *Client) VerifyShared(ctx context.Context, kind Kind, id int64) (Verification, error) {
	if kind != Campaign {
		return c.Verify(ctx, kind, id)
	}
	s := &c.shared
	s.mu.Lock()
	s.last = time.Now()
	if s.wanted == nil {
		s.wanted, s.first = map[int64]bool{}, s.last
	}
	s.wanted[id] = true
	// The run that is joined takes its domains when it begins, which it cannot while we hold the
	// lock.
	wait := s.runs.Join(ctx, s.hold, c.verifyWanted)
	s.mu.Unlock()
	outcomes, err := wait(ctx)
	if err != nil {
		return Verification{}, err
	}
	return outcomes[id].verification, outcomes[id].err
}

// hold returns when a run should begin: when nobody has joined it for a while. It returns with the
// lock held, so that nobody joins any more.
func (s *shared) hold() {
	for {
		s.mu.Lock()
		quiet := min(s.gap-time.Since(s.last), longestGathering-time.Since(s.first))
		if quiet <= 0 {
			return
		}
		s.mu.Unlock()
		time.Sleep(quiet)
	}
}

// verifyWanted is a run. It is called with the lock held.
func (c *Client) verifyWanted(ctx context.Context) (map[int64]outcome, error) {
	wanted := c.shared.wanted
	c.shared.wanted = nil
	c.shared.mu.Unlock()

	outcomes := map[int64]outcome{}
	if len(wanted) > fewVerifications {
		if err := c.verifyTogether(ctx, wanted, outcomes); err != nil {
			return nil, err
		}
	}
	for id := range wanted {
		if _, known := outcomes[id]; !known {
			verification, err := c.Verify(ctx, Campaign, id)
			outcomes[id] = outcome{verification, err}
		}
	}
	return outcomes, nil
}

// verifyTogether verifies pending domains until the wanted ones were among them, or no further ones
// come. It adds its results to outcomes, with the records from the list.
func (c *Client) verifyTogether(ctx context.Context, wanted map[int64]bool, outcomes map[int64]outcome) error {
	looked := map[int64]Verification{}
	missing := len(wanted)
	for more := true; more && missing > 0; {
		verified, truncated, err := c.VerifyAll(ctx)
		if err != nil {
			return err
		}
		more = false
		for _, v := range verified {
			if _, again := looked[v.ID]; again {
				continue // it has failed, and comes first again
			}
			looked[v.ID] = v
			more = truncated
			if wanted[v.ID] {
				missing--
			}
		}
	}
	all, err := c.Domains(ctx, Campaign)
	if err != nil {
		return err
	}
	for id := range wanted {
		i := slices.IndexFunc(all, func(d SenderDomain) bool { return d.ID == id })
		v, seen := looked[id]
		if i < 0 || all[i].Status != Enabled && !seen {
			continue
		}
		outcomes[id] = outcome{verification: Verification{
			ID: id, Kind: Campaign, Verified: v.Verified || all[i].Status == Enabled, Status: all[i].Status, Records: all[i].Records,
		}}
	}
	return nil
}
