package cloudflaresim

import (
	"net/http"
	"regexp"
	"strings"
)

// API tokens that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// Token may edit the DNS records of all zones of [Account].
	Token = "sandbox-cloudflare-token-may-edit-all-00"
	// TokenReadOnly may read them and nothing else.
	TokenReadOnly = "sandbox-cloudflare-token-may-read-all-00"
	// TokenNoDNS may read the zones, but not their records.
	TokenNoDNS = "sandbox-cloudflare-token-may-not-dns-000"
	// TokenOfAccount may do the same as Token. It belongs to the account and not to one of its
	// users, so only the account's call can verify it.
	TokenOfAccount = "sandbox-cloudflare-token-of-account-0000"
	// TokenOfOther may edit the zones of another account, which has none.
	TokenOfOther = "sandbox-cloudflare-token-of-other-000000"
	// TokenExpired and TokenDisabled may do nothing any more.
	TokenExpired  = "sandbox-cloudflare-token-that-expired-00"
	TokenDisabled = "sandbox-cloudflare-token-that-is-off-000"
)

// Account is the id of the account that all zones belong to.
const Account = "0a0b0c0d0e0f00010203040506070809"

// otherAccount is the id of the account of [TokenOfOther].
const otherAccount = "ffeeddccbbaa99887766554433221100"

const statusActive = "active"

// The permissions of a token in the "permissions" of a zone.
const (
	permissionZoneRead = "#zone:read"
	permissionDNSRead  = "#dns_records:read"
	permissionDNSEdit  = "#dns_records:edit"
)

// token is an API token.
type token struct {
	id          string
	status      string // active, expired or disabled
	account     string // whose zones it is for
	ofAccount   bool
	permissions []string
}

var tokens = map[string]token{
	Token:          {id: "00000000000000000000000000000001", status: statusActive, account: Account, permissions: editor},
	TokenReadOnly:  {id: "00000000000000000000000000000002", status: statusActive, account: Account, permissions: editor[1:]},
	TokenNoDNS:     {id: "00000000000000000000000000000003", status: statusActive, account: Account, permissions: editor[2:]},
	TokenOfAccount: {id: "00000000000000000000000000000004", status: statusActive, account: Account, permissions: editor, ofAccount: true},
	TokenOfOther:   {id: "00000000000000000000000000000005", status: statusActive, account: otherAccount, permissions: editor},
	TokenExpired:   {id: "00000000000000000000000000000006", status: "expired", account: Account, permissions: editor},
	TokenDisabled:  {id: "00000000000000000000000000000007", status: "disabled", account: Account, permissions: editor},
}

// editor are the permissions of a token that may do everything here.
var editor = []string{permissionDNSEdit, permissionDNSRead, permissionZoneRead}

func (t token) may(permission string) bool {
	for _, has := range t.permissions {
		if has == permission {
			return true
		}
	}
	return false
}

// tokenForm is the form of tokens that the API looks up at all.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{40,}$`)

// bearer reads the token of a call.
func bearer(header http.Header) (string, error) {
	authorization := header.Get("Authorization")
	if authorization == "" {
		return "", refuse(http.StatusBadRequest, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
	}
	text, found := strings.CutPrefix(authorization, "Bearer ")
	if !found || !tokenForm.MatchString(text) {
		return "", &refusal{status: http.StatusBadRequest, errors: []message{{
			Code: 6003, Message: "Invalid request headers",
			Chain: []message{{Code: 6111, Message: "Invalid format for Authorization header"}},
		}}}
	}
	return text, nil
}

// unknownToken is the answer to an unknown token of the right form. The two calls about tokens have
// their own words.
func (c *call) unknownToken() *refusal {
	if strings.HasSuffix(c.URL.Path, "/tokens/verify") {
		return refuse(http.StatusUnauthorized, 1000, "Invalid API Token")
	}
	return refuse(http.StatusForbidden, 9109, "Invalid access token")
}

// verifyUserToken is GET /user/tokens/verify. It does not know the tokens of accounts.
func (s *Service) verifyUserToken(c *call) (answer, error) { return verified(c, !c.token.ofAccount) }

// verifyAccountToken is GET /accounts/ACCOUNT/tokens/verify. It does not know the tokens of users.
func (s *Service) verifyAccountToken(c *call) (answer, error) { return verified(c, c.token.ofAccount) }

func verified(c *call, known bool) (answer, error) {
	if !known {
		return answer{}, c.unknownToken()
	}
	got := answer{result: map[string]string{"id": c.token.id, "status": c.token.status}}
	if c.token.status == statusActive {
		got.messages = []message{{Code: 10000, Message: "This API Token is valid and active"}}
	}
	return got, nil
}
