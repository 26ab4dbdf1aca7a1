package sendgrid

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"

// exampleID is an example of a domain's ID.
const exampleID = serviceName + "/45373692"

// SenderWords implements [sender.Service].
func (Service) SenderWords() sender.Words {
	return sender.Words{
		ID:        "`sendgrid/NUMBER`, or `sendgrid/ON_BEHALF_OF/NUMBER` if `on_behalf_of` is set",
		ExampleID: exampleID,
		ImportID:  exampleID + " or sendgrid/example.com, and with on_behalf_of like sendgrid/SUBUSER/45373692",
		Records: "With SendGrid's automatic security the keys are `mail_cname`, `dkim1` and `dkim2`. They are known at plan, so that `for_each` over them can create the records with any DNS provider. " +
			"With manual security the whole map is known after apply.",
		Status: "`" + sender.Verified + "`, `" + sender.Failed + "` (the last verification failed) or `" + sender.Unverified + "` (there was none)",
	}
}

// AccountHelp implements [sender.AccountHolder].
func (Service) AccountHelp() string { return "the value of `on_behalf_of`" }
