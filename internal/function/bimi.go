package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var bimi = definition{
	name:    "bimi",
	summary: "Builds a BIMI record",
	description: "Builds the text of a BIMI record, which is published as a TXT record at `default._bimi.DOMAIN`. It names the logo that receivers show beside mail of the domain. " +
		"They do so only if the DMARC policy of the domain is `quarantine` or `reject`, and many only with a certificate for the logo.",
	parameters: []function.Parameter{optionsParameter("An object with these attributes. All but `l` may be left out or null:\n" +
		"    - `l`: the address of the logo, an `https:` URI that ends in `.svg`; `\"\"` for a domain that shows no logo.\n" +
		"    - `a`: the address of its certificate (VMC or CMC), an `https:` URI that ends in `.pem`.\n" +
		"    - `avp`: what receivers should rather show, the logo of the `\"brand\"` (the default) or a `\"personal\"` picture of the sender.")},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		o := a.options(0, []string{"l", "a", "avp"}, nil)
		parts := mailrecord.BIMIParts{L: o.text("l"), A: o.text("a"), AVP: o.text("avp")}
		if o.stop() {
			return nil
		}
		text, err := parts.Text()
		return a.built(0, text, err)
	},
}
