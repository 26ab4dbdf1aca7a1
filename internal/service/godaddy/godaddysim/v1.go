package godaddysim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxPageV1 is how many records v1 returns at most in one answer.
const maxPageV1 = 500

// recordsV1 is GET /v1/domains/DOMAIN/records[/TYPE[/NAME]]. Leftovers are listed like any others.
func (s *Service) recordsV1(c *call) (int, any, error) {
	recordType, name, err := c.recordSet()
	if err != nil {
		return 0, nil, err
	}
	offset, err := c.number("offset", 0, 0, 1<<30)
	if err != nil {
		return 0, nil, err
	}
	limit, err := c.number("limit", maxPageV1, 1, maxPageV1)
	if err != nil {
		return 0, nil, err
	}
	page := []Record{}
	err = s.view(func(st *State) error {
		zone, err := st.zone(c)
		if err != nil {
			return err
		}
		found := 0
		for _, r := range zone.Records {
			if !r.is(recordType, name) {
				continue
			}
			if found++; found > offset && len(page) < limit {
				r.ID = ""
				page = append(page, r)
			}
		}
		return nil
	})
	return http.StatusOK, page, err
}

// addV1 is PATCH /v1/domains/DOMAIN/records: it adds all records of the body, or none of them.
func (s *Service) addV1(c *call) (int, any, error) {
	added, err := c.recordsSent("", "")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, s.change(c, func(st *State, zone *Zone) error {
		for _, r := range added {
			if r.system() {
				return notMutable(r.Type)
			}
			if err := c.clash(r, zone.Records); err != nil {
				return err
			}
			r.ID = st.nextID(r.Name)
			zone.Records = append(zone.Records, r)
		}
		return nil
	})
}

// replaceV1 is PUT /v1/domains/DOMAIN/records[/TYPE[/NAME]]. The body replaces everything in the
// zone, of the type, or in the record set, including leftovers. Only GoDaddy's own records stay.
func (s *Service) replaceV1(c *call) (int, any, error) {
	recordType, name, err := c.recordSet()
	if err != nil {
		return 0, nil, err
	}
	if (Record{Name: name, Type: recordType}).system() {
		return 0, nil, notMutable(recordType)
	}
	put, err := c.recordsSent(recordType, name)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, s.change(c, func(st *State, zone *Zone) error {
		zone.Records = slices.DeleteFunc(zone.Records, func(r Record) bool { return r.is(recordType, name) && !r.system() })
		for _, r := range put {
			if r.system() {
				continue // as they come back in what was read
			}
			if err := c.clash(r, zone.Records); err != nil {
				return err
			}
			r.ID = st.nextID(r.Name)
			zone.Records = append(zone.Records, r)
		}
		return nil
	})
}

// deleteV1 is DELETE /v1/domains/DOMAIN/records/TYPE/NAME. It deletes all values of the record set,
// and its leftovers.
func (s *Service) deleteV1(c *call) (int, any, error) {
	recordType, name, err := c.recordSet()
	if err != nil {
		return 0, nil, err
	}
	if (Record{Name: name, Type: recordType}).system() {
		return 0, nil, notMutable(recordType)
	}
	return http.StatusNoContent, nil, s.change(c, func(_ *State, zone *Zone) error {
		before := len(zone.Records)
		zone.Records = slices.DeleteFunc(zone.Records, func(r Record) bool { return r.is(recordType, name) })
		if len(zone.Records) == before {
			return &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: "There are no such records"}
		}
		return nil
	})
}

// recordSet reads the type and the name at the end of a path of v1. They are empty if the path does
// not have them.
func (c *call) recordSet() (recordType, name string, err error) {
	if len(c.rest) > 0 {
		if recordType = strings.ToUpper(c.rest[0]); !slices.Contains(types[v1], recordType) && c.Method != http.MethodGet {
			return "", "", c.invalid(issue{code: "INVALID_VALUE_ENUM", path: "type", message: "is not any of: " + strings.Join(types[v1], ", ")})
		}
	}
	if len(c.rest) > 1 {
		if name = c.rest[1]; !isRecordName(name) {
			return "", "", c.misformed("name", "does not conform to the 'domain' format")
		}
	}
	return recordType, name, nil
}

// recordsSent reads an array of records from the body. If the path has the type and the name, the
// body may omit them.
func (c *call) recordsSent(recordType, name string) ([]Record, error) {
	var raw []json.RawMessage
	if err := c.decode("records", &raw); err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		return nil, c.invalid(issue{code: "ARRAY_TOO_SHORT", path: "records", message: "has fewer than 1 items"})
	}
	records := make([]Record, len(raw))
	var issues []issue
	for i := range raw {
		var d draft
		path := fmt.Sprintf("records[%d]", i)
		if err := json.Unmarshal(raw[i], &d); err != nil {
			issues = append(issues, issue{code: "UNEXPECTED_TYPE", path: path, message: err.Error()})
			continue
		}
		if recordType != "" {
			d.Type = recordType
		}
		if name != "" {
			d.Name = name
		}
		r, wrong := d.complete(c, path+".")
		records[i], issues = r, append(issues, wrong...)
	}
	if issues != nil {
		return nil, c.invalid(issues...)
	}
	return records, nil
}

// number reads a number of the query.
func (c *call) number(name string, otherwise, lowest, highest int) (int, error) {
	text := c.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < lowest || number > highest {
		return 0, c.invalid(issue{code: "VALUE_OUT_OF_RANGE", path: name, message: fmt.Sprintf("is not a number between %d and %d", lowest, highest)})
	}
	return number, nil
}

// change carries out a change of the call's zone, completely or not at all.
func (s *Service) change(c *call, fn func(st *State, zone *Zone) error) error {
	return s.update(func(st *State) error {
		zone, err := st.zone(c)
		if err != nil {
			return err
		}
		st.Changes++
		return fn(st, zone)
	})
}

// notMutable refuses to change GoDaddy's own records.
func notMutable(recordType string) *refusal {
	return &refusal{status: http.StatusConflict, code: "DNS_RECORD_NOT_MUTABLE", message: "Records of type " + recordType + " are managed by GoDaddy"}
}
