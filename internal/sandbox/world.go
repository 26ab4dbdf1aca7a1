package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// worldSection notes which domains have been added, so that a domain that was deleted since is not
// added again.
const worldSection = "world"

// DefaultZones returns the domains that every sandbox of these services has, with their DNS hosts.
func (s *Sandbox) DefaultZones() map[string]string {
	zones := map[string]string{}
	for _, m := range s.services {
		if m.ownZone != "" {
			zones[m.ownZone] = m.name
		}
	}
	return zones
}

// AddZones adds domains, each with an empty zone at its DNS host, and delegates them to it. It
// leaves existing ones as they are. The error for an unknown host, or for a domain that the host
// cannot have, names the domain.
func (s *Sandbox) AddZones(hosts map[string]string) error {
	for _, apex := range slices.Sorted(maps.Keys(hosts)) {
		if err := s.addZone(apex, hosts[apex]); err != nil {
			return fmt.Errorf("zone %s in the sandbox: %w", apex, err)
		}
	}
	return nil
}

func (s *Sandbox) addZone(apex, host string) error {
	var add func(string) error
	var hosts []string
	for _, m := range s.services {
		if m.addZone != nil {
			hosts = append(hosts, m.name)
		}
		if m.name == host {
			add = m.addZone
		}
	}
	if add == nil {
		slices.Sort(hosts)
		return fmt.Errorf("there is no DNS host %q; the hosts are %s", host, strings.Join(hosts, ", "))
	}
	known := false
	note := host + " " + apex
	err := store.View(s.store, worldSection, func(noted *[]string) error {
		known = slices.Contains(*noted, note)
		return nil
	})
	if err != nil || known {
		return err
	}
	if err := add(apex); err != nil {
		return err
	}
	return store.Update(s.store, worldSection, func(noted *[]string) error {
		if !slices.Contains(*noted, note) {
			*noted = append(*noted, note)
		}
		return nil
	})
}
