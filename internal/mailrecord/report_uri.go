package mailrecord

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// buildReportURIs checks the addresses to which reports are to be sent, and returns them as a
// record has them. Only the given schemes are allowed, the first of which is the usual one.
func buildReportURIs(part string, uris []string, wrong *faults, schemes ...string) []string {
	var built []string
	for i, uri := range uris {
		name := part
		if len(uris) > 1 {
			name = element(part, i)
		}
		ascii, err := buildReportURI(uri, schemes)
		switch {
		case err != nil:
			wrong.wrap(name, err)
		case slices.Contains(built, ascii):
			wrong.add(name, "%q is there twice", uri)
		default:
			built = append(built, ascii)
		}
	}
	return built
}

func buildReportURI(uri string, schemes []string) (string, error) {
	switch odd := oddCharacter(uri, true); {
	case uri == "":
		return "", errors.New("it is empty; leave the attribute out, or set it to null")
	case odd != "":
		return "", errors.New(odd)
	case strings.ContainsAny(uri, " \""):
		return "", fmt.Errorf("%q has a blank or a quote in it", uri)
	case strings.Contains(uri, "!"):
		return "", fmt.Errorf("%q has a \"!\" in it, which would begin a limit on the size of reports; receivers ignore the limit (RFC 9989), so leave it out (in an address, write %%21)", uri)
	case strings.ContainsAny(uri, ",;"):
		return "", fmt.Errorf("%q has a comma or a semicolon in it: write several addresses as elements of a list, and the character itself as %%2C or %%3B", uri)
	}
	parsed, err := url.Parse(uri)
	if err != nil {
		return "", fmt.Errorf("%q is not a URI", uri)
	}
	switch scheme := strings.ToLower(parsed.Scheme); {
	case scheme == "" && strings.Contains(uri, "@"):
		return "", fmt.Errorf("%q is not a URI: an address is written mailto:%s", uri, uri)
	case !slices.Contains(schemes, scheme):
		return "", fmt.Errorf("%q is a URI of another scheme than %s", uri, strings.Join(schemes, " or "))
	case scheme == "mailto":
		return mailtoURI(uri[len("mailto:"):])
	}
	return httpsURI(uri, parsed)
}

// mailtoURI checks what follows "mailto:", and writes its domain in ASCII.
func mailtoURI(address string) (string, error) {
	address, query, hasQuery := strings.Cut(address, "?")
	at := strings.LastIndexByte(address, '@')
	if at < 1 || strings.HasPrefix(address, "//") {
		return "", fmt.Errorf("%q is not a mail address", address)
	}
	host, err := ASCIIHost(address[at+1:])
	if err != nil {
		return "", err
	}
	built := "mailto:" + address[:at+1] + host
	if hasQuery {
		built += "?" + query
	}
	if !isASCII(built) {
		return "", fmt.Errorf("%q has characters outside ASCII in front of the @, which many receivers cannot send to", address)
	}
	return built, nil
}

// httpsURI checks a URI of the web, and writes its host in ASCII.
func httpsURI(uri string, parsed *url.URL) (string, error) {
	host, err := ASCIIHost(parsed.Hostname())
	switch {
	case err != nil:
		return "", fmt.Errorf("%q: %w", uri, err)
	case parsed.User != nil:
		return "", errors.New("the URI has a user or a password in it, which everybody could read")
	}
	if port := parsed.Port(); port != "" {
		host += ":" + port
	}
	parsed.Scheme, parsed.Host = strings.ToLower(parsed.Scheme), host
	built := parsed.String() // which escapes what is not ASCII
	return strings.NewReplacer(",", "%2C", ";", "%3B").Replace(built), nil
}
