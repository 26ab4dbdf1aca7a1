package protocol

import "github.com/hashicorp/terraform-plugin-go/tfprotov6"

// optionalCalls are the parts of the protocol that tfprotov6.ProviderServer does not include. A
// server that has them implements the interfaces in addition, and terraform-plugin-go looks for
// these.
type optionalCalls interface {
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// WithOptionalCalls returns outer with the optional calls of the server that it wraps. A wrapper
// that embeds a tfprotov6.ProviderServer hides them otherwise, and Terraform then cannot list
// resources or invoke actions.
//
// The framework's server has all of them. A server that lacks one is treated as if it had none.
func WithOptionalCalls(outer, wrapped tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	if calls, ok := wrapped.(optionalCalls); ok {
		return struct {
			tfprotov6.ProviderServer
			optionalCalls
		}{outer, calls}
	}
	return outer
}
