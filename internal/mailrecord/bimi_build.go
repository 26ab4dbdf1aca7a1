package mailrecord

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// BIMIParts are the tags of a BIMI record that is to be built. Nil means that the record does not
// have the tag.
type BIMIParts struct {
	L   *string // where the logo is; empty for a domain that shows none
	A   *string // where its certificate is
	AVP *string // "brand" or "personal"
}

// Text builds the record, the TXT at SELECTOR._bimi.DOMAIN. Its error names each tag that is wrong.
func (p BIMIParts) Text() (string, error) {
	var wrong faults
	text := textKinds[BIMIText].version
	if p.L == nil {
		wrong.add("l", `it is required: the address of the logo, or "" for a domain that shows none`)
	} else if *p.L == "" {
		if p.A != nil && *p.A != "" || p.AVP != nil {
			wrong.add("l", "a domain that shows no logo has no certificate and no preference either")
		}
		text += "; l=; a="
	} else {
		uri, err := bimiURI(*p.L, ".svg", ".svgz")
		wrong.wrap("l", err)
		text += "; l=" + uri
		if p.A != nil {
			uri, err := bimiURI(*p.A, ".pem")
			wrong.wrap("a", err)
			text += "; a=" + uri
		}
	}
	if p.AVP != nil {
		preference, err := oneOf(*p.AVP, "brand", "personal")
		wrong.wrap("avp", err)
		text += "; avp=" + preference
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	return text, nil
}

// bimiURI checks the address of a file that has one of the endings.
func bimiURI(uri string, endings ...string) (string, error) {
	if odd := oddCharacter(uri, true); odd != "" || strings.ContainsAny(uri, " \"") {
		return "", fmt.Errorf("%q has a character in it that no URI has", uri)
	}
	parsed, err := url.Parse(uri)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is not a URI", uri)
	case uri == "":
		return "", errors.New("it is empty; leave the attribute out, or set it to null")
	case !strings.EqualFold(parsed.Scheme, "https"):
		return "", fmt.Errorf("%q is not a URI that begins with https://", uri)
	case !slices.Contains(endings, strings.ToLower(path.Ext(parsed.Path))):
		return "", fmt.Errorf("%q does not end in %s", uri, strings.Join(endings, " or "))
	}
	return httpsURI(uri, parsed)
}
