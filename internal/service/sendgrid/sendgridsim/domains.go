package sendgridsim

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// pageSize is the default number of domains in a list.
const pageSize = 50

// domainAnswer is a domain in an answer.
type domainAnswer struct {
	ID                int64                   `json:"id"`
	UserID            int64                   `json:"user_id"`
	Subdomain         string                  `json:"subdomain"`
	Domain            string                  `json:"domain"`
	Username          string                  `json:"username"`
	IPs               []string                `json:"ips"`
	CustomSPF         bool                    `json:"custom_spf"`
	Default           bool                    `json:"default"`
	Legacy            bool                    `json:"legacy"`
	AutomaticSecurity bool                    `json:"automatic_security"`
	Valid             bool                    `json:"valid"`
	DNS               map[string]recordAnswer `json:"dns"`
	Subusers          []subuserAnswer         `json:"subusers,omitempty"`
	LastValidation    int64                   `json:"last_validation_attempt_at,omitempty"`
}

type recordAnswer struct {
	Valid bool   `json:"valid"`
	Type  string `json:"type"`
	Host  string `json:"host"`
	Data  string `json:"data"`
}

type subuserAnswer struct {
	UserID   int64  `json:"user_id"`
	Username string `json:"username"`
}

func (c *call) show(d *Domain) domainAnswer {
	owner, _ := userNamed(d.Owner)
	shown := domainAnswer{
		ID: d.ID, UserID: owner.id, Subdomain: d.Subdomain, Domain: d.Domain, Username: d.Owner, IPs: []string{},
		CustomSPF: d.CustomSPF, Default: d.Default, AutomaticSecurity: d.AutomaticSecurity, Valid: d.Valid,
		DNS: map[string]recordAnswer{},
	}
	if !c.behaviour.forgetsIPs {
		shown.IPs = append(shown.IPs, d.IPs...)
	}
	for _, r := range d.records() {
		if r.kind == "MX" && c.behaviour.priorityInMX {
			r.data = preference + " " + r.data
		}
		shown.DNS[r.purpose] = recordAnswer{
			Valid: slices.Contains(d.Found, r.purpose), Type: strings.ToLower(r.kind), Host: r.host, Data: r.data,
		}
	}
	for _, name := range d.Subusers {
		u, _ := userNamed(name)
		shown.Subusers = append(shown.Subusers, subuserAnswer{u.id, name})
	}
	if d.ValidatedAt != nil {
		shown.LastValidation = d.ValidatedAt.Unix()
	}
	return shown
}

// showOne is show for an answer about one domain.
func (c *call) showOne(d *Domain) domainAnswer {
	shown := c.show(d)
	if c.behaviour.asDescribed {
		shown.Subusers, shown.LastValidation = nil, 0
	}
	return shown
}

// described is an answer that is an array in the API's description.
func (c *call) described(shown domainAnswer) answer {
	if c.behaviour.asDescribed {
		return answer{http.StatusOK, []domainAnswer{shown}}
	}
	return answer{http.StatusOK, shown}
}

// list is GET /whitelabel/domains: those of the user and of its subusers, in pages.
func (s *Service) list(c *call) (answer, error) {
	query := c.URL.Query()
	limit, offset := pageSize, 0
	for name, number := range map[string]*int{"limit": &limit, "offset": &offset} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		var err error
		if *number, err = strconv.Atoi(text); err != nil || *number < 0 {
			return answer{}, refuse(http.StatusBadRequest, name, name+" must be a non-negative integer")
		}
	}
	shown := []domainAnswer{}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			switch {
			case d.Region != c.region, !c.user.sees(d.Owner):
			case query.Get("exclude_subusers") == "true" && d.Owner != c.user.name:
			case query.Get("username") != "" && d.Owner != query.Get("username"):
			case !strings.Contains(d.Domain, strings.ToLower(query.Get("domain"))):
			case offset > 0:
				offset--
			case len(shown) < limit:
				shown = append(shown, c.show(d))
			}
		}
		return nil
	})
	return answer{http.StatusOK, shown}, err
}

