package sandbox

import (
	"maps"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
)

// rateLimits are, by service, the settings of its conditions that limit how many calls it takes in
// a time, with the values by which it takes any number. SendGrid tells in each answer how many
// calls are left, so its limit is one that nobody reaches.
var rateLimits = map[string]map[string]string{
	cloudflare.Section: {cloudflare.SettingRequests: "0"},
	namecheap.Section: {
		namecheap.SettingCallsPerMinute: "0", namecheap.SettingCallsPerHour: "0", namecheap.SettingCallsPerDay: "0",
	},
	godaddy.Section:  {godaddy.SettingCallsPerMinute: "0"},
	octeth.Section:   {octeth.SettingCallsPerMinute: "0"},
	sendgrid.Section: {sendgrid.SettingRequests: "1000000000"},
}

// withLimits are conditions as a service works under them: where the sandbox does not keep to the
// rates of the real services, with the limits lifted that the conditions do not set.
func (s *Sandbox) withLimits(service string, c fault.Conditions) fault.Conditions {
	if s.realLimits || rateLimits[service] == nil {
		return c
	}
	settings := maps.Clone(rateLimits[service])
	maps.Copy(settings, c.Settings)
	c.Settings = settings
	return c
}

// Limited is whether a service refuses calls beyond a rate: that of the real one, or one that its
// conditions set. Clients need not hold themselves back where it does not.
func (s *Sandbox) Limited(service string) bool {
	c := s.conditions(service)()
	for name, lifted := range rateLimits[service] {
		if text, set := c.Settings[name]; !set || text != lifted {
			return true
		}
	}
	return c.RateLimit != nil
}
