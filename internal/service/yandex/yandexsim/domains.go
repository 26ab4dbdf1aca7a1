package yandexsim

import (
	"slices"
	"strconv"
)

const (
	// accountsAllowed is the number of mailboxes that a domain may have, in answers.
	accountsAllowed = 1000
	// defaultDomainsPage and defaultAccountsPage are how many a page has if the call does not say.
	defaultDomainsPage  = 10
	defaultAccountsPage = 30
)

// countries are the possible values of set_country.
var countries = []string{"ru", "en", "ua", "by", "kz", "tr", "az", "ro", "ge"}

// register is POST domain/register. If the user has the domain already, the answer shows it as it
// is. A domain that is delegated to the service needs no verification.
func (s *Service) register(c *call) (object, error) {
	if isProhibited(c.domain) {
		return nil, codeProhibited
	}
	err := s.update(func(st *State) error {
		if d := st.domain(c.domain); d != nil {
			if d.User != c.user || c.behaviour.ownOccupied {
				return codeOccupied
			}
			return nil
		}
		if len(st.all(c.user)) >= c.behaviour.domains {
			return codeLimitReached
		}
		st.Registrations++
		st.Domains = append(st.Domains, Domain{
			Registration: st.Registrations, Name: c.domain, User: c.user, Status: StatusDomainActivate, Country: countries[0],
			RegisteredAt: s.config.Now(),
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.look(c.Context()).isDelegated(c.domain) {
		if err := s.check(c.Context(), c.domain); err != nil {
			return nil, err
		}
	}
	d, err := s.snapshot(c)
	if err != nil {
		return nil, err
	}
	return d.show(), nil
}

// details is GET domain/details. A domain that does not exist is no error.
func (s *Service) details(c *call) (answer object, err error) {
	err = s.view(func(st *State) error {
		if st.domain(c.domain) == nil {
			answer = object{"status": "none", "stage": "none"}
			return nil
		}
		d, err := st.of(c)
		if err != nil {
			return err
		}
		answer = object{
			"status": d.Status, "stage": stages[d.Status], "delegated": yesNo(d.Delegated), "country": d.Country,
			"imap_enabled": 1, "pop_enabled": 1, "default_theme": "",
		}
		return nil
	})
	return answer, err
}

// listDomains is GET domain/domains.
func (s *Service) listDomains(c *call) (answer object, err error) {
	err = s.view(func(st *State) error {
		p := c.page(defaultDomainsPage, c.behaviour.domainsPage)
		all := st.all(c.user)
		shown := []object{}
		from, to := p.bounds(len(all))
		for _, d := range all[from:to] {
			shown = append(shown, c.showListed(d))
		}
		answer = object{
			"page": p.number, "on_page": p.size, "total": len(all), "found": len(shown), "domains": shown,
			"order": "default", "direction": "asc",
		}
		return nil
	})
	return answer, err
}

func (c *call) showListed(d *Domain) object {
	flag := c.behaviour.flag
	return object{
		"name": d.Name, "status": d.Status, "stage": stages[d.Status], "aliases": []string{},
		"logo_enabled": flag(false), "logo_url": "", "nsdelegated": flag(d.Delegated), "master_admin": flag(true),
		"emails-max-count": accountsAllowed, "emails-count": len(d.Accounts),
		"nodkim": flag(!d.DKIM.Enabled), "dkim-ready": flag(d.DKIM.Enabled), "from_registrar": "no", "ws_technical": "no",
	}
}

// deleteDomain is POST domain/delete. It also deletes the domain's mailboxes.
func (s *Service) deleteDomain(c *call) (object, error) {
	return object{}, s.change(c, func(st *State, _ *Domain) error {
		st.Domains = slices.DeleteFunc(st.Domains, func(d Domain) bool { return d.Name == c.domain })
		return nil
	})
}

// setCountry is POST domain/settings/set_country.
func (s *Service) setCountry(c *call) (object, error) {
	country := c.FormValue("country")
	if !slices.Contains(countries, country) {
		return nil, codeBadCountry
	}
	return object{}, s.change(c, func(_ *State, d *Domain) error {
		d.Country = country
		return nil
	})
}

// page is the part of a list that a call wants.
type page struct{ number, size int }

// page reads it from the parameters. A value that is not a number from 1 upwards counts as missing,
// and one above the maximum as the maximum.
func (c *call) page(usual, most int) page {
	read := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(c.FormValue(name)); err == nil && n >= 1 {
			return n
		}
		return otherwise
	}
	return page{number: read("page", 1), size: min(read("on_page", usual), most)}
}

// bounds returns the indexes at which the page begins and ends in a list. Pages after the end are
// empty.
func (p page) bounds(total int) (from, to int) {
	if p.number-1 > total/p.size {
		return total, total
	}
	from = (p.number - 1) * p.size
	return min(from, total), min(from+p.size, total)
}
