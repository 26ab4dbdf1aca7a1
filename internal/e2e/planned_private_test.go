package e2e

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	_ "github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server" // the types of the messages
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// At apply, Terraform 1.16 sends the private data of the approved plan in a field that
// terraform-plugin-go does not know. The built provider reads it. If the zone has changed since the
// plan, the error is the provider's own, and nothing is applied.
func TestTheBuiltProviderReadsPlannedPrivate(t *testing.T) {
	if installation == nil {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	box := world.OpenBox(t, file, nil)
	if err := box.AddZones(box.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	addRecord(t, file, "198.51.100.1")

	first := startBinary(t, file).plan(t, nil)
	if first.failed() {
		t.Fatalf("the first plan says %q", first.said)
	}
	again := startBinary(t, file).plan(t, first.private)
	if again.failed() {
		t.Errorf("planned again in an unchanged zone: %q", again.said)
	}
	addRecord(t, file, "198.51.100.2")
	again = startBinary(t, file).plan(t, first.private)
	if len(again.errors) != 1 || !strings.HasPrefix(again.errors[0], "The zone has changed since the plan: ") ||
		!strings.Contains(again.errors[0], "app.example.com A 198.51.100.2") || strings.Contains(again.errors[0], "198.51.100.1") {
		t.Errorf("planned again in a changed zone: %q", again.said)
	}
	// Without the data it cannot distinguish this plan from a first one.
	if unaware := startBinary(t, file).plan(t, nil); unaware.failed() {
		t.Errorf("planned for the first time in the changed zone: %q", unaware.said)
	}
}

// addRecord publishes an address at app.example.com, as somebody else.
func addRecord(t *testing.T, file, address string) {
	t.Helper()
	st, err := store.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	err = cloudflaresim.New(cloudflaresim.Config{Store: st}).EditZone("example.com", func(z *cloudflaresim.Zone) {
		z.Records = append(z.Records, &cloudflaresim.Record{ID: strings.Repeat("a", 31) + address[len(address)-1:], Name: "app.example.com", Type: "A", Content: address, TTL: 300})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// binary is a process of the built provider, with a connection like that of Terraform.
type binary struct {
	conn   *grpc.ClientConn
	schema *tfprotov6.GetProviderSchemaResponse
}

// startBinary starts a process that uses a sandbox.
func startBinary(t *testing.T, file string) *binary {
	t.Helper()
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: protocol.Handshake, Plugins: plugin.PluginSet{}, Cmd: exec.Command(installation.Binary), AutoMTLS: true,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: hclog.NewNullLogger(),
	})
	t.Cleanup(client.Kill)
	connected, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	// The built provider has the same schema, and this way of reading it is easier.
	server := providerserver.NewProtocol6(provider.New("test")())()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	b := &binary{connected.(*plugin.GRPCClient).Conn, schema}
	ty := schema.Provider.ValueType().(tftypes.Object)
	config := nulls(ty)
	config["sandbox"] = objectWith(ty.AttributeTypes["sandbox"], map[string]any{"path": file})
	request := newMessage(t, "ConfigureProvider.Request")
	setText(request, "terraform_version", "1.16.0")
	setValue(t, request, "config", tftypes.NewValue(ty, config))
	response := b.call(t, "ConfigureProvider", request, "ConfigureProvider.Response")
	if _, errs := diagnosticsOf(response); len(errs) > 0 {
		t.Fatal(errs)
	}
	return b
}

// planned is the result of a plan.
type planned struct {
	private      []byte
	said, errors []string
}

func (p planned) failed() bool { return len(p.errors) > 0 }

// plan plans a new postmaster_dns_records with a CNAME at app.example.com. If this is the plan at
// apply, approved is the private data of the approved plan.
func (b *binary) plan(t *testing.T, approved []byte) planned {
	t.Helper()
	const name = "postmaster_dns_records"
	ty := b.schema.ResourceSchemas[name].ValueType().(tftypes.Object)
	config := nulls(ty)
	records := ty.AttributeTypes["records"].(tftypes.Map)
	config["dns_authorization_id"] = tftypes.NewValue(tftypes.String, "cloudflare/example.com")
	config["overwrite"] = tftypes.NewValue(tftypes.Bool, true)
	config["records"] = tftypes.NewValue(records, map[string]tftypes.Value{
		"app": objectWith(records.ElementType, map[string]any{"name": "app.example.com", "type": "CNAME", "value": "app.mailer.example"}),
	})
	request := newMessage(t, "PlanResourceChange.Request")
	setText(request, "type_name", name)
	setValue(t, request, "prior_state", tftypes.NewValue(ty, nil))
	setValue(t, request, "proposed_new_state", tftypes.NewValue(ty, config))
	setValue(t, request, "config", tftypes.NewValue(ty, config))
	if approved != nil {
		const plannedPrivate protowire.Number = 9
		request.SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, plannedPrivate, protowire.BytesType), approved))
	}
	response := b.call(t, "PlanResourceChange", request, "PlanResourceChange.Response")
	p := planned{private: slices.Clone(response.Get(field(response, "planned_private")).Bytes())}
	p.said, p.errors = diagnosticsOf(response)
	return p
}

// call makes a call of the plug-in protocol.
func (b *binary) call(t *testing.T, method string, request protoreflect.Message, response protoreflect.Name) protoreflect.Message {
	t.Helper()
	answer := newMessage(t, response)
	if err := b.conn.Invoke(t.Context(), "/tfplugin6.Provider/"+method, request.Interface(), answer.Interface()); err != nil {
		t.Fatal(err)
	}
	return answer
}

func newMessage(t *testing.T, name protoreflect.Name) protoreflect.Message {
	t.Helper()
	found, err := protoregistry.GlobalTypes.FindMessageByName("tfplugin6." + protoreflect.FullName(name))
	if err != nil {
		t.Fatal(err)
	}
	return found.New()
}

func field(m protoreflect.Message, name protoreflect.Name) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName(name)
}

func setText(m protoreflect.Message, name protoreflect.Name, text string) {
	m.Set(field(m, name), protoreflect.ValueOfString(text))
}

// setValue sets a field to a value in the encoding of the protocol.
func setValue(t *testing.T, m protoreflect.Message, name protoreflect.Name, value tftypes.Value) {
	t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	dynamic := m.Mutable(field(m, name)).Message()
	dynamic.Set(field(dynamic, "msgpack"), protoreflect.ValueOfBytes(encoded.MsgPack))
}

// diagnosticsOf returns all diagnostics of an answer, and the errors among them.
func diagnosticsOf(m protoreflect.Message) (all, errs []string) {
	const severityError = 1
	list := m.Get(field(m, "diagnostics")).List()
	for i := range list.Len() {
		d := list.Get(i).Message()
		text := d.Get(field(d, "summary")).String() + ": " + d.Get(field(d, "detail")).String()
		all = append(all, text)
		if d.Get(field(d, "severity")).Enum() == severityError {
			errs = append(errs, text)
		}
	}
	return all, errs
}

// nulls returns the attributes of an object, all null.
func nulls(ty tftypes.Object) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, attribute := range ty.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
	}
	return values
}

// objectWith returns an object with these attributes. The others are null.
func objectWith(ty tftypes.Type, attributes map[string]any) tftypes.Value {
	of := ty.(tftypes.Object)
	values := nulls(of)
	for name, value := range attributes {
		values[name] = tftypes.NewValue(of.AttributeTypes[name], value)
	}
	return tftypes.NewValue(ty, values)
}
