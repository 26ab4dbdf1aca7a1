package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
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
	// conditions sets what goes wrong. It is nil if nothing can go wrong but cut connections.
	conditions func([]fault.Fault) error
	close      func() error
}

// hostServices are the DNS hosts that the provider works with.
var hostServices = kit.With[zone.HostService](service.All)

// simulated are the names of the hosts of the sandbox: of all that the provider works with.
var simulated = kit.Names(hostServices)

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

// openSimulated makes a world of its own with a zone at a simulated host. The sandbox takes any
// number of calls, as it does not keep to the limits of the real services.
func openSimulated(ctx context.Context, title string) (*zoneHost, error) {
	host, err := hostNamed(title)
	if err != nil {
		return nil, err
	}
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
	run := kit.NewRun("fuzz", service.All)
	run.EnterSandbox(box, "")
	h := &zoneHost{name: title, title: title, close: box.Close}
	h.conditions = func(faults []fault.Fault) error { return box.SetConditions(title, fault.Conditions{Faults: faults}) }
	h.stranger = func() (dns.Host, error) { return host.Host().Simulated(run) }
	h.configure = func(g *gate) (object, func(), error) {
		web, stopWeb := g.serveHTTP(box.Handler())
		names, stopNames, err := g.serveDNS(resolver)
		if err != nil {
			stopWeb()
			return nil, nil, err
		}
		stop := func() { stopWeb(); stopNames() }
		block, err := blockAt(ctx, host, zone.SimulatedAddress{URL: web + "/" + title, NameServer: names}, host.Host().SimulatedValues)
		if err != nil {
			stop()
			return nil, nil, err
		}
		settings, err := configuration(ctx, host, block, resolver)
		return settings, stop, err
	}
	return h, h.find(ctx)
}

// hostNamed returns the host with a name.
func hostNamed(name string) (zone.HostService, error) {
	host, found := kit.Named(hostServices, name)
	if !found {
		return nil, fmt.Errorf("the provider knows no DNS host %q", name)
	}
	return host, nil
}

// find finds the zone at its host, and what the host can do.
func (h *zoneHost) find(ctx context.Context) error {
	stranger, err := h.stranger()
	if err != nil {
		return err
	}
	h.comments = stranger.Limits().Comments
	h.zone, err = stranger.FindZone(ctx, apex)
	return err
}

// blockAt makes the block that leads to a host at an address, with these credentials.
func blockAt(ctx context.Context, host zone.HostService, at zone.SimulatedAddress, credentials map[string]string) (types.Object, error) {
	given, err := host.Host().SimulatedAt(at)
	if err != nil {
		return types.Object{}, err
	}
	for name, value := range credentials {
		given[name] = types.StringValue(value)
	}
	attributeTypes := map[string]attr.Type{}
	for name, attribute := range host.Host().Attributes() {
		ty := attribute.GetType()
		attributeTypes[name] = ty
		if given[name] != nil {
			continue
		}
		if given[name], err = ty.ValueFromTerraform(ctx, tftypes.NewValue(ty.TerraformType(ctx), nil)); err != nil {
			return types.Object{}, err
		}
	}
	block, diags := types.ObjectValue(attributeTypes, given)
	return block, errorIn(diags)
}

// errorIn makes one error of the diagnostics that are errors.
func errorIn(diags diag.Diagnostics) error {
	var errs []error
	for _, d := range diags.Errors() {
		errs = append(errs, fmt.Errorf("%s: %s", d.Summary(), d.Detail()))
	}
	return errors.Join(errs...)
}

// configuration is the provider's configuration with the block of one host.
func configuration(ctx context.Context, host zone.HostService, block types.Object, resolver string) (object, error) {
	value, err := block.ToTerraformValue(ctx)
	return object{host.Name(): value, "dns_resolvers": []string{resolver}}, err
}

// serveNames reaches a name server that takes dynamic updates. The host is the one of the
// provider that has the name h.name.
func serveNames(h *zoneHost, server, resolver, keyName, algorithm, secret string) {
	credentials := map[string]string{"key_name": keyName, "key_algorithm": algorithm, "key_secret": secret}
	blockOf := func(address string) (zone.HostService, types.Object, error) {
		host, err := hostNamed(h.name)
		if err != nil {
			return nil, types.Object{}, err
		}
		block, err := blockAt(context.Background(), host, zone.SimulatedAddress{NameServer: address}, credentials)
		return host, block, err
	}
	h.configure = func(g *gate) (object, func(), error) {
		address, stop, err := g.serveDNS(server)
		if err != nil {
			return nil, nil, err
		}
		host, block, err := blockOf(address)
		if err != nil {
			stop()
			return nil, nil, err
		}
		settings, err := configuration(context.Background(), host, block, resolver)
		return settings, stop, err
	}
	h.stranger = func() (dns.Host, error) {
		host, block, err := blockOf(server)
		if err != nil {
			return nil, err
		}
		var diags diag.Diagnostics
		settings := host.Host().Read(kit.BlockOf(host.Name(), block), &diags)
		if err := errors.Join(errorIn(diags), settings.Missing); err != nil {
			return nil, err
		}
		return settings.Open(kit.NewRun("fuzz", service.All))
	}
}
