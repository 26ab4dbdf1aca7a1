package cloudflaresim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	zonesPerPage    = 20
	maxZonesPerPage = 50
)

// zoneResult is a zone in an answer.
type zoneResult struct {
	ID                string         `json:"id"`
	Name              string         `json:"name"`
	Status            string         `json:"status"`
	Paused            bool           `json:"paused"`
	Type              string         `json:"type"`
	DevelopmentMode   int            `json:"development_mode"`
	NameServers       []string       `json:"name_servers"`
	VanityNameServers []string       `json:"vanity_name_servers,omitempty"`
	CreatedOn         time.Time      `json:"created_on"`
	ModifiedOn        time.Time      `json:"modified_on"`
	ActivatedOn       *time.Time     `json:"activated_on"`
	Meta              map[string]any `json:"meta"`
	Owner             map[string]any `json:"owner"`
	Account           map[string]any `json:"account"`
	Permissions       []string       `json:"permissions"`
	Plan              map[string]any `json:"plan"`
}

func (c *call) show(z *Zone) zoneResult {
	shown := zoneResult{
		ID: z.ID, Name: z.Name, Status: z.Status, Paused: z.Paused, Type: z.Type,
		NameServers: slices.Clone(z.NameServers), VanityNameServers: slices.Clone(z.VanityNameServers),
		CreatedOn: z.CreatedOn, ModifiedOn: z.CreatedOn,
		Meta:        map[string]any{"step": 2, "page_rule_quota": 3, "phishing_detected": false},
		Owner:       map[string]any{"id": nil, "type": "user", "email": nil},
		Account:     map[string]any{"id": Account, "name": "Sandbox"},
		Permissions: c.token.permissions,
		Plan:        map[string]any{"id": "plan-" + z.Plan, "name": z.Plan, "legacy_id": z.Plan, "price": 0, "currency": "USD"},
	}
	if z.Status == statusActive {
		shown.ActivatedOn = &shown.CreatedOn
	}
	return shown
}

// listZones is GET /zones: those that the token may see, filtered and in pages.
func (s *Service) listZones(c *call) (answer, error) {
	query := c.URL.Query()
	paged, err := pageOf(query, zonesPerPage, 5, maxZonesPerPage)
	if err != nil {
		return answer{}, err
	}
	var shown []zoneResult
	var info *resultInfo
	err = s.view(func(st *State) error {
		var found []*Zone
		for _, z := range st.Zones {
			if c.token.account == Account && c.token.may(permissionZoneRead) && zoneMatches(z, query) {
				found = append(found, z)
			}
		}
		slices.SortStableFunc(found, func(a, b *Zone) int { return cmp.Compare(a.Name, b.Name) })
		if query.Get("direction") == "desc" {
			slices.Reverse(found)
		}
		found, info = page(found, paged)
		shown = make([]zoneResult, len(found))
		for i, z := range found {
			shown[i] = c.show(z)
		}
		return nil
	})
	return answer{result: shown, info: info}, err
}

func zoneMatches(z *Zone, query url.Values) bool {
	if account := query.Get("account.id"); account != "" && account != Account {
		return false
	}
	if status := query.Get("status"); status != "" && status != z.Status {
		return false
	}
	if types := query.Get("type"); types != "" && !slices.Contains(strings.Split(types, ","), z.Type) {
		return false
	}
	return nameMatches(z.Name, query.Get("name"))
}

// nameMatches compares a zone's name with the filter for it, which may begin with an operator.
func nameMatches(name, filter string) bool {
	operator, operand, found := strings.Cut(filter, ":")
	if !found {
		return filter == "" || strings.EqualFold(strings.TrimSuffix(filter, "."), name)
	}
	operand = strings.ToLower(operand)
	switch strings.TrimSuffix(operator, "_case_sensitive") {
	case "equal":
		return name == operand
	case "not_equal":
		return name != operand
	case "starts_with":
		return strings.HasPrefix(name, operand)
	case "ends_with":
		return strings.HasSuffix(name, operand)
	case "contains":
		return strings.Contains(name, operand)
	}
	return false
}

