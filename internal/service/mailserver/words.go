package mailserver

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"

// mailWords are what the documentation of mail domains, mailboxes and DKIM keys says about the mail
// server.
var mailWords = mail.Words{
	DomainName: "At the mail server: at most 50 characters (in punycode), and at least two between the dots.",
	Records:    "At the mail server with `mx_hostname`: `mx` and `spf`.",
	User: "A change is recorded once the service has accepted it. " +
		"The mail server carries it out later, so the provider then checks that the mail server's database still answers.",
	Hash:    "It has to be an md5-crypt hash (`$1$…`) there.",
	UserID:  "The mail server does not prevent such addresses.",
	Domains: "A mail server whose database is down lists none.",
	DKIMKey: "If the name servers cannot be queried, the provider asks the mail server for an export of the domain, which shows whether it has a key.\n\n" +
		"The mail server has no call to read or delete a key: a change of the key by hand is not noticed, and destroying this resource " +
		"leaves the key in force.\n\n" +
		"On mail servers of the newest installer, the signer may read its keys from a table of the database, which the API does not write: " +
		"look at KeyTable in /etc/opendkim.conf. If it does not name a file below /etc/opendkim, a key that is made here signs nothing. " +
		"Send a mail and check its signature before you rely on the key.",
}
