package sender_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Which sender a list is asked of is decided by the configuration before the environment.
func TestSenderToListWithVariables(t *testing.T) {
	const url, key = "https://octeth.example.com", "INVENTED0KEY"
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      string // "" for an error
	}{
		"both configured":                   {world.Attributes{"octeth": world.Attributes{"url": url}, "sendgrid": world.Attributes{"api_key": key}}, nil, ""},
		"both by the environment":           {nil, map[string]string{"OCTETH_URL": url, "SENDGRID_API_KEY": key}, ""},
		"Octeth, SendGrid by a variable":    {world.Attributes{"octeth": world.Attributes{"url": url}}, map[string]string{"SENDGRID_API_KEY": key}, "octeth"},
		"SendGrid, Octeth by a variable":    {world.Attributes{"sendgrid": world.Attributes{"api_key": key}}, map[string]string{"OCTETH_URL": url}, "sendgrid"},
		"unknown, SendGrid by a variable":   {world.Attributes{"octeth": world.Attributes{"url": world.Unknown{}}}, map[string]string{"SENDGRID_API_KEY": key}, "octeth"},
		"Octeth by the environment alone":   {nil, map[string]string{"OCTETH_URL": url}, "octeth"},
		"nothing: SendGrid says what lacks": {nil, nil, "sendgrid"},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			got, err := sender.ToList(kit.With[sender.Service](service.All), s, types.StringNull())
			if (err != nil) != (c.want == "") || err == nil && got.Name() != c.want {
				t.Errorf("it is %q, %v", got, err)
			}
		})
	}
}

// If no sender is configured, the error says of each of them how to do that.
func TestNoSenderIsConfigured(t *testing.T) {
	all := kit.With[sender.Service](service.All)
	run, _ := world.Configured(t, nil)
	err := sender.Unconfigured(all, run)
	if err == nil {
		t.Fatal("there is no error")
	}
	for _, s := range all {
		if want := "For " + s.Title() + ": Set " + s.Name() + "."; !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
	for _, set := range []world.Attributes{{all[0].Name(): world.Unknown{}}, {"sandbox": world.Unknown{}}} {
		run, _ := world.Configured(t, set)
		if err := sender.Unconfigured(all, run); err != nil {
			t.Errorf("with %v, which may yet become known, it says %v", set, err)
		}
	}
}
