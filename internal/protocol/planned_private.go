package protocol

import (
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	planMethod = "/tfplugin6.Provider/PlanResourceChange"

	// plannedPrivateField is the number of planned_private in PlanResourceChange.Request.
	plannedPrivateField protowire.Number = 9
)

type plannedPrivateKey struct{}

// plannedPrivate returns the private data that the first plan of a change returned, if ctx is that
// of the second plan of the same change.
//
// Terraform plans a change twice: for the plan that a person approves, and again when it applies
// the change. From version 1.16 on, it sends the private data of the first plan with the second
// one, so that a provider can compare what was approved with what it would plan now. The data is
// the framework's encoding of resp.Private as ModifyPlan left it. [PlannedPrivateKey] decodes a key
// of it.
//
// ok is false in a first plan. It is also false in a second plan if the first plan returned no
// private data at all, because nothing is sent then. To distinguish the two plans, set a key in
// every plan. ok is always false with Terraform before 1.16 and OpenTofu 1.12, which do not send
// the data, and if the provider is not served by [Serve] or [ServeDebug], as in tests that run it
// in their own process (see [WithPlannedPrivate]).
func plannedPrivate(ctx context.Context) (private []byte, ok bool) {
	private, ok = ctx.Value(plannedPrivateKey{}).([]byte)
	return private, ok
}

// PlannedPrivateKey returns the value that the first plan set for a key of its private data. found
// is false if [plannedPrivate] has nothing, or if the first plan did not set the key. An error
// means that the private data is not in the encoding of terraform-plugin-framework.
func PlannedPrivateKey(ctx context.Context, key string) (value []byte, found bool, err error) {
	private, ok := plannedPrivate(ctx)
	if !ok {
		return nil, false, nil
	}
	// The framework encodes the data as a JSON object. Its values are JSON documents in base64,
	// which is how encoding/json represents []byte.
	var values map[string][]byte
	if err := json.Unmarshal(private, &values); err != nil {
		return nil, false, fmt.Errorf("reading the private data of the approved plan: %w", err)
	}
	value, found = values[key]
	return value, found, nil
}

// WithPlannedPrivate returns a context of a second plan with the private data of the first plan:
// the plannedPrivate of its response. It is for tests that call a provider without gRPC.
func WithPlannedPrivate(ctx context.Context, private []byte) context.Context {
	return context.WithValue(ctx, plannedPrivateKey{}, private)
}

// keepPlannedPrivate is a gRPC interceptor that puts planned_private of a plan's request into the
// context of the call. Terraform-plugin-go does not know the field and would drop it.
func keepPlannedPrivate(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if message, ok := request.(proto.Message); ok && info.FullMethod == planMethod {
		if private, ok := plannedPrivateOf(message.ProtoReflect()); ok {
			ctx = WithPlannedPrivate(ctx, private)
		}
	}
	return next(ctx, request)
}

// plannedPrivateOf returns planned_private of a request, whether or not the request's type has the
// field.
func plannedPrivateOf(request protoreflect.Message) (private []byte, ok bool) {
	if field := request.Descriptor().Fields().ByNumber(plannedPrivateField); field != nil {
		if field.Kind() != protoreflect.BytesKind || !request.Has(field) {
			return nil, false
		}
		return request.Get(field).Bytes(), true
	}
	for unknown := []byte(request.GetUnknown()); len(unknown) > 0; {
		number, kind, tag := protowire.ConsumeTag(unknown)
		if tag < 0 {
			return nil, false
		}
		value := protowire.ConsumeFieldValue(number, kind, unknown[tag:])
		if value < 0 {
			return nil, false
		}
		if number == plannedPrivateField && kind == protowire.BytesType {
			private, _ = protowire.ConsumeBytes(unknown[tag:]) // the last one counts, as for every field that is not repeated
		}
		unknown = unknown[tag+value:]
	}
	return private, len(private) > 0
}
