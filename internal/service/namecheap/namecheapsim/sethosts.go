package namecheapsim

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Limits and defaults of setHosts.
const (
	maxHosts   = 150
	maxTXT     = 2500
	minTTL     = 60
	maxTTL     = 60000
	defaultTTL = 1799
	// otherMXPref is the preference of every record that is not an MX record, whatever was sent.
	otherMXPref = 10
)

// Email types: how the domain's mail is handled.
const (
	emailNone    = "NONE"
	emailRecords = "MX"  // MX records of one's own
	emailHost    = "MXE" // an address of one's own, in an MXE record
	emailForward = "FWD"
	emailPrivate = "OX"
	emailGoogle  = "GMAIL"
)

// mailHosts are the MX records of the mail services that add them to the domain's own, where
// getHosts shows them.
var mailHosts = map[string][]Host{
	emailPrivate: {
		{Name: "@", Type: "MX", Address: "mx1.privateemail.com.", MXPref: 10, TTL: defaultTTL},
		{Name: "@", Type: "MX", Address: "mx2.privateemail.com.", MXPref: 10, TTL: defaultTTL},
	},
	emailGoogle: {
		{Name: "@", Type: "MX", Address: "aspmx.l.google.com.", MXPref: 1, TTL: defaultTTL},
		{Name: "@", Type: "MX", Address: "alt1.aspmx.l.google.com.", MXPref: 5, TTL: defaultTTL},
	},
}

// setHosts is namecheap.domains.dns.setHosts: it replaces the zone by what was sent. If a part is
// wrong, it refuses all of it.
func (s *Service) setHosts(c *call) (result string, err error) {
	err = s.update(func(st *State) error {
		d, err := st.domain(c)
		if err != nil {
			return err
		}
		if !d.usesOurDNS() {
			return refusal(d, 2030288, "Cannot complete this command as this domain is not using proper DNS servers")
		}
		hosts, problem := parseHosts(c.params)
		if problem != "" {
			return refusal(d, 2050900, problem)
		}
		emailType := strings.ToUpper(c.params.get("EmailType"))
		switch emailType {
		case "":
			// A client that does not mention the mail setting switches mail off.
			emailType = emailNone
		case emailNone, emailRecords, emailHost, emailForward, emailPrivate, emailGoogle:
		default:
			return refusal(d, 2050900, "EmailType is invalid")
		}
		if c.behaviour.unwilling {
			result = setHostsResult(d, emailType, false)
			return nil
		}
		d.replace(hosts, emailType, c.behaviour)
		for i := range d.Hosts {
			d.Hosts[i].ID = st.nextHostID()
		}
		st.Changes++
		result = setHostsResult(d, emailType, true)
		return nil
	})
	return result, err
}

func setHostsResult(d *Domain, emailType string, success bool) string {
	return element("DomainDNSSetHostsResult", []string{
		"Domain", d.Name, "EmailType", emailType, "IsSuccess", strconv.FormatBool(success),
	}, "\n      <Warnings />\n    ")
}

func refusal(d *Domain, number int, message string) *apiError {
	return &apiError{number: number, message: message, result: setHostsResult(d, "", false)}
}

// replace replaces the zone by what was sent. It silently drops MX records if the email type is
// another one (except those of the mail service itself, which always exist), MXE records likewise,
// and MX records whose target lacks the trailing dot.
func (d *Domain) replace(hosts []Host, emailType string, b behaviour) {
	own := mailHosts[emailType]
	kept := slices.DeleteFunc(hosts, func(h Host) bool {
		switch h.Type {
		case "MX":
			return emailType != emailRecords && !slices.ContainsFunc(own, h.sameMX) || !strings.HasSuffix(h.Address, ".")
		case "MXE":
			return emailType != emailHost
		}
		return false
	})
	for _, mx := range own {
		if !slices.ContainsFunc(kept, mx.sameMX) {
			kept = append(kept, mx)
		}
	}
	if b.preferenceSticks {
		kept = stickToPreferences(d.Hosts, kept)
	}
	if b.dropsHidden {
		d.Hidden = nil
	}
	d.Hosts, d.EmailType = kept, emailType
}

// sameMX is whether two hosts are MX records with the same name and target.
func (h Host) sameMX(other Host) bool {
	return h.Type == "MX" && other.Type == "MX" && h.Name == other.Name && strings.EqualFold(h.Address, other.Address)
}

func stickToPreferences(before, after []Host) []Host {
	var stuck []Host
	for _, h := range after {
		if slices.ContainsFunc(stuck, h.sameMX) {
			continue
		}
		if i := slices.IndexFunc(before, h.sameMX); i >= 0 {
			h.MXPref = before[i].MXPref
		}
		stuck = append(stuck, h)
	}
	return stuck
}

// parseHosts reads the numbered parameters up to the first number that none of them has.
func parseHosts(p params) (hosts []Host, problem string) {
	for n := 1; ; n++ {
		number := strconv.Itoa(n)
		name, recordType, address := p.get("HostName"+number), p.get("RecordType"+number), p.get("Address"+number)
		if name == "" && recordType == "" && address == "" {
			return hosts, ""
		}
		if n > maxHosts {
			return nil, fmt.Sprintf("More than %d records", maxHosts)
		}
		host := Host{Name: strings.ToLower(name), Type: strings.ToUpper(recordType), Address: address, MXPref: otherMXPref, TTL: defaultTTL}
		if host.Name == "" {
			return nil, "HostName" + number + " is missing"
		}
		if text := p.get("TTL" + number); text != "" {
			var err error
			if host.TTL, err = strconv.Atoi(text); err != nil || host.TTL < minTTL || host.TTL > maxTTL {
				return nil, "TTL" + number + " is invalid"
			}
		}
		if text := p.get("MXPref" + number); text != "" && host.Type == "MX" {
			var err error
			if host.MXPref, err = strconv.Atoi(text); err != nil || host.MXPref < 0 || host.MXPref > 65535 {
				return nil, "MXPref" + number + " is invalid"
			}
		}
		if problem := host.normalize(); problem != "" {
			return nil, problem
		}
		hosts = append(hosts, host)
	}
}

var (
	caaValue  = regexp.MustCompile(`^[0-9]{1,3} (issue|issuewild|iodef) "[^"]*"$`)
	webScheme = regexp.MustCompile(`^[a-z]+://`)
)

// normalize checks the address and converts it to the stored form.
func (h *Host) normalize() (problem string) {
	invalid := fmt.Sprintf("INVALID_ADDRESS: '%s' %s record", h.Name, h.Type)
	switch h.Type {
	case "A", "AAAA", "MXE":
		if addr, err := netip.ParseAddr(h.Address); err != nil || addr.Is4() == (h.Type == "AAAA") {
			return invalid
		}
	case "CNAME", "ALIAS", "NS":
		if h.Address == "" {
			return invalid
		}
		h.Address = strings.TrimSuffix(h.Address, ".") + "."
	case "MX":
		if strings.Trim(h.Address, ".") == "" {
			return invalid
		}
	case "TXT":
		if h.Address == "" || len([]rune(h.Address)) > maxTXT {
			return invalid
		}
	case "CAA":
		if !caaValue.MatchString(h.Address) {
			return "The CAA record is invalid."
		}
	case "URL", "URL301", "FRAME":
		if !webScheme.MatchString(h.Address) {
			return invalid
		}
	default:
		return fmt.Sprintf("RecordType '%s' is invalid", h.Type)
	}
	return ""
}
