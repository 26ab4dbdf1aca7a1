package dns

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"

// reportTarget is a name at which receivers of DMARC reports have to agree to them.
type reportTarget struct {
	key, policy, name string
}

// warnOfContents says what is questionable in the DKIM keys and DMARC policies that
// are written. Both are published as they are: who made them has to mend them.
func (pl *planner) warnOfContents() {
	for _, w := range pl.wanted {
		e := pl.standing[w.Key]
		if e == nil || !pl.written(e) {
			continue
		}
		for _, warning := range e.record.warnings() {
			pl.problem(Warning, w.Key, "Questionable DNS record", "%s: %s", e.record.Name, sentence(warning))
		}
		for _, name := range e.record.reportNames() {
			pl.reports = append(pl.reports, reportTarget{key: w.Key, policy: e.record.Name, name: name})
		}
	}
}

// warnings are what is questionable in a DKIM key or a DMARC policy by itself.
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
	return nil
}

// reportNames are the names at which others have to agree to get the reports that a
// DMARC policy asks for.
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
