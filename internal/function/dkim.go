package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var dkimRecord = definition{
	name:    "dkim_record",
	summary: "Builds the record of a DKIM key",
	description: "Builds the text of a DKIM key record (RFC 6376), which is published as a TXT record at `SELECTOR._domainkey.DOMAIN`. It is for keys of your own: where a service has made the key, its resource has the record already.\n\n" +
		"A private key is an error. The provider does not show it, but Terraform shows the variables and local values of an expression that fails. So read the key by `file()` in the call itself, or make its variable `sensitive`. " +
		"RSA keys need 2048 to 4096 bits. An Ed25519 key in base64 has 32 bytes. A private one has 32 bytes too, so the function cannot tell them apart: take the public key from a PEM file.",
	parameters: []function.Parameter{optionsParameter("An object with these attributes. All but `p` may be left out or null:\n" +
		"    - `p`: the public key, as PEM or as base64; `\"\"` to revoke the key of the selector.\n" +
		"    - `k`: the type of the key, `\"rsa\"` or `\"ed25519\"`. Default: that of the key.\n" +
		"    - `t`: `\"y\"` while the domain is testing DKIM, `\"s\"` if the key does not count for subdomains, or a list of both.\n" +
		"    - `s`: what the key is for: `\"email\"`. Default: everything.\n" +
		"    - `h`: the hashes that signatures may use: `\"sha256\"`. Default: all.")},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		o := a.options(0, []string{"p", "k", "t", "s", "h"}, nil)
		parts := mailrecord.DKIMParts{P: o.text("p"), K: o.text("k"), T: o.texts("t"), S: o.texts("s"), H: o.texts("h")}
		if o.stop() {
			return nil
		}
		text, err := parts.Text()
		return a.built(0, text, err)
	},
}
