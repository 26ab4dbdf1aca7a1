package cloudflaresim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// editing is a change of a zone under way. It works on a copy, which counts only if every part of
// the change is allowed.
type editing struct {
	zone      *Zone
	newID     func() string
	now       time.Time
	behaviour behaviour
}

func (e *editing) create(f fields) (*Record, error) {
	if len(e.zone.Records) >= e.behaviour.records {
		return nil, refuse(http.StatusBadRequest, 81045, "The record quota has been exceeded.")
	}
	r := &Record{TTL: automaticTTL, CreatedOn: e.now}
	if err := e.fill(r, f); err != nil {
		return nil, err
	}
	r.ID = e.newID()
	e.zone.Records = append(e.zone.Records, r)
	return r, nil
}

func (e *editing) overwrite(id string, f fields) (*Record, error) {
	return e.change(id, func(old *Record) (*Record, error) {
		r := &Record{ID: old.ID, TTL: automaticTTL, CreatedOn: old.CreatedOn}
		return r, e.fill(r, f)
	})
}

func (e *editing) patch(id string, f fields) (*Record, error) {
	return e.change(id, func(old *Record) (*Record, error) {
		r := old.clone()
		if f.Content != nil {
			r.Data = nil // what was made of it is made anew
		}
		return r, e.fill(r, f)
	})
}

func (e *editing) change(id string, make func(old *Record) (*Record, error)) (*Record, error) {
	i := slices.IndexFunc(e.zone.Records, func(r *Record) bool { return r.ID == id })
	if i < 0 {
		return nil, noSuchRecord()
	}
	r, err := make(e.zone.Records[i])
	if err != nil {
		return nil, err
	}
	e.zone.Records[i] = r
	return r, nil
}

func (e *editing) delete(id string) (*Record, error) {
	r := e.zone.record(id)
	if r == nil {
		return nil, noSuchRecord()
	}
	e.zone.Records = slices.DeleteFunc(e.zone.Records, func(r *Record) bool { return r.ID == id })
	return r, nil
}

// fill takes over the fields of a call, and checks the resulting record.
func (e *editing) fill(r *Record, f fields) error {
	r.ModifiedOn = e.now
	set(&r.Type, f.Type)
	set(&r.Name, f.Name)
	set(&r.Content, f.Content)
	set(&r.Proxied, f.Proxied)
	if f.Data != nil {
		r.Data = f.Data
	}
	if f.Tags != nil {
		r.Tags = f.Tags
	}
	if f.Settings != nil {
		r.Settings = f.Settings
	}
	if f.TTL != nil {
		r.TTL = int(*f.TTL)
	}
	if f.Priority != nil {
		if *f.Priority < 0 || *f.Priority > 65535 {
			return invalid(reason, "Priority must be between 0 and 65535.")
		}
		priority := uint16(*f.Priority)
		r.Priority = &priority
	}
	if f.Comment != nil {
		var comment *string
		if json.Unmarshal(f.Comment, &comment) != nil {
			return invalid(reason, "Comment must be a string.")
		}
		r.Comment, r.CommentModifiedOn = "", nil
		if comment != nil && *comment != "" {
			r.Comment, r.CommentModifiedOn = *comment, &e.now
		}
	}
	if err := e.validate(r); err != nil {
		return err
	}
	return e.conflicts(r)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// conflicts refuses a record that cannot exist beside the others of its name.
func (e *editing) conflicts(r *Record) error {
	length := len(r.Content)
	for _, other := range e.zone.Records {
		if other.ID == r.ID || other.Name != r.Name {
			continue
		}
		if other.Type == r.Type {
			length += len(other.Content)
		}
		switch {
		case other.identical(r):
			return refuse(http.StatusBadRequest, 81058, "An identical record already exists.")
		case r.Type == "CNAME" && (isAddress(other.Type) || other.Type == "CNAME"):
			return refuse(http.StatusBadRequest, 81053, "An A, AAAA, or CNAME record with that host already exists.")
		case isAddress(r.Type) && other.Type == "CNAME":
			return refuse(http.StatusBadRequest, 81054, "A CNAME record with that host already exists.")
		case r.Name != e.zone.Name && (r.Type == "NS") != (other.Type == "NS"):
			return refuse(http.StatusBadRequest, 81056, "NS records with that host already exist.")
		}
	}
	if length > maxSetLength {
		return invalid(reason, "The content of all %s records of a name can not be longer than %d characters.", r.Type, maxSetLength)
	}
	return nil
}

// identical compares records as the DNS sees them. Texts are compared decoded, however they are
// split and quoted.
func (r *Record) identical(other *Record) bool {
	if r.Type != other.Type || (r.Type == "MX" || r.Type == "URI") && *r.Priority != *other.Priority {
		return false
	}
	switch r.Type {
	case "TXT":
		return textOf(r.Content) == textOf(other.Content)
	case "SRV":
		return strings.EqualFold(r.srvData(), other.srvData())
	}
	return strings.EqualFold(r.Content, other.Content)
}
