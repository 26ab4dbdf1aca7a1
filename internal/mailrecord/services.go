package mailrecord

import (
	"slices"
	"strings"
)

// knownServices are services that send or receive mail, by the last labels of the names of their
// mail servers, of their SPF includes, and of the targets of their DKIM aliases. No entry is the end
// of another one's name.
var knownServices = map[string]string{
	"amazonses.com":               "Amazon SES",
	"brevo.com":                   "Brevo",
	"cust-spf.exacttarget.com":    "Salesforce Marketing Cloud",
	"domains.proton.ch":           "Proton Mail",
	"emailsrvr.com":               "Rackspace Email",
	"fmhosted.com":                "Fastmail",
	"gandi.net":                   "Gandi",
	"google.com":                  "Google",
	"googlemail.com":              "Google",
	"helpscoutemail.com":          "Help Scout",
	"hostinger.com":               "Hostinger",
	"hubspotemail.net":            "HubSpot",
	"icloud.com":                  "iCloud Mail",
	"icloudmailadmin.com":         "iCloud Mail",
	"improvmx.com":                "ImprovMX",
	"kundenserver.de":             "IONOS",
	"mail.protection.outlook.com": "Microsoft 365",
	"mailbox.org":                 "mailbox.org",
	"mailgun.org":                 "Mailgun",
	"mailjet.com":                 "Mailjet",
	"mandrillapp.com":             "Mailchimp",
	"mcsv.net":                    "Mailchimp",
	"messagingengine.com":         "Fastmail",
	"migadu.com":                  "Migadu",
	"mimecast.com":                "Mimecast",
	"mtasv.net":                   "Postmark",
	"mx.cloudflare.net":           "Cloudflare Email Routing",
	"mxrouting.net":               "MXroute",
	"mx.microsoft":                "Microsoft 365",
	"onmicrosoft.com":             "Microsoft 365",
	"ovh.net":                     "OVHcloud",
	"pphosted.com":                "Proofpoint",
	"privateemail.com":            "Namecheap Private Email",
	"protonmail.ch":               "Proton Mail",
	"registrar-servers.com":       "Namecheap forwarding",
	"salesforce.com":              "Salesforce",
	"secureserver.net":            "GoDaddy",
	"sendgrid.net":                "SendGrid",
	"sendinblue.com":              "Brevo",
	"simplelogin.co":              "SimpleLogin",
	"sparkpostmail.com":           "SparkPost",
	"spf.protection.outlook.com":  "Microsoft 365",
	"titan.email":                 "Titan",
	"tutanota.de":                 "Tuta",
	"yandex.net":                  "Yandex",
	"yandex.ru":                   "Yandex",
	"zendesk.com":                 "Zendesk",
	"zoho.com":                    "Zoho Mail",
	"zoho.eu":                     "Zoho Mail",
	"zohomail.com":                "Zoho Mail",
}

// ServiceOf returns the service that a name belongs to: a mail server, an SPF include, or the target
// of a DKIM alias. It returns "" for a name that belongs to no known service.
func ServiceOf(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for {
		if service, ok := knownServices[name]; ok {
			return service
		}
		var found bool
		if _, name, found = strings.Cut(name, "."); !found {
			return ""
		}
	}
}

// ServicesOf returns the known services that names belong to, sorted, each once. The result is never
// nil.
func ServicesOf(names []string) []string {
	services := []string{}
	for _, name := range names {
		if service := ServiceOf(name); service != "" {
			services = append(services, service)
		}
	}
	slices.Sort(services)
	return slices.Compact(services)
}
