package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"google.golang.org/grpc"
)

// Handshake identifies a provider of plug-in protocol 6 to Terraform, and Terraform to the
// provider. Its values are fixed by Terraform's plug-in protocol.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  6,
	MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
	MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
}

const (
	// maxMessageSize is the largest gRPC message in bytes, the limit that tf6server.Serve sets too.
	// The default of gRPC, 4 MB, is too small for large states.
	maxMessageSize = 256 << 20

	// reattachVariable tells Terraform to connect to running providers instead of starting them.
	reattachVariable = "TF_REATTACH_PROVIDERS"

	// debugStartTimeout limits the wait for the debug server to listen.
	debugStartTimeout = 10 * time.Second
)

// Serve serves the provider to Terraform until Terraform hangs up. Address is the provider's source
// address with its host, such as registry.terraform.io/NAMESPACE/NAME.
//
// It does what tf6server.Serve does: the handshake, TLS, logging and message sizes are the same. It
// exists because tf6server.Serve has no place for a gRPC interceptor, and [plannedPrivate] needs
// one.
func Serve(address string, provider func() tfprotov6.ProviderServer) {
	plugin.Serve(serveConfig(address, provider))
}

// ServeDebug serves the provider for a debugger until the process is interrupted. It writes to out
// how Terraform and OpenTofu connect to this process. They look for it by the provider's source
// address, which begins with the host of another registry in each. It fails if the server does not
// start.
func ServeDebug(addresses []string, provider func() tfprotov6.ProviderServer, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return serveDebug(ctx, addresses, provider, out)
}

func serveDebug(ctx context.Context, addresses []string, provider func() tfprotov6.ProviderServer, out io.Writer) error {
	started := make(chan *plugin.ReattachConfig, 1)
	ended := make(chan struct{})
	config := serveConfig(addresses[0], provider)
	config.Test = &plugin.ServeTestConfig{Context: ctx, ReattachConfigCh: started, CloseCh: ended}
	go plugin.Serve(config)

	select {
	case reattach := <-started:
		if err := writeReattach(out, addresses, reattach); err != nil {
			return err
		}
	case <-ended:
		return errors.New("the debug server could not be started")
	case <-time.After(debugStartTimeout):
		return fmt.Errorf("the debug server did not start within %s", debugStartTimeout)
	}
	<-ended
	return nil
}

func serveConfig(address string, provider func() tfprotov6.ProviderServer) *plugin.ServeConfig {
	return &plugin.ServeConfig{
		HandshakeConfig: Handshake,
		Plugins: plugin.PluginSet{
			"provider": &tf6server.GRPCProviderPlugin{GRPCProvider: provider, Name: address},
		},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options,
				grpc.MaxRecvMsgSize(maxMessageSize),
				grpc.MaxSendMsgSize(maxMessageSize),
				grpc.ChainUnaryInterceptor(keepPlannedPrivate))...)
		},
	}
}

// writeReattach writes the variable by which Terraform finds the running provider, as a line for a
// shell.
func writeReattach(out io.Writer, addresses []string, reattach *plugin.ReattachConfig) error {
	type networkAddress struct{ Network, String string }
	type process struct {
		Protocol        string
		ProtocolVersion int
		Pid             int
		Test            bool
		Addr            networkAddress
	}
	processes := map[string]process{}
	for _, address := range addresses {
		processes[address] = process{
			Protocol:        string(reattach.Protocol),
			ProtocolVersion: reattach.ProtocolVersion,
			Pid:             reattach.Pid,
			Test:            reattach.Test,
			Addr:            networkAddress{reattach.Addr.Network(), reattach.Addr.String()},
		}
	}
	value, err := json.Marshal(processes)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", reattachVariable, err)
	}
	lines := fmt.Sprintf("\t%s='%s'\n", reattachVariable, strings.ReplaceAll(string(value), "'", `'"'"'`))
	if runtime.GOOS == "windows" {
		lines = fmt.Sprintf("\tCommand Prompt:\tset \"%s=%s\"\n\tPowerShell:\t$env:%s='%s'\n",
			reattachVariable, value, reattachVariable, strings.ReplaceAll(string(value), "'", "''"))
	}
	_, err = fmt.Fprintf(out, "The provider is running. Set this variable for Terraform to connect to it:\n\n%s\nInterrupt this process to stop it.\n", lines)
	return err
}
