package octethsim

import (
	"maps"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var gatewayNames = optionNames{subdomain: "Subdomain", trackPrefix: "TrackPrefix", invalid: 6}

// showGateway returns a domain in the form of a version's answer to a command. Ids are text in some
// answers and numbers in others, in both generations.
func (c *call) showGateway(d *Domain) map[string]any {
	if !c.behaviour.below(secondGeneration) {
		return c.showSecondGateway(d)
	}
	enabled := d.Status == StatusEnabled
	progress := "Pending"
	if enabled {
		progress = "Verified"
	}
	switch c.command {
	case "emailgateway.adddomain":
		return map[string]any{"DomainName": d.Name, "VerificationStatus": progress, "DKIMStatus": progress, "SPFStatus": progress}
	case "emailgateway.getdomains":
		return map[string]any{"DomainID": strconv.FormatInt(d.ID, 10), "DomainName": d.Name, "Verified": enabled, "Active": enabled}
	case "emailgateway.getdomain":
		return map[string]any{"DomainID": d.ID, "DomainName": d.Name, "IsActive": enabled}
	case "emailgateway.updatedomain":
		text := func(flag bool) string { return strconv.Itoa(number(flag)) }
		return map[string]any{
			"DomainID": strconv.FormatInt(d.ID, 10), "LinkTracking": text(d.Options.LinkTracking),
			"OpenTracking": text(d.Options.OpenTracking), "UnsubscribeLink": text(d.Options.UnsubscribeLink),
			"HostingProvider": c.params.text("HostingProvider"), "Subdomain": d.Options.Subdomain,
		}
	}
	return map[string]any{"DomainID": strconv.FormatInt(d.ID, 10), "DomainName": d.Name, "Status": d.Status}
}

// showSecondGateway is showGateway since there are a status and options. Records were added later;
// before, only a verification shows them.
func (c *call) showSecondGateway(d *Domain) map[string]any {
	shown := d.show()
	delete(shown, "UserID")
	listing := c.command == "emailgateway.getdomains"
	if !listing {
		shown["DomainID"] = d.ID
	}
	if !c.behaviour.below(campaignCalls) {
		return shown
	}
	shown["DomainID"] = d.ID
	for _, later := range []string{"CreatedAt", "LastVerifiedAt", "VerificationMeta", "PolicyMeta"} {
		delete(shown, later)
	}
	if listing || c.command == "emailgateway.verifydomain" {
		delete(shown, "Options")
	}
	return shown
}

// addGateway is EmailGateway.AddDomain.
func (s *Service) addGateway(c *call) (got any, err error) {
	name := c.params.text("DomainName")
	if name == "" {
		return nil, refuse(1, "Missing required parameter: DomainName")
	}
	name, err = dns.Canonical(name)
	if err != nil || !strings.Contains(name, ".") {
		return nil, refuse(2, "Invalid domain name provided")
	}
	options := Options{LinkTracking: true, OpenTracking: true}
	if !c.behaviour.below(gatewayLabels) {
		names := gatewayNames
		names.invalid = 4
		if err := c.labels().options(&options, names); err != nil {
			return nil, err
		}
	}
	err = s.update(func(st *State) error {
		if st.full(c, Gateway, name) {
			return refuse(3, "Maximum number of sender domains reached")
		}
		d := st.add(c.user, Gateway, name, options, s.config.Now(), c.behaviour)
		got = map[string]any{"Success": true, "ErrorCode": 0, "NewSenderDomainID": d.ID, "Domain": c.showGateway(d)}
		return nil
	})
	return got, err
}

// labels returns the call with only those parameters with which a domain can be added.
func (c *call) labels() *call {
	only := *c
	only.params = params{}
	for _, name := range []string{"subdomain", "trackprefix", "trackprefixdisabled"} {
		if value, sent := c.params[name]; sent {
			only.params[name] = value
		}
	}
	return &only
}

// updatable returns the call with only those parameters that a version can change.
func (c *call) updatable() *call {
	if !c.behaviour.below(gatewayLabels) {
		return c
	}
	only := *c
	only.params = maps.Clone(c.params)
	delete(only.params, "trackprefix")
	delete(only.params, "trackprefixdisabled")
	return &only
}

// getGateway is EmailGateway.GetDomain.
func (s *Service) getGateway(c *call) (got any, err error) {
	err = s.view(func(st *State) error {
		d, err := c.domain(st, Gateway, 2)
		if err == nil {
			got = map[string]any{"Success": true, "ErrorCode": 0, "Domain": c.showGateway(d)}
		}
		return err
	})
	return got, err
}

// listGateway is EmailGateway.GetDomains, which has no errors of its own, and in later versions no
// code.
func (s *Service) listGateway(c *call) (any, error) {
	var domains []Domain
	err := s.view(func(st *State) error {
		domains = st.of(c.user, Gateway)
		return nil
	})
	answer := map[string]any{"Success": true, "Domains": showAll(domains, c.showGateway)}
	if c.behaviour.below(secondGeneration) {
		answer["ErrorCode"] = 0
	}
	return answer, err
}

// updateGateway is EmailGateway.UpdateDomain. Options that are not sent stay as they are.
func (s *Service) updateGateway(c *call) (got any, err error) {
	err = s.update(func(st *State) error {
		d, err := c.domain(st, Gateway, 5)
		if err != nil {
			return err
		}
		before := d.Options
		if err := c.updatable().options(&d.Options, gatewayNames); err != nil {
			return err
		}
		changed := before.recordsDiffer(d.Options)
		if changed {
			st.regenerate(d, c.behaviour)
		}
		answer := map[string]any{"Success": true, "ErrorCode": 0, "Domain": c.showGateway(d)}
		if !c.behaviour.below(gatewayLabels) {
			answer["SubdomainChanged"] = changed
		}
		got = answer
		return nil
	})
	return got, err
}

// deleteGateway is EmailGateway.DeleteDomain.
func (s *Service) deleteGateway(c *call) (any, error) {
	return map[string]any{"Success": true, "ErrorCode": 0}, s.delete(c, Gateway)
}