// get is GET /whitelabel/domains/ID.
func (s *Service) get(c *call) (answer, error) {
	var shown domainAnswer
	err := s.view(func(st *State) error {
		d, err := st.find(c)
		if err == nil {
			shown = c.showOne(d)
		}
		return err
	})
	return answer{http.StatusOK, shown}, err
}

// newDomain is the body of a creation.
type newDomain struct {
	Domain            string   `json:"domain"`
	Subdomain         string   `json:"subdomain"`
	Username          string   `json:"username"`
	IPs               []string `json:"ips"`
	CustomSPF         bool     `json:"custom_spf"`
	Default           bool     `json:"default"`
	AutomaticSecurity *bool    `json:"automatic_security"`
	Selector          string   `json:"custom_dkim_selector"`
	Region            string   `json:"region"`
}

var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]{3}$`)

// check refuses what the API refuses, and returns the owner of the new domain.
func (n *newDomain) check(c *call) (owner user, err error) {
	n.Domain, n.Subdomain = strings.ToLower(n.Domain), strings.ToLower(n.Subdomain)
	if n.Region == "" {
		n.Region = regionGlobal // as documented, at both hosts
	}
	automatic := n.AutomaticSecurity == nil || *n.AutomaticSecurity
	switch {
	case n.Domain == "":
		return user{}, refuse(http.StatusBadRequest, "domain", "domain is required")
	case !isName(n.Domain) || !strings.Contains(n.Domain, "."):
		return user{}, refuse(http.StatusBadRequest, "domain", "domain is invalid")
	case n.Subdomain != "" && !isName(n.Subdomain):
		return user{}, refuse(http.StatusBadRequest, "subdomain", "subdomain is invalid")
	case n.Selector != "" && !selectorForm.MatchString(n.Selector):
		return user{}, refuse(http.StatusBadRequest, "custom_dkim_selector", "custom_dkim_selector must be three letters or numbers")
	case n.Region != regionEU && (n.Region != regionGlobal || c.region == regionEU):
		return user{}, refuse(http.StatusBadRequest, "region", "region is invalid")
	case automatic && n.CustomSPF:
		return user{}, manualOnly("custom_spf")
	case automatic && len(n.IPs) > 0:
		return user{}, manualOnly("ips")
	}
	for _, ip := range n.IPs {
		if err := checkIP("ips", ip); err != nil {
			return user{}, err
		}
	}
	if n.Username == "" || n.Username == c.user.name {
		return c.user, nil
	}
	owner, ok := c.user.subuser(n.Username, c.region)
	if !ok {
		return user{}, refuse(http.StatusBadRequest, "username", "username is invalid")
	}
	return owner, nil
}

// manualOnly refuses settings of the SPF record that only a domain with manual security has.
func manualOnly(field string) *refusal {
	return refuse(http.StatusBadRequest, field, field+" is only available to authenticated domains set up for manual security")
}

// isName is whether text is a domain name in ASCII.
func isName(text string) bool {
	canonical, err := dns.Canonical(text)
	return err == nil && canonical == text
}

func checkIP(field, text string) error {
	if _, err := netip.ParseAddr(text); err != nil {
		return refuse(http.StatusBadRequest, field, "ip is invalid")
	}
	return nil
}

// create is POST /whitelabel/domains. Without a subdomain, the service chooses one, so that there
// may be several domains of one name.
func (s *Service) create(c *call) (answer, error) {
	var body newDomain
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	owner, err := body.check(c)
	if err != nil {
		return answer{}, err
	}
	var shown domainAnswer
	err = s.change(func(st *State) error {
		has := 0
		for _, d := range st.Domains {
			if d.Domain == body.Domain && d.Subdomain == body.Subdomain && d.Region == c.region {
				return refuse(http.StatusBadRequest, "", "An authenticated domain already exists for this URL. Please use a unique subdomain.")
			}
			if d.Owner == owner.name && d.Region == c.region {
				has++
			}
		}
		if has >= c.behaviour.domains {
			return refuse(http.StatusBadRequest, "", fmt.Sprintf("You have reached the maximum of %d authenticated domains.", c.behaviour.domains))
		}
		d := &Domain{
			ID: st.nextID(), Region: c.region, Target: body.Region, Owner: owner.name,
			Domain: body.Domain, Subdomain: body.Subdomain, IPs: body.IPs, CustomSPF: body.CustomSPF, Default: body.Default,
			AutomaticSecurity: body.AutomaticSecurity == nil || *body.AutomaticSecurity, Selector: body.Selector,
		}
		if d.Subdomain == "" {
			d.Subdomain = fmt.Sprintf("em%d", d.ID-firstID+1000)
		}
		st.Domains = append(st.Domains, d)
		st.keepOneDefault(c, d)
		shown = c.showOne(d)
		return nil
	})
	return answer{http.StatusCreated, shown}, err
}

// keepOneDefault ends the default of the user's other domains if a domain has become the default.
func (st *State) keepOneDefault(c *call, d *Domain) {
	if !d.Default || c.behaviour.severalDefaults {
		return
	}
	for _, other := range st.Domains {
		if other != d && other.Owner == d.Owner && other.Region == d.Region {
			other.Default = false
		}
	}
}

// update is PATCH /whitelabel/domains/ID. All but two fields are ignored.
func (s *Service) update(c *call) (answer, error) {
	var body struct {
		Default   *bool `json:"default"`
		CustomSPF *bool `json:"custom_spf"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	var shown domainAnswer
	err := s.change(func(st *State) error {
		d, err := st.find(c)
		if err != nil {
			return err
		}
		if body.CustomSPF != nil && *body.CustomSPF && d.AutomaticSecurity {
			return manualOnly("custom_spf")
		}
		if body.Default != nil {
			d.Default = *body.Default
			st.keepOneDefault(c, d)
		}
		if body.CustomSPF != nil && *body.CustomSPF != d.CustomSPF {
			d.CustomSPF = *body.CustomSPF
			d.specify()
		}
		shown = c.show(d)
		return nil
	})
	return c.described(shown), err
}

