package zone

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// HostService is a [Service] that is a DNS host: records can be published in its zones.
type HostService interface {
	kit.Service
	// Host is what is known of it without asking it.
	Host() *Host
}

// SelfDetecting is a [HostService] whose name servers may have any name. So it is asked
// itself whether it has a zone.
type SelfDetecting interface {
	HostService
	// AnyServer says which servers it stands for, such as "any server that speaks the
	// protocol".
	AnyServer() string
}

// Host is what is known of a DNS host without asking it.
type Host struct {
	// NameServers are the patterns by which its name servers are recognized, as
	// [dns.KnownHost] has them. There are none where names do not tell; see
	// [SelfDetecting].
	NameServers []string
	// AlsoCalled are other names that people have for it: letters and digits only, in
	// lower case.
	AlsoCalled []string

	// Attributes are those of the block that configures it.
	Attributes func() map[string]schema.Attribute
	// Read reads that block.
	Read func(kit.Block, *diag.Diagnostics) HostSettings
	// Simulated makes a client of the sandbox's.
	Simulated func(*kit.Run) (dns.Host, error)
	// SimulatedValues are the credentials that the sandbox's takes, by attribute.
	SimulatedValues map[string]string

	// Objection is what is known against a record wherever the host's zone is, as
	// [dns.Limits] has it; nil where nothing is.
	Objection func(apex string, r dns.Record) string
	// AccessTakesCall is whether finding out what the credentials may do costs a call. At
	// the other hosts it shows in what is read to find a zone.
	AccessTakesCall bool
	// FlattensAt says where in the host's settings it can be set to answer for every CNAME
	// of a zone with the addresses of its target. It is empty where there is no such
	// setting.
	FlattensAt string
	// ProxiedMX is how the names begin that the host answers MX queries with where the
	// target of the record is behind its proxy. It is empty where the host always answers
	// with the target.
	ProxiedMX string
}

// HostSettings is how a host is reached by the credentials of one account.
type HostSettings struct {
	// Missing is an error that names what is not set or not known; nil if nothing is.
	Missing error
	// Pending is whether that is only because something is not known yet.
	Pending bool
	// Values are the credentials as they were configured, by attribute. There are none
	// while Pending.
	Values map[string]kit.Setting
	// Account tells whether two blocks are the same account; see [AccountAt].
	Account string
	// Open makes the client, and calls nobody.
	Open func(*kit.Run) (dns.Host, error)
}

// HostBlock is the schema of the block that configures a host.
func HostBlock(host HostService) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Credentials to edit zones at " + host.Title() + ".",
		Attributes:          host.Host().Attributes(),
	}
}

// Hosts are the DNS hosts that the provider works with, in the order in which people are
// told of them.
type Hosts []HostService

// names lists them for messages.
func (h Hosts) names() string { return strings.Join(kit.Names(h), ", ") }

// title is what people call a host.
func (h Hosts) title(name string) string {
	if host, ok := kit.Named(h, name); ok {
		return host.Title()
	}
	return name
}

// begins is a title at the start of a sentence.
func begins(title string) string {
	if title == "" {
		return title
	}
	return strings.ToUpper(title[:1]) + title[1:]
}

// titles is what people call these hosts, in the order of the list.
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

// example is the name of one of them, for examples.
func (h Hosts) example() string {
	if len(h) == 0 {
		return "HOST"
	}
	return h[0].Name()
}

// Detect tells from the name servers of a zone who hosts it. Supported is whether it is
// one of the list.
func (h Hosts) Detect(zone dns.Zone) (found dns.Detection, supported bool) {
	known := make([]dns.KnownHost, len(h))
	for i, host := range h {
		known[i] = dns.KnownHost{Name: host.Name(), Title: host.Title(), NameServers: host.Host().NameServers}
	}
	found = dns.DetectHost(zone, known...)
	_, supported = kit.Named(h, found.Name)
	return found, supported
}

// unknown is the error about a name that is no host's.
func (h Hosts) unknown(name string) error {
	return fmt.Errorf("there is no DNS host %q; the hosts are %s", name, h.names())
}
