package mailrecord

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CAAParts are the properties of a domain's CAA records (RFC 8659) that are to be built. Nil means
// that a property is not given; a list without elements means that no certification authority may
// issue such certificates.
type CAAParts struct {
	Issue, IssueWild    []string // for TLS certificates (RFC 8659)
	IssueMail, IssueVMC []string // for S/MIME (RFC 9495) and for the logos of BIMI
	IODEF               []string // where to report requests that the policy forbids
}

// Records builds the records of a domain, which is in the form of [ASCIIDomain], by keys that depend
// only on the record. The error names each property that is wrong.
func (p CAAParts) Records(domain string) (map[string]Record, error) {
	var wrong faults
	records := map[string]Record{}
	add := func(property, subject, value string) {
		key := "caa-" + property + "-" + subject
		for n := 2; records[key] != (Record{}); n++ {
			key = fmt.Sprintf("caa-%s-%s-%d", property, subject, n)
		}
		records[key] = Record{Type: "CAA", Value: fmt.Sprintf(`0 %s "%s"`, property, value)}
	}
	for _, property := range []struct {
		name    string
		issuers []string
	}{{"issue", p.Issue}, {"issuewild", p.IssueWild}, {"issuemail", p.IssueMail}, {"issuevmc", p.IssueVMC}} {
		if property.issuers != nil && len(property.issuers) == 0 {
			add(property.name, "nobody", ";")
		}
		var seen []string
		for i, issuer := range property.issuers {
			authority, value, err := caaIssuer(issuer)
			switch {
			case err != nil:
				wrong.wrap(element(property.name, i), err)
			case slices.Contains(seen, value):
				wrong.add(element(property.name, i), "%q is there twice", issuer)
			default:
				seen = append(seen, value)
				add(property.name, authority, value)
			}
		}
	}
	if p.IODEF != nil && len(p.IODEF) == 0 {
		wrong.add("iodef", "it has no address; leave the attribute out, or set it to null")
	}
	for _, uri := range buildReportURIs("iodef", p.IODEF, &wrong, "mailto", "https", "http") {
		_, subject, _ := strings.Cut(uri, ":")
		add("iodef", strings.Trim(subject, "/"), uri)
	}
	if len(records) == 0 && len(wrong) == 0 {
		wrong = append(wrong, errors.New("no property is given: issue, issuewild, issuemail, issuevmc or iodef"))
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	for key, r := range records {
		r.Name = domain
		records[key] = r
	}
	return records, nil
}

// caaParameter is a parameter of a certification authority, such as validationmethods=dns-01 (RFC
// 8659 section 4.2).
var caaParameter = regexp.MustCompile(`^[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*\s*=\s*[\x21-\x3A\x3C-\x7E]*$`)

// caaIssuer reads a certification authority, with its parameters behind semicolons.
func caaIssuer(issuer string) (authority, value string, err error) {
	name, parameters, _ := strings.Cut(issuer, ";")
	name = strings.TrimSpace(name)
	switch {
	case strings.ContainsAny(issuer, `"\`):
		return "", "", fmt.Errorf("%q has a quote or a backslash in it; write the name of the authority as it is, the quotes are added by themselves", issuer)
	case name == "":
		return "", "", fmt.Errorf("%q names no authority; if none may issue certificates, write an empty list, []", issuer)
	case strings.ContainsAny(name, " \t"):
		return "", "", fmt.Errorf("%q is not a domain name; write the one that the authority documents for CAA records, such as letsencrypt.org, without flags and property", issuer)
	}
	if authority, err = ASCIIHost(name); err != nil {
		return "", "", err
	}
	value = authority
	for parameter := range strings.SplitSeq(parameters, ";") {
		parameter = strings.TrimSpace(parameter)
		if parameter == "" {
			continue
		}
		if !caaParameter.MatchString(parameter) {
			return "", "", fmt.Errorf("%q is not a parameter of the form name=value", parameter)
		}
		value += "; " + parameter
	}
	return authority, value, nil
}
