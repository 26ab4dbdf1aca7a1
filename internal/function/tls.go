package function

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var tlsRPT = definition{
	name:    "tls_rpt",
	summary: "Builds a TLS-RPT record",
	description: "Builds the text of a TLS-RPT record (RFC 8460), which is published as a TXT record at `_smtp._tls.DOMAIN`. " +
		"Senders then report each day how often TLS failed when they delivered mail to the domain.",
	parameters: []function.Parameter{function.DynamicParameter{Name: "rua", AllowUnknownValues: true,
		MarkdownDescription: "Where the reports go: a `mailto:` or `https:` URI, or a list of them."}},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		uris := a.texts(0)
		if a.stop() {
			return nil
		}
		text, err := mailrecord.BuildTLSRPT(uris)
		return a.built(0, text, err)
	},
}

var mtaSTSType = map[string]attr.Type{"id": types.StringType, "policy": types.StringType, "txt": types.StringType}

var mtaSTS = definition{
	name:    "mta_sts",
	summary: "Builds an MTA-STS policy and its record",
	description: "Builds an MTA-STS policy (RFC 8461), by which senders deliver mail only over TLS to hosts with a valid certificate.\n\n" +
		"The result is an object:\n\n" +
		"- `policy`: the text that `https://mta-sts.DOMAIN/.well-known/mta-sts.txt` has to serve, as `text/plain`, with the certificate of `mta-sts.DOMAIN`. Its lines end in CRLF.\n" +
		"- `txt`: the text of the TXT record at `_mta-sts.DOMAIN`.\n" +
		"- `id`: the id in that text. It is derived from the policy, so it changes exactly if the policy does. The order of `mx` does not matter.\n\n" +
		"The guide [MTA-STS](../guides/mta-sts.md) shows what has to serve the policy. Serve a new policy before you publish its record. To leave MTA-STS, publish a policy of the mode `none` first, and wait until the `max_age` of the last one has passed.",
	parameters: []function.Parameter{optionsParameter("An object with these attributes:\n" +
		"    - `mode`: `\"testing\"` (failures are only reported), `\"enforce\"` or `\"none\"`. Required.\n" +
		"    - `mx`: a list of the hosts in the MX records of the domain, or of patterns such as `\"*.example.net\"`, where the wildcard stands for one label. Required, but not with the mode `none`.\n" +
		"    - `max_age`: for how many seconds senders keep the policy, at most 31557600 (a year), and with `enforce` at least 86400 (a day). Default: 604800 (a week).")},
	result: function.ObjectReturn{AttributeTypes: mtaSTSType},
	run: func(a *arguments) attr.Value {
		o := a.options(0, []string{"mode", "mx", "max_age"}, nil)
		parts := mailrecord.MTASTSParts{Mode: o.text("mode"), MX: o.texts("mx"), MaxAge: o.integer("max_age")}
		if o.stop() {
			return nil
		}
		built, err := parts.Build()
		a.fail(0, err)
		return types.ObjectValueMust(mtaSTSType, map[string]attr.Value{
			"id": types.StringValue(built.ID), "policy": types.StringValue(built.Policy), "txt": types.StringValue(built.Text),
		})
	},
}

var tlsa = definition{
	name:    "tlsa",
	summary: "Builds the value of a TLSA record (DANE)",
	description: "Builds the value of the TLSA record (RFC 6698, RFC 7672) of a mail server, which is published at `_25._tcp.HOST`. It has an effect only if the zones of the domain and of the host are signed with DNSSEC.\n\n" +
		"Publish the record of a new certificate or key before the server uses it, and keep the old one until then: a mail server whose certificate matches no record gets no mail.",
	parameters: []function.Parameter{
		stringParameter("pem", "The certificate as PEM. A chain has to begin with the certificate of the server. With selector 1, a public key will do. A private key is an error."),
		stringParameter("parameters", "Usage, selector and matching type, such as `\"3 1 1\"`: the SHA-256 hash of the public key of the server. Usage 2 is for the certificate of a certification authority. Mail servers ignore the usages 0 and 1, so they are an error."),
	},
	result: function.StringReturn{},
	run: func(a *arguments) attr.Value {
		pem, text := a.text(0), a.text(1)
		if a.stop() {
			return nil
		}
		parameters, err := mailrecord.ParseTLSAParameters(text)
		if err != nil {
			a.fail(1, err)
			return nil
		}
		value, err := parameters.Text(pem)
		return a.built(0, value, err)
	},
}
