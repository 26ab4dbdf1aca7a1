package octeth

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"

// exampleID is an example of a domain's ID.
const exampleID = serviceName + "/campaign/12"

// SenderWords implements [sender.Service].
func (Service) SenderWords() sender.Words {
	return sender.Words{
		ID:        "`octeth/RECORD_TYPE/NUMBER`, or `octeth/campaign/DOMAIN` if the installation has no number for it",
		ExampleID: exampleID,
		ImportID:  exampleID + " or octeth/email-gateway/example.com",
		Records: "At Octeth the whole map is known after apply. The keys are the names of the records relative to the domain, such as `key1._domainkey.sl`, " +
			"with `" + proofKey + "` instead of the random label that Octeth chooses.",
		Status: "`" + sender.Verified + "`, `" + sender.Unverified +
			"` (its approval is pending), `disabled` (by its user), `suspended` (by the operator), or another word of the installation's",
	}
}
