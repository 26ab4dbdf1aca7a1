package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var caa = definition{
	name:    "caa",
	summary: "Builds the CAA records of a domain",
	description: "Builds the CAA records of a domain (RFC 8659), which name the certification authorities that may issue certificates for it and its subdomains.\n\n" +
		"The result is a map of objects with `name`, `type`, `value` and `priority`, as `records` of `postmaster_dns_records` has them. The keys are derived from the records.",
	parameters: []function.Parameter{
		stringParameter("domain", "The domain."),
		optionsParameter("An object with these attributes, of which at least one is needed. Each is a list, or one string; an empty list, `[]`, says that no authority may issue such certificates:\n" +
			"    - `issue`: authorities for TLS certificates, by the domain name that each documents for CAA records, such as `\"letsencrypt.org\"`. Parameters follow behind semicolons, such as `\"letsencrypt.org; validationmethods=dns-01\"`.\n" +
			"    - `issuewild`: authorities for wildcard certificates. Default: those of `issue`.\n" +
			"    - `issuemail`: authorities for S/MIME certificates.\n" +
			"    - `issuevmc`: authorities for certificates of logos (see [`bimi`](bimi.md)).\n" +
			"    - `iodef`: where authorities report requests that they have refused, a `mailto:` or `https:` URI. It may not be empty."),
	},
	result: function.MapReturn{ElementType: recordType},
	run: func(a *arguments) attr.Value {
		domain := a.domain()
		o := a.options(1, []string{"issue", "issuewild", "issuemail", "issuevmc", "iodef"}, nil)
		parts := mailrecord.CAAParts{
			Issue: o.texts("issue"), IssueWild: o.texts("issuewild"),
			IssueMail: o.texts("issuemail"), IssueVMC: o.texts("issuevmc"), IODEF: o.texts("iodef"),
		}
		if o.stop() {
			return nil
		}
		records, err := parts.Records(domain)
		a.fail(1, err)
		return recordsValue(records)
	},
}
