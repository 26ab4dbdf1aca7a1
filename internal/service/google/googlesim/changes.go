package googlesim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// sent is a record set in a change. Properties that the service does not know are kept.
type sent struct {
	Name          *string         `json:"name"`
	Type          string          `json:"type"`
	TTL           int64           `json:"ttl"`
	Rrdatas       []string        `json:"rrdatas"`
	RoutingPolicy json.RawMessage `json:"routingPolicy"`
	more          map[string]json.RawMessage
}

// known are the properties of a record set that the service itself knows or makes.
var known = []string{"kind", "name", "type", "ttl", "rrdatas", "routingPolicy", "signatureRrdatas"}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *sent) UnmarshalJSON(raw []byte) error {
	type plain sent
	if err := json.Unmarshal(raw, (*plain)(r)); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		if !slices.Contains(known, name) {
			if r.more == nil {
				r.more = map[string]json.RawMessage{}
			}
			r.more[name] = value
		}
	}
	return nil
}

// createChange is changes.create: all of it or nothing.
func (s *Service) createChange(c *call) (any, error) {
	if err := c.mayInZone("dns.changes.create"); err != nil {
		return nil, err
	}
	var body struct {
		Additions []*sent `json:"additions"`
		Deletions []*sent `json:"deletions"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	var answer object
	err := s.update(func(st *State) error {
		z, err := st.of(c)
		if err != nil {
			return err
		}
		if len(body.Additions)+len(body.Deletions) == 0 {
			return refuse(http.StatusBadRequest, "required", "The 'entity.change' parameter is required but was missing.")
		}
		additions, err := z.read("additions", body.Additions)
		if err != nil {
			return err
		}
		deletions, err := z.read("deletions", body.Deletions)
		if err != nil {
			return err
		}
		if err := c.mayChange(additions, deletions); err != nil {
			return err
		}
		after, err := z.changed(c.behaviour, additions, deletions)
		if err != nil {
			return err
		}
		ch := &Change{Additions: additions, Deletions: deletions, Started: c.now.UTC(), Done: c.now.UTC().Add(c.behaviour.pending)}
		if c.behaviour.lateLists {
			z.Before, z.Until = slices.Clone(z.shown(c.now)), ch.Done
		}
		z.Sets = after
		z.sort()
		z.note(ch)
		answer = ch.described(c.now, true)
		return nil
	})
	return answer, err
}

// mayChange checks the permissions that the kinds of changes need. A set that is deleted and added is
// updated.
func (c *call) mayChange(additions, deletions []*RecordSet) error {
	has := func(sets []*RecordSet, key string) bool {
		return slices.ContainsFunc(sets, func(r *RecordSet) bool { return r.key() == key })
	}
	for _, r := range additions {
		permission := "dns.resourceRecordSets.create"
		if has(deletions, r.key()) {
			permission = "dns.resourceRecordSets.update"
		}
		if err := c.mayInZone(permission); err != nil {
			return err
		}
	}
	for _, r := range deletions {
		if !has(additions, r.key()) {
			if err := c.mayInZone("dns.resourceRecordSets.delete"); err != nil {
				return err
			}
		}
	}
	return nil
}

// read checks the sets of one list of a change, each by itself.
func (z *Zone) read(list string, sets []*sent) ([]*RecordSet, error) {
	var all []*RecordSet
	for i, w := range sets {
		at := fmt.Sprintf("entity.change.%s[%d]", list, i)
		if w.Name == nil {
			return nil, refuse(http.StatusBadRequest, "required", "The '%s.name' parameter is required but was missing.", at)
		}
		r := &RecordSet{Name: strings.ToLower(*w.Name), Type: w.Type, TTL: uint32(max(w.TTL, 0)), Rrdatas: slices.Clone(w.Rrdatas), RoutingPolicy: w.RoutingPolicy, More: w.more}
		switch {
		case !validName(r.Name) || r.Name != z.DNSName+"." && !strings.HasSuffix(r.Name, "."+z.DNSName+"."):
			return nil, invalid(at+".name", *w.Name)
		case !slices.Contains(types, r.Type):
			return nil, invalid(at+".type", r.Type)
		case w.TTL < 0 || w.TTL > 1<<31-1:
			return nil, invalid(at+".ttl", strconv.FormatInt(w.TTL, 10))
		case (len(r.Rrdatas) == 0) == (len(r.RoutingPolicy) == 0):
			return nil, invalid(at+".rrdata", "<empty>")
		}
		if err := z.checkData(at, r); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// invalid refuses a value.
func invalid(field, value string) *refusal {
	return refuse(http.StatusBadRequest, "invalid", "Invalid value for '%s': '%s'", field, value)
}

// path names a set in a list of a change, as errors do.
func (r *RecordSet) path(list string) string {
	return fmt.Sprintf("entity.change.%s[%s][%s]", list, r.Name, r.Type)
}

// changed returns the sets of the zone after a change, or why there is none.
func (z *Zone) changed(b behaviour, additions, deletions []*RecordSet) ([]*RecordSet, error) {
	if err := z.exceeded(b, additions, deletions); err != nil {
		return nil, err
	}
	after := slices.Clone(z.Sets)
	for _, r := range deletions {
		i := slices.IndexFunc(after, func(there *RecordSet) bool { return there.key() == r.key() })
		switch {
		case i < 0:
			return nil, refuse(http.StatusNotFound, "notFound", "The '%s' resource named '%s (%s)' does not exist.", r.path("deletions"), r.Name, r.Type)
		case !after[i].same(r):
			return nil, refuse(http.StatusPreconditionFailed, "conditionNotMet", "Precondition not met for '%s'", r.path("deletions"))
		}
		after = slices.Delete(after, i, i+1)
	}
	for _, r := range additions {
		if slices.ContainsFunc(after, func(there *RecordSet) bool { return there.key() == r.key() }) {
			return nil, refuse(http.StatusConflict, "alreadyExists", "The resource '%s' named '%s (%s)' already exists", r.path("additions"), r.Name, r.Type)
		}
		after = append(after, r)
	}
	apex := z.DNSName + "."
	for _, needed := range []string{"SOA", "NS"} {
		if !slices.ContainsFunc(after, func(r *RecordSet) bool { return r.Name == apex && r.Type == needed }) {
			return nil, refuse(http.StatusBadRequest, "invalidZoneApex",
				"The resource record set is invalid because a zone must contain exactly one resource record set of type '%s' at the apex.", needed)
		}
	}
	for _, r := range additions {
		for _, other := range after {
			if other.Name == r.Name && other.Type != r.Type && (r.Type == "CNAME" || other.Type == "CNAME") {
				return nil, refuse(http.StatusBadRequest, "cnameResourceRecordSetConflict",
					"The resource record set '%s' is invalid because the DNS name '%s' has a resource record set of the type '%s'. "+
						"A DNS name may have either one CNAME resource record set or resource record sets of other types, but not both.", r.path("additions"), r.Name, other.Type)
			}
		}
	}
	return after, nil
}

// exceeded refuses a change beyond the quotas of the project.
func (z *Zone) exceeded(b behaviour, additions, deletions []*RecordSet) error {
	var over []string
	check := func(is, most int, what string) {
		if is > most {
			over = append(over, "The change would exceed quota for "+what+".")
		}
	}
	size := 0
	for _, r := range slices.Concat(additions, deletions) {
		check(len(r.Rrdatas), b.records, "resource records per resource record set")
		for _, data := range r.Rrdatas {
			size += len(data)
		}
	}
	check(len(additions), b.additions, "additions per change")
	check(len(deletions), b.deletions, "deletions per change")
	check(size, b.rrdata, "total rrdata size per change")
	check(len(z.Sets)+len(additions)-len(deletions), b.sets, "resource record sets per managed zone")
	if over == nil {
		return nil
	}
	no := refuse(http.StatusForbidden, "quotaExceeded", "%s", over[0])
	no.more = slices.Compact(over[1:])
	return no
}
