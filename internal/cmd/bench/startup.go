package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// starts is how often the provider is started. The report has the median, so the number is odd.
const starts = 15

// providerCosts is what the provider costs before it does any work.
type providerCosts struct {
	startUp time.Duration // median time from the start of the process to its schema
	size    int64         // of the stripped binary, in bytes
}

func measureProvider(ctx context.Context, binary string) (providerCosts, error) {
	info, err := os.Stat(binary)
	if err != nil {
		return providerCosts{}, err
	}
	if _, err := startToSchema(ctx, binary); err != nil { // the first start reads the binary from the disk
		return providerCosts{}, err
	}
	took := make([]time.Duration, starts)
	for i := range took {
		if took[i], err = startToSchema(ctx, binary); err != nil {
			return providerCosts{}, err
		}
	}
	slices.Sort(took)
	return providerCosts{startUp: took[starts/2], size: info.Size()}, nil
}

// startToSchema starts the provider as Terraform does, and asks for its schema.
func startToSchema(ctx context.Context, binary string) (time.Duration, error) {
	started := time.Now()
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  protocol.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{6: {}},
		Cmd:              exec.CommandContext(ctx, binary),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	connected, err := client.Client()
	if err != nil {
		return 0, fmt.Errorf("starting the provider: %w", err)
	}
	grpc, ok := connected.(*plugin.GRPCClient)
	if !ok {
		return 0, fmt.Errorf("starting the provider: it speaks %T", connected)
	}
	// The answer is received completely. Its content does not matter here.
	if err := grpc.Conn.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", &emptypb.Empty{}, &emptypb.Empty{}); err != nil {
		return 0, fmt.Errorf("asking the provider for its schema: %w", err)
	}
	return time.Since(started), nil
}
