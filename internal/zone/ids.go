package zone

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// AuthorizationID is the ID of a DNS authorization. It holds all that is needed to work on the
// zone. Its forms are "HOST/DOMAIN", "HOST@ACCOUNT/DOMAIN" with an account of dns_accounts, and
// either followed by "/ZONE" if the zone is configured.
type AuthorizationID struct {
	Host    string
	Account string
	Domain  string
	Zone    string
}

// String returns the ID as the state has it.
func (id AuthorizationID) String() string {
	var b strings.Builder
	b.WriteString(id.Host)
	if id.Account != "" {
		b.WriteString("@" + id.Account)
	}
	b.WriteString("/" + id.Domain)
	if id.Zone != "" {
		b.WriteString("/" + id.Zone)
	}
	return b.String()
}

// within returns the name by which the zone is found.
func (id AuthorizationID) within() string {
	if id.Zone != "" {
		return id.Zone
	}
	return id.Domain
}

// authorizationIDWhat names such an ID in messages.
const authorizationIDWhat = "the id of a DNS authorization"

// ParseAuthorizationID parses an ID, in any spelling of its names. It does not check whether the
// host exists; see [Hosts.ParseID].
func ParseAuthorizationID(text string) (AuthorizationID, error) {
	return readAuthorizationID(text, "HOST")
}

// parseID parses the ID of an authorization at one of the hosts.
func (h Hosts) parseID(text string) (AuthorizationID, error) {
	id, err := readAuthorizationID(text, h.example())
	if err != nil {
		return AuthorizationID{}, err
	}
	if _, ok := kit.Named(h, id.Host); !ok {
		return AuthorizationID{}, fmt.Errorf("%q is not %s: the hosts are %s", text, authorizationIDForm(h.example()), h.names())
	}
	return id, nil
}

// IDSpelling returns the spelling for attributes that hold the ID of an authorization at one of the
// hosts.
func (h Hosts) IDSpelling() kit.Spelling {
	return kit.Spelling{What: authorizationIDWhat, Canonical: func(s string) (string, error) {
		id, err := h.parseID(s)
		return id.String(), err
	}}
}

// authorizationIDSpelling compares IDs of authorizations at any host.
var authorizationIDSpelling = kit.Spelling{What: authorizationIDWhat, Canonical: func(s string) (string, error) {
	id, err := ParseAuthorizationID(s)
	return id.String(), err
}}

// authorizationIDForm shows the forms of an ID.
func authorizationIDForm(host string) string {
	return fmt.Sprintf("%s, such as %[2]s/example.com or %[2]s@ACCOUNT/example.com", authorizationIDWhat, host)
}

// readAuthorizationID parses an ID without checking the host. Example is the name of a host for
// messages.
func readAuthorizationID(text, example string) (AuthorizationID, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return AuthorizationID{}, fmt.Errorf("%q is not %s", text, authorizationIDForm(example))
	}
	host, account, hasAccount := strings.Cut(parts[0], "@")
	id := AuthorizationID{Host: host, Account: account}
	if hasAccount {
		if err := checkAccountName(account); err != nil {
			return AuthorizationID{}, fmt.Errorf("%q is not %s: the account %q %w", text, authorizationIDForm(example), account, err)
		}
	}
	var err error
	if id.Domain, err = dns.Canonical(parts[1]); err != nil {
		return AuthorizationID{}, err
	}
	if len(parts) == 3 {
		if id.Zone, err = dns.Canonical(parts[2]); err != nil {
			return AuthorizationID{}, err
		}
	}
	return id, nil
}
