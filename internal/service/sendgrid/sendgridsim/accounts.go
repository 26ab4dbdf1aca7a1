package sendgridsim

import (
	"net/http"
	"slices"
	"strings"
)

// API keys that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// Key may do everything with the domains of [User] and of its subusers and customers, in both
	// regions.
	Key = "SG.sandbox-key.may-do-everything"
	// KeyDomainsOnly may do everything with the same domains, but may not read whose key it is.
	KeyDomainsOnly = "SG.sandbox-key.may-do-domains"
	// KeyOfCustomer belongs to [Customer], an account that has nothing in common with [User]'s
	// except that [User] provisions it.
	KeyOfCustomer = "SG.sandbox-key.of-customer"
	// KeyReadOnly may read the domains of [User] and nothing else.
	KeyReadOnly = "SG.sandbox-key.may-read-domains"
	// KeyMailOnly may only send mail, which is not simulated here.
	KeyMailOnly = "SG.sandbox-key.may-send-mail"
	// KeyOfSubuser and KeyOfEUSubuser belong to [Subuser] and to [EUSubuser], and are known in
	// their region only.
	KeyOfSubuser   = "SG.sandbox-key.of-newsletter"
	KeyOfEUSubuser = "SG.sandbox-key.of-europe"
	// KeySuspended belongs to an account that has been suspended.
	KeySuspended = "SG.sandbox-key.of-suspended"
)

// Users by their names. Customer is an account that [User] provisions, reached by its id:
// "account-id" and [Customer].
const (
	User         = "sandbox"
	Subuser      = "newsletter"
	OtherSubuser = "shop"
	EUSubuser    = "europe"
	Customer     = "a0b1c2d3"
)

const suspendedUser = "suspended"

// The regions in the field "region".
const (
	regionGlobal = "global"
	regionEU     = "eu"
)

// Scopes of keys: https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
const (
	scopeRead   = "whitelabel.read"
	scopeCreate = "whitelabel.create"
	scopeUpdate = "whitelabel.update"
	scopeDelete = "whitelabel.delete"
	// scopeUsername is the scope for the name of a key's account, which no call about domains
	// returns.
	scopeUsername = "user.username.read"
)

// user is the owner of domains.
type user struct {
	name   string
	id     int64
	parent string // whose subuser it is
	region string // the only one in which it is known; empty: both
}

var users = []user{
	{name: User, id: 7770001},
	{name: Subuser, id: 7770002, parent: User, region: regionGlobal},
	{name: OtherSubuser, id: 7770003, parent: User, region: regionGlobal},
	{name: EUSubuser, id: 7770004, parent: User, region: regionEU},
	{name: Customer, id: 7770005},
	{name: suspendedUser, id: 7770006},
}

func userNamed(name string) (user, bool) {
	i := slices.IndexFunc(users, func(u user) bool { return u.name == name })
	if i < 0 {
		return user{}, false
	}
	return users[i], true
}

// subuser returns a subuser of u that is known in the region.
func (u user) subuser(name, region string) (user, bool) {
	found, ok := userNamed(name)
	return found, ok && found.parent == u.name && found.region == region
}

// sees is whether u may see the domains of another user.
func (u user) sees(owner string) bool {
	found, _ := userNamed(owner)
	return owner == u.name || found.parent == u.name
}

// key is an API key.
type key struct {
	owner  string
	scopes []string
}

var (
	domainScopes = []string{"mail.send", scopeCreate, scopeDelete, scopeRead, scopeUpdate}
	allScopes    = append(slices.Clone(domainScopes), scopeUsername)
)

var keys = map[string]key{
	Key:            {owner: User, scopes: allScopes},
	KeyDomainsOnly: {owner: User, scopes: domainScopes},
	KeyOfCustomer:  {owner: Customer, scopes: allScopes},
	KeyReadOnly:    {owner: User, scopes: []string{scopeRead}},
	KeyMailOnly:    {owner: User, scopes: []string{"mail.send"}},
	KeyOfSubuser:   {owner: Subuser, scopes: allScopes},
	KeyOfEUSubuser: {owner: EUSubuser, scopes: allScopes},
	KeySuspended:   {owner: suspendedUser, scopes: allScopes},
}

// authenticate finds the user of a call, and on whose behalf it is made.
func (c *call) authenticate() error {
	text, bearer := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		return refuse(http.StatusUnauthorized, "", "authorization required")
	}
	known, ok := keys[text]
	owner, _ := userNamed(known.owner)
	if !ok || owner.region != "" && owner.region != c.region {
		return refuse(http.StatusUnauthorized, "", "The provided authorization grant is invalid, expired, or revoked")
	}
	if owner.name == suspendedUser || owner.name == User && c.behaviour.suspended {
		return refuse(http.StatusForbidden, "", "Your account has been suspended. Please contact support.")
	}
	c.key, c.user = known, owner
	on := strings.TrimSpace(c.Header.Get("on-behalf-of"))
	if on == "" {
		return nil
	}
	if id, isAccount := strings.CutPrefix(on, "account-id "); isAccount {
		c.user, ok = userNamed(id)
		ok = ok && id == Customer && owner.name == User
	} else {
		c.user, ok = owner.subuser(on, c.region)
	}
	if !ok {
		return forbidden()
	}
	return nil
}

// authorize is whether the key may make a call that needs a scope.
func (c *call) authorize(scope string) error {
	if scope != "" && !slices.Contains(c.key.scopes, scope) {
		return forbidden()
	}
	return nil
}

func forbidden() *refusal { return refuse(http.StatusForbidden, "", "access forbidden") }

// username is GET /user/username: the account that a call is made for.
func (s *Service) username(c *call) (answer, error) {
	return answer{http.StatusOK, map[string]any{"username": c.user.name, "user_id": c.user.id}}, nil
}

// listScopes is GET /scopes: what the key may do.
func (s *Service) listScopes(c *call) (answer, error) {
	return answer{http.StatusOK, map[string][]string{"scopes": c.key.scopes}}, nil
}
