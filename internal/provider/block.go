package provider

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

// block reads one service's nested attribute. The configuration wins over the
// environment, also between attributes of which one stands in for the other (see
// unlessConfigured). What is unknown never falls back to the environment, since it would
// be another value in the next run.
type block struct {
	at     path.Path
	name   string // as messages have it
	object types.Object
	env    bool
	// simulated is whether the services are: then nothing counts but what a simulation takes from it.
	simulated bool
	// settled is whether the configuration has another alternative of what is read: see
	// unlessConfigured.
	settled bool
}

func blockOf(name string, object types.Object) block {
	return block{at: path.Root(name), name: name, object: object}
}

// withEnvironment has attributes that are not set taken from their variables.
func (b block) withEnvironment() block {
	b.env = true
	return b
}

// unlessConfigured is how to read an attribute that the others can stand in for: as soon
// as the configuration has one of them, this one's variable is ignored. Otherwise a
// variable that was set for something else would beat what the configuration says.
func (b block) unlessConfigured(others ...string) block {
	for _, name := range others {
		if b.configures(name) {
			b.env, b.settled = false, true
		}
	}
	return b
}

// configures is whether the configuration itself has a text, or may yet turn out to. An
// empty one counts as none, as elsewhere.
func (b block) configures(attribute string) bool {
	if b.unknownIn(attribute) {
		return true
	}
	v, ok := b.object.Attributes()[attribute].(types.String)
	return ok && v.ValueString() != ""
}

func (b block) path(attribute string) path.Path { return b.at.AtName(attribute) }

// setting is one attribute's value and where it can be set, for messages.
type setting struct {
	value     string
	unknown   bool
	at        path.Path
	attribute string // "mailserver.url"
	variable  string // "MAILSERVER_URL"; empty if there is none
	inherited bool   // the value is the variable's
}

func (s setting) isSet() bool { return s.value != "" }

// orDefault has a value where neither configuration nor environment have one.
func (s setting) orDefault(value string) setting {
	if !s.isSet() && !s.unknown {
		s.value = value
	}
	return s
}

func (b block) setting(attribute, variable string) setting {
	if len(b.at.Steps()) > 1 || b.settled {
		variable = "" // only the provider's own blocks are completed from the environment
	}
	return setting{at: b.path(attribute), attribute: b.name + "." + attribute, variable: variable}
}

func (b block) text(attribute, variable string) setting {
	s := b.setting(attribute, variable)
	if b.object.IsUnknown() {
		s.unknown = true
		return s
	}
	if v, ok := b.object.Attributes()[attribute].(types.String); ok {
		if v.IsUnknown() {
			s.unknown = true
			return s
		}
		s.value = v.ValueString()
	}
	if s.value == "" {
		s = b.fromEnvironment(attribute, variable)
	}
	return s
}

// fromEnvironment is an attribute's value where the configuration has none.
func (b block) fromEnvironment(attribute, variable string) setting {
	s := b.setting(attribute, variable)
	if b.env && s.variable != "" {
		s.value = os.Getenv(variable)
		s.inherited = s.isSet()
	}
	return s
}

func (b block) flag(attribute string) bool {
	v, ok := b.object.Attributes()[attribute].(types.Bool)
	return ok && v.ValueBool()
}

// unknownIn is whether a flag's value is not known yet.
func (b block) unknownIn(attribute string) bool {
	v := b.object.Attributes()[attribute]
	return b.object.IsUnknown() || v != nil && v.IsUnknown()
}

// missing says what has to be set before service can be used. The error is an
// undecidedError while any of the settings is not known yet.
func missing(service string, settings ...setting) error {
	var unset, unknown []string
	for _, s := range settings {
		switch {
		case s.unknown:
			unknown = append(unknown, s.attribute)
		case !s.isSet() && s.variable != "":
			unset = append(unset, fmt.Sprintf("%s (environment: %s)", s.attribute, s.variable))
		case !s.isSet():
			unset = append(unset, s.attribute)
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

// readURL checks a service's URL, as far as it is known.
func readURL(b block, s setting, diags *diag.Diagnostics) *url.URL {
	if !s.isSet() {
		return nil
	}
	insecure := b.flag("allow_insecure_http") || b.unknownIn("allow_insecure_http")
	u, err := api.ParseBaseURL(s.value, insecure)
	if err != nil {
		name := s.attribute
		if s.variable != "" {
			name += " (environment: " + s.variable + ")"
		}
		diags.AddAttributeError(s.at, "Unusable URL", fmt.Sprintf("%s %s.", name, err))
		return nil
	}
	return u
}

// switched reads a flag that may come from the environment.
func (b block) switched(attribute, variable string, diags *diag.Diagnostics) bool {
	if v, ok := b.object.Attributes()[attribute].(types.Bool); ok && !v.IsNull() {
		return v.ValueBool()
	}
	s := b.fromEnvironment(attribute, variable)
	if !s.isSet() {
		return false
	}
	on, err := strconv.ParseBool(strings.ToLower(s.value))
	if err != nil {
		diags.AddAttributeError(b.path(attribute), "Unusable value", fmt.Sprintf("%s is %q, which is neither true nor false.", variable, s.value))
	}
	return on
}

// number reads a number that may come from the environment; 0 if it is not set.
func (b block) number(attribute, variable string, diags *diag.Diagnostics) int {
	if v, ok := b.object.Attributes()[attribute].(types.Int64); ok && !v.IsNull() {
		return int(v.ValueInt64())
	}
	s := b.fromEnvironment(attribute, variable)
	if !s.isSet() {
		return 0
	}
	n, err := strconv.Atoi(s.value)
	if err != nil {
		diags.AddAttributeError(b.path(attribute), "Unusable value", fmt.Sprintf("%s is %q, which is not a number.", variable, s.value))
	}
	return n
}
