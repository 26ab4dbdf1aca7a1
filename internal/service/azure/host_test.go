package azure

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
)

// block is the service's block with these values; all others are null.
func block(t *testing.T, values map[string]attr.Value) kit.Block {
	t.Helper()
	kinds, all := map[string]attr.Type{}, map[string]attr.Value{}
	for name, attribute := range blockAttributes() {
		kinds[name] = attribute.GetType()
		all[name] = types.StringNull()
		if kinds[name] == types.BoolType {
			all[name] = types.BoolNull()
		}
		if value, set := values[name]; set {
			all[name] = value
		}
	}
	object, diags := types.ObjectValue(kinds, all)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return kit.Block{At: path.Root("azure"), Name: "azure", Object: object, Env: true}
}

// clear takes away what the environment of the tests says.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, prefix := range []string{"AZURE_", "ARM_", "ACTIONS_ID_TOKEN_"} {
			if strings.HasPrefix(name, prefix) {
				t.Setenv(name, "")
			}
		}
	}
}

const (
	subscription = "00000000-0000-0000-0000-00000000f001"
	tenant       = "00000000-0000-0000-0000-00000000f002"
	client       = "00000000-0000-0000-0000-00000000f003"
	otherTenant  = "00000000-0000-0000-0000-00000000f004"
	otherClient  = "00000000-0000-0000-0000-00000000f005"
)

func text(value string) attr.Value { return types.StringValue(value) }

