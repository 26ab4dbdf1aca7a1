package protocol

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// privateReader keeps what plannedPrivate returns in its plans.
type privateReader struct {
	tfprotov6.ProviderServer
	got chan string
}

func (p *privateReader) PlanResourceChange(ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	private, _ := plannedPrivate(ctx)
	p.got <- string(private)
	return &tfprotov6.PlanResourceChangeResponse{}, nil
}

// reattachTo reads what ServeDebug writes, as Terraform does.
func reattachTo(t *testing.T, address string, out io.Reader) *plugin.ReattachConfig {
	t.Helper()
	buffer := make([]byte, 4096)
	n, err := out.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	_, value, _ := strings.Cut(string(buffer[:n]), reattachVariable+"='")
	value, _, found := strings.Cut(value, "'\n")
	if !found {
		t.Fatalf("it wrote %q", buffer[:n])
	}
	var processes map[string]struct {
		Protocol             string
		ProtocolVersion, Pid int
		Test                 bool
		Addr                 struct{ Network, String string }
	}
	if err := json.Unmarshal([]byte(value), &processes); err != nil {
		t.Fatalf("%s: %s", err, value)
	}
	process, ok := processes[address]
	if !ok || process.Protocol != "grpc" || process.ProtocolVersion != 6 || !process.Test {
		t.Fatalf("it wrote %s", value)
	}
	return &plugin.ReattachConfig{
		Protocol: plugin.ProtocolGRPC, ProtocolVersion: process.ProtocolVersion, Pid: process.Pid, Test: true,
		Addr: &net.UnixAddr{Net: process.Addr.Network, Name: process.Addr.String},
	}
}

// A provider in a debugger can be reached with what ServeDebug writes, whichever tool looks for it, gets planned_private, and
// ends when it is interrupted.
func TestServeDebug(t *testing.T) {
	addresses := []string{"registry.terraform.io/example/nothing", "registry.opentofu.org/example/nothing"}
	for _, address := range addresses {
		t.Run(address, func(t *testing.T) { servesDebug(t, addresses, address) })
	}
}

// servesDebug connects to a debugged provider by one of its addresses.
func servesDebug(t *testing.T, addresses []string, address string) {
	provider := &privateReader{got: make(chan string, 1)}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- serveDebug(ctx, addresses, func() tfprotov6.ProviderServer { return Adapt(provider) }, in)
	}()

	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: Handshake, Plugins: plugin.PluginSet{}, Reattach: reattachTo(t, address, out),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: hclog.NewNullLogger(),
	})
	connected, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	conn := connected.(*plugin.GRPCClient).Conn
	for _, want := range []string{"approved", ""} {
		request := planRequest(t).New().Interface()
		wire := bytesField(1, "postmaster_nothing")
		if want != "" {
			wire = bytes.Join([][]byte{wire, bytesField(9, want)}, nil)
		}
		if err := proto.Unmarshal(wire, request); err != nil {
			t.Fatal(err)
		}
		if err := conn.Invoke(t.Context(), planMethod, request, &emptypb.Empty{}); err != nil {
			t.Fatal(err)
		}
		if got := <-provider.got; got != want {
			t.Errorf("the provider was told %q; want %q", got, want)
		}
	}

	interrupt()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not end")
	}
}
