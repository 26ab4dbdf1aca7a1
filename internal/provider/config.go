package provider

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
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

// mailServerConfig is the mail server's block, read.
type mailServerConfig struct {
	url, username, password, caFile setting
	address                         *url.URL
	roots                           *x509.CertPool
}

func readMailServer(b block, diags *diag.Diagnostics) mailServerConfig {
	c := mailServerConfig{
		url:      b.text("url", "MAILSERVER_URL"),
		username: b.text("username", "MAILSERVER_USERNAME"),
		password: b.text("password", "MAILSERVER_PASSWORD"),
		caFile:   b.text("ca_file", ""),
	}
	c.address = readURL(b, c.url, diags)
	if c.caFile.isSet() && b.env { // the file need not be there yet at validate
		roots, err := readAuthorities(c.caFile.value)
		if err != nil {
			diags.AddAttributeError(b.path("ca_file"), "Unusable ca_file", err.Error())
		}
		c.roots = roots
	}
	return c
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

// readAuthorities makes a pool of the system's authorities and a file's.
func readAuthorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// readResolvers reads dns_resolvers. Unknown is whether any of it is not known yet.
func readResolvers(ctx context.Context, list types.List, diags *diag.Diagnostics) (out []string, unknown bool) {
	if list.IsNull() || list.IsUnknown() {
		return nil, list.IsUnknown()
	}
	var values []types.String
	diags.Append(list.ElementsAs(ctx, &values, false)...)
	for i, v := range values {
		if v.IsUnknown() {
			unknown = true
			continue
		}
		address := v.ValueString()
		if _, _, err := net.SplitHostPort(address); err != nil {
			address = net.JoinHostPort(strings.Trim(address, "[]"), "53")
		}
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" || port == "" {
			diags.AddAttributeError(path.Root("dns_resolvers").AtListIndex(i), "Unusable resolver",
				fmt.Sprintf("%q is not a host, or a host and a port such as 192.0.2.53:53.", v.ValueString()))
			continue
		}
		out = append(out, address)
	}
	return out, unknown
}

// defaultSandboxPath is relative to the working directory, as .terraform is.
const defaultSandboxPath = ".postmaster/sandbox.json"

// sandboxPath says whether the sandbox is asked for and where it is; known is
// false while that depends on an unknown value.
func sandboxPath(object types.Object) (file string, use, known bool) {
	if object.IsUnknown() {
		return "", false, false
	}
	if !object.IsNull() {
		p, _ := object.Attributes()["path"].(types.String)
		switch {
		case p.IsUnknown():
			return "", false, false
		case p.ValueString() != "":
			return p.ValueString(), true, true
		}
		return defaultSandboxPath, true, true
	}
	switch v := os.Getenv("POSTMASTER_SANDBOX"); strings.ToLower(v) {
	case "", "0", "false", "no", "off":
		return "", false, true
	case "1", "true", "yes", "on":
		return defaultSandboxPath, true, true
	default:
		return v, true, true
	}
}

// sandboxZones are the domains that are to exist in the sandbox, by their host.
func sandboxZones(ctx context.Context, object types.Object, diags *diag.Diagnostics) map[string]string {
	zones := sandbox.DefaultZones()
	list, ok := object.Attributes()["zones"].(types.Map)
	if !ok || list.IsNull() || list.IsUnknown() {
		return zones
	}
	var given map[string]types.String
	diags.Append(list.ElementsAs(ctx, &given, false)...)
	for apex, host := range given {
		if !host.IsUnknown() { // one whose host is not known yet does not exist yet
			zones[apex] = host.ValueString()
		}
	}
	return zones
}
