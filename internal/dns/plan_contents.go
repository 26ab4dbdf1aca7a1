package dns

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"

// reportTarget is a name at which a receiver of DMARC reports has to agree to them.
type reportTarget struct {
	key, policy, name string
}

// warnings returns what is questionable in a DKIM key or a policy by itself.
func (r Record) warnings() []string {
	switch {
	case r.isDKIM():
		key, err := mailrecord.ParseDKIM(r.Value)
		if err != nil {
			return []string{err.Error()}
		}
		return key.Warnings()
	case r.isDMARC():
		policy, err := mailrecord.ParseDMARC(r.Value)
		if err != nil {
			return []string{err.Error()}
		}
		return policy.Warnings()
	}
	return mailrecord.PolicyWarnings(r.kind(), r.Value)
}

// reportNames returns the names at which others have to agree to get the reports that a DMARC
// policy asks for.
func (r Record) reportNames() []string {
	if !r.isDMARC() {
		return nil
	}
	policy, err := mailrecord.ParseDMARC(r.Value)
	if err != nil {
		return nil
	}
	return policy.ExternalReportNames(nameAbove(r.Name))
}
