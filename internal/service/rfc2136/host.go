package rfc2136

import (
	"cmp"
	"net"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator      = Service{}
	_ zone.HostService   = Service{}
	_ zone.SelfDetecting = Service{}
)

// Service is any server that takes dynamic updates (RFC 2136), as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return "rfc2136" }

// Title implements [kit.Service].
func (Service) Title() string { return "the RFC 2136 server" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// AnyServer implements [zone.SelfDetecting].
func (Service) AnyServer() string { return "any server that takes RFC 2136 updates" }

// simulatedZone is the zone that every sandbox has at this host.
const simulatedZone = "corp.example"

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		AlsoCalled:    []string{"bind", "bind9", "named", "knot", "powerdns", "pdns", "windows", "nsupdate", "tsig", "dns"},
		Attributes:    blockAttributes,
		Read:          s.read,
		Simulated:     simulatedNameServer,
		SimulatedZone: simulatedZone,
		SimulatedValues: map[string]string{
			"key_name": rfc2136sim.KeyName, "key_algorithm": rfc2136sim.Algorithm, "key_secret": rfc2136sim.KeySecret,
		},
		AccessTakesCall: true,
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server": schema.StringAttribute{Optional: true, Validators: []validator.String{kit.TextCheck(rfc2136api.CheckServer)},
			MarkdownDescription: "Host name or address of the primary name server, without the port. Environment: `DNS_UPDATE_SERVER`."},
		"port": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)},
			MarkdownDescription: "Port of that name server. Default: 53. Environment: `DNS_UPDATE_PORT`."},
		"transport": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("tcp", "udp")},
			MarkdownDescription: "`tcp` (the default) or `udp`. Environment: `DNS_UPDATE_TRANSPORT`."},
		"key_name": kit.Text("Name of the TSIG key. Environment: `DNS_UPDATE_KEYNAME`."),
		"key_algorithm": schema.StringAttribute{Optional: true, Validators: []validator.String{kit.TextCheck(rfc2136api.CheckAlgorithm)},
			MarkdownDescription: "`hmac-sha256` (the default), `hmac-sha384` or `hmac-sha512`, in upper or lower case. Environment: `DNS_UPDATE_KEYALGORITHM`."},
		"key_secret": kit.Secret("Secret of the TSIG key, in base64. Environment: `DNS_UPDATE_KEYSECRET`."),
	}
}

// read reads the block of an account.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	server := b.Text("server", "DNS_UPDATE_SERVER")
	transport := b.Text("transport", "DNS_UPDATE_TRANSPORT")
	name := b.Text("key_name", "DNS_UPDATE_KEYNAME")
	algorithm := b.Text("key_algorithm", "DNS_UPDATE_KEYALGORITHM")
	keySecret := b.Text("key_secret", "DNS_UPDATE_KEYSECRET")
	port := b.Number("port", "DNS_UPDATE_PORT", diags)
	lacking := kit.Missing(s.Title(), server)
	if lacking == nil && (name.IsSet() || keySecret.IsSet() || name.Unknown || keySecret.Unknown) {
		lacking = kit.Missing(s.Title(), name, keySecret)
	}
	return zone.HostSettings{
		Missing: lacking,
		Values:  map[string]kit.Setting{"server": server, "key_name": name, "key_algorithm": algorithm, "key_secret": keySecret},
		Account: zone.AccountAt(nil, dns.FoldName(server.Value), strconv.Itoa(cmp.Or(port, 53)), dns.FoldName(name.Value), keySecret.Value),
		Open: func(*kit.Run) (dns.Host, error) {
			return rfc2136api.New(rfc2136api.Config{
				Server: server.Value, Port: port, Transport: transport.Value,
				KeyName: name.Value, KeyAlgorithm: algorithm.Value, KeySecret: keySecret.Value,
			})
		},
	}
}

// simulatedNameServer returns a client of the server in the run's sandbox that takes dynamic
// updates.
func simulatedNameServer(run *kit.Run) (dns.Host, error) {
	address, err := run.Sandbox().DNSAddr()
	if err != nil {
		return nil, err
	}
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	return rfc2136api.New(rfc2136api.Config{Server: host, Port: port,
		KeyName: rfc2136sim.KeyName, KeyAlgorithm: rfc2136sim.Algorithm, KeySecret: rfc2136sim.KeySecret})
}
