package mailserversim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Username and Password are the credentials of the simulated server's operator. They are invented,
// and the same in every sandbox: there is nothing behind them to protect.
const (
	Username = "postmaster"
	Password = "sandbox-mailserver-password"
)

// tokenHeader is the header with the token of a call.
const tokenHeader = "Auth-token"

// authenticate is POST /auth. The program reads the body only: credentials in the query string
// don't count.
func (s *Service) authenticate(c *call) (answer, error) {
	username, password := c.PostFormValue("username"), c.PostFormValue("password")
	refused := "Username/password is not correct"
	if username == "" && password == "" {
		refused = "Username/password is required"
	}
	if username != Username || password != Password {
		return answer{status: http.StatusUnauthorized, body: object{"msg": refused, "result": false}}, nil
	}
	key, err := s.tokenKey()
	if err != nil {
		return answer{}, err
	}
	token, err := newToken(key, s.now().Add(c.behaviour.tokenLifetime))
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: object{"result": true, "token": token}}, nil
}

// authorized passes a call with a valid token to the handler. All others get an answer with status
// 200.
func authorized(next handler) handler {
	return func(s *Service, c *call) (answer, error) {
		key, err := s.tokenKey()
		if err != nil {
			return answer{}, err
		}
		if !validToken(key, c.Header.Get(tokenHeader), s.now()) {
			return answer{status: http.StatusOK, body: "Token is not correct"}, nil
		}
		return next(s, c)
	}
}

// tokenKey is the key that signs tokens. It is derived from the identity of the sandbox, so that
// all processes that share one accept each other's tokens.
func (s *Service) tokenKey() ([]byte, error) {
	id, err := s.store.ID()
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte("mail server token key " + id))
	return key[:], nil
}

// claims is the content of a token (RFC 7519).
type claims struct {
	Expires  int64  `json:"exp"`
	Username string `json:"username"`
}

// newToken makes a JSON web token signed by HMAC with SHA-256.
func newToken(key []byte, expires time.Time) (string, error) {
	payload, err := json.Marshal(claims{Expires: expires.Unix(), Username: Username})
	if err != nil {
		return "", fmt.Errorf("making a token: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	return signed + "." + encode(sign(key, signed)), nil
}

func validToken(key []byte, token string, now time.Time) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, sign(key, parts[0]+"."+parts[1])) {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	var content claims
	return json.Unmarshal(payload, &content) == nil && now.Unix() <= content.Expires
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
