package mailrecord

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

const dmarcVersion = "DMARC1"

// DMARC is a DMARC policy record, the TXT at _dmarc.DOMAIN (RFC 9989, which obsoletes RFC 7489).
// Fields are empty if the record does not have them.
type DMARC struct {
	// Policy is what receivers are to do with mail that fails: "none", "quarantine" or "reject". If
	// it is empty, receivers take it as none if the record has a valid rua=, and else the domain is
	// without DMARC (RFC 9989 section 4.10.1).
	Policy string
	// SubdomainPolicy is the same for subdomains, NonexistentPolicy for those that do not exist.
	SubdomainPolicy, NonexistentPolicy string
	// DKIMAlignment and SPFAlignment are "r" (relaxed, the default) or "s" (strict).
	DKIMAlignment, SPFAlignment string
	// FailureOptions say for which failures reports are wanted: "0", "1", "d", "s".
	FailureOptions []string
	// AggregateReports and FailureReports are the URIs to which reports go, as they are written.
	AggregateReports, FailureReports []string
	// PublicSuffix says whether the domain is one below which others register: "y", "n" or "u" (the
	// default).
	PublicSuffix string
	// Testing asks receivers to apply a weaker policy than the one above.
	Testing bool
	// Others are the remaining tags as "name=value": former ones of RFC 7489, and unknown ones.
	// Receivers ignore them; they are kept because somebody wrote them.
	Others []string
}

// IsDMARC reports whether a TXT record is a DMARC record: it begins with "v=DMARC1". The rest may
// still be wrong. A name has one such record; receivers accept none if there are several.
//
// The name of the tag may be in upper case, but not its value (RFC 9989 section 4.8).
func IsDMARC(text string) bool {
	return hasVersion(text, "v="+dmarcVersion) || hasVersion(text, "V="+dmarcVersion)
}

// ParseDMARC reads the joined text of a DMARC record. Its errors name the tag that is wrong.
func ParseDMARC(text string) (DMARC, error) {
	record, err := parseDMARC(text)
	if err != nil {
		return DMARC{}, fmt.Errorf("DMARC record: %w", err)
	}
	return record, nil
}

func parseDMARC(text string) (DMARC, error) {
	if !IsDMARC(text) {
		return DMARC{}, fmt.Errorf("it does not begin with \"v=%s\" and a semicolon: %.20q", dmarcVersion, text)
	}
	tags, err := parseTags(text)
	if err != nil {
		return DMARC{}, err
	}
	var record DMARC
	seen := map[string]bool{}
	for _, tag := range tags[1:] {
		tag = tag.lower()
		if seen[tag.name] {
			return DMARC{}, fmt.Errorf("tag %s=: it is there twice", tag.name)
		}
		seen[tag.name] = true
		if err := tag.checkEnd(); err != nil {
			return DMARC{}, err
		}
		if tag.value == "" {
			return DMARC{}, fmt.Errorf("tag %s=: it has no value", tag.name)
		}
		if err := record.set(tag); err != nil {
			return DMARC{}, fmt.Errorf("tag %s=: %w%s", tag.name, err, withoutPolicy(tag.name, text))
		}
	}
	return record, nil
}

// withoutPolicy says what receivers do with a record that has an invalid policy (RFC 9989 section
// 4.10.1); "" for other tags.
func withoutPolicy(name, text string) string {
	if !slices.Contains(policyTags, name) {
		return ""
	}
	if reading, _ := ReadDMARC(text); reading.Applies {
		return "; receivers take the policy as none"
	}
	return "; without a valid rua= besides, receivers ignore the record"
}

func (d *DMARC) set(tag tag) (err error) {
	value := strings.ToLower(tag.value)
	switch tag.name {
	case "p":
		d.Policy, err = oneOf(value, "none", "quarantine", "reject")
	case "sp":
		d.SubdomainPolicy, err = oneOf(value, "none", "quarantine", "reject")
	case "np":
		d.NonexistentPolicy, err = oneOf(value, "none", "quarantine", "reject")
	case "adkim":
		d.DKIMAlignment, err = oneOf(value, "r", "s")
	case "aspf":
		d.SPFAlignment, err = oneOf(value, "r", "s")
	case "psd":
		d.PublicSuffix, err = oneOf(value, "y", "n", "u")
	case "t":
		value, err = oneOf(value, "y", "n")
		d.Testing = value == "y"
	case "fo":
		d.FailureOptions, err = parseFailureOptions(value)
	case "rua":
		d.AggregateReports, err = parseReportURIs(tag.value)
	case "ruf":
		d.FailureReports, err = parseReportURIs(tag.value)
	default:
		d.Others = append(d.Others, tag.name+"="+tag.value)
	}
	return err
}

// parseFailureOptions reads the value of fo=, which has each option at most once, and not both "0"
// and "1".
func parseFailureOptions(value string) ([]string, error) {
	var options []string
	for option := range strings.SplitSeq(value, ":") {
		option, err := oneOf(strings.Trim(option, tagBlanks), "0", "1", "d", "s")
		if err != nil {
			return nil, err
		}
		if slices.Contains(options, option) {
			return nil, fmt.Errorf("%q is there twice", option)
		}
		options = append(options, option)
	}
	if slices.Contains(options, "0") && slices.Contains(options, "1") {
		return nil, fmt.Errorf("%q says both 0 (report if everything fails) and 1 (report if anything fails), of which a record has one", value)
	}
	return options, nil
}

