package mailrecord

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

const (
	maxSTSAge     = 31557600 // seconds, a year (RFC 8461 section 3.2)
	minSTSAge     = 86400    // a day: a shorter policy that is enforced is forgotten between two mails
	defaultSTSAge = 604800   // a week

	// stsIDDigits are as many as an id may have and as a collision is out of the question.
	stsIDDigits = 20
)

// MTASTSParts are the parts of an MTA-STS policy (RFC 8461) that is to be built.
type MTASTSParts struct {
	// Mode is "enforce", "testing" or "none".
	Mode *string
	// MX are the hosts of the MX records, or patterns such as *.example.com. A policy of mode none
	// has none.
	MX []string
	// MaxAge says for how many seconds senders keep the policy; nil for a week.
	MaxAge *int64
}

// MTASTS is an MTA-STS policy and the record that announces it.
type MTASTS struct {
	// Policy is the content of https://mta-sts.DOMAIN/.well-known/mta-sts.txt, with CRLF at the end
	// of each line.
	Policy string
	// ID is derived from the policy, so it changes when the policy does.
	ID string
	// Text is that of the TXT record at _mta-sts.DOMAIN.
	Text string
}

// Build builds the policy. Its error names each part that is wrong.
func (p MTASTSParts) Build() (MTASTS, error) {
	var wrong faults
	mode, err := stsMode(p.Mode)
	wrong.wrap("mode", err)
	hosts := stsHosts(p.MX, &wrong)
	switch {
	case mode == "none" && len(p.MX) > 0:
		wrong.add("mx", `a policy of mode "none" names no hosts`)
	case mode != "none" && mode != "" && len(p.MX) == 0:
		wrong.add("mx", "it is required: the hosts of the MX records of the domain")
	}
	age := int64(defaultSTSAge)
	if p.MaxAge != nil {
		age = *p.MaxAge
	}
	switch {
	case age < 0 || age > maxSTSAge:
		wrong.add("max_age", "%d is not from 0 to %d seconds, a year (RFC 8461 section 3.2)", age, maxSTSAge)
	case mode == "enforce" && age < minSTSAge:
		wrong.add("max_age", "%d seconds are too short to protect mail, because senders forget the policy in between; a policy that is enforced has at least %d, a day, and better some weeks (the unit is seconds)", age, minSTSAge)
	}
	if err := wrong.err(); err != nil {
		return MTASTS{}, err
	}
	lines := []string{"version: STSv1", "mode: " + mode}
	for _, host := range hosts {
		lines = append(lines, "mx: "+host)
	}
	lines = append(lines, fmt.Sprintf("max_age: %d", age), "")
	policy := MTASTS{Policy: strings.Join(lines, "\r\n")}
	sum := sha256.Sum256([]byte(policy.Policy))
	policy.ID = hex.EncodeToString(sum[:])[:stsIDDigits]
	policy.Text = textKinds[MTASTSText].version + "; id=" + policy.ID
	return policy, nil
}

func stsMode(mode *string) (string, error) {
	if mode == nil {
		return "", fmt.Errorf(`it is required: "testing", "enforce" or "none"`)
	}
	return oneOf(*mode, "testing", "enforce", "none")
}

// stsHosts returns the patterns of a policy, sorted, so that their order makes no other policy.
func stsHosts(patterns []string, wrong *faults) []string {
	var hosts []string
	for i, pattern := range patterns {
		name := element("mx", i)
		rest, wildcard := strings.CutPrefix(pattern, "*.")
		if strings.Contains(rest, "*") {
			wrong.add(name, "%q: a wildcard is a \"*\" alone, as the first label, and stands for one label", pattern)
			continue
		}
		host, err := ASCIIHost(rest)
		if err != nil {
			wrong.wrap(name, err)
			continue
		}
		if wildcard {
			host = "*." + host
		}
		if slices.Contains(hosts, host) {
			wrong.add(name, "%q is there twice", pattern)
			continue
		}
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}
