package octethsim

import (
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// domain returns the sender domain of a call's DomainID. The domain of another user is treated as
// unknown.
func (c *call) domain(st *State, kind string, notFound int) (*Domain, error) {
	id := c.params.id("DomainID")
	if id == 0 {
		return nil, refuse(1, "Missing DomainID parameter")
	}
	d := st.find(c.user, kind, id)
	if d == nil {
		return nil, refuse(notFound, "Sender domain not found")
	}
	return d, nil
}

// listCampaign is user.senderdomain.list.
func (s *Service) listCampaign(c *call) (any, error) {
	var domains []Domain
	err := s.view(func(st *State) error {
		domains = st.of(c.user, Campaign)
		return nil
	})
	return map[string]any{"Success": true, "SenderDomains": showAll(domains, (*Domain).show)}, err
}

// getCampaign is user.senderdomain.get.
func (s *Service) getCampaign(c *call) (got any, err error) {
	err = s.view(func(st *State) error {
		d, err := c.domain(st, Campaign, 2)
		if err == nil {
			got = map[string]any{"Success": true, "SenderDomain": d.show()}
		}
		return err
	})
	return got, err
}

// campaignRecords is user.senderdomain.dns.
func (s *Service) campaignRecords(c *call) (got any, err error) {
	err = s.view(func(st *State) error {
		d, err := c.domain(st, Campaign, 2)
		if err == nil {
			got = map[string]any{
				"Success": true, "DomainID": d.ID, "SenderDomain": d.Name, "DNSRecords": recordObjects(d.Records),
			}
		}
		return err
	})
	return got, err
}

// createCampaign is user.senderdomain.create. It does not refuse a domain that exists, but
// registers it again.
func (s *Service) createCampaign(c *call) (got any, err error) {
	name := c.params.text("SenderDomain")
	switch {
	case name == "":
		return nil, refuse(1, "Missing SenderDomain parameter")
	case strings.EqualFold(name, "localhost"):
		return nil, refuse(4, "localhost is not a valid sender domain")
	}
	name, err = dns.Canonical(name)
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, code: 7, message: "Sender domain create process failed"}
	}
	options := Options{LinkTracking: true, OpenTracking: true}
	names := campaignNames
	if c.behaviour.below(campaignLabels) {
		names.useTracking = "" // the parameter is a later one
	}
	if err := c.options(&options, names); err != nil {
		return nil, err
	}
	err = s.update(func(st *State) error {
		if st.full(c, Campaign, name) {
			return &refusal{status: http.StatusForbidden, code: 5, message: "Sender domain limit reached for your account"}
		}
		d := st.add(c.user, Campaign, name, options, s.config.Now(), c.behaviour)
		if c.behaviour.below(campaignLabels) && !c.behaviour.noTemplate {
			// The labels are stored, but the records have those of the installation.
			d.Records = template(&Domain{Kind: d.Kind, Name: d.Name}, st.Generations)
		}
		got = map[string]any{"Success": true, "DomainID": d.ID, "SenderDomain": d.show()}
		return nil
	})
	return got, err
}

// full is whether a user may not have another domain of a kind. A domain that is registered again
// does not count as another one.
func (st *State) full(c *call, kind, name string) bool {
	if d := st.named(c.user, kind, name); d != nil && d.Status != StatusDeleted {
		return false
	}
	return len(st.of(c.user, kind)) >= c.behaviour.domains
}

// updateCampaign is user.senderdomain.update. Options that are not sent stay as they are.
func (s *Service) updateCampaign(c *call) (got any, err error) {
	err = s.update(func(st *State) error {
		d, err := c.domain(st, Campaign, 2)
		if err != nil {
			return err
		}
		before := d.Options
		if err := c.options(&d.Options, campaignNames); err != nil {
			return err
		}
		if err := d.setStatus(c.params.text("status")); err != nil {
			return err
		}
		answer := map[string]any{"Success": true}
		if before.recordsDiffer(d.Options) {
			st.regenerate(d, c.behaviour)
			answer["DNSRegenerated"] = true
		}
		answer["SenderDomain"] = d.show()
		got = answer
		return nil
	})
	return got, err
}

// setStatus is a user's own switch.
func (d *Domain) setStatus(wanted string) error {
	switch {
	case wanted == "":
	case strings.EqualFold(wanted, StatusDisabled):
		d.Status = StatusDisabled
	case !strings.EqualFold(wanted, StatusEnabled):
		return refuse(9, "Invalid Status value. Allowed: Enabled, Disabled")
	case d.Status != StatusEnabled && !d.complete():
		return refuse(10, "Cannot enable an unverified domain - run user.senderdomain.verify first")
	default:
		d.Status = StatusEnabled
	}
	return nil
}

// deleteCampaign is user.senderdomain.delete. The row stays, so that the domain keeps its id if it
// is registered again.
func (s *Service) deleteCampaign(c *call) (any, error) {
	return map[string]any{"Success": true}, s.delete(c, Campaign)
}

func (s *Service) delete(c *call, kind string) error {
	return s.update(func(st *State) error {
		d, err := c.domain(st, kind, 2)
		if err == nil {
			d.Status = StatusDeleted
		}
		return err
	})
}

// optionNames are the names of the parameters for a kind's options.
type optionNames struct {
	subdomain, trackPrefix string
	useTracking            string // "": the kind has none
	invalid                int    // the code for a label that is none
}

var campaignNames = optionNames{subdomain: "CustomSubdomain", trackPrefix: "CustomTrackPrefix", useTracking: "UseTrackingSubdomain", invalid: 6}

// options reads the options that were sent into o, and does not change the others.
func (c *call) options(o *Options, names optionNames) error {
	for name, flag := range map[string]*bool{
		"LinkTracking": &o.LinkTracking, "OpenTracking": &o.OpenTracking, "UnsubscribeLink": &o.UnsubscribeLink,
		"TrackPrefixDisabled": &o.TrackPrefixDisabled,
	} {
		if c.params.has(name) {
			*flag = c.params.flag(name)
		}
	}
	if names.useTracking != "" && c.params.has(names.useTracking) {
		o.TrackPrefixDisabled = !c.params.flag(names.useTracking)
	}
	for name, label := range map[string]*string{names.subdomain: &o.Subdomain, names.trackPrefix: &o.TrackPrefix} {
		if !c.params.has(name) {
			continue
		}
		*label = strings.ToLower(c.params.text(name))
		if *label != "" && !isLabel(*label) {
			return refuse(names.invalid,
				"Invalid %s. Letters, digits, and hyphens only; max 32 chars; no leading/trailing hyphens", name)
		}
	}
	return nil
}

// recordsDiffer is whether two sets of options need different records.
func (o Options) recordsDiffer(other Options) bool {
	return o.Subdomain != other.Subdomain || o.TrackPrefix != other.TrackPrefix || o.TrackPrefixDisabled != other.TrackPrefixDisabled
}