// Which credentials count, from the block and from the environment.
func TestCredentials(t *testing.T) {
	type environment = map[string]string
	type values = map[string]attr.Value
	for what, test := range map[string]struct {
		env     environment
		block   values
		want    azureapi.Credentials
		missing string // part of what is said to be missing; "": nothing
	}{
		"nothing": {missing: "Set azure.subscription_id (environment: AZURE_SUBSCRIPTION_ID or ARM_SUBSCRIPTION_ID)"},
		"the default chain": {
			env: environment{"ARM_SUBSCRIPTION_ID": subscription},
		},
		"azurerm's variables": {
			env:  environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_TENANT_ID": tenant, "ARM_CLIENT_ID": client, "ARM_CLIENT_SECRET": "x"},
			want: azureapi.Credentials{TenantID: tenant, ClientID: client, ClientSecret: "x"},
		},
		"Azure's variables first": {
			env: environment{"AZURE_SUBSCRIPTION_ID": subscription, "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client, "AZURE_CLIENT_SECRET": "x",
				"ARM_TENANT_ID": otherTenant, "ARM_CLIENT_ID": otherClient, "ARM_CLIENT_SECRET": "x2"},
			want: azureapi.Credentials{TenantID: tenant, ClientID: client, ClientSecret: "x"},
		},
		"never the secret of another application": {
			env: environment{"AZURE_SUBSCRIPTION_ID": subscription, "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client, "AZURE_FEDERATED_TOKEN_FILE": "/token",
				"ARM_TENANT_ID": otherTenant, "ARM_CLIENT_ID": otherClient, "ARM_CLIENT_SECRET": "x2"},
			want: azureapi.Credentials{TenantID: tenant, ClientID: client, OIDCTokenPath: "/token"},
		},
		"a configured secret": {
			env:   environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_CLIENT_CERTIFICATE_PATH": "/certificate", "AZURE_FEDERATED_TOKEN_FILE": "/token"},
			block: values{"tenant_id": text(tenant), "client_id": text(client), "client_secret": text("x")},
			want:  azureapi.Credentials{TenantID: tenant, ClientID: client, ClientSecret: "x"},
		},
		"a secret alone": {
			block:   values{"subscription_id": text(subscription), "client_secret": text("x")},
			want:    azureapi.Credentials{ClientSecret: "x"},
			missing: "Set azure.tenant_id (environment: AZURE_TENANT_ID or ARM_TENANT_ID), azure.client_id (environment: AZURE_CLIENT_ID or ARM_CLIENT_ID)",
		},
		"a workflow at GitHub": {
			env: environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_TENANT_ID": tenant, "ARM_CLIENT_ID": client, "ARM_USE_OIDC": "true", "ARM_CLIENT_SECRET": "old",
				"ACTIONS_ID_TOKEN_REQUEST_URL": "https://workflow.example.com", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "r"},
			want: azureapi.Credentials{TenantID: tenant, ClientID: client, OIDCRequestURL: "https://workflow.example.com", OIDCRequestToken: "r"},
		},
		"a workflow without use_oidc": {
			env: environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_TENANT_ID": tenant, "ARM_CLIENT_ID": client, "ARM_CLIENT_SECRET": "x", "ARM_OIDC_TOKEN": "o",
				"ACTIONS_ID_TOKEN_REQUEST_URL": "https://workflow.example.com", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "r"},
			want: azureapi.Credentials{TenantID: tenant, ClientID: client, ClientSecret: "x"},
		},
		"use_oidc and nothing else": {
			block:   values{"subscription_id": text(subscription), "use_oidc": types.BoolValue(true)},
			missing: "azure.oidc_request_url (environment: ACTIONS_ID_TOKEN_REQUEST_URL)",
		},
		"use_oidc without a token": {
			block: values{"subscription_id": text(subscription), "tenant_id": text(tenant), "client_id": text(client), "use_oidc": types.BoolValue(true)},
			want:  azureapi.Credentials{TenantID: tenant, ClientID: client},
			missing: "Instead of oidc_request_url and oidc_request_token, set oidc_token_file_path (environment: AZURE_FEDERATED_TOKEN_FILE or ARM_OIDC_TOKEN_FILE_PATH) or oidc_token (ARM_OIDC_TOKEN) if there is a token already. " +
				"A workflow at GitHub sets the two variables for a job with permissions: id-token: write",
		},
		"credentials of the other prefix": {
			env:     environment{"ARM_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_ID": client, "ARM_TENANT_ID": tenant, "ARM_CLIENT_SECRET": "x"},
			want:    azureapi.Credentials{ClientID: client},
			missing: "AZURE_CLIENT_ID names an application, and no credentials of it are set. ARM_CLIENT_SECRET and ARM_TENANT_ID beside AZURE_CLIENT_ID: variables with another prefix do not count",
		},
		"credentials of the other prefix, the other way": {
			env:     environment{"AZURE_SUBSCRIPTION_ID": subscription, "ARM_CLIENT_ID": client, "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_SECRET": "x"},
			want:    azureapi.Credentials{ClientID: client},
			missing: "ARM_CLIENT_ID names an application, and no credentials of it are set. AZURE_CLIENT_SECRET and AZURE_TENANT_ID beside ARM_CLIENT_ID: variables with another prefix do not count",
		},
		"a tenant of the other prefix": {
			env:     environment{"AZURE_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_ID": client, "ARM_TENANT_ID": tenant, "AZURE_CLIENT_SECRET": "x"},
			want:    azureapi.Credentials{ClientID: client, ClientSecret: "x"},
			missing: "ARM_TENANT_ID beside AZURE_CLIENT_ID: variables with another prefix do not count, so give all of these variables the prefix AZURE_ or all ARM_",
		},
		"a managed identity beside azurerm's application": {
			env:  environment{"AZURE_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_ID": client, "ARM_CLIENT_ID": otherClient, "ARM_TENANT_ID": tenant, "ARM_CLIENT_SECRET": "x"},
			want: azureapi.Credentials{ClientID: client},
		},
		"a token in a file": {
			block: values{"subscription_id": text(subscription), "tenant_id": text(tenant), "client_id": text(client), "oidc_token_file_path": text("/token")},
			want:  azureapi.Credentials{TenantID: tenant, ClientID: client, OIDCTokenPath: "/token"},
		},
		"the machine": {
			env:   environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_CLIENT_SECRET": "x", "ARM_TENANT_ID": tenant},
			block: values{"use_msi": types.BoolValue(true), "client_id": text(client)},
			want:  azureapi.Credentials{TenantID: tenant, ClientID: client, ManagedIdentity: true},
		},
		"an access token": {
			env:   environment{"ARM_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_SECRET": "x"},
			block: values{"access_token": text("a")},
			want:  azureapi.Credentials{AccessToken: "a"},
		},
		"not known yet": {
			block:   values{"subscription_id": text(subscription), "client_secret": types.StringUnknown()},
			missing: "azure.client_secret of the provider configuration not known yet",
		},
		"a flag that is not known yet": {
			block:   values{"subscription_id": text(subscription), "use_msi": types.BoolUnknown()},
			missing: "azure.use_msi of the provider configuration not known yet",
		},
		"an application without credentials": {
			block:   values{"subscription_id": text(subscription), "client_id": text(client)},
			want:    azureapi.Credentials{ClientID: client},
			missing: "azure.client_id names an application, and no credentials of it are set. Set in the block azure one of client_secret (environment: AZURE_CLIENT_SECRET or ARM_CLIENT_SECRET)",
		},
		"an application and its tenant without credentials": {
			env:     environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_CLIENT_ID": client, "ARM_TENANT_ID": tenant},
			want:    azureapi.Credentials{TenantID: tenant, ClientID: client},
			missing: "ARM_CLIENT_ID names an application, and no credentials of it are set",
		},
		"a managed identity of Azure's default chain": {
			env:  environment{"ARM_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_ID": client},
			want: azureapi.Credentials{ClientID: client},
		},
		"the credentials have another prefix than the application": {
			env:     environment{"ARM_SUBSCRIPTION_ID": subscription, "ARM_CLIENT_ID": client, "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_SECRET": "x"},
			want:    azureapi.Credentials{ClientID: client},
			missing: "ARM_CLIENT_ID names an application, and no credentials of it are set",
		},
		"a tenant for az login": {
			block: values{"subscription_id": text(subscription), "tenant_id": text("example.onmicrosoft.com")},
			want:  azureapi.Credentials{TenantID: "example.onmicrosoft.com"},
		},
		"a subscription's name in the environment": {
			env:     environment{"ARM_SUBSCRIPTION_ID": "production"},
			missing: `ARM_SUBSCRIPTION_ID: "production" is not the ID of a subscription, which looks like 00000000-`,
		},
		"an application's name in the environment": {
			env:     environment{"ARM_SUBSCRIPTION_ID": subscription, "AZURE_CLIENT_ID": "mailer"},
			want:    azureapi.Credentials{ClientID: "mailer"},
			missing: `AZURE_CLIENT_ID: "mailer" is not an application (client) ID`,
		},
	} {
		t.Run(what, func(t *testing.T) {
			clearEnvironment(t)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			var diags diag.Diagnostics
			settings := readSettings(block(t, test.block), &diags)
			if diags.HasError() {
				t.Error(diags)
			}
			if got := settings.credentials(); got != test.want {
				t.Errorf("the credentials are\n%+v, want\n%+v", got, test.want)
			}
			switch err := settings.missing("Azure DNS"); {
			case err == nil && test.missing != "":
				t.Errorf("nothing is missing")
			case err != nil && (test.missing == "" || !strings.Contains(err.Error(), test.missing)):
				t.Errorf("missing: %v", err)
			}
		})
	}
}

