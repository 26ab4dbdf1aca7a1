package google

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// variables are all that the block reads from the environment.
var variables = []string{
	"GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
	"GOOGLE_CLOUD_PROJECT", "GOOGLE_PROJECT", "GCLOUD_PROJECT", "GOOGLE_DNS_CUSTOM_ENDPOINT",
}

// block is the provider's block with these attributes; nil: there is none.
func block(t *testing.T, values map[string]string) kit.Block {
	t.Helper()
	attributeTypes, elements := map[string]attr.Type{}, map[string]attr.Value{}
	for name, attribute := range blockAttributes() {
		attributeTypes[name] = attribute.GetType()
		elements[name] = types.StringNull()
		if attribute.GetType().Equal(types.BoolType) {
			elements[name] = types.BoolNull()
		}
		if value, set := values[name]; set {
			elements[name] = types.StringValue(value)
		}
	}
	object := types.ObjectNull(attributeTypes)
	if values != nil {
		object = types.ObjectValueMust(attributeTypes, elements)
	}
	b := kit.BlockOf("google", object)
	b.Env = true
	return b
}

func readBlock(t *testing.T, b kit.Block) zone.HostSettings {
	t.Helper()
	var diags diag.Diagnostics
	settings := Service{}.read(b, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return settings
}

// A block or credentials in the environment are enough. Without either, nothing looks for the
// credentials of the machine.
func TestWhatConfiguresTheHost(t *testing.T) {
	for _, tc := range []struct {
		what                 string
		environment          map[string]string
		values               map[string]string
		missing              bool
		credentials, project string
		token                string
	}{
		{"nothing", nil, nil, true, "", "", ""},
		{"a project alone", map[string]string{"GOOGLE_CLOUD_PROJECT": "some-project"}, nil, true, "", "some-project", ""},
		{"an empty block", nil, map[string]string{}, false, "", "", ""},
		{"a token in the environment", map[string]string{"GOOGLE_OAUTH_ACCESS_TOKEN": "t"}, nil, false, "", "", "t"},
		{"credentials in the environment", map[string]string{"GOOGLE_CREDENTIALS": "c", "GOOGLE_APPLICATION_CREDENTIALS": "d"}, nil, false, "c", "", ""},
		{"the variable of all tools", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "d", "GCLOUD_PROJECT": "third-one", "GOOGLE_PROJECT": "second-one"}, nil, false, "d", "second-one", ""},
		{"credentials configured", map[string]string{"GOOGLE_OAUTH_ACCESS_TOKEN": "t", "GOOGLE_CREDENTIALS": "c"}, map[string]string{"credentials": "mine", "project": "my-project"}, false, "mine", "my-project", ""},
		{"a token configured", map[string]string{"GOOGLE_CREDENTIALS": "c", "GOOGLE_APPLICATION_CREDENTIALS": "d"}, map[string]string{"access_token": "mine"}, false, "", "", "mine"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			for _, name := range variables {
				t.Setenv(name, tc.environment[name])
			}
			got := readBlock(t, block(t, tc.values))
			if (got.Missing != nil) != tc.missing || tc.missing && (!errors.Is(got.Missing, api.ErrNotConfigured) || !strings.Contains(got.Missing.Error(), "google = {}")) {
				t.Errorf("missing is %v", got.Missing)
			}
			if got.Values["credentials"].Value != tc.credentials || got.Values["project"].Value != tc.project || got.Values["access_token"].Value != tc.token {
				t.Errorf("read are %+v", got.Values)
			}
			host, err := got.Open(kit.NewRun("test", nil))
			if err != nil || host.Name() != "google" {
				t.Errorf("opening it: %v", err)
			}
		})
	}
}

// Blocks that reach the zones of different projects, or in another name, are different accounts.
func TestAccounts(t *testing.T) {
	for _, name := range variables {
		t.Setenv(name, "")
	}
	seen := map[string]string{}
	for what, values := range map[string]map[string]string{
		"default": {}, "a project": {"project": "one-project"}, "another project": {"project": "two-project"}, "as another": {"impersonate_service_account": "a@b.example"},
		"a token": {"access_token": "x"}, "credentials": {"credentials": "x"}, "another address": {"base_url": "https://dns.example.net/dns/v1"},
	} {
		account := readBlock(t, block(t, values)).Account
		if before, known := seen[account]; known {
			t.Errorf("%s and %s are one account", what, before)
		}
		seen[account] = what
	}
	for _, trailing := range []string{"https://dns.googleapis.com/dns/v1", "https://dns.googleapis.com/dns/v1/"} {
		if seen[readBlock(t, block(t, map[string]string{"base_url": trailing})).Account] != "default" {
			t.Errorf("%s is not the address that is the default", trailing)
		}
	}
}

// Validation finds what is no project and no service account.
func TestSettings(t *testing.T) {
	for _, c := range []struct{ attribute, value, says string }{
		{"project", "example-project-1", ""},
		{"project", "123456789012", ""},
		{"project", "example.com:legacy-project", ""},
		{"project", "My Project", "The name of a project is something else"},
		{"project", "projects/example-project-1", "is not the ID of a project"},
		{"impersonate_service_account", "dns@example-project.iam.gserviceaccount.com", ""},
		{"impersonate_service_account", "dns", "such as"},
		{"impersonate_service_account", "projects/-/serviceAccounts/dns@example-project.iam.gserviceaccount.com", "such as"},
	} {
		resp := &validator.StringResponse{}
		for _, v := range blockAttributes()[c.attribute].(schema.StringAttribute).Validators {
			v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("google").AtName(c.attribute), ConfigValue: types.StringValue(c.value)}, resp)
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
