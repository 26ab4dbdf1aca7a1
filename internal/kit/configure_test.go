package kit

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// forgetful is a service that may forget to put its account into the run.
type forgetful struct {
	Service
	forgets bool
}

type account struct{}

func (forgetful) Name() string { return "forgetful" }

func (s forgetful) Configure(run *Run, _ Block, _ *diag.Diagnostics) {
	if !s.forgets {
		Put(run, &account{})
	}
}

func (forgetful) Open(*Run) error { return nil }

func TestServiceThatForgetsItsAccount(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		run := NewRun("test", nil)
		var diags diag.Diagnostics
		run.Configure(forgetful{forgets: forgets}, Block{}, &diags)
		if diags.HasError() != forgets || forgets && !strings.Contains(diags[0].Detail(), `The service "forgetful" has put no account into the run`) {
			t.Errorf("if it forgets is %t: %v", forgets, diags)
		}
	}
}