// Which attributes of one block cannot be meant together.
func TestUnusableCombinations(t *testing.T) {
	flag := types.BoolValue(true)
	for what, test := range map[string]struct {
		block map[string]attr.Value
		says  string // "": nothing
	}{
		"two credentials":                   {map[string]attr.Value{"client_secret": text("x"), "client_certificate_path": text("/c")}, "azure.client_secret and azure.client_certificate_path are both configured"},
		"an access token and a secret":      {map[string]attr.Value{"access_token": text("a"), "client_secret": text("x")}, "azure.access_token and azure.client_secret are both configured"},
		"two certificates":                  {map[string]attr.Value{"client_certificate": text("x"), "client_certificate_path": text("/c")}, "are both configured"},
		"two tokens":                        {map[string]attr.Value{"oidc_token": text("x"), "oidc_token_file_path": text("/t")}, "are both configured"},
		"both flags":                        {map[string]attr.Value{"use_msi": flag, "use_oidc": flag}, "azure.use_oidc and azure.use_msi are both true"},
		"a secret and the machine":          {map[string]attr.Value{"use_msi": flag, "client_secret": text("x")}, "azure.client_secret is configured and azure.use_msi is true"},
		"a secret and a workflow":           {map[string]attr.Value{"use_oidc": flag, "client_secret": text("x")}, "azure.client_secret is configured and azure.use_oidc is true"},
		"a token of another issuer":         {map[string]attr.Value{"use_oidc": flag, "oidc_token": text("x")}, ""},
		"a request URL without the flag":    {map[string]attr.Value{"oidc_request_url": text("https://workflow.example.com")}, "azure.oidc_request_url counts only with use_oidc = true"},
		"a request URL with the flag":       {map[string]attr.Value{"oidc_request_url": text("https://workflow.example.com"), "use_oidc": flag}, ""},
		"a password without a certificate":  {map[string]attr.Value{"client_certificate_password": text("p")}, "azure.client_certificate_password is configured without a certificate"},
		"a password with a certificate":     {map[string]attr.Value{"client_certificate_password": text("p"), "client_certificate": text("x")}, ""},
		"a password, a certificate unknown": {map[string]attr.Value{"client_certificate_password": text("p"), "client_certificate": types.StringUnknown()}, ""},
		"an empty second one":               {map[string]attr.Value{"client_secret": text("x"), "access_token": text("")}, ""},
		"a flag that is not known yet":      {map[string]attr.Value{"client_secret": text("x"), "use_msi": types.BoolUnknown()}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			clearEnvironment(t)
			var diags diag.Diagnostics
			readSettings(block(t, test.block), &diags)
			said := ""
			for _, d := range diags {
				said += d.Detail()
			}
			if (test.says == "") != (said == "") || !strings.Contains(said, test.says) {
				t.Errorf("%q, want %q", said, test.says)
			}
		})
	}
}

