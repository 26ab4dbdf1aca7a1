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

// NoCredentials is the problem of an account of several that has no credentials of its own. Those of the
// environment, which may be somebody else's, are never used in its name. advice says what to set, as a
// sentence without its full stop.
func NoCredentials(b kit.Block, advice string) *SettingProblem {
	return &SettingProblem{
		Setting: kit.Setting{At: b.At, Attribute: b.Name}, What: b.Name + " has no credentials",
		Advice: advice + ". An account never uses the credentials of the environment or of this machine: those are for the block of the provider itself",
	}
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
