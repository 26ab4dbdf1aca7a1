package mailserverapi

import (
	"context"
	"maps"
	"strings"
	"sync"
)

// seen holds the domains and accounts that a list of this client has shown and that it has not
// deleted since. Ids and spellings do not change. So a change does not need a list that is newer
// than the change before it, and does not wait for the list that proves that one.
type seen struct {
	mu       sync.Mutex
	domains  map[string]Domain             // by name in lower case, those of one row
	accounts map[string]map[string]Account // by domain and email, in lower case
}

func (s *seen) replaceDomains(rows []Domain) {
	domains, doubled := make(map[string]Domain, len(rows)), map[string]bool{}
	for _, d := range rows {
		key := strings.ToLower(d.Name)
		_, doubled[key] = domains[key]
		domains[key] = d
	}
	maps.DeleteFunc(domains, func(key string, _ Domain) bool { return doubled[key] })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.domains = domains
}

func (s *seen) domain(name string) (Domain, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.domains[strings.ToLower(name)]
	return d, ok
}

func (s *seen) replace(domain string, accounts []Account) {
	byEmail := make(map[string]Account, len(accounts))
	for _, a := range accounts {
		byEmail[strings.ToLower(a.Email)] = a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts == nil {
		s.accounts = map[string]map[string]Account{}
	}
	s.accounts[strings.ToLower(domain)] = byEmail
}

func (s *seen) account(domain, email string) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.accounts[strings.ToLower(domain)][strings.ToLower(email)]
	return a, ok
}

func (s *seen) forget(domain, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts[strings.ToLower(domain)], strings.ToLower(email))
}

// forgetDomain forgets a domain and its accounts. If they are created again, they have other ids.
func (s *seen) forgetDomain(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.domains, strings.ToLower(domain))
	delete(s.accounts, strings.ToLower(domain))
}

// locateDomain finds the id and the spelling of a domain. If somebody else has created the domain
// again, it has another id, and the server stores nothing under the old one. The proof of every
// change notices that.
func (c *Client) locateDomain(ctx context.Context, name string) (Domain, error) {
	if d, ok := c.seen.domain(name); ok {
		return d, nil
	}
	return c.Domain(ctx, name)
}

// locate finds the id and the spelling of an account.
func (c *Client) locate(ctx context.Context, domain, email string) (Account, error) {
	if a, ok := c.seen.account(domain, email); ok {
		return a, nil
	}
	return c.Account(ctx, email)
}
