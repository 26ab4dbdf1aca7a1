package sandbox

import (
	"maps"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// withLimits returns the conditions that a service works under. If the sandbox does not keep to the
// rates of the real services, limits that the conditions do not set are lifted.
func (s *Sandbox) withLimits(service string, c fault.Conditions) fault.Conditions {
	limits := s.limitsOf(service)
	if s.realLimits || limits == nil {
		return c
	}
	settings := maps.Clone(limits)
	maps.Copy(settings, c.Settings)
	c.Settings = settings
	return c
}

// Limited reports whether a service limits the rate of calls: because the sandbox keeps to the rate
// of the real service, or because its conditions set a limit. If not, clients need not pace their
// calls.
func (s *Sandbox) Limited(service string) bool {
	c := s.conditions(service)()
	for name, lifted := range s.limitsOf(service) {
		if text, set := c.Settings[name]; !set || text != lifted {
			return true
		}
	}
	return c.RateLimit != nil
}

// limitsOf returns the settings of a service that lift its limits.
func (s *Sandbox) limitsOf(service string) map[string]string {
	m, err := s.service(service)
	if err != nil {
		return nil
	}
	return m.Limits
}
