package azure

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
)

// settings are the attributes of a block, from the configuration or the environment.
type settings struct {
	block                                               kit.Block
	cloud                                               azureapi.Cloud
	subscription, tenant, client                        kit.Setting
	secret                                              kit.Setting
	certificate, certificatePath, certificatePassword   kit.Setting
	oidcToken, oidcPath, oidcRequestURL, oidcRequestKey kit.Setting
	accessToken, baseURL                                kit.Setting
	useOIDC, useMSI                                     bool
	undecided                                           *kit.Setting // a flag that is not known yet
	requestURLSet                                       bool         // the block has an oidc_request_url
}

// credentialAttributes are the attributes of which one is enough as a credential.
var credentialAttributes = []string{"access_token", "client_secret", "client_certificate", "client_certificate_path", "oidc_token", "oidc_token_file_path"}

// Prefixes of environment variables: those of Azure's own tools, and those of the provider azurerm.
const (
	azureVariables   = "AZURE_"
	azurermVariables = "ARM_"
)

// reader reads attributes that the environment can set by two variables.
type reader struct {
	kit.Block
	prefixes []string
}

// text reads an attribute, from the configuration or else from the first variable that is set. A name
// of a variable is without its prefix.
func (r reader) text(attribute, name string) kit.Setting {
	first := r.Text(attribute, r.prefixes[0]+name)
	for _, prefix := range r.prefixes[1:] {
		if first.IsSet() || first.Unknown {
			break
		}
		if next := r.Text(attribute, prefix+name); next.IsSet() {
			return next
		}
	}
	if !first.IsSet() && first.Variable != "" {
		first.Variable = r.prefixes[0] + name
		for _, prefix := range r.prefixes[1:] {
			first.Variable += " or " + prefix + name // for the message that nothing sets it
		}
	}
	return first
}

// isTrue is whether the block itself sets a flag.
func isTrue(b kit.Block, flag string) bool {
	v, ok := b.Object.Attributes()[flag].(types.Bool)
	return ok && v.ValueBool()
}

// either reads an attribute from the first of these variables that is set.
func either(b kit.Block, attribute string, variables ...string) kit.Setting {
	first := b.Text(attribute, variables[0])
	for _, variable := range variables[1:] {
		if next := b.Text(attribute, variable); !first.IsSet() && !first.Unknown && next.IsSet() {
			return next
		}
	}
	return first
}

// readSettings reads a block. If the environment says which application it is, its credentials come
// from the variables with the same prefix: the other ones may be those of another application.
func readSettings(b kit.Block, diags *diag.Diagnostics) settings {
	both := reader{b, []string{azureVariables, azurermVariables}}
	s := settings{
		block:        b,
		subscription: both.text("subscription_id", "SUBSCRIPTION_ID"),
		client:       both.text("client_id", "CLIENT_ID"),
		baseURL:      b.Text("base_url", ""),
		accessToken:  b.Text("access_token", ""),
		cloud:        readCloud(b, diags),
		useOIDC:      b.Switched("use_oidc", "ARM_USE_OIDC", diags),
		useMSI:       b.Switched("use_msi", "ARM_USE_MSI", diags),
	}
	for _, flag := range []string{"use_oidc", "use_msi"} {
		if b.UnknownIn(flag) {
			s.undecided = &kit.Setting{Unknown: true, At: b.Path(flag), Attribute: b.Name + "." + flag}
		}
	}
	same := both.prefixes
	if s.client.Inherited {
		same = []string{strings.TrimSuffix(s.client.Variable, "CLIENT_ID")}
	}
	of := func(attribute string) reader {
		others := slices.DeleteFunc(slices.Clone(credentialAttributes), func(other string) bool { return other == attribute })
		return reader{b.UnlessConfigured(others...), same}
	}
	s.tenant = reader{b, same}.text("tenant_id", "TENANT_ID")
	s.secret = of("client_secret").text("client_secret", "CLIENT_SECRET")
	s.certificate = of("client_certificate").Text("client_certificate", azurermVariables+"CLIENT_CERTIFICATE")
	s.certificatePath = of("client_certificate_path").text("client_certificate_path", "CLIENT_CERTIFICATE_PATH")
	s.certificatePassword = reader{b, same}.text("client_certificate_password", "CLIENT_CERTIFICATE_PASSWORD")
	s.oidcToken = of("oidc_token").Text("oidc_token", "ARM_OIDC_TOKEN")
	s.oidcPath = either(of("oidc_token_file_path").Block, "oidc_token_file_path", "AZURE_FEDERATED_TOKEN_FILE", "ARM_OIDC_TOKEN_FILE_PATH")
	s.oidcRequestURL = either(b, "oidc_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL", "ARM_OIDC_REQUEST_URL")
	s.oidcRequestKey = either(b, "oidc_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ARM_OIDC_REQUEST_TOKEN")
	s.requestURLSet = s.oidcRequestURL.IsSet() && !s.oidcRequestURL.Inherited
	s.chooseOne()
	if s.undecided == nil {
		if wrong := s.configuredProblem(b); wrong != nil {
			wrong.Report(diags)
		}
	}
	return s
}

