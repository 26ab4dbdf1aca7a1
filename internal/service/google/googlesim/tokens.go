package googlesim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
)

// tokenLife is how long an issued token is valid.
const tokenLife = time.Hour

// MachineAccount is the service account of the machine whose metadata server this is, if it has one:
// [Service.PutAccount] adds it.
const MachineAccount = "machine@sandbox-project.iam.gserviceaccount.com"

// FederatedSubject is the token of another identity provider that the Security Token Service takes. It
// stands for the account of the same name.
const FederatedSubject = "sandbox-token-of-an-identity-provider"

// noGrant refuses a token as token endpoints do.
func noGrant(w http.ResponseWriter, description string) {
	simulation.WriteJSON(w, title, http.StatusBadRequest, object{"error": "invalid_grant", "error_description": description})
}

// serveTokens answers the calls by which tokens are obtained.
func (s *Service) serveTokens(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	form, _ := url.ParseQuery(string(body)) // what is no form has no parameters
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/token":
		s.serveOAuth(w, form)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/token":
		s.serveSTS(w, form)
	case r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/projects/-/serviceAccounts/") && strings.HasSuffix(r.URL.Path, ":generateAccessToken"):
		s.serveImpersonation(w, r, body)
	case strings.HasPrefix(r.URL.Path, "/computeMetadata/v1/"):
		s.serveMetadata(w, r)
	default:
		respond(w, nil, refuse(http.StatusNotFound, "notFound", "Not Found"))
	}
}

// issue makes an access token of an account.
func (s *Service) issue(email string, scopes []string) (token string, expires time.Time, err error) {
	err = s.update(func(st *State) error {
		account := st.Accounts[email]
		if account == nil || account.Disabled {
			return fmt.Errorf("there is no account %s", email)
		}
		st.LastID++
		sum := sha256.Sum256(fmt.Appendf(nil, "token %d of %s", st.LastID, email))
		token, expires = "ya29."+base64.RawURLEncoding.EncodeToString(sum[:]), s.now().Add(tokenLife)
		if st.Issued == nil {
			st.Issued = map[string]*Issued{}
		}
		st.Issued[token] = &Issued{Account: email, Expires: expires, Scopes: scopes}
		return nil
	})
	return token, expires, err
}

// grantToken answers with an access token.
func (s *Service) grantToken(w http.ResponseWriter, email string, scopes []string, more object) {
	token, _, err := s.issue(email, scopes)
	if err != nil {
		noGrant(w, "Invalid grant: account not found")
		return
	}
	answer := object{"access_token": token, "expires_in": int(tokenLife / time.Second), "token_type": "Bearer"}
	for name, value := range more {
		answer[name] = value
	}
	simulation.WriteJSON(w, title, http.StatusOK, answer)
}

// serveOAuth is the token endpoint for service accounts and users
// (https://developers.google.com/identity/protocols/oauth2/service-account).
func (s *Service) serveOAuth(w http.ResponseWriter, form url.Values) {
	if form.Get("grant_type") == "refresh_token" {
		var email string
		err := s.view(func(st *State) error {
			for name, account := range st.Accounts {
				if account.RefreshToken != "" && account.RefreshToken == form.Get("refresh_token") {
					email = name
				}
			}
			return nil
		})
		if err != nil || email == "" {
			noGrant(w, "Token has been expired or revoked.")
			return
		}
		s.grantToken(w, email, scopes[1:], nil)
		return
	}
	email, scopes, ok := s.verifyAssertion(form.Get("assertion"))
	if !ok || form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		noGrant(w, "Invalid JWT Signature.")
		return
	}
	s.grantToken(w, email, scopes, nil)
}

// verifyAssertion checks a JWT that a service account has signed.
func (s *Service) verifyAssertion(assertion string) (email string, scopes []string, ok bool) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return "", nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	signature, errSignature := base64.RawURLEncoding.DecodeString(parts[2])
	var claims struct {
		Iss, Scope string
		Exp        int64
	}
	if err != nil || errSignature != nil || json.Unmarshal(payload, &claims) != nil || claims.Exp < time.Now().Unix() {
		return "", nil, false
	}
	err = s.view(func(st *State) error {
		account := st.Accounts[claims.Iss]
		if account == nil {
			return nil
		}
		block, _ := pem.Decode([]byte(account.Key))
		if block == nil {
			return nil
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		public, isRSA := key.(*rsa.PublicKey)
		ok = isRSA && rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
		return nil
	})
	return claims.Iss, strings.Fields(claims.Scope), ok && err == nil
}

// serveSTS is the Security Token Service for workload identity federation
// (https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token).
func (s *Service) serveSTS(w http.ResponseWriter, form url.Values) {
	if form.Get("subject_token") != FederatedSubject {
		noGrant(w, "The audience in ID Token does not match the expected audience.")
		return
	}
	s.grantToken(w, FederatedSubject, strings.Fields(form.Get("scope")), object{"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"})
}

// serveImpersonation is the call for a token of another service account.
func (s *Service) serveImpersonation(w http.ResponseWriter, r *http.Request, body []byte) {
	email := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v1/projects/-/serviceAccounts/"), ":generateAccessToken")
	var wanted struct{ Scope []string }
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	allowed := false
	err := s.view(func(st *State) error {
		if issued := st.Issued[bearer]; issued != nil {
			caller := st.Accounts[issued.Account]
			allowed = caller != nil && slices.Contains(caller.ActAs, email) && slices.Contains(issued.Scopes, scopes[1])
		}
		return nil
	})
	if json.Unmarshal(body, &wanted) != nil || err != nil || !allowed {
		no := refuse(http.StatusForbidden, "forbidden", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).")
		no.detail = "IAM_PERMISSION_DENIED"
		respond(w, nil, no)
		return
	}
	token, expires, err := s.issue(email, wanted.Scope)
	if err != nil {
		respond(w, nil, refuse(http.StatusNotFound, "notFound", "Unknown service account"))
		return
	}
	respond(w, object{"accessToken": token, "expireTime": expires.UTC().Format(time.RFC3339)}, nil)
}

// serveMetadata is the metadata server of a machine.
func (s *Service) serveMetadata(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Metadata-Flavor") != "Google" {
		http.Error(w, "Missing Metadata-Flavor:Google header.", http.StatusForbidden)
		return
	}
	w.Header().Set("Metadata-Flavor", "Google")
	switch strings.TrimPrefix(r.URL.Path, "/computeMetadata/v1/") {
	case "project/project-id":
		_, _ = io.WriteString(w, Project)
	case "instance/service-accounts/default/token":
		s.grantToken(w, MachineAccount, strings.Split(r.URL.Query().Get("scopes"), ","), nil)
	default:
		http.NotFound(w, r)
	}
}
