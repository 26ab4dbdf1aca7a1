package provider

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// rfc2136Service is any server that takes dynamic updates by RFC 2136, as a DNS host.
type rfc2136Service struct{}

// Name implements Service.
func (rfc2136Service) Name() string { return "rfc2136" }

// Title implements Service.
func (rfc2136Service) Title() string { return "the RFC 2136 server" }

// Block implements Service.
func (s rfc2136Service) Block() schema.SingleNestedAttribute { return HostBlock(s) }

// Configure implements Service.
func (s rfc2136Service) Configure(run *Run, b block, diags *diag.Diagnostics) {
	ZonesOf(run).AddHost(s, b, diags)
}

// AnyServer implements SelfDetecting.
func (rfc2136Service) AnyServer() string { return "any server that takes RFC 2136 updates" }

// Host implements HostService.
func (s rfc2136Service) Host() *Host {
	return &Host{
		AlsoCalled: []string{"bind", "bind9", "named", "knot", "powerdns", "pdns", "windows", "nsupdate", "tsig", "dns"},
		Attributes: rfc2136Attributes,
		Read:       s.read,
		Simulated:  simulatedNameServer,
		SimulatedValues: map[string]string{
			"key_name": rfc2136sim.KeyName, "key_algorithm": rfc2136sim.Algorithm, "key_secret": rfc2136sim.KeySecret,
		},
		AccessTakesCall: true,
	}
}

func rfc2136Attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server": schema.StringAttribute{Optional: true, Validators: []validator.String{textCheck(rfc2136api.CheckServer)},
			MarkdownDescription: "Host name or address of the primary name server, without the port. Environment: `DNS_UPDATE_SERVER`."},
		"port": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)},
			MarkdownDescription: "Its port. Default: 53. Environment: `DNS_UPDATE_PORT`."},
		"transport": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("tcp", "udp")},
			MarkdownDescription: "`tcp` (the default) or `udp`. Environment: `DNS_UPDATE_TRANSPORT`."},
		"key_name": text("Name of the TSIG key. Environment: `DNS_UPDATE_KEYNAME`."),
		"key_algorithm": schema.StringAttribute{Optional: true, Validators: []validator.String{textCheck(rfc2136api.CheckAlgorithm)},
			MarkdownDescription: "`hmac-sha256` (the default), `hmac-sha384` or `hmac-sha512`, in either case. Environment: `DNS_UPDATE_KEYALGORITHM`."},
		"key_secret": secret("Secret of the TSIG key, in base64. Environment: `DNS_UPDATE_KEYSECRET`."),
	}
}

// read reads the block.
func (s rfc2136Service) read(b block, diags *diag.Diagnostics) HostSettings {
	server := b.text("server", "DNS_UPDATE_SERVER")
	transport := b.text("transport", "DNS_UPDATE_TRANSPORT")
	name := b.text("key_name", "DNS_UPDATE_KEYNAME")
	algorithm := b.text("key_algorithm", "DNS_UPDATE_KEYALGORITHM")
	keySecret := b.text("key_secret", "DNS_UPDATE_KEYSECRET")
	port := b.number("port", "DNS_UPDATE_PORT", diags)
	lacking := missing(s.Title(), server)
	if lacking == nil && (name.isSet() || keySecret.isSet() || name.unknown || keySecret.unknown) {
		lacking = missing(s.Title(), name, keySecret)
	}
	return HostSettings{
		Missing: lacking,
		Values:  map[string]setting{"server": server, "key_name": name, "key_algorithm": algorithm, "key_secret": keySecret},
		Account: AccountAt(nil, dns.FoldName(server.value), strconv.Itoa(cmp.Or(port, 53)), dns.FoldName(name.value), keySecret.value),
		Open: func(*Run) (dns.Host, error) {
			return rfc2136api.New(rfc2136api.Config{
				Server: server.value, Port: port, Transport: transport.value,
				KeyName: name.value, KeyAlgorithm: algorithm.value, KeySecret: keySecret.value,
			})
		},
	}
}

// simulatedNameServer is the server of the sandbox that takes dynamic updates.
func simulatedNameServer(run *Run) (dns.Host, error) {
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
