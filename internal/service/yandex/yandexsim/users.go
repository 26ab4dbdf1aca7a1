package yandexsim

import (
	"net/http"
	"strings"
)

// Credentials that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// Token is that of the user whose domains these are.
	Token = "SANDBOX0PDD0TOKEN0000000000000000000000000000000001"
	// OtherToken is another user's, whose domains are occupied for the first.
	OtherToken = "SANDBOX0PDD0TOKEN0000000000000000000000000000000002"
	// OAuthToken is what calls below [RegistrarPath] need beside a token, as "Authorization: OAuth
	// <token>".
	OAuthToken = "sandbox0oauth0token0of0a0registrar"
)

// users are the names of the users by their tokens.
var users = map[string]string{Token: "user", OtherToken: "other"}

// readForm reads the parameters of a call: of the query, and of a form of either encoding. The
// service takes a form with GET as well, which clients in use send, and which the standard library
// reads with other methods only.
func (c *call) readForm() {
	sent := c.WithContext(c.Context())
	sent.Method = http.MethodPost
	// What cannot be read of a form has not been sent.
	sent.ParseMultipartForm(bodyLimit) //nolint:errcheck // as above
	c.Form = sent.Form
}

// authenticate finds out whose call it is. The parameter "token" does as well as the header, as it
// did in older versions of the API.
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
