package sandbox

import (
	"maps"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// withLimits are conditions as a service works under them: where the sandbox does not
// keep to the rates of the real services, with the limits lifted that the conditions do
// not set.
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

// Limited is whether a service refuses calls beyond a rate: that of the real one, or one that its
// conditions set. Clients need not hold themselves back where it does not.
func (s *Sandbox) Limited(service string) bool {
	c := s.conditions(service)()
	for name, lifted := range s.limitsOf(service) {
		if text, set := c.Settings[name]; !set || text != lifted {
			return true
		}
	}
	return c.RateLimit != nil
}

func (s *Sandbox) limitsOf(service string) map[string]string {
	m, err := s.service(service)
	if err != nil {
		return nil
	}
	return m.limits
}
