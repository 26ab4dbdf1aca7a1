package octethsim

import (
	"strings"
	"time"
)

const (
	// probeLife is how long the result of a lookup of a domain's records is kept.
	probeLife = time.Minute
	// verifyAllAtOnce is the most domains that one call verifies.
	verifyAllAtOnce = 25
	// toleratedFailures is how many background checks in a row may fail.
	toleratedFailures = 3
)

// complete tells whether all records of a domain have been seen.
func (d *Domain) complete() bool {
	for _, r := range d.Records {
		if r.Verified == nil || !*r.Verified {
			return false
		}
	}
	return true
}

// probe looks up the records of a domain and returns them with the result. The caller does not hold
// the state.
func (s *Service) probe(c *call, d Domain) ([]Record, error) {
	records := d.clone().Records
	for i, r := range records {
		values, err := s.config.Lookup(c.ctx, r.Host, r.Type)
		if err != nil {
			return nil, err
		}
		seen := false
		for _, value := range values {
			seen = seen || value == r.Value || r.Type != "TXT" && sameHost(value, r.Value)
		}
		records[i].Verified = &seen
	}
	return records, nil
}

func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// verify looks up the records of domains, unless that was done within probeLife, and sets their
// status accordingly. It returns the domains afterwards, without those that have been deleted
// meanwhile.
func (s *Service) verify(c *call, domains []Domain) ([]Domain, error) {
	now := s.config.Now()
	probed := map[int64][]Record{}
	for _, d := range domains {
		if !d.CheckedAt.IsZero() && now.Sub(d.CheckedAt) < probeLife {
			continue
		}
		var err error
		if probed[d.ID], err = s.probe(c, d); err != nil {
			return nil, err
		}
	}
	var verified []Domain
	err := s.update(func(st *State) error {
		for _, d := range domains {
			current := st.find(d.User, d.Kind, d.ID)
			if current == nil {
				continue
			}
			current.VerifiedAt = now
			if records, looked := probed[d.ID]; looked && sameRecords(current.Records, records) {
				current.Records, current.CheckedAt, current.Failures = records, now, 0
			}
			switch {
			case current.Status != StatusEnabled && current.Status != StatusPending:
				// A domain that its user or the operator has switched off stays so.
			case current.complete():
				current.Status = StatusEnabled
			default:
				current.Status = StatusPending
			}
			verified = append(verified, current.clone())
		}
		return nil
	})
	return verified, err
}

// sameRecords is whether two record sets are the same, whatever was seen of them. Another call may
// have made new records.
func sameRecords(a, b []Record) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Host != b[i].Host || a[i].Type != b[i].Type || a[i].Value != b[i].Value {
			return false
		}
	}
	return true
}

// verifyCampaign is user.senderdomain.verify, of one domain or of all that are pending.
func (s *Service) verifyCampaign(c *call) (any, error) {
	if c.params.flag("verifyall") {
		return s.verifyPending(c)
	}
	d, err := s.verifyOne(c, Campaign)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"Success": true, "DomainID": d.ID, "IsVerified": d.complete(), "Status": d.Status, "DNSRecords": recordLists(d.Records),
	}, nil
}

func (s *Service) verifyOne(c *call, kind string) (d Domain, err error) {
	err = s.view(func(st *State) error {
		found, err := c.domain(st, kind, 2)
		if err == nil {
			d = found.clone()
		}
		return err
	})
	if err != nil {
		return d, err
	}
	verified, err := s.verify(c, []Domain{d})
	if err == nil && len(verified) == 0 {
		err = refuse(2, "Sender domain not found")
	}
	if err != nil {
		return d, err
	}
	return verified[0], nil
}

// verifyPending verifies the first pending domains. Those that fail keep their place, and come
// first again.
func (s *Service) verifyPending(c *call) (any, error) {
	var pending []Domain
	err := s.view(func(st *State) error {
		for _, d := range st.of(c.user, Campaign) {
			if d.Status == StatusPending {
				pending = append(pending, d)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	looked, err := s.verify(c, pending[:min(len(pending), verifyAllAtOnce)])
	if err != nil {
		return nil, err
	}
	verified, shown := 0, []map[string]any{}
	for _, d := range looked {
		verified += number(d.complete())
		shown = append(shown, map[string]any{"DomainID": d.ID, "IsVerified": d.complete(), "Status": d.Status})
	}
	return map[string]any{
		"Success": true, "VerifyAll": true, "Verified": verified, "Failed": len(shown) - verified,
		"Truncated": len(pending) > verifyAllAtOnce, "Domains": shown,
	}, nil
}

// verifyGateway is EmailGateway.VerifyDomain.
func (s *Service) verifyGateway(c *call) (any, error) {
	d, err := s.verifyOne(c, Gateway)
	if err != nil {
		return nil, err
	}
	results := recordLists(d.Records)
	if c.behaviour.below(secondGeneration) {
		list := []map[string]any{}
		for _, r := range d.Records {
			list = append(list, map[string]any{"Host": r.Host, "Type": r.Type, "Value": r.Value, "Verified": r.Verified})
		}
		results = list
	}
	return map[string]any{"Success": true, "ErrorCode": 0, "Domain": c.showGateway(&d), "DNSVerificationResults": results}, nil
}

// recheck does the platform's background work when the next call comes: enabled domains whose
// records were missing at three checks in a row become pending.
func (s *Service) recheck(c *call) error {
	every := c.behaviour.recheck
	if every == 0 {
		return nil
	}
	now := s.config.Now()
	var due []Domain
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			if d.Status == StatusEnabled && !d.CheckedAt.IsZero() && now.Sub(d.CheckedAt) >= every {
				due = append(due, d.clone())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		records, err := s.probe(c, d)
		if err != nil {
			return err
		}
		err = s.update(func(st *State) error {
			current := st.find(d.User, d.Kind, d.ID)
			if current == nil || !sameRecords(current.Records, records) {
				return nil
			}
			checks := int(now.Sub(current.CheckedAt) / every)
			current.Records, current.CheckedAt = records, now
			if current.complete() {
				current.Failures = 0
				return nil
			}
			if current.Failures += checks; current.Failures >= toleratedFailures {
				current.Status = StatusPending
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
