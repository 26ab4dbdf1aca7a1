package provider

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// authorizationID is the ID of a DNS authorization, and says all that is needed
// to work on the zone: "cloudflare/example.com"; with an account of dns_accounts
// "cloudflare@agency/example.com"; with a zone that was given "…/ZONE" behind it.
type authorizationID struct {
	Host    string
	Account string
	Domain  string
	Zone    string
}

func (id authorizationID) String() string {
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

// within is the name by which the zone is found.
func (id authorizationID) within() string {
	if id.Zone != "" {
		return id.Zone
	}
	return id.Domain
}

const authorizationIDForm = "the id of a DNS authorization, such as cloudflare/example.com or cloudflare@ACCOUNT/example.com"

func parseAuthorizationID(text string) (authorizationID, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return authorizationID{}, fmt.Errorf("%q is not %s", text, authorizationIDForm)
	}
	host, account, hasAccount := strings.Cut(parts[0], "@")
	id := authorizationID{Host: host, Account: account}
	if hostNamed(id.Host) == nil {
		return authorizationID{}, fmt.Errorf("%q is not %s: the hosts are %s", text, authorizationIDForm, strings.Join(hostNames(), ", "))
	}
	if hasAccount {
		if err := checkAccountName(account); err != nil {
			return authorizationID{}, fmt.Errorf("%q is not %s: the account %q %w", text, authorizationIDForm, account, err)
		}
	}
	var err error
	if id.Domain, err = dns.Canonical(parts[1]); err != nil {
		return authorizationID{}, err
	}
	if len(parts) == 3 {
		if id.Zone, err = dns.Canonical(parts[2]); err != nil {
			return authorizationID{}, err
		}
	}
	return id, nil
}
