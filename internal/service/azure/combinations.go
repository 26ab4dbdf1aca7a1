package azure

import (
	"fmt"
	"os"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What a user can set as credentials, for messages.
const credentialChoices = "client_secret (environment: AZURE_CLIENT_SECRET or ARM_CLIENT_SECRET), " +
	"client_certificate_path (AZURE_CLIENT_CERTIFICATE_PATH or ARM_CLIENT_CERTIFICATE_PATH), " +
	"oidc_token_file_path (AZURE_FEDERATED_TOKEN_FILE or ARM_OIDC_TOKEN_FILE_PATH), or use_oidc = true in a workflow (ARM_USE_OIDC); " +
	"for a managed identity, use_msi = true (ARM_USE_MSI)"

// What an account can have as credentials, for messages: the attributes alone.
const accountChoices = "Set in it tenant_id and client_id, with client_secret, client_certificate_path, client_certificate, oidc_token_file_path or oidc_token; " +
	"or access_token alone; or use_msi = true for the managed identity of this machine"

// tokenChoices says where a token of another issuer can come from, besides the two attributes of a
// workflow.
func (s *settings) tokenChoices() string {
	if s.block.OfAccount() {
		return "Instead of oidc_request_url and oidc_request_token, set oidc_token_file_path or oidc_token if there is a token already. A workflow at GitHub gets the two values for a job with permissions: id-token: write"
	}
	return "Instead of oidc_request_url and oidc_request_token, set oidc_token_file_path (environment: AZURE_FEDERATED_TOKEN_FILE or ARM_OIDC_TOKEN_FILE_PATH) or oidc_token (ARM_OIDC_TOKEN) if there is a token already. " +
		"A workflow at GitHub sets the two variables for a job with permissions: id-token: write"
}

// ofOtherPrefix says which variables do not count, because the application comes from a variable with the
// other prefix; "" if there are none.
func (s *settings) ofOtherPrefix() string {
	if !s.client.Inherited {
		return ""
	}
	own, other := azureVariables, azurermVariables
	if strings.HasPrefix(s.client.Variable, azurermVariables) {
		own, other = other, own
	}
	var ignored []string
	for _, name := range []string{"CLIENT_SECRET", "CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_PATH", "TENANT_ID"} {
		if os.Getenv(other+name) != "" && os.Getenv(own+name) == "" && (name != "CLIENT_CERTIFICATE" || other == azurermVariables) {
			ignored = append(ignored, other+name)
		}
	}
	if ignored == nil {
		return ""
	}
	return fmt.Sprintf("%s beside %s: variables with another prefix do not count, so give all of these variables the prefix %s or all %s", strings.Join(ignored, " and "), s.client.Variable, azureVariables, azurermVariables)
}

// credentialsSet are the credentials that are set, from the one that counts first to the last.
func (s *settings) credentialsSet() []kit.Setting {
	var set []kit.Setting
	for _, setting := range []kit.Setting{s.accessToken, s.secret, s.certificate, s.certificatePath, s.oidcToken, s.oidcPath} {
		if setting.IsSet() {
			set = append(set, setting)
		}
	}
	return set
}

// configuredProblem returns what cannot be meant among the attributes of the block itself; nil if
// nothing is wrong. Nobody could say which of two credentials counts.
func (s *settings) configuredProblem(b kit.Block) *zone.SettingProblem {
	set := s.credentialsSet()
	if len(set) > 1 && !set[0].Inherited && !set[1].Inherited {
		return &zone.SettingProblem{Setting: set[1], What: fmt.Sprintf("%s and %s are both configured, and only one of them can count", set[0].Attribute, set[1].Attribute), Advice: "Leave one of them out"}
	}
	msi, oidc := isTrue(b, "use_msi"), isTrue(b, "use_oidc")
	flag := func(name string) kit.Setting { return kit.Setting{At: b.Path(name), Attribute: b.Name + "." + name} }
	besides := func(name string) *zone.SettingProblem {
		return &zone.SettingProblem{Setting: set[0], What: fmt.Sprintf("%s is configured and %s is true, and only one of them can count", set[0].Attribute, flag(name).Attribute), Advice: "Leave one of them out"}
	}
	configured := len(set) > 0 && !set[0].Inherited
	switch {
	case oidc && msi:
		return &zone.SettingProblem{Setting: flag("use_msi"), What: fmt.Sprintf("%s and %s are both true, and only one of them can count", flag("use_oidc").Attribute, flag("use_msi").Attribute), Advice: "Leave one of them out"}
	case configured && msi:
		return besides("use_msi")
	case configured && oidc && !s.fromOtherIssuer(set[0]):
		return besides("use_oidc")
	case s.requestURLSet && !s.useOIDC && !configured && !msi:
		advice := "Set use_oidc = true"
		if !b.OfAccount() {
			advice += " (environment: ARM_USE_OIDC)"
		}
		return &zone.SettingProblem{Setting: flag("oidc_request_url"), What: flag("oidc_request_url").Attribute + " counts only with use_oidc = true", Advice: advice}
	case s.certificatePassword.IsSet() && !s.certificatePassword.Inherited && !s.certificate.IsSet() && !s.certificatePath.IsSet() && !s.undecidedCertificate():
		return &zone.SettingProblem{Setting: s.certificatePassword, What: s.certificatePassword.Attribute + " is configured without a certificate", Advice: "Set client_certificate_path or client_certificate, or leave the password out"}
	}
	return nil
}

func (s *settings) undecidedCertificate() bool {
	return s.certificate.Unknown || s.certificatePath.Unknown
}

// fromOtherIssuer is whether a credential is a token of another issuer.
func (s *settings) fromOtherIssuer(of kit.Setting) bool {
	return of.Attribute == s.oidcToken.Attribute || of.Attribute == s.oidcPath.Attribute
}

// lackingProblem returns a setting that is unusable, or that names an application which no credential
// belongs to; nil if there is none. What Azure's own libraries take AZURE_CLIENT_ID alone for, the
// managed identity of that ID, stays possible.
func (s *settings) lackingProblem() *zone.SettingProblem {
	for _, check := range []struct {
		of    kit.Setting
		check func(string) error
	}{{s.subscription, azureapi.CheckSubscription}, {s.client, azureapi.CheckClient}, {s.tenant, azureapi.CheckTenant}} {
		if !check.of.IsSet() {
			continue
		}
		if err := check.check(check.of.Value); err != nil {
			return &zone.SettingProblem{Setting: check.of, What: zone.PlaceOf(check.of) + ": " + err.Error(), Advice: "Correct it"}
		}
	}
	if len(s.credentialsSet()) > 0 || s.useOIDC || s.useMSI {
		return nil
	}
	if s.block.OfAccount() {
		return zone.NoCredentials(s.block, accountChoices)
	}
	other := s.ofOtherPrefix()
	// Whoever gives a secret beside AZURE_CLIENT_ID means an application, unless the secret is that of
	// an application which azurerm's own variable names.
	azures := s.client.Inherited && s.client.Variable == azureVariables+"CLIENT_ID"
	if !s.client.IsSet() || azures && (!azurermCredentials() || os.Getenv(azurermVariables+"CLIENT_ID") != "") {
		return nil
	}
	if other != "" {
		other += ". "
	}
	return &zone.SettingProblem{
		Setting: s.client, What: zone.PlaceOf(s.client) + " names an application, and no credentials of it are set",
		Advice: other + "Set in the block azure one of " + credentialChoices + ". To use az login, leave out " + zone.PlaceOf(s.client),
	}
}

// azurermCredentials is whether azurerm's variables have a secret or a certificate.
func azurermCredentials() bool {
	for _, name := range []string{"CLIENT_SECRET", "CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_PATH"} {
		if os.Getenv(azurermVariables+name) != "" {
			return true
		}
	}
	return false
}
