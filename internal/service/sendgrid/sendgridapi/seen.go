package sendgridapi

import (
	"fmt"
	"strconv"
	"sync"
)

// seen holds the domains of the account that this client has read or created, and that it has not
// deleted since. It answers questions that need no new list: whether a domain may exist already,
// and which name the domain of an id has.
type seen struct {
	mu      sync.Mutex
	listing bool             // whether there was a list
	domains map[int64]Domain // by id
}

func (s *seen) listed(rows []Domain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listing = true
	for _, d := range rows {
		if d.ID != 0 { // otherwise the row has no number
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

// all returns what was seen, and whether that includes a list.
func (s *seen) all() ([]Domain, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([]Domain, 0, len(s.domains))
	for _, d := range s.domains {
		rows = append(rows, d)
	}
	return rows, s.listing
}

// get returns what was seen of a domain.
func (s *seen) get(id int64) (Domain, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.domains[id]
	return d, ok
}

// label is the name of a domain in messages.
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
