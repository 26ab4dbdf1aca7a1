package kit

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Block reads the nested attribute of the provider configuration that configures one service. A
// value in the configuration wins over the environment. An unknown value never falls back to the
// environment, because the value would then change in the next run.
type Block struct {
	At     path.Path
	Name   string // in messages
	Object types.Object
	// Env says whether unset attributes are read from environment variables.
	Env bool
	// Simulated says whether the services are simulated. Then only the settings that a simulation
	// uses count.
	Simulated bool
	// settled says that the configuration sets an alternative to what is being read; see
	// UnlessConfigured.
	settled bool
}

// BlockOf returns a block of the provider configuration by its name. It does not read the
// environment unless its field Env is set.
func BlockOf(name string, object types.Object) Block {
	return Block{At: path.Root(name), Name: name, Object: object}
}

// UnlessConfigured returns the block for reading an attribute that has alternatives. If the
// configuration sets one of the others, the attribute's environment variable is ignored. Otherwise
// a variable that was set for another purpose would override the configuration.
func (b Block) UnlessConfigured(others ...string) Block {
	for _, name := range others {
		if b.configures(name) {
			b.Env, b.settled = false, true
		}
	}
	return b
}

// configures reports whether the configuration sets a text attribute, or may do so once its value
// is known. An empty text counts as unset, as everywhere.
func (b Block) configures(attribute string) bool {
	if b.UnknownIn(attribute) {
		return true
	}
	v, ok := b.Object.Attributes()[attribute].(types.String)
	return ok && v.ValueString() != ""
}

// OfAccount reports whether the block is that of one account of several. Only the provider's own blocks
// are read from the environment: an account has the credentials that are written in it.
func (b Block) OfAccount() bool { return len(b.At.Steps()) > 1 }

// Path returns the path of one of the block's attributes, for diagnostics.
func (b Block) Path(attribute string) path.Path { return b.At.AtName(attribute) }

// Setting is the value of one attribute, and where it can be set. Messages name both places.
type Setting struct {
	Value     string
	Unknown   bool
	At        path.Path
	Attribute string // such as "myservice.url"
	Variable  string // such as "MYSERVICE_URL"; empty if there is none
	Inherited bool   // the value was read from the variable
}

// IsSet reports whether the setting has a value, from the configuration or the environment.
func (s Setting) IsSet() bool { return s.Value != "" }

// OrDefault returns the setting with a default value if neither the configuration nor the
// environment sets one.
func (s Setting) OrDefault(value string) Setting {
	if !s.IsSet() && !s.Unknown {
		s.Value = value
	}
	return s
}

func (b Block) setting(attribute, variable string) Setting {
	if b.OfAccount() || b.settled {
		variable = ""
	}
	return Setting{At: b.Path(attribute), Attribute: b.Name + "." + attribute, Variable: variable}
}

// Text reads a text attribute. An unset or empty attribute is read from the environment variable;
// variable is empty if the attribute has none.
func (b Block) Text(attribute, variable string) Setting {
	s := b.setting(attribute, variable)
	if b.Object.IsUnknown() {
		s.Unknown = true
		return s
	}
	if v, ok := b.Object.Attributes()[attribute].(types.String); ok {
		if v.IsUnknown() {
			s.Unknown = true
			return s
		}
		s.Value = v.ValueString()
	}
	if s.Value == "" {
		s = b.fromEnvironment(attribute, variable)
	}
	return s
}

// fromEnvironment reads an attribute that the configuration does not set from its environment
// variable.
func (b Block) fromEnvironment(attribute, variable string) Setting {
	s := b.setting(attribute, variable)
	if b.Env && s.Variable != "" {
		s.Value = os.Getenv(variable)
		s.Inherited = s.IsSet()
	}
	return s
}

func (b Block) flag(attribute string) bool {
	v, ok := b.Object.Attributes()[attribute].(types.Bool)
	return ok && v.ValueBool()
}

// UnknownIn reports whether an attribute of any type is not known yet.
func (b Block) UnknownIn(attribute string) bool {
	v := b.Object.Attributes()[attribute]
	return b.Object.IsUnknown() || v != nil && v.IsUnknown()
}

// Missing returns an error that names the settings which have to be set before the service can be
// used, or nil if none is missing. While a setting is unknown, the error is an undecidedError.
func Missing(service string, settings ...Setting) error {
	var unset, unknown []string
	for _, s := range settings {
		switch {
		case s.Unknown:
			unknown = append(unknown, s.Attribute)
		case !s.IsSet() && s.Variable != "":
			unset = append(unset, fmt.Sprintf("%s (environment: %s)", s.Attribute, s.Variable))
		case !s.IsSet():
			unset = append(unset, s.Attribute)
		}
	}
	e := &api.Error{Service: service, Op: "configure", Kind: api.ErrNotConfigured}
	switch {
	case len(unknown) > 0:
		e.Answer = strings.Join(unknown, ", ") + " of the provider configuration not known yet"
		e.Advice = "It comes from something that this run has yet to make: apply that first (-target), or move it into a separate configuration"
		return undecidedError{e}
	case len(unset) > 0:
		e.Answer = "not configured"
		e.Advice = "Set " + strings.Join(unset, ", ") + " in the configuration of the provider \"postmaster\""
		return e
	}
	return nil
}

// ReadURL parses the URL of a service. It returns nil if the URL is not set, not known yet, or
// unusable. For an unusable URL it adds an error.
func ReadURL(b Block, s Setting, diags *diag.Diagnostics) *url.URL {
	if !s.IsSet() {
		return nil
	}
	insecure := b.flag("allow_insecure_http") || b.UnknownIn("allow_insecure_http")
	u, err := api.ParseBaseURL(s.Value, insecure)
	if err != nil {
		name := s.Attribute
		if s.Variable != "" {
			name += " (environment: " + s.Variable + ")"
		}
		diags.AddAttributeError(s.At, "Unusable URL", fmt.Sprintf("%s %s.", name, err))
		return nil
	}
	return u
}

// Switched reads a flag that may come from the environment. Unset means false.
func (b Block) Switched(attribute, variable string, diags *diag.Diagnostics) bool {
	if v, ok := b.Object.Attributes()[attribute].(types.Bool); ok && !v.IsNull() {
		return v.ValueBool()
	}
	s := b.fromEnvironment(attribute, variable)
	if !s.IsSet() {
		return false
	}
	on, err := strconv.ParseBool(strings.ToLower(s.Value))
	if err != nil {
		diags.AddAttributeError(b.Path(attribute), "Unusable value", fmt.Sprintf("%s is %q, which is neither true nor false.", variable, s.Value))
	}
	return on
}

// Number reads a number that may come from the environment. Unset means 0.
func (b Block) Number(attribute, variable string, diags *diag.Diagnostics) int {
	if v, ok := b.Object.Attributes()[attribute].(types.Int64); ok && !v.IsNull() {
		return int(v.ValueInt64())
	}
	s := b.fromEnvironment(attribute, variable)
	if !s.IsSet() {
		return 0
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil {
		diags.AddAttributeError(b.Path(attribute), "Unusable value", fmt.Sprintf("%s is %q, which is not a number.", variable, s.Value))
	}
	return n
}
