package cloudflaresim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	recordsPerPage    = 100
	maxRecordsPerPage = 5_000_000
)

// recordResult is a record in an answer.
type recordResult struct {
	ID                string         `json:"id"`
	Name              string         `json:"name"`
	Type              string         `json:"type"`
	Content           string         `json:"content"`
	Priority          *uint16        `json:"priority,omitempty"`
	Data              map[string]any `json:"data,omitempty"`
	Proxiable         bool           `json:"proxiable"`
	Proxied           bool           `json:"proxied"`
	TTL               int            `json:"ttl"`
	Settings          map[string]any `json:"settings"`
	Meta              map[string]any `json:"meta"`
	Comment           *string        `json:"comment"`
	Tags              []string       `json:"tags"`
	CreatedOn         time.Time      `json:"created_on"`
	ModifiedOn        time.Time      `json:"modified_on"`
	CommentModifiedOn *time.Time     `json:"comment_modified_on,omitempty"`
}

func (r *Record) show() recordResult {
	shown := recordResult{
		ID: r.ID, Name: r.Name, Type: r.Type, Content: r.Content, Priority: r.Priority, Data: maps.Clone(r.Data),
		Proxiable: proxiable(r.Type), Proxied: r.Proxied, TTL: r.TTL,
		Settings: maps.Clone(r.Settings), Meta: map[string]any{}, Tags: slices.Clone(r.Tags),
		CreatedOn: r.CreatedOn, ModifiedOn: r.ModifiedOn, CommentModifiedOn: r.CommentModifiedOn,
	}
	if shown.Settings == nil {
		shown.Settings = map[string]any{}
	}
	if shown.Tags == nil {
		shown.Tags = []string{}
	}
	if r.Comment != "" {
		comment := r.Comment
		shown.Comment = &comment
	}
	return shown
}

// fields are the parts of a record in a call; nil is a part that it does not mention.
type fields struct {
	ID       string          `json:"id"` // in batches
	Type     *string         `json:"type"`
	Name     *string         `json:"name"`
	Content  *string         `json:"content"`
	Data     map[string]any  `json:"data"`
	Priority *float64        `json:"priority"`
	TTL      *float64        `json:"ttl"`
	Proxied  *bool           `json:"proxied"`
	Comment  json.RawMessage `json:"comment"` // null takes it away
	Tags     []string        `json:"tags"`
	Settings map[string]any  `json:"settings"`
}

// listRecords is GET /zones/ZONE/dns_records, filtered, ordered and in pages.
func (s *Service) listRecords(c *call) (answer, error) {
	query := c.URL.Query()
	paged, err := pageOf(query, recordsPerPage, 1, maxRecordsPerPage)
	if err != nil {
		return answer{}, err
	}
	filter, err := newRecordFilter(query)
	if err != nil {
		return answer{}, err
	}
	var found []recordResult
	err = s.view(func(st *State) error {
		z, err := c.visible(st, permissionDNSRead)
		if err != nil {
			return err
		}
		for _, r := range z.Records {
			if filter.matches(r) {
				found = append(found, r.show())
			}
		}
		return nil
	})
	if err != nil {
		return answer{}, err
	}
	filter.sort(found)
	result, info := page(found, paged)
	return answer{result: result, info: info}, nil
}

// getRecord is GET /zones/ZONE/dns_records/RECORD.
func (s *Service) getRecord(c *call) (answer, error) {
	var shown recordResult
	err := s.view(func(st *State) error {
		z, err := c.visible(st, permissionDNSRead)
		if err != nil {
			return err
		}
		r := z.record(c.record)
		if r == nil {
			return noSuchRecord()
		}
		shown = r.show()
		return nil
	})
	return answer{result: shown}, err
}

func noSuchRecord() *refusal {
	return refuse(http.StatusNotFound, 81044, "Record does not exist.")
}

// edit runs a change of the zone in the path, if the token may make it.
func (s *Service) edit(c *call, change func(e *editing) error) error {
	return s.update(func(st *State) error {
		z, err := c.visible(st, permissionDNSEdit)
		if err != nil {
			return err
		}
		if z.Type != typeFull {
			return refuse(http.StatusBadRequest, 1004, "The DNS records of a "+z.Type+" zone can not be edited.")
		}
		e := &editing{zone: z.clone(), newID: st.newID, now: s.now().UTC().Truncate(time.Microsecond), behaviour: c.behaviour}
		if err := change(e); err != nil {
			return err
		}
		z.Records = e.zone.Records
		return nil
	})
}

// createRecord is POST /zones/ZONE/dns_records.
func (s *Service) createRecord(c *call) (answer, error) {
	return s.write(c, func(e *editing, f fields) (*Record, error) { return e.create(f) })
}

// overwriteRecord is PUT /zones/ZONE/dns_records/RECORD. What the call does not mention gets its
// default.
func (s *Service) overwriteRecord(c *call) (answer, error) {
	return s.write(c, func(e *editing, f fields) (*Record, error) { return e.overwrite(c.record, f) })
}

// editRecord is PATCH /zones/ZONE/dns_records/RECORD. What the call does not mention stays as it
// is.
func (s *Service) editRecord(c *call) (answer, error) {
	return s.write(c, func(e *editing, f fields) (*Record, error) { return e.patch(c.record, f) })
}

func (s *Service) write(c *call, change func(*editing, fields) (*Record, error)) (answer, error) {
	var f fields
	if err := c.decode(&f); err != nil {
		return answer{}, err
	}
	var shown recordResult
	err := s.edit(c, func(e *editing) error {
		r, err := change(e, f)
		if err == nil {
			shown = r.show()
		}
		return err
	})
	return answer{result: shown}, err
}

// deleteRecord is DELETE /zones/ZONE/dns_records/RECORD.
func (s *Service) deleteRecord(c *call) (answer, error) {
	err := s.edit(c, func(e *editing) error {
		_, err := e.delete(c.record)
		return err
	})
	return answer{result: map[string]string{"id": c.record}}, err
}

// batch is POST /zones/ZONE/dns_records/batch: deletes, patches, puts and posts, in that order, all
// or nothing.
func (s *Service) batch(c *call) (answer, error) {
	var body struct{ Deletes, Patches, Puts, Posts []fields }
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	var result struct {
		Deletes []recordResult `json:"deletes"`
		Patches []recordResult `json:"patches"`
		Puts    []recordResult `json:"puts"`
		Posts   []recordResult `json:"posts"`
	}
	err := s.edit(c, func(e *editing) error {
		count := len(body.Deletes) + len(body.Patches) + len(body.Puts) + len(body.Posts)
		if limit := c.behaviour.batchLimit(e.zone.Plan); count == 0 || count > limit {
			return refuse(http.StatusBadRequest, 1004, fmt.Sprintf("A batch in this zone holds 1 to %d changes, and this one has %d.", limit, count))
		}
		for _, part := range []struct {
			of     []fields
			to     *[]recordResult
			change func(f fields) (*Record, error)
		}{
			{body.Deletes, &result.Deletes, func(f fields) (*Record, error) { return e.delete(f.ID) }},
			{body.Patches, &result.Patches, func(f fields) (*Record, error) { return e.patch(f.ID, f) }},
			{body.Puts, &result.Puts, func(f fields) (*Record, error) { return e.overwrite(f.ID, f) }},
			{body.Posts, &result.Posts, e.create},
		} {
			for _, f := range part.of {
				r, err := part.change(f)
				if err != nil {
					return err
				}
				*part.to = append(*part.to, r.show())
			}
		}
		return nil
	})
	return answer{result: result}, err
}
