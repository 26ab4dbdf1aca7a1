package protocol

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Terraform lists resources, invokes actions and stores states only if the server that it reaches
// has the interfaces.
func TestWrappersKeepOptionalCalls(t *testing.T) {
	server := Adapt(providerserver.NewProtocol6(emptyProvider{})())
	if _, ok := server.(tfprotov6.ListResourceServer); !ok {
		t.Error("lists are hidden")
	}
	if _, ok := server.(tfprotov6.ActionServer); !ok {
		t.Error("actions are hidden")
	}
	if _, ok := server.(tfprotov6.StateStoreServer); !ok {
		t.Error("state stores are hidden")
	}
	lists := server.(tfprotov6.ListResourceServer)
	resp, err := lists.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: "postmaster_nothing"})
	if err != nil || len(resp.Diagnostics) == 0 {
		t.Errorf("got %v and the error %v; want the framework's answer that there is no such list", resp, err)
	}
}

// A server without the optional calls does not get them, because Terraform would make calls that do
// not exist.
func TestWrappersAddNoOptionalCalls(t *testing.T) {
	server := Adapt(&planner{})
	if _, ok := server.(tfprotov6.ListResourceServer); ok {
		t.Error("lists are offered")
	}
	if _, ok := server.(tfprotov6.ActionServer); ok {
		t.Error("actions are offered")
	}
}
