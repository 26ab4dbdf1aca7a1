package sendgrid

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"

// sendgridExampleID is what the ID of a domain looks like.
const sendgridExampleID = ServiceSendGrid + "/45373692"

// SenderWords implements SenderService.
func (Service) SenderWords() sender.SenderWords {
	return sender.SenderWords{
		ID:        "`sendgrid/NUMBER`, or `sendgrid/ON_BEHALF_OF/NUMBER` where that is set",
		ExampleID: sendgridExampleID,
		ImportID:  sendgridExampleID + " or sendgrid/example.com, and with on_behalf_of like sendgrid/SUBUSER/45373692",
		Records: "With SendGrid's automatic security the records are `mail_cname`, `dkim1` and `dkim2`, which are known at plan and can feed `for_each` over the records of any DNS provider; " +
			"with manual security the whole map is known after apply.",
		Status: "`" + sender.SenderVerified + "`, `" + sender.SenderFailed + "` (the last verification has failed) or `" + sender.SenderUnverified + "` (there was none)",
	}
}
