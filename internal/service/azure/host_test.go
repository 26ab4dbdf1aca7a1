package azure

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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
		"nothing": {missing: "Set azure.subscription_id (environment: AZURE_SUBSCRIPTION_ID)"},
		"the default chain": {
			env: environment{"ARM_SUBSCRIPTION_ID": "s"},
		},
		"azurerm's variables": {
			env:  environment{"ARM_SUBSCRIPTION_ID": "s", "ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "x"},
			want: azureapi.Credentials{TenantID: "t", ClientID: "c", ClientSecret: "x"},
		},
		"Azure's variables first": {
			env: environment{"AZURE_SUBSCRIPTION_ID": "s", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "x",
				"ARM_TENANT_ID": "t2", "ARM_CLIENT_ID": "c2", "ARM_CLIENT_SECRET": "x2"},
			want: azureapi.Credentials{TenantID: "t", ClientID: "c", ClientSecret: "x"},
		},
		"never the secret of another application": {
			env: environment{"AZURE_SUBSCRIPTION_ID": "s", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": "/token",
				"ARM_TENANT_ID": "t2", "ARM_CLIENT_ID": "c2", "ARM_CLIENT_SECRET": "x2"},
			want: azureapi.Credentials{TenantID: "t", ClientID: "c", OIDCTokenPath: "/token"},
		},
		"a configured secret": {
			env:   environment{"ARM_SUBSCRIPTION_ID": "s", "ARM_CLIENT_CERTIFICATE_PATH": "/certificate", "AZURE_FEDERATED_TOKEN_FILE": "/token"},
			block: values{"tenant_id": text("t"), "client_id": text("c"), "client_secret": text("x")},
			want:  azureapi.Credentials{TenantID: "t", ClientID: "c", ClientSecret: "x"},
		},
		"a secret alone": {
			block:   values{"subscription_id": text("s"), "client_secret": text("x")},
			want:    azureapi.Credentials{ClientSecret: "x"},
			missing: "Set azure.tenant_id (environment: AZURE_TENANT_ID), azure.client_id (environment: AZURE_CLIENT_ID)",
		},
		"a workflow at GitHub": {
			env: environment{"ARM_SUBSCRIPTION_ID": "s", "ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c", "ARM_USE_OIDC": "true", "ARM_CLIENT_SECRET": "old",
				"ACTIONS_ID_TOKEN_REQUEST_URL": "https://workflow.example.com", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "r"},
			want: azureapi.Credentials{TenantID: "t", ClientID: "c", OIDCRequestURL: "https://workflow.example.com", OIDCRequestToken: "r"},
		},
		"a workflow without use_oidc": {
			env: environment{"ARM_SUBSCRIPTION_ID": "s", "ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "x", "ARM_OIDC_TOKEN": "o",
				"ACTIONS_ID_TOKEN_REQUEST_URL": "https://workflow.example.com", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "r"},
			want: azureapi.Credentials{TenantID: "t", ClientID: "c", ClientSecret: "x"},
		},
		"use_oidc and nothing else": {
			block:   values{"subscription_id": text("s"), "use_oidc": types.BoolValue(true)},
			missing: "azure.oidc_request_url (environment: ACTIONS_ID_TOKEN_REQUEST_URL)",
		},
		"a token in a file": {
			block: values{"subscription_id": text("s"), "tenant_id": text("t"), "client_id": text("c"), "oidc_token_file_path": text("/token")},
			want:  azureapi.Credentials{TenantID: "t", ClientID: "c", OIDCTokenPath: "/token"},
		},
		"the machine": {
			env:   environment{"ARM_SUBSCRIPTION_ID": "s", "ARM_CLIENT_SECRET": "x", "ARM_TENANT_ID": "t"},
			block: values{"use_msi": types.BoolValue(true), "client_id": text("c")},
			want:  azureapi.Credentials{TenantID: "t", ClientID: "c", ManagedIdentity: true},
		},
		"an access token": {
			env:   environment{"ARM_SUBSCRIPTION_ID": "s", "AZURE_CLIENT_SECRET": "x"},
			block: values{"access_token": text("a")},
			want:  azureapi.Credentials{AccessToken: "a"},
		},
		"not known yet": {
			block:   values{"subscription_id": text("s"), "client_secret": types.StringUnknown()},
			missing: "azure.client_secret of the provider configuration not known yet",
		},
		"a flag that is not known yet": {
			block:   values{"subscription_id": text("s"), "use_msi": types.BoolUnknown()},
			missing: "azure.use_msi of the provider configuration not known yet",
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
