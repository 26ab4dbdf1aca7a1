package godaddysim

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// Zones returns the zones that GoDaddy's name servers serve. The slice is the same as long as
// nothing changes.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Changes, st.served)
		return err
	})
	return zones, err
}

func (st *State) served() ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	for i := range st.Zones {
		if z := &st.Zones[i]; len(z.NameServers) == 0 {
			zones = append(zones, dnsserver.Zone{Apex: z.Name, NameServers: NameServers, Records: z.served()})
		}
	}
	return zones, nil
}

// served returns what the name servers serve of a zone. Each record may have its own TTL, but a
// record set has only one (RFC 2181 section 5.2): the lowest.
func (z *Zone) served() []miekg.RR {
	var records []miekg.RR
	lowest := map[string]uint32{}
	set := func(h *miekg.RR_Header) string { return miekg.TypeToString[h.Rrtype] + " " + h.Name }
	for _, r := range z.Records {
		// Leftovers, and the records of a parked page, are not DNS records.
		rr, err := miekg.NewRR(r.line(z.Name))
		if err != nil || rr == nil {
			continue
		}
		records = append(records, rr)
		key := set(rr.Header())
		if ttl, known := lowest[key]; !known || rr.Header().Ttl < ttl {
			lowest[key] = rr.Header().Ttl
		}
	}
	for _, rr := range records {
		rr.Header().Ttl = lowest[set(rr.Header())]
	}
	return records
}

// line writes a record as a zone file would; empty if there is no such record in the DNS. The SOA
// is the name servers' own.
func (r Record) line(apex string) string {
	owner := strings.ToLower(r.Name) + "." + apex + "."
	if r.Name == "@" {
		owner = apex + "."
	}
	host := miekg.Fqdn(strings.ToLower(r.Data))
	if r.Data == "@" {
		host = apex + "."
	}
	number := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	data := r.Data
	switch {
	case r.Data == "" || r.Type == "SOA" || r.Type == "ALIAS":
		return ""
	case r.Type == "TXT":
		data = mailrecord.QuoteTXT(r.Data)
	case r.Type == "CNAME" || r.Type == "NS":
		data = host
	case r.Type == "MX":
		data = fmt.Sprintf("%d %s", number(r.Priority), host)
	case r.Type == "SRV":
		owner = r.Service + "." + r.Protocol + "." + owner
		data = fmt.Sprintf("%d %d %d %s", number(r.Priority), number(r.Weight), number(r.Port), host)
	case r.Type == "CAA":
		data = fmt.Sprintf("%d %s %q", number(r.Flag), r.Tag, r.Data)
	}
	return fmt.Sprintf("%s %d IN %s %s", owner, r.TTL, r.Type, data)
}
