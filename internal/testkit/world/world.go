package world

import (
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// World is a sandbox whose zones others edit too. It notes the calls of the services and what the
// provider says.
type World struct {
	Box    *sandbox.Sandbox
	File   string         // in which the sandbox keeps its state
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

// New is a world with the default zones, which ends with the test.
func New(t *testing.T) *World {
	t.Helper()
	return NewAt(t, filepath.Join(t.TempDir(), "sandbox.json"))
}

// NewAt is a world with the default zones whose state is in a file. Other processes may share it.
func NewAt(t *testing.T, file string) *World {
	t.Helper()
	w := &World{File: file, phase: &phase{}}
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

// NewHasty is a sandbox in which the clients of services pause for milliseconds where the real ones
// pause for seconds.
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
			next := protocol.TellPhase(protocol.FillNulls(server))
			return protocol.WithOptionalCalls(&listener{next, w}, next), err
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

// CallsSoFar are the calls since the start or Forget, as "cloudflare POST /zones/…/batch", in
// order.
func (w *World) CallsSoFar() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// LastApply is what happened in the process that applied something last: the calls, and what the
// provider said.
func (w *World) LastApply() (calls, said []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.apply == nil {
		return nil, nil
	}
	return slices.Clone(w.apply.calls), slices.Clone(w.apply.said)
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

// Serve has the sandbox's services answer at real sockets, and returns where.
func (w *World) Serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(w.Box.Handler())
	t.Cleanup(server.Close)
	return server.URL
}
