package zone_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// chooserWorld is a provider with two hosts in memory: "memory" finds zones by name and by ID, and
// "plain" by name only. They have zones of their own. The DNS is that of a sandbox.
type chooserWorld struct {
	*world.World
	zones *dnstest.Zones // at "memory"
	plain *dnstest.Zones
	find  func() error // of searches by name at "memory"; may be nil

	resolver string // to ask instead of the sandbox's DNS; may be empty

	mu   sync.Mutex
	said []string
}

func newChooserWorld(t *testing.T, zones ...dns.HostedZone) *chooserWorld {
	t.Helper()
	return &chooserWorld{World: world.New(t), zones: dnstest.NewZones(zones...), plain: dnstest.NewZones(dns.HostedZone{Apex: "example.com", ID: "example.com"})}
}

// twins are two zones with one name, and the name servers of the first.
func twins() (first, second dns.HostedZone, servers []string) {
	return dns.HostedZone{Apex: "twin.example", ID: "z/1#a", NameServers: []string{"ns1.one.example", "ns2.one.example"}},
		dns.HostedZone{Apex: "twin.example", ID: "z/2#b", NameServers: []string{"ns1.two.example", "ns2.two.example"}},
		[]string{"@ NS ns1.one.example.", "@ NS ns2.one.example."}
}

// memoryLimits are those of a host with record sets.
var memoryLimits = dns.Limits{MaxTTL: 1<<31 - 1, DefaultTTL: 3600, Atomic: true, CompareAndSwap: true}

// host returns a client, as of a process of its own.
func (w *chooserWorld) host(name string) dns.Host {
	if name == "plain" {
		return named{&dnstest.Memory{Zones: w.plain, Behaviour: memoryLimits}, name}
	}
	return dnstest.Chooser{Memory: &dnstest.Memory{Zones: w.zones, Behaviour: memoryLimits, OnFind: func() error {
		if w.find == nil {
			return nil
		}
		return w.find()
	}}}
}

// named is a host in memory with another name.
type named struct {
	*dnstest.Memory
	name string
}

func (n named) Name() string { return n.name }

// memoryService is the service of one of the hosts.
type memoryService struct {
	world *chooserWorld
	name  string
}

func (s memoryService) Name() string  { return s.name }
func (s memoryService) Title() string { return "the host " + s.name }

func (s memoryService) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

func (s memoryService) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

func (s memoryService) Host() *zone.Host {
	open := func(*kit.Run) (dns.Host, error) { return s.world.host(s.name), nil }
	return &zone.Host{
		NameServers: []string{"one.example", "two.example"},
		Attributes:  func() map[string]schema.Attribute { return map[string]schema.Attribute{"token": kit.Text("Token.")} },
		Read: func(b kit.Block, _ *diag.Diagnostics) zone.HostSettings {
			return zone.HostSettings{Account: zone.AccountAt(nil, s.name, b.Text("token", "").Value), Open: open}
		},
		Simulated: open,
	}
}

// chooserProvider has the resources of the zone room for the hosts in memory.
type chooserProvider struct{ world *chooserWorld }

var _ provider.ProviderWithListResources = chooserProvider{}

func (p chooserProvider) hosts() zone.Hosts {
	return zone.Hosts{memoryService{p.world, "memory"}, memoryService{p.world, "plain"}}
}

func (p chooserProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "postmaster"
}

func (p chooserProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"memory": p.hosts()[0].Block()}}
}

func (p chooserProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config struct {
		Memory types.Object `tfsdk:"memory"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var services []kit.Service
	for _, host := range p.hosts() {
		services = append(services, host)
	}
	run := kit.NewRun("test", services)
	zone.NewZones(run, p.hosts())
	blocks := map[string]types.Object{"memory": config.Memory, "plain": types.ObjectNull(map[string]attr.Type{"token": types.StringType})}
	for _, host := range p.hosts() {
		host.Configure(run, kit.BlockOf(host.Name(), blocks[host.Name()]), &resp.Diagnostics)
	}
	resolver := p.world.resolver
	if resolver == "" {
		var err error
		if resolver, err = p.world.Box.DNSAddr(); err != nil {
			resp.Diagnostics.AddError("No DNS", err.Error())
			return
		}
	}
	run.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{resolver}, AuthorityAddr: func(string) (string, bool) { return resolver, true }}))
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = run, run, run
}

func (p chooserProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{zone.NewAuthorizationResource(p.hosts(), []zone.DelegateService{helper{}}), zone.NewRecordsResource(p.hosts())}
}

func (p chooserProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{zone.NewProviderDataSource(p.hosts(), nil), zone.NewRecordsDataSource(p.hosts())}
}

func (p chooserProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{zone.NewAuthorizationList(p.hosts(), nil), zone.NewRecordsList(p.hosts())}
}

// server serves the provider.
func (w *chooserWorld) server() tfprotov6.ProviderServer {
	served := providerserver.NewProtocol6(chooserProvider{w})()
	next := protocol.TellPhase(served)
	return protocol.WithOptionalCalls(&chooserListener{next, w}, next)
}

// chooserListener notes what the provider says of plans, applies and refreshes.
type chooserListener struct {
	tfprotov6.ProviderServer
	world *chooserWorld
}

func (l *chooserListener) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := l.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil {
		l.world.hear(resp.Diagnostics)
	}
	return resp, err
}

func (l *chooserListener) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, req)
	if err == nil {
		l.world.hear(resp.Diagnostics)
	}
	return resp, err
}

func (l *chooserListener) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := l.ProviderServer.ReadResource(ctx, req)
	if err == nil {
		l.world.hear(resp.Diagnostics)
	}
	return resp, err
}

func (w *chooserWorld) hear(diags []*tfprotov6.Diagnostic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range diags {
		w.said = append(w.said, d.Summary+": "+d.Detail)
	}
}

// heard returns what was said, as one text.
func (w *chooserWorld) heard() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.said, "\n")
}

// run is an acceptance test with this provider.
func (w *chooserWorld) run(t *testing.T, steps ...acceptance.TestStep) {
	t.Helper()
	acceptance.Test(t, acceptance.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"postmaster": func() (tfprotov6.ProviderServer, error) { return w.server(), nil },
		},
		Steps: steps,
	})
}

// client configures the provider and calls it without Terraform.
func (w *chooserWorld) client(t *testing.T) world.Client {
	t.Helper()
	server := w.server()
	p := world.PlannerOf(t, server, world.Attributes{"memory": world.Attributes{"token": "t"}})
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return world.Client{Server: server, Schema: p.Schema, Identities: identities.IdentitySchemas}
}

// authorization is the authorization "a" at "memory" with a record "r" of this text below it.
func authorization(domain, more, text string) string {
	config := "provider \"postmaster\" {}\n" + strings.Replace(world.AuthorizationAt("memory", domain), "domain ", more+"\n  domain ", 1)
	if text == "" {
		return config
	}
	return config + world.RecordsConfig("r", fmt.Sprintf(`note = { name = "note.%s", type = "TXT", value = %q }`, domain, text), "wait_for_propagation = false")
}

// checkTexts compares the TXT records of a zone at "memory".
func (w *chooserWorld) checkTexts(t *testing.T, zone string, want ...string) {
	t.Helper()
	var got []string
	for _, r := range w.zones.Records(zone) {
		if r.Type == "TXT" {
			got = append(got, r.Value)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the zone %s has the texts %q, want %q", zone, got, want)
	}
}
