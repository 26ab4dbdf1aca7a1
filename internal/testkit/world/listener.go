package world

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// listener is a provider that notes what it says.
type listener struct {
	tfprotov6.ProviderServer
	world *World
}

// ConfigureProvider implements tfprotov6.ProviderServer.
func (l *listener) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	l.world.mu.Lock()
	l.world.phase = &phase{}
	l.world.mu.Unlock()
	return l.ProviderServer.ConfigureProvider(ctx, req)
}

// PlanResourceChange implements tfprotov6.ProviderServer.
func (l *listener) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := l.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil {
		l.world.note("plan", resp.Diagnostics)
	}
	return resp, err
}

// ApplyResourceChange implements tfprotov6.ProviderServer.
func (l *listener) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, req)
	if err == nil {
		l.world.note("apply", resp.Diagnostics)
	}
	return resp, err
}

// ReadResource implements tfprotov6.ProviderServer.
func (l *listener) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := l.ProviderServer.ReadResource(ctx, req)
	if err == nil {
		l.world.note("read", resp.Diagnostics)
	}
	return resp, err
}

// note keeps what was said at a call: "plan", "apply" or "read".
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

// Forget starts the lists of Heard and CallsSoFar anew; it is a PreConfig.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said, w.calls = nil, nil
}

// Heard is what the provider has said since the start or Forget, in order: "plan warning at PATH:
// summary: detail".
func (w *World) Heard() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.said)
}

// Warns checks that a warning of a kind of call ("plan", "apply", "read") had all of these texts in
// it.
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