// specify updates the SPF records of a domain, if it has any, after a change of their content.
func (d *Domain) specify() {
	if !d.AutomaticSecurity {
		d.doubt()
	}
}

// delete is DELETE /whitelabel/domains/ID.
func (s *Service) delete(c *call) (answer, error) {
	err := s.change(func(st *State) error {
		d, err := st.find(c)
		if err != nil {
			return err
		}
		st.Domains = slices.DeleteFunc(st.Domains, func(other *Domain) bool { return other == d })
		return nil
	})
	return answer{status: http.StatusNoContent}, err
}

// defaultDomain is GET /whitelabel/domains/default: the user's default, or that of one domain name.
// If there is none, the answer is general information: of no user, with the id 0, and without
// addresses.
func (s *Service) defaultDomain(c *call) (answer, error) {
	wanted := strings.ToLower(c.URL.Query().Get("domain"))
	found := []domainAnswer{}
	err := s.view(func(st *State) error {
		for _, d := range st.Domains {
			if d.Default && d.Region == c.region && d.Owner == c.user.name && (wanted == "" || d.Domain == wanted) {
				found = append(found, c.show(d))
			}
		}
		return nil
	})
	if len(found) == 0 {
		found = append(found, domainAnswer{Domain: targetsZone, IPs: []string{}, DNS: map[string]recordAnswer{}})
	}
	if c.behaviour.asDescribed {
		return answer{http.StatusOK, found}, err
	}
	return answer{http.StatusOK, found[0]}, err
}