func oneOf(value string, known ...string) (string, error) {
	if !slices.Contains(known, value) {
		return "", fmt.Errorf("%q is none of %s", value, strings.Join(known, ", "))
	}
	return value, nil
}

func parseReportURIs(value string) ([]string, error) {
	uris := strings.Split(value, ",")
	for i, uri := range uris {
		uris[i] = strings.Trim(uri, tagBlanks)
		if _, err := reportHost(uris[i]); err != nil {
			return nil, err
		}
	}
	return uris, nil
}

// reportHost returns the domain to which a report URI sends mail, "" if it is not a mailto URI.
func reportHost(uri string) (string, error) {
	address, limited := cutReportSize(uri)
	parsed, err := url.Parse(address)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is not a URI", uri)
	case strings.ContainsAny(uri, tagBlanks):
		return "", fmt.Errorf("%q has a blank in it, which no URI has; commas separate several", uri)
	case limited && !reportSize.MatchString(uri[len(address):]):
		return "", fmt.Errorf("%q is not a URI: a \"!\" in it is written %%21", uri)
	case parsed.Scheme == "" && strings.Contains(uri, "@"):
		return "", fmt.Errorf("%q is not a URI: an address is written mailto:%s", uri, uri)
	case parsed.Scheme == "":
		return "", fmt.Errorf("%q is not a URI", uri)
	case parsed.Scheme != "mailto":
		return "", nil
	}
	at := strings.LastIndexByte(parsed.Opaque, '@')
	if at < 1 {
		return "", fmt.Errorf("%q has no mail address", uri)
	}
	host := parsed.Opaque[at+1:]
	if err := checkHostname(host); err != nil {
		return "", fmt.Errorf("%q: %w", uri, err)
	}
	return normalName(host), nil
}

// reportSize is the limit on the size of reports that RFC 7489 allowed.
var reportSize = regexp.MustCompile(`^![0-9]+[kmgtKMGT]?$`)

// cutReportSize removes the size limit of reports from a URI ("!10m"). RFC 7489 allowed it, and RFC
// 9989 ignores it.
func cutReportSize(uri string) (address string, found bool) {
	address, _, found = strings.Cut(uri, "!")
	return address, found
}

// Warnings lists what receivers accept but should be changed.
func (d DMARC) Warnings() []string {
	var warnings []string
	warn := func(format string, args ...any) {
		warnings = append(warnings, "DMARC record: "+fmt.Sprintf(format, args...))
	}
	switch {
	case d.Policy == "" && len(d.AggregateReports) == 0:
		warn("p= is missing, and without a rua= besides receivers ignore the record (RFC 9989 section 4.10.1)")
	case d.Policy == "":
		warn("p= is missing: receivers take it as none, older ones ignore the record")
	}
	if d.Testing {
		warn("t=y says that the policy is only being tested: receivers apply a weaker one")
	}
	if len(d.FailureOptions) > 0 && len(d.FailureReports) == 0 {
		warn("fo= is ignored without ruf=")
	}
	for _, other := range d.Others {
		if name, _, _ := strings.Cut(other, "="); slices.Contains([]string{"pct", "rf", "ri"}, name) {
			warn("%q is ignored: RFC 9989 has no such tag any more", other)
		}
	}
	for _, uri := range slices.Concat(d.AggregateReports, d.FailureReports) {
		if _, limited := cutReportSize(uri); limited {
			warn("%q: the limit on the size is ignored (RFC 9989)", uri)
		}
		if host, err := reportHost(uri); err == nil && host == "" {
			warn("%q: reports are sent to mailto: URIs only", uri)
		}
	}
	return warnings
}

// ExternalReportNames returns, sorted, the names at which the receivers of this record's reports
// have to publish their consent: D._report._dmarc.TARGET for a record of the domain D (RFC 9990 and
// RFC 9991), with the TXT "v=DMARC1;". Without it, no reports are sent to that target. Targets
// under the same registrable domain need no consent. Registrable domains are found in the public
// suffix list, because the DNS lookups by which receivers find them are not possible here.
func (d DMARC) ExternalReportNames(domain string) []string {
	domain = normalName(domain)
	var names []string
	for _, uri := range slices.Concat(d.AggregateReports, d.FailureReports) {
		host, err := reportHost(uri)
		if err == nil && host != "" && registrableDomain(host) != registrableDomain(domain) {
			names = append(names, domain+"._report._dmarc."+host)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// registrableDomain returns the part of a name that somebody registered; the name itself if it is a
// public suffix.
func registrableDomain(name string) string {
	registrable, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name
	}
	return registrable
}

// String writes the record with p= right behind v=, where receivers by RFC 7489 expect it.
func (d DMARC) String() string {
	text := "v=" + dmarcVersion
	add := func(name, value string) {
		if value != "" {
			text += "; " + name + "=" + value
		}
	}
	add("p", d.Policy)
	add("sp", d.SubdomainPolicy)
	add("np", d.NonexistentPolicy)
	add("adkim", d.DKIMAlignment)
	add("aspf", d.SPFAlignment)
	add("fo", strings.Join(d.FailureOptions, ":"))
	add("rua", strings.Join(d.AggregateReports, ","))
	add("ruf", strings.Join(d.FailureReports, ","))
	add("psd", d.PublicSuffix)
	if d.Testing {
		add("t", "y")
	}
	for _, other := range d.Others {
		text += "; " + other
	}
	return text
}
