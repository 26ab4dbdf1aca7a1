package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
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

// dnsHosts are the DNS hosts that the provider works with.
var dnsHosts = kit.With[zone.HostService](service.All)

// simulated are the names of the hosts of the sandbox: of all that the provider works with.
var simulated = kit.Names(dnsHosts)

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

// connector is a host whose accounts have the zone of a domain only after they have connected it.
type connector interface {
	ConnectSimulated(ctx context.Context, run *kit.Run, domain string) error
}

// openSimulated makes a world of its own with a zone at a simulated host. The sandbox lifts the
// limits of all services, so that nobody has to wait.
func openSimulated(ctx context.Context, title string) (*zoneHost, error) {
	host, found := kit.Named(dnsHosts, title)
	if !found {
		return nil, fmt.Errorf("the provider has no DNS host %q", title)
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
	account, connects := host.(connector)
	if connects {
		if err := account.ConnectSimulated(ctx, run, apex); err != nil {
			return nil, err
		}
	}
	h := &zoneHost{name: title, title: title, close: box.Close}
	h.conditions = func(faults []fault.Fault) error { return box.SetConditions(title, fault.Conditions{Faults: faults}) }
	h.stranger = func() (dns.Host, error) { return host.Host().Simulated(run) }
	h.configure = func(g *gate) (object, func(), error) {
		// The host takes the address that suits its protocol.
		web, stopWeb := g.serveHTTP(box.Handler())
		names, stopNames, err := g.serveDNS(resolver)
		if err != nil {
			stopWeb()
			return nil, nil, err
		}
		stop := func() { stopWeb(); stopNames() }
		block, err := simulatedBlock(box, title, web, names)
		if err != nil {
			stop()
			return nil, nil, err
		}
		return object{title: block, "dns_resolvers": []string{resolver}}, stop, nil
	}
	if err := h.find(ctx); err != nil || !connects {
		return h, err
	}
	return h, h.empty(ctx)
}

// empty deletes what the host itself has put into the zone, but for the zone's name servers. The runs
// count on a zone without records.
func (h *zoneHost) empty(ctx context.Context) error {
	stranger, err := h.stranger()
	if err != nil {
		return err
	}
	snapshot, err := stranger.Read(ctx, h.zone)
	if err != nil {
		return err
	}
	there := slices.DeleteFunc(slices.Clone(snapshot.Records), func(r dns.Record) bool { return r.Type == "NS" })
	return stranger.Apply(ctx, snapshot, dns.ChangeSet{Delete: there})
}

// simulatedBlock is the block that leads to a simulated service of a sandbox, which answers HTTP at
// the URL web and DNS at the address names.
func simulatedBlock(box *sandbox.Sandbox, title, web, names string) (object, error) {
	at, err := sandbox.ParseAddress(web+"/"+title, names)
	if err != nil {
		return nil, err
	}
	attributes, err := box.Attributes(title, at)
	if err != nil {
		return nil, err
	}
	block := object{}
	for _, a := range attributes {
		if !a.Number {
			block[a.Name] = a.Value
			continue
		}
		number, err := strconv.ParseInt(a.Value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s of the block %s: %w", a.Name, title, err)
		}
		block[a.Name] = number
	}
	return block, nil
}

// find finds the zone at its host, and whether the host stores comments.
func (h *zoneHost) find(ctx context.Context) error {
	stranger, err := h.stranger()
	if err != nil {
		return err
	}
	h.comments = stranger.Limits().Comments
	h.zone, err = stranger.FindZone(ctx, apex)
	return err
}

// serveNames reaches a name server that takes dynamic updates.
func serveNames(h *zoneHost, server, resolver, keyName, algorithm, secret string) {
	settings := func(address string) (object, rfc2136api.Config, error) {
		at, err := sandbox.ParseAddress("", address)
		if err != nil {
			return nil, rfc2136api.Config{}, err
		}
		return object{"server": at.DNSHost, "port": int64(at.DNSPort), "key_name": keyName, "key_algorithm": algorithm, "key_secret": secret},
			rfc2136api.Config{Server: at.DNSHost, Port: at.DNSPort, KeyName: keyName, KeyAlgorithm: algorithm, KeySecret: secret}, nil
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
