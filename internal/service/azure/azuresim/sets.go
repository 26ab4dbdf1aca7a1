package azuresim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// wireSet is a record set in an answer.
type wireSet struct {
	ID         string                     `json:"id"`
	Name       string                     `json:"name"`
	Type       string                     `json:"type"`
	Etag       string                     `json:"etag"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// showSet is a set as a version of the API shows it.
func (z *Zone) showSet(s *Set, version string) wireSet {
	shown := maps.Clone(s.Properties)
	fqdn := s.Name + "." + z.Name + "."
	if s.Name == "@" {
		fqdn = z.Name + "."
	}
	maps.Copy(shown, properties(map[string]any{"fqdn": fqdn, "provisioningState": "Succeeded"}))
	for _, link := range links {
		if shown[link] == nil {
			shown[link] = json.RawMessage("{}")
		}
	}
	if version == olderVersion {
		delete(shown, profileProperty)
	}
	return wireSet{
		ID: z.id() + "/" + s.Type + "/" + s.Name, Name: s.Name, Type: "Microsoft.Network/dnszones/" + s.Type, Etag: s.Etag, Properties: shown,
	}
}

// listSets is GET of the record sets of a zone, or of those of one type.
func (s *Service) listSets(c *call) (int, any, error) {
	action := "Microsoft.Network/dnszones/recordsets/read"
	if c.recordType != "" {
		action = "Microsoft.Network/dnszones/" + c.recordType + "/read"
	}
	if err := c.may(action, c.scope()); err != nil {
		return 0, nil, err
	}
	var all []wireSet
	err := s.view(func(st *State) error {
		z, err := st.zone(c)
		if err != nil {
			return err
		}
		suffix := c.URL.Query().Get("$recordsetnamesuffix")
		for _, set := range z.Sets {
			if (c.recordType == "" || c.recordType == set.Type) && strings.HasSuffix(set.Name, suffix) && (!types[set.Type].newer || c.version != olderVersion) {
				all = append(all, z.showSet(set, c.version))
			}
		}
		return nil
	})
	if err == nil {
		err = s.pace(c, "list", c.behaviour.lists)
	}
	if err != nil {
		return 0, nil, err
	}
	return paged(c, all)
}

// getSet is GET of a record set.
func (s *Service) getSet(c *call) (int, any, error) {
	if err := c.may("Microsoft.Network/dnszones/"+c.recordType+"/read", c.scope()); err != nil {
		return 0, nil, err
	}
	var shown wireSet
	err := s.view(func(st *State) error {
		z, err := st.zone(c)
		if err != nil {
			return err
		}
		set := z.set(c.recordType, c.record)
		if set == nil {
			return dnsError(http.StatusNotFound, "NotFound", "The resource record '%s' does not exist in resource group '%s' of subscription '%s'.", c.record, c.group, c.subscription)
		}
		shown = z.showSet(set, c.version)
		return nil
	})
	return http.StatusOK, shown, err
}

// change makes a change of a zone, if the identity may make it and nothing else forbids it.
func (s *Service) change(c *call, verb string, fn func(st *State, z *Zone) error) error {
	if err := c.may("Microsoft.Network/dnszones/"+c.recordType+"/"+verb, c.scope()); err != nil {
		return err
	}
	if err := s.pace(c, "write", c.behaviour.writes); err != nil {
		return err
	}
	return s.update(func(st *State) error {
		z, err := st.zone(c)
		if err != nil {
			return err
		}
		if z.Lock == "ReadOnly" || z.Lock == "CanNotDelete" && verb == "delete" {
			return locked(c, verb, z)
		}
		return fn(st, z)
	})
}

// locked is the refusal of a change that a lock on a zone forbids.
func locked(c *call, verb string, z *Zone) error {
	return resourceError(http.StatusConflict, "ScopeLocked", fmt.Sprintf(
		"The scope '%s' cannot perform %s operation because following scope(s) are locked: '%s'. Please remove the lock and try again.", c.scope(), verb, z.id()))
}

// matched checks the conditions of a change: If-Match and If-None-Match.
func (c *call) matched(set *Set) error {
	match, none := c.Header.Get("If-Match"), c.Header.Get("If-None-Match")
	switch {
	case none == "*" && set != nil:
		return dnsError(http.StatusPreconditionFailed, "PreconditionFailed", "The Record set %s exists already and hence cannot be created again.", c.record)
	case match != "" && set == nil, match != "" && match != "*" && match != set.Etag:
		return dnsError(http.StatusPreconditionFailed, "PreconditionFailed", "The Record set %s has been modified (etag mismatch).", c.record)
	}
	return nil
}

// putSet is PUT of a record set. It replaces the whole set: what is left out is cleared.
func (s *Service) putSet(c *call) (int, any, error) {
	return s.write(c, func(*Set) map[string]json.RawMessage { return map[string]json.RawMessage{} })
}

// patchSet is PATCH of a record set, which keeps what is left out.
func (s *Service) patchSet(c *call) (int, any, error) {
	return s.write(c, func(before *Set) map[string]json.RawMessage {
		if before == nil {
			return nil
		}
		return maps.Clone(before.Properties)
	})
}

// write stores a set: the properties of the call on top of those that start returns; nil if there is
// nothing to change.
func (s *Service) write(c *call, start func(before *Set) map[string]json.RawMessage) (int, any, error) {
	var body struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := c.decode(&body); err != nil {
		return 0, nil, err
	}
	status, shown := http.StatusOK, wireSet{}
	err := s.change(c, "write", func(st *State, z *Zone) error {
		before := z.set(c.recordType, c.record)
		if err := c.matched(before); err != nil {
			return err
		}
		made := start(before)
		if made == nil {
			return dnsError(http.StatusNotFound, "NotFound", "The resource record '%s' does not exist in resource group '%s' of subscription '%s'.", c.record, c.group, c.subscription)
		}
		for name, value := range body.Properties {
			made[canonicalProperty(name)] = value
		}
		if c.version == olderVersion {
			delete(made, profileProperty) // which that version does not know, so that a PUT clears it
		}
		set := &Set{Name: strings.ToLower(c.record), Type: c.recordType, Properties: made}
		if err := z.validate(set); err != nil {
			return err
		}
		set.Etag = st.etag(z.Name, set.Name, set.Type)
		if i := z.index(c.recordType, c.record); i >= 0 {
			z.Sets[i] = set
		} else {
			z.Sets, status = append(z.Sets, set), http.StatusCreated
		}
		shown = z.showSet(set, c.version)
		return nil
	})
	return status, shown, err
}

// deleteSet is DELETE of a record set. A set that does not exist is deleted already.
func (s *Service) deleteSet(c *call) (int, any, error) {
	status := http.StatusOK
	err := s.change(c, "delete", func(_ *State, z *Zone) error {
		i := z.index(c.recordType, c.record)
		switch {
		case i < 0:
			status = http.StatusNoContent
			return nil
		case c.record == "@" && (c.recordType == "SOA" || c.recordType == "NS"):
			return badRequest("Record sets of type '%s' with name '@' cannot be deleted.", c.recordType)
		}
		if err := c.matched(z.Sets[i]); err != nil {
			return err
		}
		z.Sets = slices.Delete(z.Sets, i, i+1)
		return nil
	})
	return status, nil, err
}
