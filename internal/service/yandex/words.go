package yandex

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"

// yandexWords are what the documentation of mail domains, mailboxes and keys says of
// Yandex.Mail for Domain.
var yandexWords = mail.MailWords{
	Domain: yandexTitle + " registers a domain without an account, and wants to see a proof that the domain is yours: " +
		"publish `dns_records`, and let a `postmaster_domain_verification` wait for it.",
	Records: "At " + yandexTitle + ": `mx`, `spf` and `ownership`, " +
		"which only a domain lacks that was imported after its proof.",
	User: yandexTitle + " takes passwords of 6 to 20 characters, and makes no mailbox in a domain before it has seen the record `ownership` that proves whose it is. " +
		"A new mailbox waits for that where the record is published, and is an error where it is not: name its `postmaster_dns_records` in `depends_on`.",
	LocalPart: "At " + yandexTitle + " at most 30, without `+ = ~`, and neither `abuse` nor `postmaster`, which it keeps to itself.",
	Users:     yandexTitle + " lists mailing lists among its mailboxes; they are left out.",
	DKIMKey: yandexTitle + " has one key for a domain, which this resource enables, and disables when it is destroyed. Disabled by hand, it is planned to be enabled again. " +
		"A key at the selector that is not that one is not put out of force unasked.",
}
