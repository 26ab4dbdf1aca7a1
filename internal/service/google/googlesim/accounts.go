package googlesim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Access tokens that the service knows. They are invented, and the same in every sandbox: there is
// nothing behind them to protect.
const (
	// Token may do everything in [Project].
	Token = "ya29.sandbox-google-token-may-do-all-0000"
	// TokenReadOnly may read zones and their records.
	TokenReadOnly = "ya29.sandbox-google-token-may-read-000000"
	// TokenZone may edit the zones of [Project], but has rights on these only and may not list them.
	TokenZone = "ya29.sandbox-google-token-of-zones-00000"
	// TokenOther may do everything in [OtherProject].
	TokenOther = "ya29.sandbox-google-token-of-other-00000"
	// TokenDisabled may do everything in [DisabledProject], where the API is not enabled.
	TokenDisabled = "ya29.sandbox-google-token-disabled-00000"
	// TokenScope lacks the scope of Cloud DNS.
	TokenScope = "ya29.sandbox-google-token-no-scope-00000"
	// TokenExpired has expired.
	TokenExpired = "ya29.sandbox-google-token-expired-000000"
)

// grant is what an access token may do.
type grant struct {
	project string
	role    string
	noScope bool
}

// Roles of accounts.
const (
	RoleAdmin  = "roles/dns.admin"
	RoleReader = "roles/dns.reader"
	// RoleZone is roles/dns.admin on each zone, and not on the project.
	RoleZone = "roles/dns.admin on zones"
)

var fixed = map[string]grant{
	Token:         {project: Project, role: RoleAdmin},
	TokenReadOnly: {project: Project, role: RoleReader},
	TokenZone:     {project: Project, role: RoleZone},
	TokenOther:    {project: OtherProject, role: RoleAdmin},
	TokenDisabled: {project: DisabledProject, role: RoleAdmin},
	TokenScope:    {project: Project, role: RoleAdmin, noScope: true},
}

// scopes are those with which zones can be edited.
var scopes = []string{"https://www.googleapis.com/auth/ndev.clouddns.readwrite", "https://www.googleapis.com/auth/cloud-platform"}

// authenticate finds what the token of a call may do.
func (s *Service) authenticate(c *call) error {
	text, found := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	if !found {
		return refuse(http.StatusUnauthorized, "required", "Login Required.")
	}
	unknown := refuse(http.StatusUnauthorized, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.")
	var ok bool
	if c.grant, ok = fixed[text]; !ok {
		err := s.view(func(st *State) error {
			issued := st.Issued[text]
			if issued == nil || !c.now.Before(issued.Expires) {
				return unknown
			}
			account := st.Accounts[issued.Account]
			if account == nil || account.Disabled {
				return unknown
			}
			c.grant = grant{project: account.Project, role: account.Role}
			c.grant.noScope = !slices.ContainsFunc(scopes, func(scope string) bool { return slices.Contains(issued.Scopes, scope) })
			return nil
		})
		if err != nil {
			return err
		}
	}
	if c.grant.noScope {
		no := refuse(http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.")
		no.detail = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
		return no
	}
	if c.project == DisabledProject && c.grant.project == DisabledProject {
		no := refuse(http.StatusForbidden, "accessNotConfigured", "Google Cloud DNS API has not been used in project %s before or it is disabled.", c.project)
		no.detail = "SERVICE_DISABLED"
		return no
	}
	return nil
}

// may checks a permission on the project of a call.
func (c *call) may(permission string) error {
	if c.grant.role == RoleZone {
		return refuse(http.StatusForbidden, "forbidden", "Forbidden")
	}
	return c.mayInZone(permission)
}

// mayInZone checks a permission on the zone of a call.
func (c *call) mayInZone(permission string) error {
	reads := strings.HasSuffix(permission, ".list") || strings.HasSuffix(permission, ".get")
	if c.grant.project != c.project || c.grant.role == RoleReader && !reads {
		return refuse(http.StatusForbidden, "forbidden", "Forbidden")
	}
	return nil
}

// Account is a service account or a user.
type Account struct {
	// Project is where the account has its role.
	Project string `json:"project"`
	Role    string `json:"role"`
	// Key is the public key in PEM form with which it signs; empty: none.
	Key string `json:"key,omitempty"`
	// RefreshToken is that of a user; empty: none.
	RefreshToken string `json:"refresh_token,omitempty"`
	Disabled     bool   `json:"disabled,omitempty"`
	// ActAs are the service accounts that it may impersonate.
	ActAs []string `json:"act_as,omitempty"`
}

// Issued is an access token that was issued.
type Issued struct {
	Account string    `json:"account"`
	Expires time.Time `json:"expires"`
	Scopes  []string  `json:"scopes"`
}

// PutAccount adds or replaces an account.
func (s *Service) PutAccount(email string, account Account) error {
	return s.update(func(st *State) error {
		if st.Accounts == nil {
			st.Accounts = map[string]*Account{}
		}
		st.Accounts[email] = &account
		return nil
	})
}

// RevokeTokens makes all issued tokens invalid, and returns how many there were.
func (s *Service) RevokeTokens() (count int, err error) {
	err = s.update(func(st *State) error {
		count, st.Issued = len(st.Issued), nil
		return nil
	})
	return count, err
}
