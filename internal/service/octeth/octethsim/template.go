package octethsim

import (
	"crypto/sha256"
	"fmt"
	"regexp"
)

// Hosts of the platform that the records lead to, as answers show them.
const (
	returnPathHost = "mfrom.octeth.example."
	trackingHost   = "tracking.octeth.example."
	keyHost        = "key1.dkim.octeth.example."
	policyHost     = "dmarc.octeth.example."
)

// The labels that the platform uses where a domain has none of its own.
var defaultSubdomains = map[string]string{Campaign: "sl", Gateway: "eg"}

const defaultTrackPrefix = "track"

// template returns the records that a domain needs. The random label and the hash are new with
// every generation.
func template(d *Domain, generation uint64) []Record {
	subdomain, prefix := d.Options.Subdomain, d.Options.TrackPrefix
	if subdomain == "" {
		subdomain = defaultSubdomains[d.Kind]
	}
	if prefix == "" {
		prefix = defaultTrackPrefix
	}
	below := subdomain + "." + d.Name
	sum := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s %s %d", d.Kind, d.Name, generation)))
	records := []Record{
		{Host: below, Type: "CNAME", Value: returnPathHost},
		{Host: "key1._domainkey." + below, Type: "CNAME", Value: keyHost},
		{Host: "_dmarc." + below, Type: "CNAME", Value: policyHost},
	}
	if !d.Options.TrackPrefixDisabled {
		records = append(records, Record{Host: prefix + "-" + below, Type: "CNAME", Value: trackingHost})
	}
	// The first letter prevents a label that is a number.
	return append(records, Record{Host: "o" + sum[:9] + "." + below, Type: "TXT", Value: sum[10:42]})
}

// isLabel is whether the platform accepts a subdomain or a prefix.
var isLabel = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`).MatchString
