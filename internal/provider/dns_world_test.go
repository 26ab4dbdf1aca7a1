package provider_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// World is a sandbox whose zones others edit too, and what the provider says in
// it.
type World struct {
	Box    *sandbox.Sandbox
	File   string
	Adjust func(*kit.Run) // further changes of what the provider works with; may be nil

	mu    sync.Mutex
	calls []string // "cloudflare POST /zones/…/batch", in order
	said  []string // "plan warning at …: summary: detail", in order

	phase *phase // since the provider was configured last
	apply *phase // that in which something was applied last
}

// phase is what happened in a process that planned, or applied a plan.
type phase struct {
	calls []string // as those of the world
	said  []string
}

func New(t *testing.T) *World {
	t.Helper()
	w := &World{File: filepath.Join(t.TempDir(), "sandbox.json"), phase: &phase{}}
	w.Box = OpenBox(t, w.File, func(service, method, path string, _ int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		call := service + " " + method + " " + path
		w.calls, w.phase.calls = append(w.calls, call), append(w.phase.calls, call)
	})
	if err := w.Box.AddZones(w.Box.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	return w
}

// NewHasty is a sandbox in which the clients of services pause for milliseconds
// where the real ones pause for seconds.
func NewHasty(t *testing.T) *World {
	t.Helper()
	w := New(t)
	w.Adjust = hasten
	return w
}

// hasten has clients pause for milliseconds where they do for seconds by themselves.
func hasten(run *kit.Run) {
	run.Haste = kit.Haste{RetryWaitMin: time.Millisecond, Gather: 20 * time.Millisecond}
}

// Provider is the configuration block of this sandbox.
func (w *World) Provider() string {
	return SandboxBlock(w.File, "")
}

// Factories serve a provider that works in this very sandbox, if it does in one.
func (w *World) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	hooks := provider.Hooks{OpenSandbox: w.openSandbox, Adjust: func(run *kit.Run) {
		if w.Adjust != nil {
			w.Adjust(run)
		}
	}}
	serve := providerserver.NewProtocol6WithError(provider.NewWith("test", hooks)())
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": func() (tfprotov6.ProviderServer, error) {
			server, err := serve()
			return &listener{protocol.TellPhase(server), w}, err
		},
	}
}

// openSandbox opens this very sandbox, if it is the one that is meant.
func (w *World) openSandbox(options sandbox.Options) (*sandbox.Sandbox, error) {
	if options.Path == w.File {
		return w.Box, nil
	}
	return sandbox.Open(options)
}

// Run is an acceptance test in this world.
func (w *World) Run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: w.Factories(), Steps: steps})
}

// listener is a provider that notes what it says.
type listener struct {
	tfprotov6.ProviderServer
	world *World
}

func (l *listener) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	l.world.mu.Lock()
	l.world.phase = &phase{}
	l.world.mu.Unlock()
	return l.ProviderServer.ConfigureProvider(ctx, req)
}

func (l *listener) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := l.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil {
		l.world.note("plan", resp.Diagnostics)
	}
	return resp, err
}

func (l *listener) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, req)
	if err == nil {
		l.world.note("apply", resp.Diagnostics)
	}
	return resp, err
}

func (l *listener) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := l.ProviderServer.ReadResource(ctx, req)
	if err == nil {
		l.world.note("read", resp.Diagnostics)
	}
	return resp, err
}

func (w *World) note(call string, diags []*tfprotov6.Diagnostic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if call == "apply" {
		w.apply = w.phase
	}
	for _, d := range diags {
		said := strings.ToLower(fmt.Sprintf("%s %s", call, d.Severity)) + fmt.Sprintf(" at %s: %s: %s", d.Attribute, d.Summary, d.Detail)
		w.said, w.phase.said = append(w.said, said), append(w.phase.said, said)
	}
}

// Forget starts the listening and counting anew; it is a PreConfig.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said, w.calls = nil, nil
}

// CallsSoFar are the calls since.
func (w *World) CallsSoFar() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// LastApply is what happened in the process that applied something last: the calls, and
// what the provider said.
func (w *World) LastApply() (calls, said []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.apply == nil {
		return nil, nil
	}
	return slices.Clone(w.apply.calls), slices.Clone(w.apply.said)
}

// Heard is what was said since.
func (w *World) Heard() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.said)
}

// Warns checks that a warning of a kind of call ("plan", "apply", "read") had all of
// these texts in it.
func (w *World) Warns(call string, texts ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		for _, said := range w.Heard() {
			if strings.HasPrefix(said, call+" warning") && testkit.ContainsAll(said, texts) {
				return nil
			}
		}
		return fmt.Errorf("no warning at %s with %q; but this was said:\n%s", call, texts, strings.Join(w.Heard(), "\n"))
	}
}

