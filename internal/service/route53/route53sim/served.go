package route53sim

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// elsewhere is the address of what an alias stands for, if it is not in the zone (RFC 5737, RFC 3849).
const (
	elsewhereIPv4 = "198.51.100.153"
	elsewhereIPv6 = "2001:db8::153"
	aliasTTL      = 60
)

// Zones implements [dnsserver.Source]: the public zones as the name servers answer for them. Of twins,
// the older one is delegated.
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
		if z.Private || st.public(z.Name) != z {
			continue
		}
		records, err := z.served()
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated Route 53: %w", z.Name, err)
		}
		zones = append(zones, dnsserver.Zone{Apex: z.Name, NameServers: z.NameServers, Records: records})
	}
	return zones, nil
}

// served returns the records that the name servers answer with. Of several sets of one name and type,
// the first one that has a chance is the answer.
func (z *Zone) served() ([]miekg.RR, error) {
	var out []miekg.RR
	answered := map[string]bool{}
	for _, s := range z.Sets {
		if answered[s.Name+" "+s.Type] || s.Weight != nil && *s.Weight == 0 {
			continue
		}
		answered[s.Name+" "+s.Type] = true
		records, err := z.answers(s)
		if err != nil {
			return nil, err
		}
		out = append(out, records...)
	}
	return out, nil
}

// answers are the records of a set. An alias has those of its target.
func (z *Zone) answers(s *Set) ([]miekg.RR, error) {
	values, ttl := s.Values, int64(aliasTTL)
	if s.TTL != nil {
		ttl = *s.TTL
	}
	if s.AliasTarget != nil {
		values = z.targeted(s)
	}
	var out []miekg.RR
	for _, value := range values {
		rr, err := s.rr(value.Value)
		if err != nil {
			return nil, err
		}
		rr.Header().Ttl = uint32(ttl) //nolint:gosec // validated
		out = append(out, rr)
	}
	return out, nil
}

// targeted are the values of what an alias stands for.
func (z *Zone) targeted(s *Set) []Value {
	target := stored(s.AliasTarget.DNSName)
	for _, other := range z.Sets {
		if other.Name == target && other.Type == s.Type && other.AliasTarget == nil {
			return other.Values
		}
	}
	switch s.Type {
	case "A":
		return []Value{{elsewhereIPv4}}
	case "AAAA":
		return []Value{{elsewhereIPv6}}
	}
	return nil
}

// rr reads a value of a set for the DNS.
func (s *Set) rr(value string) (miekg.RR, error) {
	switch s.Type {
	case "TXT", "SPF":
		texts, _ := readStrings(value) // validated
		var quoted []string
		for _, text := range texts {
			quoted = append(quoted, decimal(text))
		}
		value = strings.Join(quoted, " ")
	case "CNAME", "NS", "PTR":
		value = miekg.Fqdn(value)
	case "MX", "SRV":
		value = miekg.Fqdn(value) // the host stands last
	}
	name := strings.ReplaceAll(s.Name, `\052`, "*")
	rr, err := miekg.NewRR(fmt.Sprintf("%s 0 IN %s %s", name, s.Type, value))
	if err == nil && rr == nil {
		err = fmt.Errorf("%s record at %s: there is no data in %q", s.Type, s.Name, value)
	}
	return rr, err
}

// decimal quotes a text for a zone file, which has decimal escapes where Route 53 has octal ones.
func decimal(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
