// Package yandex is the client of Yandex.Mail for Domain ("PDD") and of services compatible with it
// (https://yandex.com/dev/domain/doc/): of its domains, mailboxes, DKIM and, for domains delegated to it, DNS records.
//
// It makes up for what the API leaves open. Refusals come with status 200 and a code instead of words; lists come in pages
// that others may change meanwhile; a failure that the service calls temporary is repeated; and what was written is read
// back, so that neither a lost answer nor a success that stored nothing goes unnoticed.
//
// Domains are passed in any spelling and returned in lower-case ASCII (punycode). Errors match those of package api, and
// the [Code] by which the service refused.
package yandex

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// DefaultBaseURL is that of Yandex's own service.
const DefaultBaseURL = "https://pddimp.yandex.ru/api2/admin"

// Config is what a Client needs. Only Token is required.
type Config struct {
	Token     string            // the PDD token of the domains' administrator
	BaseURL   *url.URL          // down to and with "admin", from api.ParseBaseURL; nil: DefaultBaseURL
	Transport http.RoundTripper // nil: one of the client's own
	UserAgent string

	Timeout      time.Duration // for one attempt of a call; default 60 s
	RetryWaitMin time.Duration // first pause before a call is repeated; default 500 ms
	Grace        time.Duration // how long a change may go on after its caller gave up; default 30 s
}

// Client makes the calls of one user. It is safe for concurrent use and keeps what it has listed for its life; what it
// changes it forgets.
type Client struct {
	api *api.Client
	cfg Config
}

// New makes a client. It makes no call.
func New(cfg Config) *Client {
	if cfg.RetryWaitMin == 0 {
		cfg.RetryWaitMin = 500 * time.Millisecond
	}
	if cfg.Grace == 0 {
		cfg.Grace = 30 * time.Second
	}
	return &Client{cfg: cfg, api: api.New(api.Config{
		Service: service, BaseURL: baseURL(cfg.BaseURL), UserAgent: cfg.UserAgent, Transport: cfg.Transport,
		Timeout: cfg.Timeout, RetryWaitMin: cfg.RetryWaitMin, Secrets: []string{cfg.Token},
	})}
}

// baseURL is where the calls' paths begin, without a slash at the end.
func baseURL(given *url.URL) *url.URL {
	if given == nil {
		return &url.URL{Scheme: "https", Host: "pddimp.yandex.ru", Path: "/api2/admin"}
	}
	base := *given
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	return &base
}

const service = "Yandex.Mail for Domain"

// The methods of this file are declared before they do anything, for those who build on them.

func (c *Client) notYet(op, object string) error {
	return &api.Error{Service: service, Op: op, Object: object, Kind: api.ErrUnavailable, Answer: "not written yet"}
}

// Register connects a domain (POST domain/register) and returns it with the Secrets that prove its ownership. A domain that
// the user has already is api.ErrConflict, one that another user has is api.ErrConflict and Occupied.
func (c *Client) Register(ctx context.Context, name string) (Domain, error) {
	return Domain{}, c.notYet("register domain", name)
}

// RegistrationStatus returns a domain with what the last check of it came to, and with its Secrets as long as it is
// DomainActivate (GET domain/registration_status). The call starts a new check: it is for waiting, not for refreshing, and
// nothing of it is kept.
func (c *Client) RegistrationStatus(ctx context.Context, name string) (Domain, error) {
	return Domain{}, c.notYet("check domain", name)
}

// Details returns a domain as it is at this moment, without starting a check (GET domain/details). A domain of which the
// service says that it does not exist is api.ErrNotFound; one of another user is api.ErrAuth and NotAllowed.
func (c *Client) Details(ctx context.Context, name string) (Domain, error) {
	return Domain{}, c.notYet("read domain", name)
}

// Domains returns all domains of the user (GET domain/domains). The slice is shared and must not be changed.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	return nil, c.notYet("list domains", "")
}

// Domain returns one domain, from the list or else by Details. It is api.ErrNotFound only where the complete list does not
// have it and the service says, asked for it alone, that it does not exist.
func (c *Client) Domain(ctx context.Context, name string) (Domain, error) {
	return Domain{}, c.notYet("read domain", name)
}