// chooseOne drops what the environment says besides the credentials that are to be used. A token of
// another issuer from azurerm's variables counts only with use_oidc, as it does for azurerm.
func (s *settings) chooseOne() {
	drop := func(all ...*kit.Setting) {
		for _, setting := range all {
			if setting.Inherited {
				setting.Value, setting.Inherited = "", false
			}
		}
	}
	if !s.useOIDC {
		s.oidcRequestURL.Value, s.oidcRequestKey.Value = "", ""
		if s.oidcPath.Variable != "AZURE_FEDERATED_TOKEN_FILE" || s.secret.IsSet() || s.certificate.IsSet() || s.certificatePath.IsSet() {
			drop(&s.oidcPath)
		}
		drop(&s.oidcToken)
	}
	if s.useOIDC || s.useMSI {
		drop(&s.secret, &s.certificate, &s.certificatePath)
	}
	if s.useMSI && !s.useOIDC {
		drop(&s.oidcToken, &s.oidcPath)
	}
	if s.oidcToken.IsSet() || s.oidcPath.IsSet() {
		s.oidcRequestURL.Value, s.oidcRequestKey.Value = "", ""
	}
}

// readCloud reads the attribute environment. The validator of the attribute has seen a text in the
// configuration, and nobody what the environment says.
func readCloud(b kit.Block, diags *diag.Diagnostics) azureapi.Cloud {
	setting := b.Text("environment", "ARM_ENVIRONMENT")
	name := strings.ToLower(setting.Value)
	switch {
	case name == "":
		return azureapi.Public
	case slices.Contains(azureapi.Clouds, name):
		return azureapi.Cloud(name)
	case setting.Inherited:
		diags.AddAttributeError(setting.At, "Unusable value", fmt.Sprintf("%s is %q, and has to be one of %s.", setting.Variable, setting.Value, strings.Join(azureapi.Clouds, ", ")))
	}
	return azureapi.Public
}

// credentials are what the settings say of who makes the calls.
func (s settings) credentials() azureapi.Credentials {
	return azureapi.Credentials{
		AccessToken: s.accessToken.Value, TenantID: s.tenant.Value, ClientID: s.client.Value, ClientSecret: s.secret.Value,
		ClientCertificate: s.certificate.Value, ClientCertificatePath: s.certificatePath.Value, ClientCertificatePassword: s.certificatePassword.Value,
		OIDCToken: s.oidcToken.Value, OIDCTokenPath: s.oidcPath.Value, OIDCRequestURL: s.oidcRequestURL.Value, OIDCRequestToken: s.oidcRequestKey.Value,
		ManagedIdentity: s.useMSI,
	}
}

// missing names the settings without which the host cannot be used.
func (s settings) missing(title string) error {
	needed := []kit.Setting{s.subscription}
	application := s.secret.IsSet() || s.certificate.IsSet() || s.certificatePath.IsSet() || s.oidcToken.IsSet() || s.oidcPath.IsSet() || s.oidcRequestURL.IsSet()
	if application && !s.accessToken.IsSet() {
		needed = append(needed, s.tenant, s.client)
	}
	lacksToken := s.useOIDC && !s.accessToken.IsSet() && !s.oidcToken.IsSet() && !s.oidcPath.IsSet()
	if lacksToken {
		needed = append(needed, s.oidcRequestURL, s.oidcRequestKey, s.tenant, s.client)
	}
	// A setting that is not known yet may be the one that counts.
	for _, setting := range []kit.Setting{s.tenant, s.client, s.secret, s.certificate, s.certificatePath, s.certificatePassword, s.oidcToken, s.oidcPath, s.oidcRequestURL, s.oidcRequestKey, s.accessToken} {
		if setting.Unknown {
			needed = append(needed, setting)
		}
	}
	if s.undecided != nil {
		needed = append(needed, *s.undecided)
	}
	if err := kit.Missing(title, unique(needed)...); err != nil {
		var fail *api.Error
		if errors.As(err, &fail) && !slices.ContainsFunc(needed, func(of kit.Setting) bool { return of.Unknown }) {
			if lacksToken && (!s.oidcRequestURL.IsSet() || !s.oidcRequestKey.IsSet()) {
				fail.Advice += ". " + s.tokenChoices()
			}
			if other := s.ofOtherPrefix(); other != "" {
				fail.Advice += ". " + other
			}
		}
		return err
	}
	if wrong := s.lackingProblem(); wrong != nil {
		return wrong.NotConfigured(title)
	}
	return nil
}

// unique returns the settings without repetitions.
func unique(all []kit.Setting) []kit.Setting {
	var once []kit.Setting
	for _, setting := range all {
		if !slices.ContainsFunc(once, func(other kit.Setting) bool { return other.Attribute == setting.Attribute }) {
			once = append(once, setting)
		}
	}
	return once
}
