package yandexsim

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
)

const (
	// shortestPassword and longestPassword are in characters.
	shortestPassword = 6
	longestPassword  = 20
	longestLogin     = 30

	// passwordRounds are few, because a sandbox holds nothing of value.
	passwordRounds = 1000
)

// passwordSymbols may be in a password besides Latin letters and digits.
const passwordSymbols = "!@#$%^&*()_-+:;,."

// reservedLogins are addresses that every domain has (RFC 2142), and whose mail goes to its
// administrator.
var reservedLogins = []string{"abuse", "postmaster"}

// Password is a stored password.
type Password struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

func sealPassword(password string) (Password, error) {
	p := Password{Salt: make([]byte, 16)}
	rand.Read(p.Salt) //nolint:errcheck // it never fails
	var err error
	p.Hash, err = p.derive(password)
	return p, err
}

func (p Password) derive(password string) ([]byte, error) {
	hash, err := pbkdf2.Key(sha256.New, password, p.Salt, passwordRounds, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

// LogIn logs in like the owner of a mailbox, which is ready after the first time. It returns false
// and changes nothing if the mailbox does not exist or is not enabled, or if the password is wrong.
func (s *Service) LogIn(address, password string) (welcome bool, err error) {
	login, domain, _ := strings.Cut(strings.ToLower(address), "@")
	err = s.update(func(st *State) error {
		d := st.domain(domain)
		if d == nil {
			return nil
		}
		a := d.account(login)
		if a == nil || !a.Enabled {
			return nil
		}
		hash, err := a.Password.derive(password)
		if err == nil && subtle.ConstantTimeCompare(hash, a.Password.Hash) == 1 {
			welcome, a.Ready = true, true
		}
		return err
	})
	return welcome, err
}

// credentials are the login, in lower case, and the password of a new mailbox.
func (c *call) credentials() (login, password string, err error) {
	if !c.Form.Has("login") {
		return "", "", codeNoLogin
	}
	if !c.Form.Has("password") {
		return "", "", codeNoPassword
	}
	login, here := c.local(c.FormValue("login"))
	password = c.FormValue("password")
	if err := c.checkLogin(login, here); err != nil {
		return "", "", err
	}
	return login, password, c.checkPassword(login, password)
}

// either returns the documented code, or the more specific one.
func (c *call) either(documented, detailed refusal) error {
	if c.behaviour.detailedCodes {
		return detailed
	}
	return documented
}

func (c *call) checkLogin(login string, here bool) error {
	switch {
	case login == "":
		return c.either(codeBadLogin, "login-empty")
	case len(login) > longestLogin:
		return c.either(codeBadLogin, "login-toolong")
	case !here || !isLogin(login):
		return c.either(codeBadLogin, "badlogin")
	case slices.Contains(reservedLogins, login):
		return c.either(codeBadLogin, "login_reserved")
	}
	return nil
}

// isLogin is whether a local part is acceptable: Latin letters, digits, and dots, hyphens and
// underscores between them. Hyphens and underscores may end it.
func isLogin(login string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return strings.Trim(login, letters+"._-") == "" && strings.Contains(letters, login[:1]) &&
		!strings.HasSuffix(login, ".") && !strings.Contains(login, "..")
}

// checkPassword checks the password of a mailbox, whose login is empty if the call names it by its
// id.
func (c *call) checkPassword(login, password string) error {
	allowed := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(passwordSymbols, r)
	}
	switch length := len([]rune(password)); {
	case length == 0:
		return c.either(codeBadPassword, "passwd-empty")
	case length < shortestPassword:
		return c.either(codeBadPassword, "passwd-tooshort")
	case length > longestPassword:
		return c.either(codeBadPassword, "passwd-toolong")
	case strings.ContainsFunc(password, func(r rune) bool { return !allowed(r) }):
		return c.either(codeBadPassword, "badpasswd")
	case strings.EqualFold(password, login):
		return c.either(codeBadPassword, "passwd-likelogin")
	}
	return nil
}