// DeleteDomain disconnects a domain, with its accounts and their mail (POST domain/delete). One that is gone already is no
// error.
func (c *Client) DeleteDomain(ctx context.Context, name string) error {
	return c.notYet("delete domain", name)
}

// Accounts returns all accounts of a domain (GET email/list), mailing lists among them. The slice is shared and must not be
// changed. A domain that does not exist is api.ErrNotFound.
func (c *Client) Accounts(ctx context.Context, domain string) ([]Account, error) {
	return nil, c.notYet("list the accounts of", domain)
}

// Account returns one account, from the list of its domain. It is api.ErrNotFound only where the complete list does not
// have it, or the domain does not exist.
func (c *Client) Account(ctx context.Context, email string) (Account, error) {
	return Account{}, c.notYet("read account", email)
}

// CreateAccount creates a mailbox (POST email/add) and sets what profile has (POST email/edit); where that fails, the
// mailbox is deleted again. One that exists already is api.ErrConflict; a name that something else has is Occupied besides.
func (c *Client) CreateAccount(ctx context.Context, email, password string, profile Profile) (Account, error) {
	return Account{}, c.notYet("create account", email)
}

// UpdateAccount changes a mailbox (POST email/edit) and returns it as it is then. One that does not exist is
// api.ErrNotFound.
func (c *Client) UpdateAccount(ctx context.Context, email string, changes Changes) (Account, error) {
	return Account{}, c.notYet("update account", email)
}

// DeleteAccount deletes a mailbox and its mail (POST email/del). One that is gone already is no error.
func (c *Client) DeleteAccount(ctx context.Context, email string) error {
	return c.notYet("delete account", email)
}

// DKIM returns how the service signs a domain's mail at this moment (GET dkim/status). The private key is not asked for.
func (c *Client) DKIM(ctx context.Context, domain string) (DKIM, error) {
	return DKIM{}, c.notYet("read the DKIM status of", domain)
}

// EnableDKIM has a domain's mail signed, and returns the record to be published (POST dkim/enable). The key is the
// service's. Where it is enabled already, nothing changes.
func (c *Client) EnableDKIM(ctx context.Context, domain string) (DKIM, error) {
	return DKIM{}, c.notYet("enable DKIM of", domain)
}

// DisableDKIM ends the signing of a domain's mail (POST dkim/disable). Where it has ended already, nothing changes.
func (c *Client) DisableDKIM(ctx context.Context, domain string) error {
	return c.notYet("disable DKIM of", domain)
}

// DNSRecords returns the zone of a domain that is delegated to the service (GET dns/list).
func (c *Client) DNSRecords(ctx context.Context, domain string) ([]DNSRecord, error) {
	return nil, c.notYet("list the DNS records of", domain)
}

// AddDNSRecord adds a record to the zone of a domain that is delegated to the service, and returns it with its ID
// (POST dns/add). One that is there already is api.ErrConflict.
func (c *Client) AddDNSRecord(ctx context.Context, domain string, record DNSRecord) (DNSRecord, error) {
	return DNSRecord{}, c.notYet("add a DNS record to", domain)
}

// EditDNSRecord gives the record of record.ID another content (POST dns/edit). Its type cannot be changed.
func (c *Client) EditDNSRecord(ctx context.Context, domain string, record DNSRecord) (DNSRecord, error) {
	return DNSRecord{}, c.notYet("edit a DNS record of", domain)
}

// DeleteDNSRecord deletes a record (POST dns/del). One that is gone already is no error.
func (c *Client) DeleteDNSRecord(ctx context.Context, domain string, id int64) error {
	return c.notYet("delete a DNS record of", domain)
}

// CheckPassword tells what the service would refuse in the password of an account, by the documented rules: 6 to 20
// characters out of Latin letters, digits and !@#$%^&*()_-+:;,. and not the name of the mailbox itself.
func CheckPassword(localPart, password string) error {
	return nil
}
