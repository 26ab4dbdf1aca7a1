package octeth

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"

// octethExampleID is what the ID of a domain looks like.
const octethExampleID = ServiceOcteth + "/campaign/12"

// SenderWords implements SenderService.
func (Service) SenderWords() sender.SenderWords {
	return sender.SenderWords{
		ID:        "`octeth/RECORD_TYPE/NUMBER`, or `octeth/campaign/DOMAIN` where the installation has no number for it",
		ExampleID: octethExampleID,
		ImportID:  octethExampleID + " or octeth/email-gateway/example.com",
		Records: "At Octeth the whole map is known after apply. The keys are the names of the records below the domain, such as `key1._domainkey.sl`, " +
			"with `" + octethProofKey + "` in the place of the label that Octeth draws by lot.",
		Status: "`" + sender.SenderVerified + "`, `" + sender.SenderUnverified +
			"` (its approval is pending), `disabled` (by its user), `suspended` (by the operator), or another word of the installation's",
		Default: "null at Octeth, which has no such domain",
	}
}
