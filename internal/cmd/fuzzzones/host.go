package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// zoneHost is a zone at a DNS host, as this program reaches it.
type zoneHost struct {
	name  string // as authorizations name it
	title string // as -host names it
	zone  dns.HostedZone
	// comments is whether records have comments there, by which the provider knows its own
	// again after a run that was killed.
	comments bool
	// configure returns the provider's configuration for a process behind a gate.
	configure func(*gate) (config object, stop func(), err error)
	// stranger makes somebody else who edits the zone, by the host's API.
	stranger func() (dns.Host, error)
	// conditions sets what goes wrong; nil where nothing can but cut connections.
	conditions func([]fault.Fault) error
	close      func() error
}

// simulated are the hosts of the sandbox.
var simulated = []string{"cloudflare", "namecheap", "godaddy", "rfc2136"}

// unlimited are the settings by which a simulated service takes any number of calls.
var unlimited = map[string]map[string]string{
	"cloudflare": {cloudflaresim.SettingRequests: "0"},
	"namecheap":  {namecheapsim.SettingCallsPerMinute: "0", namecheapsim.SettingCallsPerHour: "0", namecheapsim.SettingCallsPerDay: "0"},
	"godaddy":    {godaddysim.SettingCallsPerMinute: "0"},
}

const apex = "fuzz.example"

// newSandbox makes the world around the zone: the domains that its records name.
func newSandbox() (*sandbox.Sandbox, error) {
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated()})
	if err != nil {
		return nil, err
	}
	for name, lines := range map[string][]string{
		"mailer.example": {"spf IN TXT \"v=spf1 ip4:192.0.2.200 -all\"", "mx0 IN A 192.0.2.50", "mx1 IN A 192.0.2.51", "mx2 IN A 192.0.2.52"},
		"other.example":  {"spf IN TXT \"v=spf1 ip4:198.51.100.200 -all\""},
	} {
		if err := box.PutZone(name, lines); err != nil {
			return nil, err
		}
	}
	return box, nil
}

// openSimulated makes a world of its own with a zone at a simulated host.
func openSimulated(ctx context.Context, title string) (*zoneHost, error) {
	box, err := newSandbox()
	if err != nil {
		return nil, err
	}
	if err := box.AddZones(map[string]string{apex: title}); err != nil {
		return nil, err
	}
	resolver, err := box.DNSAddr()
	if err != nil {
		return nil, err
	}
	h := &zoneHost{name: title, title: title, comments: title == "cloudflare", close: box.Close}
	h.conditions = func(faults []fault.Fault) error {
		return box.SetConditions(title, fault.Conditions{Faults: faults, Settings: unlimited[title]})
	}
	if err := h.conditions(nil); err != nil {
		return nil, err
	}
	if title == "rfc2136" {
		serveNames(h, resolver, resolver, rfc2136sim.KeyName, rfc2136sim.Algorithm, rfc2136sim.KeySecret)
	} else {
		h.serveCalls(box.Handler(), resolver)
	}
	return h, h.find(ctx)
}

// find finds the zone at its host.
func (h *zoneHost) find(ctx context.Context) error {
	stranger, err := h.stranger()
	if err != nil {
		return err
	}
	h.zone, err = stranger.FindZone(ctx, apex)
	return err
}

// serveCalls reaches a host with an HTTP API.
func (h *zoneHost) serveCalls(services http.Handler, resolver string) {
	path := map[string]string{"cloudflare": "/cloudflare" + cloudflaresim.BasePath, "namecheap": "/namecheap" + namecheapsim.Path, "godaddy": "/godaddy"}[h.name]
	credentials := map[string]object{
		"cloudflare": {"api_token": cloudflaresim.Token},
		"namecheap":  {"api_user": namecheapsim.APIUser, "api_key": namecheapsim.APIKey, "client_ip": namecheapsim.ClientIP},
		"godaddy":    {"token": godaddysim.Token},
	}
	h.configure = func(g *gate) (object, func(), error) {
		address, stop := g.serveHTTP(services)
		settings := object{"base_url": address + path}
		for name, value := range credentials[h.name] {
			settings[name] = value
		}
		return object{h.name: settings, "dns_resolvers": []string{resolver}}, stop, nil
	}
	direct, _ := newGate().serveHTTP(services)
	h.stranger = func() (dns.Host, error) {
		base, err := url.Parse(direct + path)
		if err != nil {
			return nil, err
		}
		switch h.name {
		case "cloudflare":
			return cloudflareapi.New(cloudflareapi.Config{APIToken: cloudflaresim.Token, BaseURL: base}), nil
		case "namecheap":
			return namecheapapi.New(namecheapapi.Config{APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP,
				BaseURL: base, CallsPerMinute: -1, Handover: -1}), nil
		}
		return godaddyapi.New(godaddyapi.Config{Token: godaddysim.Token, BaseURL: base, CallsPerMinute: -1}), nil
	}
}

// serveNames reaches a name server that takes dynamic updates.
func serveNames(h *zoneHost, server, resolver, keyName, algorithm, secret string) {
	settings := func(address string) (object, rfc2136api.Config, error) {
		host, portText, err := net.SplitHostPort(address)
		if err != nil {
			return nil, rfc2136api.Config{}, err
		}
		port, err := strconv.Atoi(portText)
		if err != nil {
			return nil, rfc2136api.Config{}, fmt.Errorf("the port of %s: %w", address, err)
		}
		return object{"server": host, "port": int64(port), "key_name": keyName, "key_algorithm": algorithm, "key_secret": secret},
			rfc2136api.Config{Server: host, Port: port, KeyName: keyName, KeyAlgorithm: algorithm, KeySecret: secret}, nil
	}
	h.configure = func(g *gate) (object, func(), error) {
		address, stop, err := g.serveDNS(server)
		if err != nil {
			return nil, nil, err
		}
		block, _, err := settings(address)
		return object{"rfc2136": block, "dns_resolvers": []string{resolver}}, stop, err
	}
	h.stranger = func() (dns.Host, error) {
		_, config, err := settings(server)
		if err != nil {
			return nil, err
		}
		return rfc2136api.New(config)
	}
}
