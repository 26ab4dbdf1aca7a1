package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// worldSection notes which domains have been added, as "HOST APEX", so that a domain that was
// deleted since is not added again. A domain is delegated to the host of its last note.
const worldSection = "world"

// DefaultZones returns the domains that every sandbox of these services has, with their DNS hosts.
func (s *Sandbox) DefaultZones() map[string]string {
	zones := map[string]string{}
	for _, m := range s.services {
		if m.OwnZone != "" {
			zones[m.OwnZone] = m.name
		}
	}
	return zones
}

// AddZones adds domains, each with an empty zone at its DNS host, and delegates them to it. A host
// is a simulated one, or one of [dns.OtherHosts] or [dns.HostUnknown]: such a zone is in the DNS,
// and no API edits it. AddZones leaves existing zones as they are. The error for an unknown host, or
// for a domain that the host cannot have, names the domain.
func (s *Sandbox) AddZones(hosts map[string]string) error {
	for _, apex := range slices.Sorted(maps.Keys(hosts)) {
		if err := s.addZone(apex, hosts[apex]); err != nil {
			return fmt.Errorf("zone %s in the sandbox: %w", apex, err)
		}
	}
	return nil
}

func (s *Sandbox) addZone(apex, host string) error {
	add, err := s.zoneAdder(host)
	if err != nil {
		return err
	}
	var known bool
	var before string
	if err := store.View(s.store, worldSection, func(noted *[]string) error {
		known, before = slices.Contains(*noted, host+" "+apex), lastHost(*noted, apex)
		return nil
	}); err != nil || known {
		return err
	}
	if err := add(apex); err != nil {
		return err
	}
	// A zone at a host without an API is one of PutZone, which would be served instead.
	if s.isSimulatedHost(host) && s.nameServersElsewhere(before) != nil {
		if _, err := s.removePutZone(apex); err != nil {
			return err
		}
	}
	return s.noteZone(host, apex)
}

// MoveZone delegates a domain to a DNS host, which gets an empty zone unless it has one. The zone
// that was served until now stays at its host; one that was put there with [Sandbox.PutZone] is
// removed.
func (s *Sandbox) MoveZone(apex, host string) error {
	add, err := s.zoneAdder(host)
	if err == nil {
		err = add(apex)
	}
	if err == nil && s.isSimulatedHost(host) {
		_, err = s.removePutZone(apex)
	}
	if err == nil {
		err = s.noteZone(host, apex)
	}
	if err != nil {
		return fmt.Errorf("zone %s in the sandbox: %w", apex, err)
	}
	return nil
}

// zoneAdder returns what adds a zone at a host.
func (s *Sandbox) zoneAdder(host string) (func(apex string) error, error) {
	var hosts []string
	for _, m := range s.services {
		if m.AddZone == nil {
			continue
		}
		if m.name == host {
			return m.AddZone, nil
		}
		hosts = append(hosts, m.name)
	}
	if servers := s.nameServersElsewhere(host); servers != nil {
		return func(apex string) error { return s.putZoneElsewhere(apex, host, servers) }, nil
	}
	slices.Sort(hosts)
	return nil, fmt.Errorf("there is no DNS host %q; simulated are %s; of these there can be zones that no API edits: %s",
		host, strings.Join(hosts, ", "), strings.Join(hostsElsewhere(hosts), ", "))
}

func (s *Sandbox) isSimulatedHost(host string) bool {
	m, err := s.service(host)
	return err == nil && m.AddZone != nil
}

// unknownNameServers are those of a zone at [dns.HostUnknown].
var unknownNameServers = []string{"ns1.dns-host.example", "ns2.dns-host.example"}

// nameServersElsewhere returns name servers of a host that is not simulated, nil if there is none of
// that name.
func (s *Sandbox) nameServersElsewhere(host string) []string {
	switch {
	case s.isSimulatedHost(host):
		return nil
	case host == dns.HostUnknown:
		return unknownNameServers
	}
	for _, other := range dns.OtherHosts() {
		if other.Name == host {
			return other.ExampleNameServers()
		}
	}
	return nil
}

// hostsElsewhere returns the names of all hosts that are recognized and not among the simulated
// ones.
func hostsElsewhere(simulated []string) []string {
	var names []string
	for _, other := range dns.OtherHosts() {
		if !slices.Contains(simulated, other.Name) {
			names = append(names, other.Name)
		}
	}
	return append(names, dns.HostUnknown)
}

// lastHost returns the host that a domain was delegated to last, "" if it was to none.
func lastHost(notes []string, apex string) string {
	name := dns.FoldName(apex)
	for _, note := range slices.Backward(notes) {
		if host, noted, _ := strings.Cut(note, " "); noted == apex || noted == name {
			return host
		}
	}
	return ""
}

// delegations returns the hosts that domains are delegated to, by apex.
func delegations(notes []string) map[string]string {
	hosts := map[string]string{}
	for _, note := range notes {
		host, apex, _ := strings.Cut(note, " ")
		hosts[dns.FoldName(apex)] = host
	}
	return hosts
}

// noteZone makes the note of a zone the last one.
func (s *Sandbox) noteZone(host, apex string) error {
	note := host + " " + apex
	return store.Update(s.store, worldSection, func(noted *[]string) error {
		*noted = append(slices.DeleteFunc(slices.Clone(*noted), func(n string) bool { return n == note }), note)
		return nil
	})
}

// errOtherHost is the error for a call that would silently take a zone from the host that has it.
var errOtherHost = errors.New("the zone is at another host")

// holder returns the host whose zone of that apex the DNS server answers from: its name, "" for a
// zone of [Sandbox.PutZone]. found is false if there is no such zone.
func (s *Sandbox) holder(apex string) (host string, found bool, err error) {
	zones, err := s.zones.hosted()
	if err != nil {
		return "", false, err
	}
	for _, z := range zones {
		if z.served && dns.FoldName(z.zone.Apex) == dns.FoldName(apex) {
			return z.host, true, nil
		}
	}
	return "", false, nil
}

// hostElsewhere returns the host without an API that a domain was added at, "" if there is none.
func (s *Sandbox) hostElsewhere(apex string) (host string, err error) {
	err = store.View(s.store, worldSection, func(noted *[]string) error {
		host = lastHost(*noted, apex)
		return nil
	})
	if s.nameServersElsewhere(host) == nil {
		host = ""
	}
	return host, err
}

// Reset empties the sandbox, as if its file had been removed, and adds [Sandbox.DefaultZones]. It
// has a new [Sandbox.ID] then.
func (s *Sandbox) Reset() error {
	if err := s.store.Reset(); err != nil {
		return err
	}
	return s.AddZones(s.DefaultZones())
}
