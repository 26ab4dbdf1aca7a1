package namecheapsim

import (
	"fmt"
	"net/netip"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// webForwarder is the address of the host for names that are forwarded to a URL.
var webForwarder = netip.MustParseAddr("192.0.2.80")

// mailForwarders are the MX records and the SPF record of domains whose mail is forwarded. getHosts
// shows none of them.
var mailForwarders = []string{
	"MX 10 eforward1.registrar-servers.com.", "MX 10 eforward2.registrar-servers.com.", "MX 10 eforward3.registrar-servers.com.",
	"MX 15 eforward4.registrar-servers.com.", "MX 20 eforward5.registrar-servers.com.",
	`TXT "v=spf1 include:spf.efwd.registrar-servers.com ~all"`,
}

// Zones returns the zones that Namecheap's name servers serve: those of domains that use them and
// have not expired. The slice is the same as long as nothing changes.
func (s *Service) Zones() (zones []dnsserver.Zone, err error) {
	err = s.view(func(st *State) error {
		zones, err = s.served.At(st, st.Changes, st.served)
		return err
	})
	return zones, err
}

func (st *State) served() ([]dnsserver.Zone, error) {
	var zones []dnsserver.Zone
	for i := range st.Domains {
		if d := &st.Domains[i]; d.usesOurDNS() && !d.Expired {
			records, err := d.records(st)
			if err != nil {
				return nil, fmt.Errorf("zone %s: %w", d.Name, err)
			}
			zones = append(zones, dnsserver.Zone{Apex: d.Name, NameServers: defaultNameServers, Records: records})
		}
	}
	return zones, nil
}

// records returns what the name servers serve of a domain.
func (d *Domain) records(st *State) ([]miekg.RR, error) {
	lines := append([]string(nil), d.Hidden...)
	for _, h := range d.Hosts {
		if !h.Off {
			lines = append(lines, h.lines(d.Name, st)...)
		}
	}
	if d.EmailType == emailForward {
		for _, data := range mailForwarders {
			lines = append(lines, fmt.Sprintf("%s. %d IN %s", d.Name, defaultTTL, data))
		}
	}
	records := make([]miekg.RR, 0, len(lines))
	for _, line := range lines {
		rr, err := miekg.NewRR(line)
		if err != nil {
			return nil, fmt.Errorf("record %q: %w", line, err)
		}
		records = append(records, rr)
	}
	return records, nil
}

// lines returns the DNS records of a host as zone-file lines. An MXE record has none here, because
// its mail servers are not simulated.
func (h Host) lines(apex string, st *State) []string {
	owner := h.Name + "." + apex
	if h.Name == "@" {
		owner = apex
	}
	line := func(recordType, data string) string {
		return fmt.Sprintf("%s. %d IN %s %s", owner, h.TTL, recordType, data)
	}
	switch h.Type {
	case "A", "AAAA", "CNAME", "NS", "CAA":
		return []string{line(h.Type, h.Address)}
	case "MX":
		return []string{line("MX", fmt.Sprintf("%d %s", h.MXPref, h.Address))}
	case "TXT":
		return []string{line("TXT", mailrecord.QuoteTXT(h.Address))}
	case "URL", "URL301", "FRAME":
		return []string{line("A", webForwarder.String())}
	case "ALIAS":
		var lines []string
		for _, address := range st.addresses(h.Address) {
			recordType := "A"
			if address.Is6() {
				recordType = "AAAA"
			}
			lines = append(lines, line(recordType, address.String()))
		}
		return lines
	}
	return nil
}

// addresses returns the addresses of a name, "with.its.dot.", in the zones of the service.
func (st *State) addresses(name string) []netip.Addr {
	var addresses []netip.Addr
	for _, d := range st.Domains {
		for _, h := range d.Hosts {
			owner := h.Name + "." + d.Name + "."
			if h.Name == "@" {
				owner = d.Name + "."
			}
			if address, err := netip.ParseAddr(h.Address); err == nil && owner == name && (h.Type == "A" || h.Type == "AAAA") {
				addresses = append(addresses, address)
			}
		}
	}
	return addresses
}
