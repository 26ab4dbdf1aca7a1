package sendgrid

import (
	"fmt"
	"strconv"
	"strings"
)

// domainID is the ID of a sender domain: "sendgrid/45373692". For a domain that is managed on
// behalf of another account it is "sendgrid/account-id a0b1c2d3/45373692".
type domainID struct {
	Service    string
	OnBehalfOf string // the attribute on_behalf_of; "" for the provider's
	Number     int64
}

func (id domainID) String() string {
	return domainName{id.Service, id.OnBehalfOf, strconv.FormatInt(id.Number, 10)}.String()
}

// parseDomainID parses the ID of a sender domain.
func parseDomainID(text string) (domainID, error) {
	name, ok := parseDomainName(text)
	number, err := strconv.ParseInt(name.Name, 10, 64)
	if !ok || err != nil || number <= 0 {
		return domainID{}, fmt.Errorf("%q is not the id of a sender domain, such as %q: use the id attribute of a postmaster_sender_domain", text, exampleID)
	}
	return domainID{Service: name.Service, OnBehalfOf: name.OnBehalfOf, Number: number}, nil
}

// domainName identifies a sender domain for an import. Name is the domain's number, or its name if
// only one domain has that name.
type domainName struct{ Service, OnBehalfOf, Name string }

func (n domainName) String() string {
	if n.OnBehalfOf == "" {
		return n.Service + "/" + n.Name
	}
	return n.Service + "/" + n.OnBehalfOf + "/" + n.Name
}

func parseDomainName(text string) (n domainName, ok bool) {
	service, rest, found := strings.Cut(text, "/")
	if at := strings.LastIndexByte(rest, '/'); at >= 0 {
		n.OnBehalfOf, rest = rest[:at], rest[at+1:]
		found = found && n.OnBehalfOf != ""
	}
	n.Service, n.Name = service, rest
	return n, found && service == serviceName && n.Name != ""
}
