package godaddysim

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// How many domains a page of a list has, if the call does not say, and at most.
const (
	domainsPerPageV1    = 100
	maxDomainsPerPageV1 = 1000
	domainsPerPageV3    = 100
	maxDomainsPerPageV3 = 200
)

// status is the status of a domain in answers.
func (z *Zone) status() string { return cmp.Or(z.Status, statusActive) }

// nameServers are the name servers of a domain in answers. They are not known of a domain that is
// registered elsewhere.
func (z *Zone) nameServers() []string {
	switch {
	case z.Status == StatusDNSOnly:
		return nil
	case len(z.NameServers) > 0:
		return z.NameServers
	}
	return NameServers
}

// after returns the domains of an account that follow the one with that name, in the order of the
// account, which is not that of names. All of them follow a name that is not in the account.
func (st *State) after(shopper, name string) []*Zone {
	var all []*Zone
	for i := range st.Zones {
		if st.Zones[i].Shopper == shopper {
			all = append(all, &st.Zones[i])
		}
	}
	return all[1+slices.IndexFunc(all, func(z *Zone) bool { return z.Name == name }):]
}

// domainOfV1 is a domain in an answer of v1.
type domainOfV1 struct {
	Domain      string   `json:"domain"`
	Status      string   `json:"status"`
	NameServers []string `json:"nameServers"` // null if unknown or not requested
}

// listDomainsV1 is GET /v1/domains. It lists all domains of the account, whatever has become of
// them, and also those that are registered elsewhere and have their zone here. Each page begins
// after the domain that marker names. The name servers have to be requested.
func (s *Service) listDomainsV1(c *call) (int, any, error) {
	limit, err := c.number("limit", domainsPerPageV1, 1, maxDomainsPerPageV1)
	if err != nil {
		return 0, nil, err
	}
	query := c.URL.Query()
	var includes []string
	for _, list := range query["includes"] {
		includes = append(includes, strings.Split(list, ",")...)
	}
	page := []domainOfV1{}
	err = s.view(func(st *State) error {
		for _, z := range st.after(c.shopper, query.Get("marker")) {
			if len(page) == limit {
				break
			}
			listed := domainOfV1{Domain: z.Name, Status: z.status()}
			if slices.Contains(includes, "nameServers") {
				listed.NameServers = z.nameServers()
			}
			page = append(page, listed)
		}
		return nil
	})
	return http.StatusOK, page, err
}

// domainV1 is GET /v1/domains/DOMAIN.
func (s *Service) domainV1(c *call) (int, any, error) {
	var shown domainOfV1
	err := s.view(func(st *State) error {
		z, err := st.domain(c)
		if err == nil {
			shown = domainOfV1{Domain: z.Name, Status: z.status(), NameServers: z.nameServers()}
		}
		return err
	})
	return http.StatusOK, shown, err
}

// domainOfV3 is a domain in an answer of v3. IDNDomain is its name in Unicode, if that differs.
type domainOfV3 struct {
	Domain      string   `json:"domain"`
	IDNDomain   string   `json:"idnDomain,omitempty"`
	Status      string   `json:"status"`
	NameServers []string `json:"nameServers"`
	Links       []link   `json:"links"`
}

func newDomainV3(z *Zone) domainOfV3 {
	shown := domainOfV3{Domain: z.Name, Status: z.status(), NameServers: z.nameServers(), Links: []link{
		{"self", domainsPathV3 + "/" + z.Name}, {"dns-records", recordsPathV3(z.Name)},
	}}
	if unicode, err := idna.ToUnicode(z.Name); err == nil && unicode != z.Name {
		shown.IDNDomain = unicode
	}
	return shown
}

const domainsPathV3 = "/v3/domains/domain-names"

// listDomainsV3 is GET /v3/domains/domain-names. It lists the domains that are registered in the
// account, and no others. Each page begins after the domain that pageToken stands for. A page has a
// link to the next one if there is one.
func (s *Service) listDomainsV3(c *call) (int, any, error) {
	size, err := c.number("pageSize", domainsPerPageV3, 1, maxDomainsPerPageV3)
	if err != nil {
		return 0, nil, err
	}
	last, err := base64.RawURLEncoding.DecodeString(c.URL.Query().Get("pageToken"))
	if err != nil {
		return 0, nil, c.misformed("pageToken", "is not a token of this list")
	}
	page := struct {
		Items []domainOfV3 `json:"items"`
		Links []link       `json:"links"`
	}{Items: []domainOfV3{}, Links: []link{{"self", c.URL.RequestURI()}}}
	err = s.view(func(st *State) error {
		registered := slices.DeleteFunc(st.after(c.shopper, string(last)), func(z *Zone) bool { return z.Status == StatusDNSOnly })
		for _, z := range registered[:min(size, len(registered))] {
			page.Items = append(page.Items, newDomainV3(z))
		}
		if len(registered) > size {
			token := base64.RawURLEncoding.EncodeToString([]byte(registered[size-1].Name))
			next := url.Values{"pageSize": {strconv.Itoa(size)}, "pageToken": {token}, "pageTokenDirection": {"forward"}}
			page.Links = append(page.Links, link{"next", domainsPathV3 + "?" + next.Encode()})
		}
		return nil
	})
	return http.StatusOK, page, err
}

// domainV3 is GET /v3/domains/domain-names/DOMAIN.
func (s *Service) domainV3(c *call) (int, any, error) {
	var shown domainOfV3
	err := s.view(func(st *State) error {
		z, err := st.domain(c)
		if err == nil && z.Status == StatusDNSOnly {
			err = c.unknownDomain()
		}
		if err == nil {
			shown = newDomainV3(z)
		}
		return err
	})
	return http.StatusOK, shown, err
}
