package yandexsim

import (
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// Addresses (RFC 5737) of the simulated mail servers.
const (
	inbound  = "192.0.2.80"
	outbound = "192.0.2.84/30"
	webMail  = "192.0.2.88"
)

// delegatedHost is what the name "mail" of a delegated domain is an alias for.
const delegatedHost = "domain.mail.yandex.net"

// The zones of the service itself.
const (
	netZone = "yandex.net"
	ruZone  = "yandex.ru"
)

// ownRecords are the records in them: what its customers' records point to.
var ownRecords = map[string][]string{
	netZone: {
		mxHost + ". 3600 IN A " + inbound,
		delegatedHost + ". 3600 IN A " + webMail,
		"_spf." + netZone + `. 3600 IN TXT "v=spf1 ip4:` + outbound + ` ~all"`,
	},
	ruZone: {mailHost + ". 3600 IN A " + webMail},
}

// Zones implements [dnsserver.Source]: the zones that are delegated to the service, and its own.
// The slice is the same as long as nothing changes.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Changes, st.served)
		return err
	})
	return zones, err
}

func (st *State) served() ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	for _, apex := range []string{netZone, ruZone} {
		zone := dnsserver.Zone{Apex: apex, NameServers: []string{"ns1." + apex, "ns2." + apex}}
		for _, line := range ownRecords[apex] {
			rr, err := miekg.NewRR(line)
			if err != nil {
				return nil, fmt.Errorf("zone %s of the simulated Yandex: %w", apex, err)
			}
			zone.Records = append(zone.Records, rr)
		}
		zones = append(zones, zone)
	}
	for _, z := range st.Zones {
		records, err := z.served()
		if err != nil {
			return nil, err
		}
		zones = append(zones, dnsserver.Zone{Apex: z.Apex, NameServers: NameServers, Records: records})
	}
	return zones, nil
}

// Zone is a zone that is delegated to the service.
type Zone struct {
	Apex    string   `json:"apex"` // canonical
	Records []Record `json:"records"`
}

// AddZone delegates a domain to the service, with an empty zone. It does nothing if the zone is
// there already. The domain is not registered by that: when it is, the service sets the zone up for
// mail.
func (s *Service) AddZone(apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return err
	}
	if !strings.Contains(name, ".") {
		return fmt.Errorf("%s cannot be a zone at Yandex: it has but one label", name)
	}
	return s.update(func(st *State) error {
		st.ensureZone(name)
		return nil
	})
}

// EditZone lets somebody change a zone as no call of the API does. It gives new records an ID.
func (s *Service) EditZone(apex string, change func(z *Zone)) error {
	return s.update(func(st *State) error {
		z := st.ensureZone(apex)
		change(z)
		for i := range z.Records {
			if z.Records[i].ID == 0 {
				st.LastRecord++
				z.Records[i].ID = st.LastRecord
			}
		}
		st.Changes++
		return nil
	})
}

// ensureZone returns a zone, made if it isn't there.
func (st *State) ensureZone(apex string) *Zone {
	if z := st.zone(apex); z != nil {
		return z
	}
	st.Zones = append(st.Zones, Zone{Apex: apex})
	z := &st.Zones[len(st.Zones)-1]
	for _, server := range NameServers {
		st.addRecord(z, Record{Type: "NS", Subdomain: "@", Content: server + ".", TTL: defaultTTL})
	}
	return z
}

func (st *State) zone(apex string) *Zone {
	i := slices.IndexFunc(st.Zones, func(z Zone) bool { return z.Apex == apex })
	if i < 0 {
		return nil
	}
	return &st.Zones[i]
}

// addRecord gives a zone a record, with an id of its own.
func (st *State) addRecord(z *Zone, r Record) Record {
	st.LastRecord++
	st.Changes++
	r.ID = st.LastRecord
	z.Records = append(z.Records, r)
	return r
}

// takeOver sets the zone of a domain up that is found to be delegated to the service: mail goes
// there, as far as there are no such records yet, and is signed if that is enabled.
func (s *Service) takeOver(d *Domain) error {
	return s.update(func(st *State) error {
		z := st.ensureZone(d.Name)
		for _, r := range []Record{
			{Type: "MX", Subdomain: "@", Content: mxHost + ".", TTL: defaultTTL, Priority: defaultPriority},
			{Type: "TXT", Subdomain: "@", Content: "v=spf1 redirect=_spf." + netZone, TTL: defaultTTL},
			{Type: "CNAME", Subdomain: "mail", Content: delegatedHost + ".", TTL: defaultTTL},
		} {
			there := slices.ContainsFunc(z.Records, func(other Record) bool { return other.Subdomain == r.Subdomain && other.Type == r.Type })
			if !there && z.admit(r) == nil {
				st.addRecord(z, r)
			}
		}
		if d.DKIM.Enabled {
			st.publishKey(z, d.DKIM.Text)
		}
		return nil
	})
}

// served returns the zone's records as the name servers answer with them. Each record may have been
// given a TTL of its own, but a record set has one (RFC 2181 section 5.2): the lowest.
func (z *Zone) served() ([]miekg.RR, error) {
	var records []miekg.RR
	lowest := map[string]uint32{}
	set := func(h *miekg.RR_Header) string { return miekg.TypeToString[h.Rrtype] + " " + h.Name }
	for _, r := range z.Records {
		rr, err := miekg.NewRR(r.line(z.Apex))
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated Yandex, record %d: %w", z.Apex, r.ID, err)
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
	return records, nil
}

// line writes a record as a zone file would.
func (r Record) line(apex string) string {
	data := r.Content
	switch r.Type {
	case "TXT":
		data = mailrecord.QuoteTXT(r.Content)
	case "CNAME", "NS":
		data = miekg.Fqdn(r.Content)
	case "MX":
		data = fmt.Sprintf("%d %s", r.Priority, miekg.Fqdn(r.Content))
	case "SRV":
		data = fmt.Sprintf("%d %d %d %s", r.Priority, r.Weight, r.Port, miekg.Fqdn(r.Content))
	}
	return fmt.Sprintf("%s. %d IN %s %s", r.fqdn(apex), r.TTL, r.Type, data)
}
