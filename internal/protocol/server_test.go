package protocol

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// emptyProvider has no resources. The framework keeps the contexts of calls about unknown resources
// too.
type emptyProvider struct{}

func (emptyProvider) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse) {
}
func (emptyProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (emptyProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (emptyProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (emptyProvider) Resources(context.Context) []func() resource.Resource       { return nil }

type contextKey struct{}

// load stands for the data in the context of a call.
type load [16 << 10]byte

func TestNothingOfACallStays(t *testing.T) {
	const name = "postmaster_nothing"
	for call, do := range map[string]func(context.Context, tfprotov6.ProviderServer) error{
		"ValidateResourceConfig": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: name})
			return err
		},
		"UpgradeResourceState": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: name})
			return err
		},
		"UpgradeResourceIdentity": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{TypeName: name})
			return err
		},
		"ReadResource": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name})
			return err
		},
		"PlanResourceChange": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: name})
			return err
		},
		"ApplyResourceChange": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: name})
			return err
		},
		"ImportResourceState": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: name})
			return err
		},
		"ValidateDataResourceConfig": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name})
			return err
		},
		"ReadDataSource": func(ctx context.Context, s tfprotov6.ProviderServer) error {
			_, err := s.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name})
			return err
		},
	} {
		t.Run(call, func(t *testing.T) {
			server := LetContextsGo(providerserver.NewProtocol6(emptyProvider{})())
			carried := func() weak.Pointer[load] {
				value := new(load)
				ctx, cancel := context.WithCancel(context.WithValue(context.Background(), contextKey{}, value))
				defer cancel() // as the transport does at the end of a call
				if err := do(ctx, server); err != nil {
					t.Fatal(err)
				}
				return weak.Make(value)
			}()
			runtime.GC()
			if carried.Value() != nil {
				t.Error("what the context carried is still held after the call")
			}
			runtime.KeepAlive(server)
		})
	}
}

func TestHeldContextIsTheOther(t *testing.T) {
	deadline := time.Now().Add(time.Hour)
	parent, cancel := context.WithDeadline(context.WithValue(t.Context(), contextKey{}, "value"), deadline)
	held := hold(parent)
	if got, ok := held.Deadline(); !ok || !got.Equal(deadline) {
		t.Errorf("got the deadline %v, %v; want %v", got, ok, deadline)
	}
	if got := held.Value(contextKey{}); got != "value" {
		t.Errorf("got the value %v", got)
	}
	derived, stop := context.WithCancel(held)
	defer stop()
	if held.Err() != nil || derived.Err() != nil {
		t.Errorf("ended before the other did: %v, %v", held.Err(), derived.Err())
	}
	cancel()
	<-held.Done()
	<-derived.Done()
	if !errors.Is(held.Err(), context.Canceled) || !errors.Is(derived.Err(), context.Canceled) {
		t.Errorf("got the errors %v, %v; want the other's", held.Err(), derived.Err())
	}
}

func TestHeldContextAfterwards(t *testing.T) {
	held := hold(context.WithValue(t.Context(), contextKey{}, "value"))
	held.letGo()
	if got := held.Value(contextKey{}); got != nil {
		t.Errorf("still has the value %v", got)
	}
	if held.Err() == nil {
		t.Error("has not ended")
	}
}
