package sendgrid

import (
	"fmt"
	"strconv"
	"sync"
)

// seen is the domains that this client has read of the account or created, and
// that it has not deleted since. It answers what needs no list that
// is as new as the last change: whether a domain may be there already, and what
// the domain of an id is called.
type seen struct {
	mu      sync.Mutex
	listing bool             // there was a list
	domains map[int64]Domain // by id
}

func (s *seen) listed(rows []Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listing = true
	for _, d := range rows {
		if d.ID != 0 { // a row without a number of its own
			s.put(d)
		}
	}
}

func (s *seen) add(d Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(d)
}

func (s *seen) put(d Domain) {
	if s.domains == nil {
		s.domains = map[int64]Domain{}
	}
	s.domains[d.ID] = d
}

func (s *seen) deleted(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.domains, id)
}

// all is what was seen, and whether that includes a list.
func (s *seen) all() ([]Domain, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([]Domain, 0, len(s.domains))
	for _, d := range s.domains {
		rows = append(rows, d)
	}
	return rows, s.listing
}

// get is what was seen of a domain.
func (s *seen) get(id int64) (Domain, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.domains[id]
	return d, ok
}

// label is what messages call a domain.
func (s *seen) label(ref Ref) string {
	name := ref.Domain
	if d, ok := s.get(ref.ID); ok && name == "" {
		name = d.Domain
	}
	if name == "" {
		return strconv.FormatInt(ref.ID, 10)
	}
	return fmt.Sprintf("%s (%d)", name, ref.ID)
}
