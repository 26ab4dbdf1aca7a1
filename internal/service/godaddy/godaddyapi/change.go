package godaddyapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// change is a change set in the terms of the APIs: records to remove and records to add. A replaced
// record is one of each.
type change struct {
	remove []dns.Record
	add    []entry
	// located are the records to remove as they are in the zone; see locate.
	located []entry
}

// encode checks and encodes a change set.
func (h *Host) encode(apex string, changes dns.ChangeSet) (change, error) {
	var c change
	add := func(r dns.Record) error {
		if reason := h.refuses(r); reason != "" {
			return &dns.RefusedError{Record: r, Reason: reason}
		}
		w, err := newWire(r, apex)
		if err != nil {
			return &dns.RefusedError{Record: r, Reason: err.Error()}
		}
		c.add = append(c.add, entry{w, r})
		return nil
	}
	for _, r := range changes.Create {
		if err := add(r); err != nil {
			return change{}, err
		}
	}
	for _, replacement := range changes.Replace {
		if err := add(replacement.New); err != nil {
			return change{}, err
		}
		c.remove = append(c.remove, replacement.Old)
	}
	c.remove = append(c.remove, changes.Delete...)
	return c, nil
}

// refuses returns why the host does not take a record; "" if it does. If that is not known, GoDaddy
// decides.
func (h *Host) refuses(r dns.Record) string {
	limits := h.Limits()
	switch {
	case !slices.Contains(limits.Types, r.Type):
		return fmt.Sprintf("GoDaddy's API cannot write records of this type; it writes %s", strings.Join(limits.Types, ", "))
	case r.TTL != 0 && (r.TTL < minTTL || r.TTL > maxTTL):
		return fmt.Sprintf("a TTL at GoDaddy is %d to %d seconds, and %d is not", minTTL, maxTTL, r.TTL)
	case r.Type == "TXT" && limits.TXT > 0 && len(r.Value) > limits.TXT:
		return fmt.Sprintf("the text has %d bytes, and GoDaddy's API for tokens takes at most %d; its API for keys is not known to have that limit", len(r.Value), limits.TXT)
	}
	return Objection("", r)
}

// Objection returns why no zone at GoDaddy can hold a record of a type that the API writes, in a
// sentence without its full stop; "" if nothing is known against the record. See [dns.Limits].
func Objection(_ string, r dns.Record) string {
	switch r.Type {
	case "TXT":
		if r.Value == "" {
			return "GoDaddy keeps no TXT record without a text. Leave the record out, or write a text"
		}
	case "SRV":
		labels := strings.SplitN(r.Name, ".", 3)
		if len(labels) < 3 || !strings.HasPrefix(labels[0], "_") || !strings.HasPrefix(labels[1], "_") {
			return srvNameRule
		}
	}
	return ""
}

// state identifies a record of a zone. Two records with the same state are the same, unchanged
// record.
type state struct {
	identity dns.Identity
	ttl      uint32
	id       string
}

func stateOf(r dns.Record) state { return state{r.Identity(), r.TTL, r.ID} }

// sameSets is whether the record sets that a change touches are the same in the zone as in the
// snapshot. key is one that is not.
func sameSets(base []dns.Record, fresh []entry, c change) (key dns.SetKey, same bool) {
	touched := map[dns.SetKey]bool{}
	for _, r := range c.remove {
		touched[r.SetKey()] = true
	}
	for _, e := range c.add {
		touched[e.record.SetKey()] = true
	}
	balance := map[state]int{}
	for _, r := range base {
		balance[stateOf(r)]++
	}
	for _, e := range fresh {
		balance[stateOf(e.record)]--
	}
	for s, n := range balance {
		if key := (dns.SetKey{Name: s.identity.Name, Type: s.identity.Type}); n != 0 && touched[key] {
			return key, false
		}
	}
	return dns.SetKey{}, true
}

// locate finds each record to remove in the zone, one for each twin. It returns false if one of
// them is missing.
func (c *change) locate(fresh []entry) bool {
	left := slices.Clone(fresh)
	for _, r := range c.remove {
		i := slices.IndexFunc(left, func(e entry) bool { return stateOf(e.record) == stateOf(r) })
		if i < 0 {
			return false
		}
		c.located = append(c.located, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return true
}
