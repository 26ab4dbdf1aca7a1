package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// worldSection notes which domains have been added, so that a domain that was deleted since is not
// added again.
const worldSection = "world"

// MailHost is a host with an address (RFC 5737) in the sandbox, for use as the mail host of
// domains.
const (
	MailHost        = "mail.example.com"
	mailHostAddress = "192.0.2.25"
)

// DefaultZones returns the domains of every sandbox, with the DNS host of each.
func DefaultZones() map[string]string {
	return map[string]string{
		"example.com":  cloudflare.Section,
		"example.org":  namecheap.Section,
		"example.net":  godaddy.Section,
		"corp.example": rfc2136.Section,
	}
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
	add, ok := s.dnsHosts[host]
	if !ok {
		return fmt.Errorf("there is no DNS host %q; the hosts are %s", host, strings.Join(slices.Sorted(maps.Keys(s.dnsHosts)), ", "))
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

// addCloudflareZone gives the zone of MailHost the host's address.
func addCloudflareZone(service *cloudflare.Service) func(string) error {
	return func(apex string) error {
		if !strings.HasSuffix(MailHost, "."+apex) {
			return service.AddZone(apex)
		}
		return service.EditZone(apex, func(z *cloudflare.Zone) {
			if !slices.ContainsFunc(z.Records, func(r *cloudflare.Record) bool { return r.Name == MailHost }) {
				z.Records = append(z.Records, &cloudflare.Record{ID: strings.Repeat("0", 31) + "1", Name: MailHost, Type: "A", Content: mailHostAddress, TTL: 1,
					Comment: "the mail server"})
			}
		})
	}
}
