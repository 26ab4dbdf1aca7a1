package mailrecord

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// lookupNames maps Unicode names as a lookup does (UTS #46). Which ASCII characters a name may have
// is left to checkName: names of records have underscores.
var lookupNames = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// labelSeparators turns the other dots of UTS #46 section 4 into ASCII dots.
var labelSeparators = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// asciiName returns a domain name in the form that records have: in lower case, without trailing
// dot, with Unicode labels in punycode.
func asciiName(name string) (string, error) {
	labels := strings.Split(labelSeparators.Replace(name), ".")
	for i, label := range labels {
		if isASCII(label) && !strings.HasPrefix(strings.ToLower(label), "xn--") {
			continue
		}
		ascii, err := lookupNames.ToASCII(label)
		if err == nil {
			_, err = lookupNames.ToUnicode(ascii)
		}
		if err != nil {
			return "", fmt.Errorf("%q is not a domain name: %s", name, strings.TrimPrefix(err.Error(), "idna: "))
		}
		labels[i] = ascii
	}
	ascii := strings.Join(labels, ".")
	if err := checkName(ascii); err != nil {
		return "", err
	}
	return normalName(ascii), nil
}

// ASCIIHost returns the name of a host in the form that records have: in lower case, without trailing
// dot, with Unicode labels in punycode. It has to be the complete name of a host on the
// Internet. The errors say what users write instead.
func ASCIIHost(host string) (string, error) {
	switch {
	case strings.Contains(host, "://"):
		return "", fmt.Errorf("%q is a URL; write the name of the host alone", host)
	case strings.Contains(host, "@"):
		return "", fmt.Errorf("%q is a mail address; write the domain behind the @ alone", host)
	case isAddress(host):
		return "", fmt.Errorf("%q is an address; write the name of the host", host)
	case host == "":
		return "", errors.New("the name of the host is empty")
	}
	ascii, err := asciiName(host)
	if err != nil {
		return "", err
	}
	if err := checkHostname(ascii); err != nil {
		return "", err
	}
	return ascii, nil
}

// ASCIIDomain is [ASCIIHost] for a domain that records belong to, whose labels may have underscores.
func ASCIIDomain(domain string) (string, error) {
	if strings.ContainsAny(domain, "@/") || isAddress(domain) {
		return "", fmt.Errorf("%q is not a domain; write its name alone, such as example.com", domain)
	}
	ascii, err := asciiName(domain)
	if err != nil {
		return "", err
	}
	if !strings.Contains(ascii, ".") {
		return "", fmt.Errorf("%q is not a complete domain name", domain)
	}
	return ascii, nil
}
