package octeth

import (
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// domain returns the sender domain of a call's DomainID. Another user's is as unknown as one that
// nobody has.
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

// createCampaign is user.senderdomain.create. A domain that exists is no reason to refuse: it
// begins anew.
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
			// The labels are noted, and the records have the installation's own.
			d.Records = template(&Domain{Kind: d.Kind, Name: d.Name}, st.Generations)
		}
		got = map[string]any{"Success": true, "DomainID": d.ID, "SenderDomain": d.show()}
		return nil
	})
	return got, err
}

// full tells whether a user may not have one more domain of a kind. One that begins anew is none
// more.
func (st *State) full(c *call, kind, name string) bool {
	if d := st.named(c.user, kind, name); d != nil && d.Status != StatusDeleted {
		return false
	}
	return len(st.of(c.user, kind)) >= c.behaviour.domains
}

// updateCampaign is user.senderdomain.update: what is not sent stays.
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
			answer["DnsRegenerated"] = true
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

// deleteCampaign is user.senderdomain.delete: the row stays, so that the domain keeps its id should
// it come back.
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

// optionNames are what the parameters of a kind's options are called.
type optionNames struct {
	subdomain, trackPrefix string
	useTracking            string // "": the kind has none
	invalid                int    // the code for a label that is none
}

var campaignNames = optionNames{subdomain: "CustomSubdomain", trackPrefix: "CustomTrackPrefix", useTracking: "UseTrackingSubdomain", invalid: 6}

// options reads the options that were sent into o, and leaves the others alone.
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

// recordsDiffer tells whether two sets of options ask for different records.
func (o Options) recordsDiffer(other Options) bool {
	return o.Subdomain != other.Subdomain || o.TrackPrefix != other.TrackPrefix || o.TrackPrefixDisabled != other.TrackPrefixDisabled
}
