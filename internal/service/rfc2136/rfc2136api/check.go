package rfc2136api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// check refuses what servers refuse without naming the record, and what they silently leave out.
func (d *draft) check() error {
	for _, s := range d.order {
		if err := d.checkAlias(s); err != nil {
			return err
		}
		if s.key.Type == "MX" {
			if err := d.checkMX(s); err != nil {
				return err
			}
		}
		// Servers silently keep the last name server of a zone (RFC 2136 section 3.4.2.4).
		if s.key.Type == "NS" && s.key.Name == d.zone.Apex && len(s.after) == 0 {
			return &dns.RefusedError{Reason: fmt.Sprintf("%s: the zone would have no name server left", shown(s.key))}
		}
	}
	return nil
}

// checkAlias refuses a CNAME beside other data, which servers ignore with NOERROR (RFC 2136 section
// 3.4.2.2).
func (d *draft) checkAlias(s *setChange) error {
	if len(s.records) == 0 {
		return nil
	}
	types := d.typesAfter(s.key.Name)
	if !slices.Contains(types, "CNAME") || len(types) == 1 && len(s.after) == 1 {
		return nil
	}
	r := s.records[0]
	switch {
	case s.key.Name == d.zone.Apex && s.key.Type == "CNAME":
		return &dns.RefusedError{Record: r, Reason: "the apex of a zone cannot be an alias: it has an SOA record and NS records"}
	case len(types) == 1:
		return &dns.RefusedError{Record: r, Reason: "a name has one CNAME at most"}
	}
	return &dns.RefusedError{Record: r, Reason: "a CNAME cannot stand beside other records, and the name would have " + strings.Join(types, ", ")}
}

// checkMX refuses mail hosts in the zone without an address: BIND then refuses the whole update.
func (d *draft) checkMX(s *setChange) error {
	for _, r := range s.records {
		if r.Value == dns.NullTarget || !d.zone.Holds(r.Value) || !d.tells(r.Value) {
			continue
		}
		if len(d.after(dns.SetKey{Name: r.Value, Type: "CNAME"})) > 0 {
			return &dns.RefusedError{Record: r, Reason: "the mail host is an alias (CNAME), which an MX must not point to: give the name that the alias leads to"}
		}
		if !d.hasAddress(r.Value) {
			return &dns.RefusedError{Record: r, Reason: fmt.Sprintf("the mail host %s has no address in this zone: publish an A or AAAA record for it first, or with it", r.Value)}
		}
	}
	return nil
}

// tells is whether the snapshot shows what is at a name.
func (d *draft) tells(name string) bool { return d.names == nil || slices.Contains(d.names, name) }

// hasAddress is whether a name will have an address, itself or by a wildcard, or lies below a zone
// cut, where this zone cannot know.
func (d *draft) hasAddress(name string) bool {
	if d.addressAt(name) {
		return true
	}
	for at := name; at != d.zone.Apex; {
		if len(d.after(dns.SetKey{Name: at, Type: "NS"})) > 0 {
			return true
		}
		_, at, _ = strings.Cut(at, ".")
		if wildcard := "*." + at; d.addressAt(wildcard) || !d.tells(wildcard) {
			return true
		}
	}
	return false
}

func (d *draft) addressAt(name string) bool {
	return len(d.after(dns.SetKey{Name: name, Type: "A"})) > 0 || len(d.after(dns.SetKey{Name: name, Type: "AAAA"})) > 0
}
