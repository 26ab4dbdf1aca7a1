package sendgrid

import "net/url"

// What the tests of this package use of its insides.
type DomainNote = domainNote

const Title = serviceTitle

var (
	ParseDomainID = parseDomainID
	ReadNote      = readNote
)

// Configured returns whose domains are managed, and where.
func (a *Account) Configured() (onBehalfOf string, address *url.URL) {
	return a.onBehalfOf.Value, a.address
}
