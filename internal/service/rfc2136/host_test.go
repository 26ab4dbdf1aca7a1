package rfc2136

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Validation reports what is wrong with the settings of an RFC 2136 server. It accepts different
// spellings of the same value.
func TestSettingsOfNameServers(t *testing.T) {
	for _, c := range []struct{ attribute, value, says string }{
		{"key_algorithm", "hmac-sha256", ""},
		{"key_algorithm", "HMAC-SHA256", ""},
		{"key_algorithm", "hmac-sha512.", ""},
		{"key_algorithm", "", ""},
		{"key_algorithm", "hmac-md5", "pdnsutil generate-tsig-key"},
		{"server", "ns1.example.net", ""},
		{"server", "2001:db8::53", ""},
		{"server", "", ""},
		{"server", "ns1.example.net:5353", `server = "ns1.example.net", and the port as port = 5353`},
		{"server", "[2001:db8::53]:53", `server = "2001:db8::53", and the port as port = 53`},
		{"server", "https://ns1.example.net", `without "https://"`},
	} {
		resp := &validator.StringResponse{}
		for _, v := range blockAttributes()[c.attribute].(schema.StringAttribute).Validators {
			v.ValidateString(context.Background(), validator.StringRequest{Path: path.Root("rfc2136").AtName(c.attribute), ConfigValue: types.StringValue(c.value)}, resp)
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