// WarnsOfNothing checks that nothing was said.
func (w *World) WarnsOfNothing(*terraform.State) error {
	if said := w.Heard(); len(said) > 0 {
		return fmt.Errorf("this was said:\n%s", strings.Join(said, "\n"))
	}
	return nil
}

// Store is where the sandbox keeps its state.
func (w *World) Store(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(w.File)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// EditCloudflareZone changes a zone as no call of the API does.
func (w *World) EditCloudflareZone(t *testing.T, apex string, change func(*cloudflaresim.Zone)) {
	t.Helper()
	if err := cloudflaresim.New(cloudflaresim.Config{Store: w.Store(t)}).EditZone(apex, change); err != nil {
		t.Fatal(err)
	}
}

// PutZone makes a zone that somebody else serves.
func (w *World) PutZone(t *testing.T, apex string, lines ...string) {
	t.Helper()
	if err := w.Box.PutZone(apex, lines); err != nil {
		t.Fatal(err)
	}
}

// Serve has the sandbox's services answer at real sockets, and returns where.
func (w *World) Serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(w.Box.Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// Stranger is somebody else who edits a zone, by the host's API.
type Stranger struct {
	Host dns.Host
	Zone dns.HostedZone
}

// Stranger lets somebody else into a zone.
func (w *World) Stranger(t *testing.T, host, apex string) *Stranger {
	t.Helper()
	s := NewRun()
	s.EnterSandbox(w.Box, w.File)
	simulated, err := zone.ZonesOf(s).Host(zone.AccountKey{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := simulated.FindZone(t.Context(), apex)
	if err != nil {
		t.Fatal(err)
	}
	somebody := &Stranger{simulated, zone}
	somebody.Read(t) // which a host may answer with what it read to find the zone
	return somebody
}

func (s *Stranger) Read(t *testing.T) *dns.Snapshot {
	t.Helper()
	snapshot, err := s.Host.Read(t.Context(), s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func (s *Stranger) Apply(t *testing.T, base *dns.Snapshot, changes dns.ChangeSet) {
	t.Helper()
	if err := s.Host.Apply(t.Context(), base, changes); err != nil {
		t.Fatal(err)
	}
}

// Add publishes records.
func (s *Stranger) Add(t *testing.T, records ...dns.Record) {
	t.Helper()
	for i := range records {
		if records[i].TTL == 0 {
			records[i].TTL = 3600
		}
	}
	s.Apply(t, s.Read(t), dns.ChangeSet{Create: records})
}

// Only returns the one record with a name and type.
func (s *Stranger) Only(t *testing.T, base *dns.Snapshot, name, recordType string) dns.Record {
	t.Helper()
	var found []dns.Record
	for _, r := range base.Records {
		if r.Name == name && r.Type == recordType {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the zone has the %s records %v at %s", recordType, found, name)
	}
	return found[0]
}

// Change alters the one record with a name and type.
func (s *Stranger) Change(t *testing.T, name, recordType string, alter func(*dns.Record)) {
	t.Helper()
	base := s.Read(t)
	old := s.Only(t, base, name, recordType)
	changed := old
	alter(&changed)
	s.Apply(t, base, dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: changed}}})
}

// Remove deletes the one record with a name and type.
func (s *Stranger) Remove(t *testing.T, name, recordType string) {
	t.Helper()
	base := s.Read(t)
	s.Apply(t, base, dns.ChangeSet{Delete: []dns.Record{s.Only(t, base, name, recordType)}})
}

// HoldsTexts checks that each of these names has one TXT record with the value.
func (s *Stranger) HoldsTexts(t *testing.T, want map[string]string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		t.Helper()
		snapshot := s.Read(t)
		for name, value := range want {
			if r := s.Only(t, snapshot, name, "TXT"); r.Value != value {
				return fmt.Errorf("the text at %s is %q, not %q", name, r.Value, value)
			}
		}
		return nil
	}
}

// Holds checks that the records with a name and type have just these values.
func (s *Stranger) Holds(t *testing.T, name, recordType string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		t.Helper()
		var got []string
		for _, r := range s.Read(t).Records {
			if r.Name == name && r.Type == recordType {
				got = append(got, r.Value)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			return fmt.Errorf("the %s records at %s are %q, not %q", recordType, name, got, want)
		}
		return nil
	}
}

// AuthorizationAt is an authorization with the label "a", whose host is known at
// plan.
func AuthorizationAt(host, domain string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain       = %q
  dns_provider = %q
}
`, domain, host)
}

// RecordsConfig is records by authorization "a" with a label of their own.
func RecordsConfig(label, records, more string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_records" %q {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records = {
    %s
  }
  %s
}
`, label, records, more)
}
