package zone

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// SettingProblem is a setting of a host's block that is unusable, or a combination of settings that
// cannot be meant.
type SettingProblem struct {
	Setting kit.Setting
	// What says what is wrong, and Advice what to do: each a sentence without its full stop.
	What, Advice string
}

// NotConfigured returns the problem as the error of a host that cannot be used. title is the host's name
// for people. The error matches [api.ErrNotConfigured].
func (p *SettingProblem) NotConfigured(title string) error {
	return &api.Error{Service: title, Op: "configure", Kind: api.ErrNotConfigured, Answer: p.What, Advice: p.Advice}
}

// Report adds the problem as an error of the configuration.
func (p *SettingProblem) Report(diags *diag.Diagnostics) {
	diags.AddAttributeError(p.Setting.At, "Unusable combination", p.What+". "+p.Advice+".")
}

// PlaceOf names a setting by where its value comes from: an attribute or an environment variable.
func PlaceOf(s kit.Setting) string {
	if s.Inherited {
		return s.Variable
	}
	return s.Attribute
}
