package zone

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// HostService is a [kit.Service] that is a DNS host: the provider can publish records in its zones.
type HostService interface {
	kit.Service
	// Host returns what is known about the host without asking it.
	Host() *Host
}

// SelfDetecting is a [HostService] whose name servers can have any name. So the host itself is
// asked whether it has a zone.
type SelfDetecting interface {
	HostService
	// AnyServer says which servers it stands for, such as "any server that speaks the protocol".
	AnyServer() string
}

// Host is what is known about a DNS host without asking it.
type Host struct {
	// NameServers are the patterns by which the host's name servers are recognized, as
	// [dns.KnownHost] has them. A [SelfDetecting] host has none.
	NameServers []string
	// AlsoCalled are other names that people use for the host, in lower-case letters and digits
	// only.
	AlsoCalled []string

	// Attributes returns the attributes of the block that configures the host.
	Attributes func() map[string]schema.Attribute
	// Read reads that block.
	Read func(kit.Block, *diag.Diagnostics) HostSettings
	// Simulated creates a client of the simulated host.
	Simulated func(*kit.Run) (dns.Host, error)
	// SimulatedZone is the zone that the simulated host has in every sandbox.
	SimulatedZone string
	// SimulatedValues are the credentials that the simulated host accepts, by attribute.
	SimulatedValues map[string]string

	// Objection says why no zone of the host can hold a record, as [dns.Limits] has it, or "". It
	// is nil if the host can hold all records.
	Objection func(apex string, r dns.Record) string
	// AccessTakesCall says that it takes a call of its own to find out what the credentials may do.
	// At other hosts, the answer to the search for a zone shows it.
	AccessTakesCall bool
	// FlattensAt names the setting of the host that makes it answer every CNAME of a zone with the
	// addresses of the target. It is empty if there is no such setting.
	FlattensAt string
	// ProxiedMX is the start of the names with which the host answers MX queries if the target of
	// the record is behind its proxy. It is empty if the host always answers with the target.
	ProxiedMX string
}

// HostSettings says how a host is reached with the credentials of one account.
type HostSettings struct {
	// Missing names the settings that are unset or unknown. It is nil if none is missing.
	Missing error
	// Pending says that settings are missing only because they are not known yet.
	Pending bool
	// Values are the configured credentials, by attribute. It is empty while Pending is true.
	Values map[string]kit.Setting
	// Account is equal for two blocks that are the same account; see [AccountAt].
	Account string
	// Open creates the client without making a call.
	Open func(*kit.Run) (dns.Host, error)
}

// HostBlock returns the schema of the block that configures a host.
func HostBlock(host HostService) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Credentials to edit zones at " + host.Title() + ".",
		Attributes:          host.Host().Attributes(),
	}
}

// Hosts are the DNS hosts that the provider works with, in the order in which messages list them.
type Hosts []HostService

// names lists the names of the hosts, for messages.
func (h Hosts) names() string { return strings.Join(kit.Names(h), ", ") }

// title returns the title of a host, or the name itself if it is no host.
func (h Hosts) title(name string) string {
	if host, ok := kit.Named(h, name); ok {
		return host.Title()
	}
	return name
}

// titles returns the titles of the named hosts, in the order of the list.
func (h Hosts) titles(names []string) []string {
	var titles []string
	for _, host := range h {
		for _, name := range names {
			if host.Name() == name {
				titles = append(titles, host.Title())
			}
		}
	}
	return titles
}

// example returns the name of one of the hosts, for examples.
func (h Hosts) example() string {
	if len(h) == 0 {
		return "HOST"
	}
	return h[0].Name()
}

// otherExample returns the name of a host that can be detected and that is not in the list.
func (h Hosts) otherExample() string {
	for _, other := range dns.OtherHosts() {
		if _, supported := kit.Named(h, other.Name); !supported {
			return other.Name
		}
	}
	return dns.HostUnknown
}

// detect finds the host of a zone by the zone's name servers. Supported says that it is one of the
// list.
func (h Hosts) detect(zone dns.Zone) (found dns.Detection, supported bool) {
	known := make([]dns.KnownHost, len(h))
	for i, host := range h {
		known[i] = dns.KnownHost{Name: host.Name(), Title: host.Title(), NameServers: host.Host().NameServers}
	}
	found = dns.DetectHost(zone, known...)
	_, supported = kit.Named(h, found.Name)
	return found, supported
}

// unknown returns the error for a name that is not a host's.
func (h Hosts) unknown(name string) error {
	return fmt.Errorf("there is no DNS host %q; the hosts are %s", name, h.names())
}