// getZone is GET /zones/ZONE.
func (s *Service) getZone(c *call) (answer, error) {
	var shown zoneResult
	err := s.view(func(st *State) error {
		z, err := c.visible(st, permissionZoneRead)
		if err == nil {
			shown = c.show(z)
		}
		return err
	})
	return answer{result: shown}, err
}

// createZone is POST /zones. The zone is active at once, because the sandbox delegates a domain to
// the host that has its zone.
func (s *Service) createZone(c *call) (answer, error) {
	var body struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	name, err := dns.Canonical(body.Name)
	if err != nil || !strings.Contains(name, ".") {
		return answer{}, refuse(http.StatusBadRequest, 1001, "Invalid zone name")
	}
	if c.token.account != Account || !c.token.may(permissionDNSEdit) {
		return answer{}, refuse(http.StatusForbidden, 10000, "Authentication error")
	}
	var shown zoneResult
	err = s.update(func(st *State) error {
		if st.zoneNamed(name) != nil {
			return refuse(http.StatusBadRequest, 1061, name+" already exists")
		}
		z := st.addZone(name, s.now())
		z.Type = cmp.Or(body.Type, typeFull)
		shown = c.show(z)
		return nil
	})
	return answer{result: shown}, err
}

// deleteZone is DELETE /zones/ZONE, with all records.
func (s *Service) deleteZone(c *call) (answer, error) {
	err := s.update(func(st *State) error {
		z, err := c.visible(st, permissionDNSEdit)
		if err != nil {
			return err
		}
		st.Zones = slices.DeleteFunc(st.Zones, func(other *Zone) bool { return other == z })
		return nil
	})
	return answer{result: map[string]string{"id": c.zone}}, err
}

// visible returns the zone of the call's path, if the token has the permission there.
func (c *call) visible(st *State, permission string) (*Zone, error) {
	if !isID(c.zone) {
		return nil, &refusal{status: http.StatusNotFound, errors: []message{
			{Code: 7003, Message: "Could not route to " + strings.TrimPrefix(c.URL.Path, BasePath) + ", perhaps your object identifier is invalid?"},
			{Code: 7000, Message: "No route for that URI"},
		}}
	}
	z := st.zone(c.zone)
	if z != nil && c.token.account == Account && c.token.may(permission) {
		return z, nil
	}
	// The API does not tell whether a zone exists that the token may not see.
	if permission == permissionZoneRead {
		return nil, refuse(http.StatusForbidden, 9109, "Unauthorized to access requested resource")
	}
	return nil, refuse(http.StatusForbidden, 10000, "Authentication error")
}

func isID(text string) bool {
	return len(text) == 32 && strings.Trim(text, "0123456789abcdef") == ""
}

// wantedPage is which part of a list a call asks for.
type wantedPage struct{ number, size int }

func pageOf(query url.Values, size, least, most int) (wantedPage, error) {
	wanted := wantedPage{number: 1, size: size}
	for name, number := range map[string]*int{"page": &wanted.number, "per_page": &wanted.size} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || value < 1 || value > 1e9 {
			return wantedPage{}, refuse(http.StatusBadRequest, 6007, "Malformed "+name+" parameter")
		}
		*number = int(value)
	}
	if wanted.size < least || wanted.size > most {
		return wantedPage{}, refuse(http.StatusBadRequest, 6007, "Malformed per_page parameter")
	}
	return wanted, nil
}

// page returns a page of a list. It is empty after the end of the list.
func page[T any](all []T, wanted wantedPage) ([]T, *resultInfo) {
	from := min((wanted.number-1)*wanted.size, len(all))
	part := all[from:min(from+wanted.size, len(all))]
	if part == nil {
		part = []T{} // in JSON a list, and not null
	}
	return part, &resultInfo{
		Page: wanted.number, PerPage: wanted.size, Count: len(part), TotalCount: len(all),
		TotalPages: (len(all) + wanted.size - 1) / wanted.size,
	}
}
