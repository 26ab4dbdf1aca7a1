package verify

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Each input of the data source is refused while a configuration is validated, with its name, what
// was given and what is allowed; an unknown one passes.
func TestCheckInputsAreValidated(t *testing.T) {
	t.Parallel()
	var described datasource.SchemaResponse
	NewCheckDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &described)
	for name, test := range map[string]struct {
		good, bad []string
		allowed   string
	}{
		"selectors":         {[]string{"s1", "S1.", "s1._domainkey.news.example.com"}, []string{"", "a..b", "*"}, "a selector is"},
		"sending_addresses": {[]string{"192.0.2.25", "2001:db8::25"}, []string{"", "mail.example.com"}, "such as 192.0.2.25"},
		"helo_name":         {[]string{"mail.example.com.", "пошта.example"}, []string{"", "a b", "mail.example.com:25"}, "the name in a greeting"},
		"mailboxes":         {[]string{"postmaster", "anna@example.com"}, []string{"", "a b", "anna@"}, "a mailbox is"},
		"block_lists":       {[]string{"dnsbl.example."}, []string{"", "dnsbl", "192.0.2.1"}, "a block list is"},
		"allowed_networks":  {[]string{"10.0.0.0/8"}, []string{"", "10.0.0.1", "private"}, "such as 10.0.0.0/8"},
		"control_host":      {[]string{"mail.example", "192.0.2.25:25", "[2001:db8::25]:25"}, []string{"", "mail.example:smtp", "smtp://mail.example"}, "a mail server is"},
		"proof_zone":        {[]string{".", "example.com."}, []string{"", "192.0.2.1", "a b"}, "a zone is"},
		"only":              {[]string{"spf", "mx_*"}, []string{"", "spam"}, "groups are"},
		"silence":           {[]string{"spf_ptr"}, []string{"spam"}, "groups are"},
		"fail_on":           {[]string{"high", "spf"}, []string{"spam"}, "critical"},
	} {
		validate := func(value types.String) (said string) {
			at := path.Root(name)
			switch a := described.Schema.Attributes[name].(type) {
			case schema.StringAttribute:
				for _, v := range a.Validators {
					var response validator.StringResponse
					v.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: value}, &response)
					for _, d := range response.Diagnostics {
						said += d.Detail()
					}
				}
			case schema.SetAttribute:
				set := types.SetValueMust(types.StringType, nil)
				if !value.IsNull() {
					set = types.SetValueMust(types.StringType, append(set.Elements(), value))
				}
				for _, v := range a.Validators {
					var response validator.SetResponse
					v.ValidateSet(t.Context(), validator.SetRequest{Path: at, ConfigValue: set}, &response)
					for _, d := range response.Diagnostics {
						said += d.Detail()
					}
				}
			}
			return said
		}
		for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
			if said := validate(value); said != "" {
				t.Errorf("%s = %s: %s", name, value, said)
			}
		}
		for _, text := range test.good {
			if said := validate(types.StringValue(text)); said != "" {
				t.Errorf("%s = %q: %s", name, text, said)
			}
		}
		for _, text := range test.bad {
			said := validate(types.StringValue(text))
			for _, want := range []string{name, `"` + text, test.allowed} {
				if !strings.Contains(said, want) {
					t.Errorf("%s = %q: %q does not say %q", name, text, said, want)
				}
			}
		}
	}
}
