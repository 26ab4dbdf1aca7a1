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

// Block reads one service's nested attribute. The configuration wins over the
// environment, also between attributes of which one stands in for the other (see
// unlessConfigured). What is unknown never falls back to the environment, since it would
// be another value in the next run.
type Block struct {
	At     path.Path
	Name   string // as messages have it
	Object types.Object
	Env    bool
	// Simulated is whether the services are: then nothing counts but what a simulation takes from it.
	Simulated bool
	// settled is whether the configuration has another alternative of what is read: see
	// unlessConfigured.
	settled bool
}

func BlockOf(name string, object types.Object) Block {
	return Block{At: path.Root(name), Name: name, Object: object}
}

// WithEnvironment has attributes that are not set taken from their variables.
func (b Block) WithEnvironment() Block {
	b.Env = true
	return b
}

// UnlessConfigured is how to read an attribute that the others can stand in for: as soon
// as the configuration has one of them, this one's variable is ignored. Otherwise a
// variable that was set for something else would beat what the configuration says.
func (b Block) UnlessConfigured(others ...string) Block {
	for _, name := range others {
		if b.configures(name) {
			b.Env, b.settled = false, true
		}
	}
	return b
}

// configures is whether the configuration itself has a text, or may yet turn out to. An
// empty one counts as none, as elsewhere.
func (b Block) configures(attribute string) bool {
	if b.UnknownIn(attribute) {
		return true
	}
	v, ok := b.Object.Attributes()[attribute].(types.String)
	return ok && v.ValueString() != ""
}

func (b Block) Path(attribute string) path.Path { return b.At.AtName(attribute) }

// Setting is one attribute's value and where it can be set, for messages.
type Setting struct {
	Value     string
	Unknown   bool
	At        path.Path
	Attribute string // such as "myservice.url"
	Variable  string // such as "MYSERVICE_URL"; empty if there is none
	Inherited bool   // the value is the variable's
}

func (s Setting) IsSet() bool { return s.Value != "" }

// OrDefault has a value where neither configuration nor environment have one.
func (s Setting) OrDefault(value string) Setting {
	if !s.IsSet() && !s.Unknown {
		s.Value = value
	}
	return s
}

func (b Block) setting(attribute, variable string) Setting {
	if len(b.At.Steps()) > 1 || b.settled {
		variable = "" // only the provider's own blocks are completed from the environment
	}
	return Setting{At: b.Path(attribute), Attribute: b.Name + "." + attribute, Variable: variable}
}

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

// fromEnvironment is an attribute's value where the configuration has none.
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

// UnknownIn is whether a flag's value is not known yet.
func (b Block) UnknownIn(attribute string) bool {
	v := b.Object.Attributes()[attribute]
	return b.Object.IsUnknown() || v != nil && v.IsUnknown()
}

// Missing says what has to be set before service can be used. The error is an
// undecidedError while any of the settings is not known yet.
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
		e.Advice = "It comes from something that this run has yet to make: apply that first (-target), or split it into a configuration of its own"
		return undecidedError{e}
	case len(unset) > 0:
		e.Answer = "not configured"
		e.Advice = "Set " + strings.Join(unset, ", ") + " in the configuration of the provider \"postmaster\""
		return e
	}
	return nil
}

// ReadURL checks a service's URL, as far as it is known.
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

// Switched reads a flag that may come from the environment.
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

// Number reads a number that may come from the environment; 0 if it is not set.
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
