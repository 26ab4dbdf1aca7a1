package yandex

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Credentials that the service knows. They are invented, and the same in every sandbox: there is nothing behind them to
// protect.
const (
	// Token is that of the user whose domains these are.
	Token = "SANDBOX0PDD0TOKEN0000000000000000000000000000000001"
	// OtherToken is another user's, whose domains are occupied for the first.
	OtherToken = "SANDBOX0PDD0TOKEN0000000000000000000000000000000002"
	// OAuthToken is what calls below [RegistrarPath] need beside a token, as "Authorization: OAuth <token>".
	OAuthToken = "sandbox0oauth0token0of0a0registrar"
)

// users are the names of the users by their tokens.
var users = map[string]string{Token: "user", OtherToken: "other"}

// authenticate finds out whose call it is. The parameter "token" does as well as the header, as it did in older versions of
// the API.
func (c *call) authenticate(registrar bool) error {
	token := c.Header.Get("PddToken")
	if token == "" {
		token = c.FormValue("token")
	}
	if token == "" {
		return codeNoAuth
	}
	user, known := users[token]
	if !known {
		return codeBadToken
	}
	c.user = user
	if !registrar {
		return nil
	}
	authorization := c.Header.Get("Authorization")
	switch oauth, _ := strings.CutPrefix(authorization, "OAuth "); {
	case authorization == "":
		return codeNoAuth
	case oauth != OAuthToken:
		return codeBadOAuth
	}
	return nil
}

// readDomain takes the domain that the call is about from its parameters.
func (c *call) readDomain() error {
	name := c.FormValue("domain")
	if !c.Form.Has("domain") {
		return codeNoDomain
	}
	canonical, err := dns.Canonical(name)
	if err != nil || !strings.Contains(canonical, ".") || strings.ContainsAny(canonical, "_*") {
		return codeBadDomain
	}
	if c.behaviour.isBlocked(canonical) {
		return codeBlocked
	}
	c.domain = canonical
	return nil
}

// isProhibited tells whether nobody may register a domain: the operator's own names, and suffixes below which anybody can
// register (https://publicsuffix.org/). Which names are forbidden is not documented.
func isProhibited(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	if suffix == domain {
		return true
	}
	below := strings.TrimSuffix(domain, "."+suffix)
	brand := below[strings.LastIndexByte(below, '.')+1:]
	return brand == "yandex" || domain == "ya.ru" || strings.HasSuffix(domain, ".ya.ru")
}
