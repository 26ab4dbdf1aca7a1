package protocol

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TellPhase returns a server that lets next know which of the changes that it plans are about to be applied: see [Applying].
func TellPhase(next tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return &phaseServer{ProviderServer: next}
}

// Applying is whether ctx is that of a change which is planned only to be applied at once. Terraform plans each change
// twice, when it makes its plan and when it applies it, and the call is the same; but once a change has been applied, others
// are planned for that alone. So it is false also for the first changes of an apply, those that are planned side by side
// before any of them is applied.
func Applying(ctx context.Context) bool {
	applying, _ := ctx.Value(applyingKey{}).(bool)
	return applying
}

type applyingKey struct{}

// phaseServer follows Terraform from phase to phase. Mostly a process serves one; Terraform's tests, and a debugger, have
// it serve several.
type phaseServer struct {
	tfprotov6.ProviderServer
	applying atomic.Bool
}

// ConfigureProvider begins a phase.
func (s *phaseServer) ConfigureProvider(ctx context.Context, r *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.applying.Store(false)
	return s.ProviderServer.ConfigureProvider(ctx, r)
}

// ReadResource is part of a plan, also where the provider is not configured anew for it: an apply goes by what the plan
// has read.
func (s *phaseServer) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	s.applying.Store(false)
	return s.ProviderServer.ReadResource(ctx, r)
}

func (s *phaseServer) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if s.applying.Load() {
		ctx = context.WithValue(ctx, applyingKey{}, true)
	}
	return s.ProviderServer.PlanResourceChange(ctx, r)
}

func (s *phaseServer) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	s.applying.Store(true)
	return s.ProviderServer.ApplyResourceChange(ctx, r)
}
