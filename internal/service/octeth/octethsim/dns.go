package octethsim

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// dnsNames are the names of the parameters for the credentials of DNS hosts, in the order of their
// precedence.
type dnsNames struct{ key, secret, user, username, recordType []string }

var (
	// The first documentation has "Useranem" in its tables and "Username" in its examples.
	firstNames  = dnsNames{key: []string{"Api_key"}, secret: []string{"Api_secret"}, user: []string{"Api_user"}, username: []string{"Username", "Useranem"}, recordType: []string{"Record_type"}}
	secondNames = dnsNames{key: []string{"ApiKey"}, secret: []string{"ApiSecret"}, user: []string{"ApiUser"}, username: []string{"Username"}, recordType: []string{"RecordType"}}
)

func (b behaviour) dnsNames() dnsNames {
	if b.below(secondGeneration) {
		return firstNames
	}
	return secondNames
}

// dnsProvider is dns.provider: it finds the DNS host of a domain by its name servers.
func (s *Service) dnsProvider(c *call) (any, error) {
	domain := c.params.text("Domain")
	if domain == "" {
		return nil, refuse(1, "Missing Domain parameter")
	}
	zone, found, err := s.zone(c, domain)
	if err != nil {
		return nil, err
	}
	host := dns.DetectHost(zone, detected...).Name
	if _, supported := dnsHosts[host]; !found || !supported {
		return nil, refuse(2, "Unable to determine DNS provider for this domain")
	}
	return map[string]any{"provider": host}, nil
}

// zone finds the zone that a domain is in, by the NS records of the domain and then of the domains
// above it.
func (s *Service) zone(c *call, domain string) (zone dns.Zone, found bool, err error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return dns.Zone{}, false, nil
	}
	for more := true; more; _, name, more = strings.Cut(name, ".") {
		servers, err := s.config.Lookup(c.ctx, name, "NS")
		if err != nil {
			return dns.Zone{}, false, err
		}
		if len(servers) > 0 {
			return dns.Zone{Apex: name, NameServers: servers}, true, nil
		}
	}
	return dns.Zone{}, false, nil
}

// dnsAuthorize is dns.authorize: it tries the credentials.
func (s *Service) dnsAuthorize(c *call) (any, error) {
	host, err := s.hostOf(c)
	if err != nil {
		return nil, err
	}
	if err := host.authorize(); err != nil {
		// In newer versions this failure has the code of the older ones for an internal failure.
		code := 4
		if !c.behaviour.below(secondGeneration) {
			code = 9
		}
		return nil, refuse(code, "Authorization failed for this DNS provider")
	}
	return map[string]any{"success": true}, nil
}

// dnsSet is dns.set: it writes a sender domain's records at the domain's DNS host.
func (s *Service) dnsSet(c *call) (any, error) {
	host, err := s.hostOf(c)
	if err != nil {
		return nil, err
	}
	kind := c.params.first(c.behaviour.dnsNames().recordType)
	if kind != Campaign && kind != Gateway {
		return nil, refuse(4, `Missing record type parameter (e.g. "campaign", "email-gateway")`)
	}
	records, err := s.recordsOf(c, kind)
	if err != nil {
		return nil, err
	}
	if err := host.publish(records, c.behaviour.losesRecords); err != nil {
		return nil, refuse(9, "Failed to set DNS records for this domain")
	}
	return map[string]any{"success": true}, nil
}

// recordsOf returns the records of the domain for dns.set. Before campaign domains could be
// registered by the API, publishing their records was sufficient.
func (s *Service) recordsOf(c *call, kind string) (records []Record, err error) {
	name, err := dns.Canonical(c.params.text("Domain"))
	if err != nil {
		return nil, refuse(9, "Failed to set DNS records for this domain")
	}
	implicit := kind == Campaign && c.behaviour.below(campaignCalls)
	err = s.update(func(st *State) error {
		d := st.named(c.user, kind, name)
		if d == nil || d.Status == StatusDeleted {
			if !implicit {
				return refuse(9, "Failed to set DNS records for this domain")
			}
			d = st.add(c.user, kind, name, Options{LinkTracking: true, OpenTracking: true}, s.config.Now(), c.behaviour)
		}
		records = d.clone().Records
		return nil
	})
	return records, err
}

// hostOf reads the DNS host of a call, and the credentials for it.
func (s *Service) hostOf(c *call) (dnsHost, error) {
	names := c.behaviour.dnsNames()
	domain, provider := c.params.text("Domain"), strings.ToLower(c.params.text("Provider"))
	account := account{
		service: s, call: c,
		key: c.params.first(names.key), secret: c.params.first(names.secret),
		user: c.params.first(names.user), username: c.params.first(names.username),
	}
	open, supported := dnsHosts[provider]
	switch {
	case domain == "":
		return nil, refuse(1, "Missing Domain parameter")
	case account.key == "":
		return nil, refuse(2, "Missing API key parameter")
	case provider == "":
		return nil, refuse(3, "Missing Provider parameter")
	case !supported:
		return nil, refuse(8, "Unsupported provider: %s", c.params.text("Provider"))
	case provider == godaddyHost && account.secret == "":
		return nil, refuse(5, "Missing API secret parameter")
	case provider == namecheapHost && account.user == "":
		return nil, refuse(6, "Missing API user parameter")
	case provider == namecheapHost && account.username == "":
		return nil, refuse(7, "Missing username parameter")
	}
	zone, found, err := s.zone(c, domain)
	if err != nil {
		return nil, err
	}
	if account.apex = zone.Apex; !found {
		account.apex = domain
	}
	return open(account), nil
}

// relative is a name relative to its zone, "@" for the zone itself.
func relative(name, apex string) (string, error) {
	if name == apex {
		return "@", nil
	}
	below, inside := strings.CutSuffix(name, "."+apex)
	if !inside {
		return "", fmt.Errorf("%s is not in the zone %s", name, apex)
	}
	return below, nil
}
