package sendgridsim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// validation is the answer to a validation.
type validation struct {
	ID      int64                   `json:"id"`
	Valid   bool                    `json:"valid"`
	Results map[string]resultAnswer `json:"validation_results"`
}

type resultAnswer struct {
	Valid  bool    `json:"valid"`
	Reason *string `json:"reason"`
}

// validate is POST /whitelabel/domains/ID/validate. It looks into the DNS, and answers 200 whatever
// it finds there.
func (s *Service) validate(c *call) (answer, error) {
	var d Domain
	err := s.view(func(st *State) error {
		found, err := st.find(c)
		if err == nil {
			d = found.copied()
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	seen, kind, err := s.look(c.Context(), &d)
	if err != nil {
		return answer{}, refuse(http.StatusInternalServerError, "", "internal error getting "+kind)
	}
	now := s.now()
	result := validation{ID: d.ID}
	err = s.change(func(st *State) error {
		current, err := st.find(c)
		if err != nil {
			return err
		}
		current.noteFound(seen, now)
		current.Valid = current.FoundSince != nil && now.Sub(*current.FoundSince) >= c.behaviour.validDelay
		if !current.Valid && current.FoundSince != nil {
			// The records exist, but have not reached the place from which this service looks.
			current.Found, seen = nil, nil
		}
		current.ValidatedAt = &now
		result.Valid, result.Results = current.Valid, current.results(seen)
		return nil
	})
	return answer{http.StatusOK, result}, err
}

// look returns the data in the DNS for each record of a domain, by its purpose. If the DNS cannot
// be asked, kind is the type of the record that could not be looked up.
func (s *Service) look(ctx context.Context, d *Domain) (seen map[string][]string, kind string, err error) {
	seen = map[string][]string{}
	for _, r := range d.records() {
		data, err := s.lookup(ctx, r.host, r.kind)
		if err != nil {
			return nil, r.kind, fmt.Errorf("looking up %s %s: %w", r.kind, r.host, err)
		}
		seen[r.purpose] = data
	}
	return seen, "", nil
}

// noteFound notes which records exist.
func (d *Domain) noteFound(seen map[string][]string, now time.Time) {
	records := d.records()
	d.Found, d.LookedAt = nil, &now
	for _, r := range records {
		if r.satisfied(seen[r.purpose]) {
			d.Found = append(d.Found, r.purpose)
		}
	}
	switch {
	case len(d.Found) < len(records):
		d.FoundSince = nil
	case d.FoundSince == nil:
		d.FoundSince = &now
	}
}

// resultOfSPF is the result, with automatic security, that belongs to no record: SendGrid keeps the
// SPF record itself, behind the CNAME. Its reason is empty.
const resultOfSPF = "spf"

func (d *Domain) results(seen map[string][]string) map[string]resultAnswer {
	results := map[string]resultAnswer{}
	if d.AutomaticSecurity {
		result := resultAnswer{Valid: slices.Contains(d.Found, purposeOfMail)}
		if !result.Valid {
			result.Reason = new("")
		}
		results[resultOfSPF] = result
	}
	for _, r := range d.records() {
		result := resultAnswer{Valid: slices.Contains(d.Found, r.purpose)}
		if !result.Valid {
			reason := r.missing(seen[r.purpose])
			result.Reason = &reason
		}
		results[r.purpose] = result
	}
	return results
}

// recheck looks again for the records of valid domains whose last look is too old, as the service
// sometimes does by itself. It can end validity but not give it. What cannot be looked up stays as
// it was.
func (s *Service) recheck(c *call) error {
	if c.behaviour.recheck == 0 {
		return nil
	}
	now := s.now()
	var due []Domain
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			if d.Valid && d.LookedAt != nil && now.Sub(*d.LookedAt) >= c.behaviour.recheck {
				due = append(due, d.copied())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		seen, _, err := s.look(c.Context(), &d)
		if err != nil {
			continue
		}
		err = s.change(func(st *State) error {
			if current, ok := st.byID(d.ID); ok {
				current.noteFound(seen, now)
				current.Valid = current.Valid && current.FoundSince != nil
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
