package protocol

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TellPhase returns a server that tells next which of the changes that it plans are about to be
// applied: see [Applying].
func TellPhase(next tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return WithOptionalCalls(&phaseServer{ProviderServer: next}, next)
}

// Applying reports whether ctx is that of a second plan: one that Terraform makes while it applies,
// right before it applies the planned change. True is certain. False means a first plan, or that it
// cannot be told.
//
// The requests of both plans have the same content, except for the planned_private of Terraform
// 1.16 and later. So there are two signs, and either suffices:
//
//   - The request has planned_private. Every second plan is recognized by it if the first one set
//     private data. See [plannedPrivate]. OpenTofu 1.12 and Terraform before 1.16 do not send it.
//   - The server has applied a change since it was configured, or since it last read a resource.
//     This works with every version, but it misses the changes that Terraform plans before it
//     applies the first one. These are, above all, those that depend on no other change.
//
// Nothing else tells the plans apart for certain. Both are made by a server that was configured
// once, Terraform validates the configuration before both, and it reads nothing before the first
// plan of a new resource.
func Applying(ctx context.Context) bool {
	if _, second := plannedPrivate(ctx); second {
		return true
	}
	applying, _ := ctx.Value(applyingKey{}).(bool)
	return applying
}

type applyingKey struct{}

// phaseServer follows Terraform from phase to phase. A process usually serves one phase, but
// several in a debugger and in Terraform's tests.
type phaseServer struct {
	tfprotov6.ProviderServer
	applying atomic.Bool
}

// ConfigureProvider begins a phase: Terraform configures the provider once for a plan and once for
// an apply.
func (s *phaseServer) ConfigureProvider(ctx context.Context, r *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.applying.Store(false)
	return s.ProviderServer.ConfigureProvider(ctx, r)
}

// ReadResource is part of a plan: an apply uses what its plan has read. It begins a phase where
// Terraform does not configure the provider again.
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
