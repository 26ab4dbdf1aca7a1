package mail

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// signingMail is a mail service with a DKIM key that can be enabled and disabled.
type signingMail struct{ fakeMail }

func (signingMail) DKIMSelector() string { return "s1" }

func (signingMail) DKIMSwitch(*kit.Run) (DKIMSwitch, error) { return nil, nil }

// A service that signs no mail cannot have a DKIM key. A configuration that names one of its
// domains is refused.
func TestServiceThatSignsNothing(t *testing.T) {
	services := []Service{signingMail{fakeMail{name: "signs"}}, fakeMail{name: "silent"}}
	r := &dkimKeyResource{services: services}
	if d, err := r.signedDomain("signs/Example.com"); err != nil || d.recordName() != "s1._domainkey.example.com" || !d.isSwitched() {
		t.Errorf("it is %v, %v", d, err)
	}
	if _, err := r.signedDomain("silent/example.com"); err == nil || !strings.Contains(err.Error(), "example.com is at the service silent, which signs no mail") {
		t.Errorf("the error is %v", err)
	}
	var schema resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
	for id, refused := range map[string]bool{"signs/example.com": false, "silent/example.com": true, "another/example.com": false} {
		of, ok := schema.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
		if !ok {
			t.Fatal("the schema is no object")
		}
		values := map[string]tftypes.Value{}
		for name, attribute := range of.AttributeTypes {
			values[name] = tftypes.NewValue(attribute, nil)
		}
		values["mail_domain_id"] = tftypes.NewValue(tftypes.String, id)
		var resp resource.ValidateConfigResponse
		r.ValidateConfig(t.Context(), resource.ValidateConfigRequest{Config: tfsdk.Config{Schema: schema.Schema, Raw: tftypes.NewValue(of, values)}}, &resp)
		if resp.Diagnostics.HasError() != refused || refused && resp.Diagnostics[0].Summary() != "Not possible at the service silent" {
			t.Errorf("of %s it says %v", id, resp.Diagnostics)
		}
	}
}

// The description names the services if only some of them support an attribute, and none if all do.
func TestWhatTheDocumentationSaysOfServices(t *testing.T) {
	one := fakeMail{name: "one", rules: Rules{Lacks: map[string]string{"enabled": "It has none."}, LongestPassword: 20, Words: Words{Hash: "Of one."}}}
	services := services{one, fakeMail{name: "two"}, fakeMail{name: "three"}}
	for what, c := range map[string]struct{ said, want string }{
		"an attribute of two":  {services.only("enabled"), " At the service two and the service three only."},
		"an attribute of all":  {services.only("first_name"), ""},
		"words":                {services.say(" ", func(w Words) string { return w.Hash }), " Of one."},
		"values":               {services.alternatives(), "`one` for the service one, `two` for the service two or `three` for the service three"},
		"services that are so": {services.those(isFirstAccounter), ""},
		"IDs":                  {services.examples("a.example"), `"one/a.example", "two/a.example" or "three/a.example"`},
	} {
		if c.said != c.want {
			t.Errorf("of %s it says %q, not %q", what, c.said, c.want)
		}
	}
	password := services.passwordAttributes(true)["password"].GetMarkdownDescription()
	if !strings.HasSuffix(password, "At most 20 bytes at the service one, which would ignore the rest.") {
		t.Errorf("of a password it says %q", password)
	}
}

// A service cannot forget to list what it does not implement: a first mailbox, hashes of passwords,
// or another DKIM key.
func TestWhatAServiceDoesNotImplementIsRefused(t *testing.T) {
	for _, attribute := range []string{"first_account", "password_hash", "password_hash_wo", "keepers"} {
		var diags diag.Diagnostics
		refuseAttributes(fakeMail{name: "plain"}, map[string]attr.Value{attribute: types.StringValue("set")}, &diags)
		if !diags.HasError() || !strings.Contains(diags[0].Detail(), "Remove") && !strings.Contains(diags[0].Detail(), "Set password_wo") {
			t.Errorf("%s: %v", attribute, diags)
		}
	}
}
