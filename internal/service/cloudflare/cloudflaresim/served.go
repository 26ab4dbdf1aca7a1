package cloudflaresim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// servedTTL is the TTL, in seconds, of records with an automatic one.
const servedTTL = 300

// The addresses of Cloudflare's edge in the sandbox, and those of hosts that it does not know (RFC
// 5737, RFC 3849).
const (
	edgeIPv4     = "198.51.100.104"
	edgeIPv6     = "2001:db8::104"
	elsewhereIP4 = "198.51.100.53"
)

// Zones implements [dnsserver.Source]: the zones as the name servers answer for them. Other hosts
// serve zones whose domain is not delegated to Cloudflare, and zones that are not kept there.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Revision, st.served)
		return err
	})
	return zones, err
}

func (st *State) served() ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	for _, z := range st.Zones {
		if z.Status != statusActive || z.Type != typeFull {
			continue
		}
		records, err := z.served()
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated Cloudflare: %w", z.Name, err)
		}
		servers := z.NameServers
		if len(z.VanityNameServers) > 0 {
			servers = z.VanityNameServers
		}
		zones = append(zones, dnsserver.Zone{Apex: z.Name, NameServers: servers, Records: records})
	}
	return zones, nil
}

// served returns the records that the name servers answer with.
func (z *Zone) served() ([]miekg.RR, error) {
	var out []miekg.RR
	add := func(r Record) error {
		rr, err := r.rr(servedTTL)
		if err == nil {
			out = append(out, rr)
		}
		return err
	}
	for _, r := range z.Records {
		var err error
		switch {
		case r.Type == "NS" && r.Name == z.Name:
			// NS records at the apex can be edited, but have no effect.
		case r.Proxied, isAddress(r.Type) && z.proxies(r.Name):
			// If one address of a name is proxied, the proxy answers for the whole name.
			if !holds(out, r.Name, miekg.TypeA) {
				err = addAll(add, r.Name, edgeIPv4, edgeIPv6)
			}
		case r.Type == "CNAME" && z.flattens(r):
			err = addAll(add, r.Name, z.addresses(r.Content)...)
		case r.Type == "MX" && z.proxies(r.Content):
			// Mail cannot go through the proxy, so the host gets a second name that bypasses it.
			hidden := *r
			hidden.Content = mailName(r.Content, z.Name)
			if err = add(hidden); err == nil && !holds(out, hidden.Content, miekg.TypeA) {
				err = addAll(add, hidden.Content, z.addresses(r.Content)...)
			}
		default:
			err = add(*r)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addAll adds address records that answers are made of.
func addAll(add func(Record) error, name string, addresses ...string) error {
	for _, address := range addresses {
		r := Record{Name: name, Type: "A", Content: address, TTL: automaticTTL}
		if address == edgeIPv6 {
			r.Type = "AAAA"
		}
		if err := add(r); err != nil {
			return err
		}
	}
	return nil
}

func isAddress(kind string) bool { return kind == "A" || kind == "AAAA" }

func holds(rrs []miekg.RR, name string, recordType uint16) bool {
	for _, rr := range rrs {
		if rr.Header().Name == miekg.Fqdn(name) && rr.Header().Rrtype == recordType {
			return true
		}
	}
	return false
}

// flattens is whether a CNAME is answered with the addresses of its target: at the apex always.
func (z *Zone) flattens(r *Record) bool {
	wanted, _ := r.Settings["flatten_cname"].(bool)
	return r.Name == z.Name || z.FlattenAll || wanted
}

func (z *Zone) proxies(name string) bool {
	for _, r := range z.Records {
		if r.Name == name && r.Proxied {
			return true
		}
	}
	return false
}

// addresses are those of a name in the zone. For other names only one fixed address is known.
func (z *Zone) addresses(name string) []string {
	var found []string
	for _, r := range z.Records {
		if r.Name == name && r.Type == "A" {
			found = append(found, r.Content)
		}
	}
	if found == nil {
		return []string{elsewhereIP4}
	}
	return found
}

// mailName is the name of a proxied host for mail.
func mailName(host, apex string) string {
	sum := sha256.Sum256([]byte(host))
	return "_dc-mx." + hex.EncodeToString(sum[:6]) + "." + apex
}
