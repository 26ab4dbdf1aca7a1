package function

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var mailSRV = definition{
	name:    "mail_srv",
	summary: "Builds the SRV records by which mail programs find their servers",
	description: "Builds the SRV records by which mail programs find the servers of a domain (RFC 6186, RFC 8314). A service that is not given gets a record too, which says that the domain does not offer it, so that programs do not look for it.\n\n" +
		"The result is a map of six objects with `name`, `type`, `value` and `priority`, as `records` of `postmaster_dns_records` has them. The keys are `srv-imaps` and so on.",
	parameters: []function.Parameter{
		stringParameter("domain", "The domain of the mail addresses."),
		optionsParameter("An object with the server of each service that the domain offers, such as `\"mail.example.com\"`, or `\"mail.example.com:4465\"` for another port than the usual one. At least one of these is needed:\n" +
			"    - `submissions`, `imaps`, `pop3s`: with TLS from the start.\n" +
			"    - `submission`, `imap`, `pop3`: with STARTTLS."),
	},
	result: function.MapReturn{ElementType: recordType},
	run: func(a *arguments) attr.Value {
		domain := a.domain()
		o := a.options(1, mailrecord.MailServices, nil)
		hosts := map[string]string{}
		for _, service := range mailrecord.MailServices {
			if host := o.text(service); host != nil {
				hosts[service] = *host
			}
		}
		if o.stop() {
			return nil
		}
		records, err := mailrecord.BuildMailSRV(domain, hosts)
		a.fail(1, err)
		return recordsValue(records)
	},
}

var autodiscover = definition{
	name:    "autodiscover",
	summary: "Builds the SRV record by which Outlook finds the settings of mailboxes",
	description: "Builds the SRV record `_autodiscover._tcp.DOMAIN`, by which Outlook and other programs find the host that tells them the settings of a domain's mailboxes. " +
		"The host needs a certificate for its own name only. (Microsoft 365 wants a CNAME record `autodiscover.DOMAIN` instead.)\n\n" +
		"The result is an object with `name`, `type`, `value` and `priority`, an element of `records` of `postmaster_dns_records`.",
	parameters: []function.Parameter{
		stringParameter("domain", "The domain of the mail addresses."),
		stringParameter("host", "The host that answers, such as `\"mail.example.com\"`, with a port if it is not 443."),
	},
	result: function.ObjectReturn{AttributeTypes: recordType.AttrTypes},
	run: func(a *arguments) attr.Value {
		domain, host := a.domain(), strings.TrimSpace(a.text(1))
		if a.stop() {
			return nil
		}
		record, err := mailrecord.BuildAutodiscover(domain, host)
		a.fail(1, err)
		return recordValue(record)
	},
}
