package google

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// What cannot be credentials, a token, an account or a project is named, without showing a secret. What
// is in the environment matters only to those who use the host. Unknown values are not refused.
func TestUnusableCombinations(t *testing.T) {
	const secret = "INVENTED0KEY0MATERIAL"
	const key = `{"type":"service_account","project_id":"p","private_key":"` + secret + `"}`
	pem := "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n"
	for what, test := range map[string]struct {
		attribute, value string
		says             string // "": nothing
	}{
		"the key of an account":        {"credentials", key, ""},
		"the same with spaces":         {"credentials", "\n  " + key + "\n", ""},
		"a user":                       {"credentials", `{"type":"authorized_user","refresh_token":"` + secret + `"}`, ""},
		"workload identity":            {"credentials", `{"type":"external_account"}`, ""},
		"a path":                       {"credentials", "/etc/keys/mail.json", ""},
		"a path at home":               {"credentials", "~/mail.json", ""},
		"a path that is not there":     {"credentials", "no-such-file.json", ""}, // it may be there when it is needed
		"JSON that is cut off":         {"credentials", key[:40], "it begins like JSON, and is not JSON: it may be cut off"},
		"the client of an application": {"credentials", `{"installed":{"client_secret":"` + secret + `"}}`, "it is the client of an OAuth application"},
		"a client of the web":          {"credentials", `{"web":{"client_secret":"` + secret + `"}}`, "it is the client of an OAuth application"},
		"other JSON":                   {"credentials", `{"access_token":"` + secret + `"}`, `its type is ""`},
		"another type":                 {"credentials", `{"type":"gdch_service_account"}`, `its type is "gdch_service_account"`},
		"a private key":                {"credentials", pem, "it is a private key alone"},
		"an access token":              {"credentials", "ya29." + secret, "it is an access token, which access_token is for"},
		"several lines":                {"credentials", "one\ntwo " + secret, "it has several lines"},
		"JSON in base64":               {"credentials", base64.StdEncoding.EncodeToString([]byte(key)), "decode it with base64decode()"},
		"a token":                      {"access_token", "ya29." + secret, ""},
		"a token of another form":      {"access_token", secret, ""},
		"JSON as a token":              {"access_token", key, "it is JSON and not an access token"},
		"a token of two words":         {"access_token", "Bearer " + secret, "an access token is one word"},
	} {
		t.Run(what, func(t *testing.T) {
			for _, name := range variables {
				t.Setenv(name, "")
			}
			read := func(b kit.Block) (reported, missing string) {
				var diags diag.Diagnostics
				settings := Service{}.read(b, &diags)
				for _, d := range diags {
					reported += d.Detail()
				}
				if settings.Missing != nil {
					missing = settings.Missing.Error()
				}
				return reported, missing
			}
			check := func(place, said, other string) {
				t.Helper()
				if (test.says == "") != (said == "") || !strings.Contains(said, test.says) || other != "" || test.says != "" && !strings.Contains(said, place+": ") {
					t.Errorf("%q, want %q of %s; besides %q", said, test.says, place, other)
				}
				if strings.Contains(said, secret) || strings.Contains(said, base64.StdEncoding.EncodeToString([]byte(key))[:20]) {
					t.Errorf("a secret is in %q", said)
				}
			}
			reported, missing := read(block(t, map[string]string{test.attribute: test.value}))
			check("google."+test.attribute, reported, missing)
			variable := map[string]string{"credentials": "GOOGLE_CREDENTIALS", "access_token": "GOOGLE_OAUTH_ACCESS_TOKEN"}[test.attribute]
			t.Setenv(variable, test.value)
			reported, missing = read(block(t, nil))
			check(variable, missing, reported)
		})
	}
}

// What the environment says of the project and the account is checked when the host is to be used. A
// token makes credentials beside it irrelevant.
func TestUnusableEnvironment(t *testing.T) {
	for what, test := range map[string]struct {
		environment map[string]string
		says        string
	}{
		"a project":                {map[string]string{"GOOGLE_PROJECT": "example-project-1"}, ""},
		"the number of one":        {map[string]string{"GCLOUD_PROJECT": "123456789012"}, ""},
		"the name of a project":    {map[string]string{"GOOGLE_CLOUD_PROJECT": "My Project"}, `GOOGLE_CLOUD_PROJECT: "My Project" is not the ID of a project`},
		"the path of a project":    {map[string]string{"GCLOUD_PROJECT": "projects/example-project-1"}, "GCLOUD_PROJECT: "},
		"an account":               {map[string]string{"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "dns@example-project.iam.gserviceaccount.com"}, ""},
		"a chain of accounts":      {map[string]string{"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "a@p.iam.gserviceaccount.com,b@p.iam.gserviceaccount.com"}, "is not the e-mail address of a service account"},
		"the name of an account":   {map[string]string{"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "dns"}, "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: "},
		"a token beside odd ones":  {map[string]string{"GOOGLE_OAUTH_ACCESS_TOKEN": "ya29.x", "GOOGLE_CREDENTIALS": "{"}, ""},
		"odd credentials by other": {map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "{}"}, "GOOGLE_APPLICATION_CREDENTIALS: "},
	} {
		t.Run(what, func(t *testing.T) {
			for _, name := range variables {
				t.Setenv(name, test.environment[name])
			}
			missing := readBlock(t, block(t, map[string]string{})).Missing
			if (missing == nil) != (test.says == "") || missing != nil && !strings.Contains(missing.Error(), test.says) {
				t.Errorf("%v, want %q", missing, test.says)
			}
		})
	}
	b := block(t, map[string]string{})
	attributes := b.Object.Attributes()
	for name := range attributes {
		if attributes[name].Type(t.Context()).Equal(types.StringType) {
			attributes[name] = types.StringUnknown()
		}
	}
	b.Object = types.ObjectValueMust(b.Object.AttributeTypes(t.Context()), attributes)
	var diags diag.Diagnostics
	if (Service{}).read(b, &diags); diags.HasError() {
		t.Errorf("unknown values: %v", diags)
	}
}
