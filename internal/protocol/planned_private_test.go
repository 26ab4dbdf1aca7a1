package protocol

import (
	"bytes"
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// planRequest is the type of the request that terraform-plugin-go reads.
func planRequest(t *testing.T) protoreflect.MessageType {
	t.Helper()
	request, err := protoregistry.GlobalTypes.FindMessageByName("tfplugin6.PlanResourceChange.Request")
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// laterPlanRequest is the type of the same request in a version of terraform-plugin-go that knows
// planned_private.
func laterPlanRequest(t *testing.T) protoreflect.MessageType {
	t.Helper()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("later.proto"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Request"), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: proto.String("planned_private"), Number: proto.Int32(9),
			Type: descriptorpb.FieldDescriptorProto_TYPE_BYTES.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}}}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewMessageType(file.Messages().Get(0))
}

func bytesField(number protowire.Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), value)
}

func TestKeepPlannedPrivate(t *testing.T) {
	name := bytesField(1, "postmaster_nothing")
	varint := protowire.AppendVarint(protowire.AppendTag(nil, 9, protowire.VarintType), 7)
	for name, test := range map[string]struct {
		method string
		wire   []byte
		want   string // empty: nothing is kept
	}{
		"sent":                     {planMethod, bytes.Join([][]byte{name, bytesField(9, "approved")}, nil), "approved"},
		"sent between others":      {planMethod, bytes.Join([][]byte{bytesField(10, "x"), bytesField(9, "approved"), bytesField(11, "y"), name}, nil), "approved"},
		"the last one counts":      {planMethod, bytes.Join([][]byte{bytesField(9, "first"), bytesField(9, "approved")}, nil), "approved"},
		"not sent":                 {planMethod, name, ""},
		"sent empty":               {planMethod, bytes.Join([][]byte{name, bytesField(9, "")}, nil), ""},
		"another field":            {planMethod, bytes.Join([][]byte{name, bytesField(10, "other")}, nil), ""},
		"another call":             {"/tfplugin6.Provider/ApplyResourceChange", bytes.Join([][]byte{name, bytesField(9, "other")}, nil), ""},
		"a number where bytes are": {planMethod, varint, ""},
	} {
		for version, messageType := range map[string]protoreflect.MessageType{"today": planRequest(t), "later": laterPlanRequest(t)} {
			t.Run(name+"/"+version, func(t *testing.T) {
				request := messageType.New().Interface()
				if err := proto.Unmarshal(test.wire, request); err != nil {
					t.Fatal(err)
				}
				var got []byte
				var ok, second bool
				_, err := keepPlannedPrivate(t.Context(), request, &grpc.UnaryServerInfo{FullMethod: test.method}, func(ctx context.Context, _ any) (any, error) {
					got, ok = plannedPrivate(ctx)
					second = Applying(ctx)
					return nil, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != test.want || ok != (test.want != "") {
					t.Errorf("got %q, %v; want %q", got, ok, test.want)
				}
				if second != ok {
					t.Errorf("Applying is %v", second)
				}
			})
		}
	}
}

func TestPlannedPrivateKey(t *testing.T) {
	// As the framework encodes {"host": ["cloudflare"]}.
	const private = `{".framework":"MQ==","host":"WyJjbG91ZGZsYXJlIl0="}`
	for name, test := range map[string]struct {
		private, key string
		want         string
		wantErr      bool
	}{
		"set":                 {private, "host", `["cloudflare"]`, false},
		"not set":             {private, "zone", "", false},
		"no private data":     {"", "host", "", false},
		"in another encoding": {`{"host":["cloudflare"]}`, "host", "", true},
		"no JSON":             {"host", "host", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if test.private != "" {
				ctx = WithPlannedPrivate(ctx, []byte(test.private))
			}
			value, found, err := PlannedPrivateKey(ctx, test.key)
			if (err != nil) != test.wantErr {
				t.Fatalf("got the error %v; want one: %v", err, test.wantErr)
			}
			if string(value) != test.want || found != (test.want != "") {
				t.Errorf("got %q, %v; want %q", value, found, test.want)
			}
		})
	}
}
