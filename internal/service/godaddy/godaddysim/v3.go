package godaddysim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// link is one of the URLs that v3 adds to its answers.
type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

func recordsPathV3(zone string) string { return "/v3/domains/zones/" + zone + "/dns-records" }

// recordsV3 is GET /v3/domains/zones/ZONE/dns-records. It has totals on request, but not if nothing
// was found.
func (s *Service) recordsV3(c *call) (int, any, error) {
	page, err := c.number("page", 1, 1, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	size, err := c.number("pageSize", 25, 1, 100)
	if err != nil {
		return 0, nil, err
	}
	query := c.URL.Query()
	var list struct {
		Items      []Record `json:"items"`
		TotalItems int      `json:"totalItems,omitempty"`
		TotalPages int      `json:"totalPages,omitempty"`
		Links      []link   `json:"links"`
	}
	list.Items, list.Links = []Record{}, []link{}
	err = s.view(func(st *State) error {
		zone, err := st.zone(c)
		if err != nil {
			return err
		}
		var found []Record
		for _, r := range zone.Records {
			if r.is(query.Get("type"), query.Get("name")) {
				found = append(found, r)
			}
		}
		pages := (len(found) + size - 1) / size
		if query.Get("totalRequired") == "true" {
			list.TotalItems, list.TotalPages = len(found), pages
		}
		first := min((page-1)*size, len(found))
		list.Items = append(list.Items, found[first:min(first+size, len(found))]...)
		if page < pages {
			query.Set("page", strconv.Itoa(page+1))
			list.Links = append(list.Links, link{"next", recordsPathV3(zone.Name) + "?" + query.Encode()})
		}
		return nil
	})
	return http.StatusOK, list, err
}

// createV3 is POST /v3/domains/zones/ZONE/dns-records: one record.
func (s *Service) createV3(c *call) (int, any, error) {
	r, err := c.recordSent()
	if err != nil {
		return 0, nil, err
	}
	err = s.change(c, func(st *State, zone *Zone) error {
		if slices.Contains(systemTypes, r.Type) {
			return notMutable(r.Type)
		}
		if err := c.clash(r, zone.Records); err != nil {
			return err
		}
		r.ID = st.nextID(r.Name)
		zone.Records = append(zone.Records, r)
		return nil
	})
	return http.StatusCreated, r, err
}

// replaceZoneV3 is PUT /v3/domains/zones/ZONE/dns-records/ID. No published specification has it any
// more, but it still answers 200, as if it had replaced the one record. In fact the body replaces
// the whole zone, except GoDaddy's own records.
func (s *Service) replaceZoneV3(c *call) (int, any, error) {
	r, err := c.recordSent()
	if err != nil {
		return 0, nil, err
	}
	err = s.change(c, func(st *State, zone *Zone) error {
		if _, err := zone.record(c.rest[0]); err != nil {
			return err
		}
		zone.Records = slices.DeleteFunc(zone.Records, func(r Record) bool { return !r.system() && r.Name != "_domainconnect" })
		r.ID = st.nextID(r.Name)
		zone.Records = append(zone.Records, r)
		return nil
	})
	return http.StatusOK, r, err
}

// deleteV3 is DELETE /v3/domains/zones/ZONE/dns-records/ID.
func (s *Service) deleteV3(c *call) (int, any, error) {
	return http.StatusNoContent, nil, s.change(c, func(_ *State, zone *Zone) error {
		i, err := zone.record(c.rest[0])
		if err != nil {
			return err
		}
		if r := zone.Records[i]; slices.Contains(systemTypes, r.Type) {
			return notMutable(r.Type)
		}
		zone.Records = slices.Delete(zone.Records, i, i+1)
		return nil
	})
}

// recordSent reads one record from the body.
func (c *call) recordSent() (Record, error) {
	var d draft
	if err := c.decode("record", &d); err != nil {
		return Record{}, err
	}
	r, issues := d.complete(c, "")
	if issues != nil {
		return Record{}, c.invalid(issues...)
	}
	return r, nil
}

// record finds a record by its ID.
func (z *Zone) record(id string) (int, error) {
	i := slices.IndexFunc(z.Records, func(r Record) bool { return r.ID == id })
	if i < 0 {
		return 0, &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: fmt.Sprintf("There is no record %s in the zone", id)}
	}
	return i, nil
}
