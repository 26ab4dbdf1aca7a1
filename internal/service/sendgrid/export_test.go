package sendgrid

import (
	"net/url"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

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

// UseClient makes the account use this client instead of opening its own.
func (a *Account) UseClient(client *sendgridapi.Client) { a.client.Set(client) }
