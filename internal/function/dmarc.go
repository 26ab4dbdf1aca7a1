package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var dmarc = definition{
	name:    "dmarc",
	summary: "Builds a DMARC record",
	description: "Builds the text of a DMARC record (RFC 9989), which is published as a TXT record at `_dmarc.DOMAIN`.\n\n" +
		"The tags `pct`, `rf` and `ri` of RFC 7489 are an error, because RFC 9989 does not have them any more. So are limits on the size of reports, such as `!10m`.\n\n" +
		"If reports go to another domain, that domain has to agree with a record of its own: see [`dmarc_authorization`](dmarc_authorization.md). The function does not know the domain of the record, so it cannot check this.",
	parameters: []function.Parameter{optionsParameter("An object with these attributes. All but `p` may be left out or null:\n" +
		"    - `p`: what receivers do with mail that fails: `\"none\"`, `\"quarantine\"` or `\"reject\"`.\n" +
		"    - `sp`, `np`: the same for subdomains, and for subdomains that do not exist.\n" +
		"    - `rua`, `ruf`: where aggregate reports and reports about single failures go: a `mailto:` URI or a list of them.\n" +
		"    - `adkim`, `aspf`: whether the domains of DKIM and SPF have to be the same as the one of the sender (`\"s\"`) or may be subdomains (`\"r\"`, the default).\n" +
		"    - `fo`: for which failures reports are wanted: `\"0\"`, `\"1\"`, `\"d\"`, `\"s\"`, or a list of them. Needs `ruf`.\n" +
		"    - `t`: `\"y\"` or `true` while the policy is being tested; receivers then apply a weaker one.\n" +
		"    - `psd`: `\"y\"` for a domain below which others register domains, `\"n\"` for one that is on its own, `\"u\"` (the default) if it is neither.")},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		o := a.options(0, []string{"p", "sp", "np", "rua", "ruf", "adkim", "aspf", "fo", "t", "psd"}, mailrecord.FormerDMARCTags)
		parts := mailrecord.DMARCParts{
			P: o.text("p"), SP: o.text("sp"), NP: o.text("np"),
			ADKIM: o.text("adkim"), ASPF: o.text("aspf"),
			T: o.flag("t"), PSD: o.text("psd"),
			FO: o.texts("fo"), RUA: o.texts("rua"), RUF: o.texts("ruf"),
		}
		if o.stop() {
			return nil
		}
		text, err := parts.Text()
		return a.built(0, text, err)
	},
}

var dmarcAuthorization = definition{
	name:    "dmarc_authorization",
	summary: "Builds the record by which a domain agrees to get DMARC reports about another",
	description: "Builds the record by which a domain agrees to get DMARC reports about another domain (RFC 9990). Without it, receivers do not send reports to an address in another domain. " +
		"It belongs in the zone of the domain that gets the reports. No record is needed if both domains are the same, or below one registered domain.\n\n" +
		"The result is an object with `name`, `type`, `value` and `priority`, an element of `records` of `postmaster_dns_records`.",
	parameters: []function.Parameter{
		stringParameter("domain", "The domain that the reports are about, whose DMARC record names the address; `\"*\"` for all domains."),
		stringParameter("host", "The domain of the address that gets the reports: what follows the @."),
	},
	result: function.ObjectReturn{AttributeTypes: recordType.AttrTypes},
	run: func(a *arguments) attr.Value {
		domain := "*"
		if a.text(0) != "*" {
			domain = a.domain()
		}
		host := a.host(1)
		if a.stop() {
			return nil
		}
		record, err := mailrecord.DMARCAuthorization(domain, host)
		a.fail(0, err)
		return recordValue(record)
	},
}