// Validation finds what is no ID.
func TestIDs(t *testing.T) {
	for _, c := range []struct{ attribute, value, says string }{
		{"subscription_id", subscription, ""},
		{"subscription_id", strings.ToUpper(subscription), ""},
		{"subscription_id", "/subscriptions/" + subscription, "is not the ID of a subscription"},
		{"subscription_id", "production", "The name of a subscription is something else"},
		{"client_id", "mailer", "is not an application (client) ID"},
		{"tenant_id", "example.onmicrosoft.com", ""},
		{"tenant_id", "common", "is neither the ID of a tenant"},
		{"tenant_id", "https://example.com", "is neither the ID of a tenant"},
	} {
		resp := &validator.StringResponse{}
		for _, v := range blockAttributes()[c.attribute].(schema.StringAttribute).Validators {
			v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("azure").AtName(c.attribute), ConfigValue: types.StringValue(c.value)}, resp)
		}
		said := ""
		for _, d := range resp.Diagnostics {
			said += d.Detail()
		}
		if (c.says == "") != (said == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s = %q: %q, want %q", c.attribute, c.value, said, c.says)
		}
	}
}

func TestCloud(t *testing.T) {
	for name, want := range map[string]string{"": "management.azure.com", "usgovernment": "management.usgovcloudapi.net", "China": "management.chinacloudapi.cn", "moon": ""} {
		clearEnvironment(t)
		t.Setenv("ARM_ENVIRONMENT", name)
		var diags diag.Diagnostics
		settings := readSettings(block(t, nil), &diags)
		if diags.HasError() != (want == "") || want != "" && settings.cloud.ManagerURL() != "https://"+want {
			t.Errorf("%q: %s, %v", name, settings.cloud.ManagerURL(), diags)
		}
	}
}

// Plain HTTP is for the machine itself, unless the user says otherwise.
func TestInsecureURL(t *testing.T) {
	clearEnvironment(t)
	for url, wanted := range map[string]bool{"http://azure.example": false, "http://127.0.0.1:8053": true, "https://azure.example": true} {
		var diags diag.Diagnostics
		Service{}.read(block(t, map[string]attr.Value{"base_url": text(url)}), &diags)
		if diags.HasError() == wanted {
			t.Errorf("%s: %v", url, diags)
		}
	}
}
