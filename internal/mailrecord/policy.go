package mailrecord

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// stsID is the id of an MTA-STS policy (RFC 8461 section 3.1).
var stsID = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

// localPartPrefix is one of those that a BIMI record may list in lps=.
var localPartPrefix = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// PolicyWarnings lists why receivers and senders would not follow an MTA-STS, TLS-RPT or BIMI
// record, which begins with the version of its kind; nil for a text of any other kind.
func PolicyWarnings(kind TextKind, text string) []string {
	if kind != MTASTSText && kind != TLSRPTText && kind != BIMIText {
		return nil
	}
	tags, err := kind.parse(text)
	if err != nil {
		return []string{fmt.Sprintf("%s: %s, so it is ignored", kind, err)}
	}
	values := map[string]string{}
	for _, t := range tags {
		if before := values[t.name]; before != "" {
			values[t.name] = before + "," + t.value // of rua=, which may be there several times
			continue
		}
		values[t.name] = t.value
	}
	var found []string
	warn := func(format string, args ...any) {
		found = append(found, kind.String()+": "+fmt.Sprintf(format, args...))
	}
	switch kind {
	case MTASTSText:
		if !stsID.MatchString(values["id"]) {
			warn("id= has to be 1 to 32 letters and digits, not %q; senders ignore the policy (RFC 8461 section 3.1)", values["id"])
		}
	case TLSRPTText:
		if values["rua"] == "" {
			warn("rua= is missing, so nobody gets reports")
			break
		}
		for uri := range strings.SplitSeq(values["rua"], ",") {
			if problem := reportURIProblem(strings.Trim(uri, tagBlanks)); problem != "" {
				warn("rua=: %s", problem)
			}
		}
	case BIMIText:
		for _, name := range []string{"l", "a"} {
			if value := values[name]; value != "" && !strings.HasPrefix(strings.ToLower(value), "https://") {
				warn("%s=: %q is not a URI that begins with https://", name, value)
			}
		}
		if avp, found := values["avp"]; found && avp != "brand" && avp != "personal" {
			warn("avp=: %q is neither brand nor personal", avp)
		}
		if prefixes, found := values["lps"]; found {
			for prefix := range strings.SplitSeq(prefixes, ",") {
				if !localPartPrefix.MatchString(strings.Trim(prefix, tagBlanks)) {
					warn("lps=: %q is not the beginning of a local part, which has letters, digits and hyphens here", prefix)
				}
			}
		}
		if _, found := values["l"]; !found {
			warn("l= is missing: the address of the logo, or nothing behind the equals sign to show none")
		}
	}
	return found
}

// Names and values of fields that an extension of MTA-STS or TLS-RPT may add.
var (
	extensionName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)
	extensionValue = regexp.MustCompile(`^[!-:<>-~]+$`)
)

// parse reads the fields of an MTA-STS or TLS-RPT record, or the tags of a BIMI record. MTA-STS and
// TLS-RPT have a grammar of their own for what they may get in the future (RFC 8461 section 3.1, RFC
// 8460 section 3), and TLS-RPT may have several rua=.
func (k TextKind) parse(text string) ([]tag, error) {
	if k == BIMIText {
		return parseTags(text)
	}
	specs := strings.Split(text, ";")
	if strings.Trim(specs[len(specs)-1], tagBlanks) == "" {
		specs = specs[:len(specs)-1]
	}
	var tags []tag
	seen := map[string]bool{}
	for i, spec := range specs {
		name, value, found := strings.Cut(spec, "=")
		t := tag{name: strings.Trim(name, tagBlanks), value: strings.Trim(value, tagBlanks)}
		known := i == 0 || slices.Contains(textKinds[k].tags, t.name)
		switch {
		case !found && t.name == "":
			return nil, fmt.Errorf("field %d is empty", i+1)
		case !found:
			return nil, fmt.Errorf("field %d, %q, has no \"=\"", i+1, t.name)
		case !extensionName.MatchString(t.name):
			return nil, fmt.Errorf("field %d: %q is not the name of a field", i+1, t.name)
		case !known && !extensionValue.MatchString(t.value):
			return nil, fmt.Errorf("field %s=: %q is not a value", t.name, t.value)
		case seen[t.name] && (k != TLSRPTText || t.name != "rua"):
			return nil, fmt.Errorf("field %s=: it is there twice", t.name)
		}
		seen[t.name] = true
		tags = append(tags, t)
	}
	return tags, nil
}

// reportURIProblem says why no TLS report reaches a URI (RFC 8460 section 3); "" if one may.
func reportURIProblem(uri string) string {
	parsed, err := url.Parse(uri)
	switch {
	case err == nil && parsed.Scheme == "" && strings.Contains(uri, "@"):
		return fmt.Sprintf("%q is not a URI: an address is written mailto:%s", uri, uri)
	case err == nil && strings.ContainsAny(uri, tagBlanks):
		return fmt.Sprintf("%q has a blank in it, which no URI has; commas separate several", uri)
	case err != nil || !slices.Contains([]string{"mailto", "https"}, parsed.Scheme):
		return fmt.Sprintf("%q is neither a mailto: nor an https: URI", uri)
	case parsed.Scheme == "https" && parsed.Hostname() == "":
		return fmt.Sprintf("%q has no host", uri)
	case parsed.Scheme == "mailto":
		address, _, _ := strings.Cut(uri[len("mailto:"):], "?")
		at := strings.LastIndexByte(address, '@')
		if at < 1 {
			return fmt.Sprintf("%q has no mail address", uri)
		}
		if err := checkHostname(address[at+1:]); err != nil {
			return fmt.Sprintf("%q: %s", uri, err)
		}
	}
	return ""
}
