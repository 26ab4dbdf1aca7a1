package yandex

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"

// mailWords are what the documentation of mail domains, mailboxes and DKIM keys says about
// Yandex.Mail for Domain.
var mailWords = mail.Words{
	Domain: serviceTitle + " registers a domain without a first account, and requires a proof that you own the domain: " +
		"publish `dns_records`, and wait for the check with a `postmaster_domain_verification`.",
	Records: "At " + serviceTitle + ": `mx`, `spf` and `ownership`. " +
		"Only a domain that was imported after its proof has no `ownership`.",
	User: serviceTitle + " accepts passwords of 6 to 20 characters. It makes no mailbox in a domain before it has seen the record `ownership`. " +
		"If that record is published, a new mailbox waits until it is seen; if not, the mailbox is an error. Name the record's `postmaster_dns_records` in `depends_on`.",
	LocalPart: "At " + serviceTitle + " at most 30 characters, without `+ = ~`, and neither `abuse` nor `postmaster`, which are reserved.",
	Users:     serviceTitle + " lists mailing lists among its mailboxes; they are left out.",
	DKIMKey: serviceTitle + " has one key per domain. This resource enables it, and disables it when it is destroyed. If somebody disables it by hand, the next plan enables it again. " +
		"If another key is published at the selector, this resource does not enable its own unless you ask for that.",
}
