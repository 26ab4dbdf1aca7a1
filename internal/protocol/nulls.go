package protocol

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// FillNulls returns a server that gives next each null argument of a function as a value.
//
// OpenTofu (1.12 and before) sends nothing for a null argument, where Terraform sends an encoded
// null. The framework answers that with an internal error.
func FillNulls(next tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return WithOptionalCalls(&nullServer{ProviderServer: next}, next)
}

type nullServer struct{ tfprotov6.ProviderServer }

// encodedNull is null in MessagePack, for a value of any type.
const encodedNull = 0xc0

// CallFunction implements [tfprotov6.FunctionServer].
func (s *nullServer) CallFunction(ctx context.Context, r *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range r.Arguments {
		if argument == nil || len(argument.MsgPack) == 0 && len(argument.JSON) == 0 {
			r.Arguments[i] = &tfprotov6.DynamicValue{MsgPack: []byte{encodedNull}}
		}
	}
	return s.ProviderServer.CallFunction(ctx, r)
}

// Adapt returns the server of the framework with everything that this package adds to it, except
// for the gRPC interceptor of [Serve].
func Adapt(framework tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	return LetContextsGo(TellPhase(FillNulls(framework)))
}
