package e2e

import (
	"encoding/base64"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// rawProvider is the built provider in a process of its own, called by gRPC as Terraform calls it.
type rawProvider struct {
	conn   *plugin.GRPCClient
	schema *tfprotov6.GetProviderSchemaResponse
}

// startProvider starts the built provider and configures it with a sandbox.
func startProvider(t *testing.T, sandboxFile string) *rawProvider {
	t.Helper()
	if installation == nil {
		t.Skip("acceptance tests run only with TF_ACC set")
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  protocol.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{6: {}},
		Cmd:              exec.CommandContext(t.Context(), installation.Binary),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		Logger:           hclog.NewNullLogger(),
	})
	t.Cleanup(client.Kill)
	connected, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := providerserver.NewProtocol6(provider.New("test")())().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := &rawProvider{connected.(*plugin.GRPCClient), schema}

	providerType := schema.Provider.ValueType().(tftypes.Object)
	sandbox := nulls(providerType.AttributeTypes["sandbox"].(tftypes.Object))
	sandbox["path"] = tftypes.NewValue(tftypes.String, sandboxFile)
	config := nulls(providerType)
	config["sandbox"] = tftypes.NewValue(providerType.AttributeTypes["sandbox"], sandbox)
	request := newMessage(t, "ConfigureProvider.Request")
	setObject(t, request, "config", providerType, tftypes.NewValue(providerType, config))
	if said := diagnosticsOf(p.call(t, "ConfigureProvider", request)); strings.Contains(said, "ERROR") {
		t.Fatal(said)
	}
	return p
}

// nulls are the attributes of an object, all of them null.
func nulls(of tftypes.Object) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, attributeType := range of.AttributeTypes {
		values[name] = tftypes.NewValue(attributeType, nil)
	}
	return values
}

// newMessage is an empty message of the plug-in protocol.
func newMessage(t *testing.T, name protoreflect.FullName) protoreflect.Message {
	t.Helper()
	found, err := protoregistry.GlobalTypes.FindMessageByName("tfplugin6." + name)
	if err != nil {
		t.Fatal(err)
	}
	return found.New()
}

func fieldOf(m protoreflect.Message, name protoreflect.Name) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName(name)
}

// setObject sets a field to an encoded value.
func setObject(t *testing.T, m protoreflect.Message, field protoreflect.Name, of tftypes.Type, value tftypes.Value) {
	t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(of, value)
	if err != nil {
		t.Fatal(err)
	}
	dynamic := m.Mutable(fieldOf(m, field)).Message()
	dynamic.Set(fieldOf(dynamic, "msgpack"), protoreflect.ValueOfBytes(encoded.MsgPack))
}

// call makes a call and returns the answer.
func (p *rawProvider) call(t *testing.T, name string, request protoreflect.Message) protoreflect.Message {
	t.Helper()
	response := newMessage(t, protoreflect.FullName(name+".Response"))
	if err := p.conn.Conn.Invoke(t.Context(), "/tfplugin6.Provider/"+name, request.Interface(), response.Interface()); err != nil {
		t.Fatal(err)
	}
	return response
}

// diagnosticsOf are those of a response, one a line.
func diagnosticsOf(response protoreflect.Message) string {
	var said strings.Builder
	list := response.Get(fieldOf(response, "diagnostics")).List()
	for i := range list.Len() {
		d := list.Get(i).Message()
		severity := fieldOf(d, "severity")
		fmt.Fprintf(&said, "%s: %s: %s\n", severity.Enum().Values().ByNumber(d.Get(severity).Enum()).Name(), d.Get(fieldOf(d, "summary")), d.Get(fieldOf(d, "detail")))
	}
	return said.String()
}

// planAuthorization plans a new authorization for a domain. Approved is the private data of the approved plan, which
// Terraform 1.16 sends as field 9; other versions send none.
func (p *rawProvider) planAuthorization(t *testing.T, domain, approved string) protoreflect.Message {
	t.Helper()
	const typeName = "postmaster_dns_authorization"
	resourceType := p.schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)
	values := nulls(resourceType)
	values["domain"] = tftypes.NewValue(tftypes.String, domain)
	config := tftypes.NewValue(resourceType, values)
	request := newMessage(t, "PlanResourceChange.Request")
	request.Set(fieldOf(request, "type_name"), protoreflect.ValueOfString(typeName))
	setObject(t, request, "prior_state", resourceType, tftypes.NewValue(resourceType, nil))
	setObject(t, request, "proposed_new_state", resourceType, config)
	setObject(t, request, "config", resourceType, config)
	if approved != "" {
		request.SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 9, protowire.BytesType), approved))
	}
	return p.call(t, "PlanResourceChange", request)
}

// The built provider reads what Terraform 1.16 sends of the approved plan, and does the same as ever where it is not sent.
func TestApprovedPlanReachesTheProvider(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	atPlan := startProvider(t, file).planAuthorization(t, "example.com", "")
	if said := diagnosticsOf(atPlan); said != "" {
		t.Fatalf("the plan says %s", said)
	}
	approved := string(atPlan.Get(fieldOf(atPlan, "planned_private")).Bytes())
	note := func(text string) string {
		return fmt.Sprintf(`{"planned_host":%q}`, base64.StdEncoding.EncodeToString([]byte(text)))
	}
	for name, c := range map[string]struct {
		approved string
		want     string // in an error; empty: the same as at plan
	}{
		"not sent":              {"", ""},
		"sent, nothing changed": {approved, ""},
		"sent, another host":    {note(`{"version":1,"host":"namecheap"}`), "ERROR: The DNS host has changed since the plan: The approved plan is for example.com at Namecheap. Now the host is Cloudflare."},
	} {
		t.Run(name, func(t *testing.T) {
			again := startProvider(t, file).planAuthorization(t, "example.com", c.approved)
			said := diagnosticsOf(again)
			if c.want != "" {
				if !strings.Contains(said, c.want) {
					t.Errorf("it says %q; want %q", said, c.want)
				}
				return
			}
			if !proto.Equal(again.Interface(), atPlan.Interface()) {
				t.Errorf("it plans %v; at plan it was %v", again, atPlan)
			}
		})
	}
}
