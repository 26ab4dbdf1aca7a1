package azuresim

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// wireZone is a zone in an answer.
type wireZone struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Type       string            `json:"type"`
	Etag       string            `json:"etag"`
	Location   string            `json:"location"`
	Tags       map[string]string `json:"tags"`
	Properties map[string]any    `json:"properties"`
}

func (z *Zone) show() wireZone {
	kind, servers := "Public", make([]string, len(z.NameServers))
	for i, server := range z.NameServers {
		servers[i] = server + "."
	}
	if z.Private {
		kind = "Private"
	}
	return wireZone{
		ID: z.id(), Name: z.Name, Type: "Microsoft.Network/dnszones", Etag: z.Etag, Location: "global", Tags: map[string]string{},
		Properties: map[string]any{
			"maxNumberOfRecordSets": 10000, "maxNumberOfRecordsPerRecordSet": nil, "numberOfRecordSets": len(z.Sets),
			"nameServers": servers, "zoneType": kind,
		},
	}
}

// listZones is GET of the zones of a subscription or of a group.
func (s *Service) listZones(c *call) (int, any, error) {
	if err := c.may(listAction, c.scope()); err != nil {
		return 0, nil, err
	}
	var all []wireZone
	err := s.view(func(st *State) error {
		for _, z := range st.Zones {
			if strings.EqualFold(z.Subscription, c.subscription) && (c.group == "" || strings.EqualFold(z.Group, c.group)) {
				shown := z.show()
				if c.group == "" {
					// Azure answers with the names of groups in this case or that.
					shown.ID = strings.Replace(shown.ID, z.Group, strings.ToLower(z.Group), 1)
				}
				all = append(all, shown)
			}
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	slices.SortStableFunc(all, func(a, b wireZone) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	return paged(c, all)
}

// listing is an answer with a part of a list.
type listing[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

// paged answers with the part of a list that the call asks for.
func paged[T any](c *call, all []T) (int, any, error) {
	query := c.URL.Query()
	size := c.behaviour.page
	if top := query.Get("$top"); top != "" {
		number, err := strconv.Atoi(top)
		if err != nil || number < 1 {
			return 0, nil, badRequest("The value '%s' for '$top' is not valid.", top)
		}
		size = min(size, number)
	}
	first := 0
	if token := query.Get("$skipToken"); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if err == nil {
			first, err = strconv.Atoi(string(text))
		}
		if err != nil || first < 0 {
			return 0, nil, badRequest("The skip token '%s' is not valid.", token)
		}
	}
	first = min(first, len(all))
	last := min(first+size, len(all))
	part := listing[T]{Value: append([]T{}, all[first:last]...)}
	if last < len(all) {
		next := url.Values{"api-version": {c.version}, "$skipToken": {base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(last)))}}
		if top := query.Get("$top"); top != "" {
			next.Set("$top", top)
		}
		scheme := "http"
		if c.TLS != nil {
			scheme = "https"
		}
		// The service may be below a path of the server, which only the request line has.
		path, _, _ := strings.Cut(c.RequestURI, "?")
		part.NextLink = scheme + "://" + c.Host + cmp.Or(path, c.URL.EscapedPath()) + "?" + next.Encode()
	}
	return http.StatusOK, part, nil
}

// getZone is GET of a zone.
func (s *Service) getZone(c *call) (int, any, error) {
	if err := c.may("Microsoft.Network/dnszones/read", c.scope()); err != nil {
		return 0, nil, err
	}
	var shown wireZone
	err := s.view(func(st *State) error {
		z, err := st.zone(c)
		if err == nil {
			shown = z.show()
		}
		return err
	})
	return http.StatusOK, shown, err
}

// putZone is PUT of a zone, which makes it.
func (s *Service) putZone(c *call) (int, any, error) {
	if err := c.may("Microsoft.Network/dnszones/write", c.scope()); err != nil {
		return 0, nil, err
	}
	var body struct {
		Location   string `json:"location"`
		Properties struct {
			ZoneType string `json:"zoneType"`
		} `json:"properties"`
	}
	if err := c.decode(&body); err != nil {
		return 0, nil, err
	}
	name, err := dns.Canonical(c.zone)
	if err != nil || !strings.Contains(name, ".") {
		return 0, nil, badRequest("The zone name '%s' is invalid.", c.zone)
	}
	if !strings.EqualFold(body.Location, "global") {
		return 0, nil, resourceError(http.StatusBadRequest, "LocationRequired", "The location property is required for this definition.")
	}
	status, shown := http.StatusOK, wireZone{}
	err = s.update(func(st *State) error {
		z := st.find(c.subscription, c.group, name)
		switch {
		case z == nil:
			z = st.add(c.subscription, c.group, name)
			z.Private, status = strings.EqualFold(body.Properties.ZoneType, "Private"), http.StatusCreated
		case c.Header.Get("If-None-Match") == "*":
			return dnsError(http.StatusPreconditionFailed, "PreconditionFailed", "The Zone %s exists already and hence cannot be created again.", name)
		case z.Lock == "ReadOnly":
			return locked(c, "write", z)
		}
		shown = z.show()
		return nil
	})
	return status, shown, err
}

// deleteZone is DELETE of a zone with all of its record sets. A zone that does not exist is deleted
// already. The real service may take its time, and then answers with an address at which to ask.
func (s *Service) deleteZone(c *call) (int, any, error) {
	if err := c.may("Microsoft.Network/dnszones/delete", c.scope()); err != nil {
		return 0, nil, err
	}
	status := http.StatusOK
	err := s.update(func(st *State) error {
		z := st.find(c.subscription, c.group, c.zone)
		match := c.Header.Get("If-Match")
		switch {
		case z == nil:
			status = http.StatusNoContent
			return nil
		case z.Lock != "":
			return locked(c, "delete", z)
		case match != "" && match != "*" && match != z.Etag:
			return dnsError(http.StatusPreconditionFailed, "PreconditionFailed", "The Zone %s has been modified (etag mismatch).", z.Name)
		}
		st.Zones = slices.DeleteFunc(st.Zones, func(other *Zone) bool { return other == z })
		return nil
	})
	return status, nil, err
}
