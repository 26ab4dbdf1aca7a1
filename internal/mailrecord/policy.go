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

// PolicyWarnings lists why receivers and senders would not follow an MTA-STS, TLS-RPT or BIMI
// record, which begins with the version of its kind; nil for a text of any other kind.
func PolicyWarnings(kind TextKind, text string) []string {
	if kind != MTASTSText && kind != TLSRPTText && kind != BIMIText {
		return nil
	}
	tags, err := parseTags(text)
	if err != nil {
		return []string{fmt.Sprintf("%s: %s, so it is ignored", kind, err)}
	}
	values := map[string]string{}
	for _, t := range tags {
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
		if _, found := values["l"]; !found {
			warn("l= is missing: the address of the logo, or nothing behind the equals sign to show none")
		}
	}
	return found
}

// reportURIProblem says why no TLS report reaches a URI (RFC 8460 section 3); "" if one may.
func reportURIProblem(uri string) string {
	parsed, err := url.Parse(uri)
	switch {
	case err == nil && parsed.Scheme == "" && strings.Contains(uri, "@"):
		return fmt.Sprintf("%q is not a URI: an address is written mailto:%s", uri, uri)
	case err != nil || !slices.Contains([]string{"mailto", "https"}, parsed.Scheme):
		return fmt.Sprintf("%q is neither a mailto: nor an https: URI", uri)
	}
	return ""
}
