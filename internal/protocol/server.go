// Package protocol adapts terraform-plugin-framework to parts of Terraform's plug-in protocol that
// it does not handle: contexts that must not be kept, the phase of a plan, and the private data of
// an approved plan.
package protocol

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// LetContextsGo returns a server that passes the frequent calls to next with contexts that hold
// nothing after the call has ended.
//
// The framework keeps a cancel function of every call until the provider is stopped, and with it
// the context of the call. Each context holds some ten kilobytes of loggers and transport, and
// Terraform makes four or five calls for each resource. So a refresh of some thousand mailboxes
// would use hundreds of megabytes for them.
func LetContextsGo(next tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return WithOptionalCalls(&server{ProviderServer: next}, next)
}

// server passes the calls that Terraform makes once in a run to the embedded server.
type server struct{ tfprotov6.ProviderServer }

// during makes one call with a context that is released afterwards.
func during[Request, Response any](ctx context.Context, request Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	held := hold(ctx)
	defer held.letGo()
	return call(held, request)
}

func (s *server) ValidateResourceConfig(ctx context.Context, r *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return during(ctx, r, s.ProviderServer.ValidateResourceConfig)
}

func (s *server) UpgradeResourceState(ctx context.Context, r *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return during(ctx, r, s.ProviderServer.UpgradeResourceState)
}

func (s *server) UpgradeResourceIdentity(ctx context.Context, r *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return during(ctx, r, s.ProviderServer.UpgradeResourceIdentity)
}

func (s *server) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return during(ctx, r, s.ProviderServer.ReadResource)
}

func (s *server) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return during(ctx, r, s.ProviderServer.PlanResourceChange)
}

func (s *server) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return during(ctx, r, s.ProviderServer.ApplyResourceChange)
}

func (s *server) ImportResourceState(ctx context.Context, r *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return during(ctx, r, s.ProviderServer.ImportResourceState)
}

func (s *server) ValidateDataResourceConfig(ctx context.Context, r *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return during(ctx, r, s.ProviderServer.ValidateDataResourceConfig)
}

func (s *server) ReadDataSource(ctx context.Context, r *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return during(ctx, r, s.ProviderServer.ReadDataSource)
}

// heldContext passes everything on to another context until it is released. After that it is an
// ended context without values.
//
// It has the channel of the other context. So the standard library takes the two for the same, and
// the other context cancels contexts that are derived from this one without a goroutine.
type heldContext struct {
	other atomic.Pointer[context.Context]
	done  <-chan struct{}
}

func hold(ctx context.Context) *heldContext {
	c := &heldContext{done: ctx.Done()}
	c.other.Store(&ctx)
	return c
}

func (c *heldContext) letGo() { c.other.Store(&ended) }

var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *heldContext) Deadline() (time.Time, bool) { return (*c.other.Load()).Deadline() }

func (c *heldContext) Done() <-chan struct{} { return c.done }

func (c *heldContext) Err() error { return (*c.other.Load()).Err() }

func (c *heldContext) Value(key any) any { return (*c.other.Load()).Value(key) }
