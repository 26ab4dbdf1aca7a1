package googleapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

const (
	editorAccount = "editor@sandbox-project.iam.gserviceaccount.com"
	targetAccount = "target@sandbox-project.iam.gserviceaccount.com"
	userAccount   = "jane@example.com"
	refreshToken  = "1//sandbox-refresh-token-of-nobody"
	clientSecret  = "sandbox-client-secret-of-nobody"
)

// testKey is a key of a service account, made once for all tests.
var testKey = sync.OnceValues(func() (private, public string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	encode := func(kind string, der []byte, err error) string {
		if err != nil {
			panic(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	private = encode("PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(&key.PublicKey)
	return private, encode("PUBLIC KEY", der, err)
})

// identities is a world with accounts, in which Google's own addresses lead to the simulation.
type identities struct {
	*world
	asked []string // hosts that were asked
	mu    sync.Mutex
}

func newIdentities(t *testing.T) *identities {
	t.Helper()
	// Nothing of the machine that runs the tests may count.
	for _, name := range []string{"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_QUOTA_PROJECT", "GCE_METADATA_HOST"} {
		t.Setenv(name, "")
	}
	t.Setenv("CLOUDSDK_CONFIG", t.TempDir())
	w := &identities{world: newWorld(t, "example.com")}
	_, public := testKey()
	for email, account := range map[string]googlesim.Account{
		editorAccount:              {Project: googlesim.Project, Role: googlesim.RoleAdmin, Key: public, ActAs: []string{targetAccount}},
		targetAccount:              {Project: googlesim.Project, Role: googlesim.RoleAdmin},
		userAccount:                {Project: googlesim.Project, Role: googlesim.RoleAdmin, RefreshToken: refreshToken, ActAs: []string{targetAccount}},
		googlesim.FederatedSubject: {Project: googlesim.Project, Role: googlesim.RoleAdmin, ActAs: []string{targetAccount}},
		googlesim.MachineAccount:   {Project: googlesim.Project, Role: googlesim.RoleAdmin, ActAs: []string{targetAccount}},
	} {
		if err := w.PutAccount(email, account); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// RoundTrip leads every call to the simulation.
func (w *identities) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.Host)
	w.mu.Unlock()
	there := r.Clone(r.Context())
	there.URL.Scheme, there.URL.Host = "http", strings.TrimPrefix(w.URL, "http://")
	return http.DefaultTransport.RoundTrip(there)
}

func (w *identities) as(t *testing.T, c googleapi.Credentials) *googleapi.Host {
	t.Helper()
	return w.hostWith(t, googleapi.Config{Credentials: c, Transport: w})
}

// asJSON writes a credentials file.
func asJSON(t *testing.T, fields map[string]any) string {
	t.Helper()
	content, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func keyFile(t *testing.T) string {
	private, _ := testKey()
	return asJSON(t, map[string]any{"type": "service_account", "project_id": googlesim.Project, "private_key_id": "k1", "private_key": private, "client_email": editorAccount})
}

func userFile(t *testing.T, more map[string]any) string {
	fields := map[string]any{"type": "authorized_user", "client_id": "sandbox.apps.example", "client_secret": clientSecret, "refresh_token": refreshToken}
	for name, value := range more {
		fields[name] = value
	}
	return asJSON(t, fields)
}

// federationFile is a configuration of workload identity federation whose token is in a file.
func federationFile(t *testing.T, token string, more map[string]any) string {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{
		"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
		"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": "https://sts.googleapis.com/v1/token", "credential_source": map[string]any{"file": file},
	}
	for name, value := range more {
		fields[name] = value
	}
	return asJSON(t, fields)
}

const impersonationURL = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/" + targetAccount + ":generateAccessToken"

// edits finds, checks, reads and writes a zone.
func edits(t *testing.T, h *googleapi.Host, value string) error {
	t.Helper()
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		return err
	}
	if _, err := h.CheckAccess(t.Context(), zone); err != nil {
		return err
	}
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		return err
	}
	return h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", value)}})
}

// Each kind of credentials that Google's own tools take edits a zone. One token serves a whole run.
func TestKindsOfCredentials(t *testing.T) {
	w := newIdentities(t)
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, []byte(keyFile(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	source := map[string]any{}
	if err := json.Unmarshal([]byte(userFile(t, nil)), &source); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		credentials googleapi.Credentials
		tokens      int // calls for tokens
	}{
		"a service account's key":           {googleapi.Credentials{Text: keyFile(t)}, 1},
		"the path of a key":                 {googleapi.Credentials{Text: file}, 1},
		"a user":                            {googleapi.Credentials{Text: userFile(t, map[string]any{"project_id": googlesim.Project})}, 1},
		"a federated identity":              {googleapi.Credentials{Text: federationFile(t, googlesim.FederatedSubject, map[string]any{"project_id": googlesim.Project})}, 1},
		"a federated identity that acts":    {googleapi.Credentials{Text: federationFile(t, googlesim.FederatedSubject, map[string]any{"project_id": googlesim.Project, "service_account_impersonation_url": impersonationURL})}, 2},
		"a key that acts as another":        {googleapi.Credentials{Text: keyFile(t), Impersonate: targetAccount}, 2},
		"a user that acts as an account":    {googleapi.Credentials{Text: userFile(t, map[string]any{"project_id": googlesim.Project}), Impersonate: targetAccount}, 2},
		"gcloud's file of an impersonation": {googleapi.Credentials{Text: asJSON(t, map[string]any{"type": "impersonated_service_account", "project_id": googlesim.Project, "service_account_impersonation_url": impersonationURL, "source_credentials": source})}, 2},
	} {
		t.Run(what, func(t *testing.T) {
			w.Forget()
			h := w.as(t, tc.credentials)
			if calls := w.Called(); len(calls) != 0 {
				t.Errorf("making a host makes the calls %q", calls)
			}
			if err := edits(t, h, what); err != nil {
				t.Fatal(err)
			}
			tokens := 0
			for _, call := range w.Called() {
				if !strings.Contains(call, "managedZones") {
					tokens++
				}
			}
			if tokens != tc.tokens || len(w.Called()) != tokens+4 {
				t.Errorf("%d calls for tokens, want %d: %q", tokens, tc.tokens, w.Called())
			}
		})
	}
}

// Application default credentials are the file of the variable, then gcloud's, then those of the
// machine. Nothing is read before the first call.
func TestApplicationDefaultCredentials(t *testing.T) {
	w := newIdentities(t)
	t.Setenv("GCE_METADATA_HOST", "metadata.example:80")
	h := w.as(t, googleapi.Credentials{}) // finds what is there at its first call
	acting := w.as(t, googleapi.Credentials{Impersonate: targetAccount})
	if err := edits(t, h, "machine"); err != nil {
		t.Fatal(err)
	}
	if err := edits(t, acting, "machine that acts"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(w.asked, " "), "metadata.example") {
		t.Errorf("asked were %q", w.asked)
	}
	h = w.as(t, googleapi.Credentials{})
	gcloud := filepath.Join(os.Getenv("CLOUDSDK_CONFIG"), "application_default_credentials.json")
	if err := os.WriteFile(gcloud, []byte(userFile(t, map[string]any{"project_id": googlesim.Project})), 0o600); err != nil {
		t.Fatal(err)
	}
	w.asked = nil
	if err := edits(t, h, "gcloud"); err != nil || !strings.Contains(strings.Join(w.asked, " "), "oauth2.googleapis.com") {
		t.Errorf("%v after %q", err, w.asked)
	}
	named := filepath.Join(t.TempDir(), "key.json")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", named)
	if err := edits(t, w.as(t, googleapi.Credentials{}), "no such file"); !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "the file of GOOGLE_APPLICATION_CREDENTIALS, \""+named+"\", cannot be read") {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(named, []byte(keyFile(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := edits(t, w.as(t, googleapi.Credentials{}), "variable"); err != nil {
		t.Error(err)
	}
}

// Where there are no credentials at all, the error says where they are looked for. Another cloud's
// metadata server is not Google's.
func TestNoCredentials(t *testing.T) {
	w := newIdentities(t)
	t.Setenv("GCE_METADATA_HOST", "metadata.example")
	for _, way := range []fault.Fault{
		{Kind: fault.Cut}, {Kind: fault.EmptyError}, {Kind: fault.Status, Status: 200, Body: `{"access_token":"of-another-cloud-00000"}`},
	} {
		w.under(t, fault.Conditions{Faults: []fault.Fault{way}})
		err := edits(t, w.as(t, googleapi.Credentials{}), "x")
		if !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "there are no credentials") || !strings.Contains(err.Error(), "GOOGLE_CREDENTIALS") {
			t.Errorf("%s: %v", way.Kind, err)
		}
	}
}

// A user's calls name the project that they count for.
func TestQuotaProject(t *testing.T) {
	w := newIdentities(t)
	var mu sync.Mutex
	named := map[string]bool{}
	w.Before(func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(r.URL.Path, "managedZones") {
			named[r.Header.Get("X-Goog-User-Project")] = true
		}
	})
	for _, c := range []googleapi.Credentials{
		{Text: userFile(t, map[string]any{"project_id": googlesim.Project, "quota_project_id": "billing-project"})}, {Text: keyFile(t)},
	} {
		clear(named)
		if err := edits(t, w.as(t, c), c.Text[:20]); err != nil {
			t.Fatal(err)
		}
		want := ""
		if strings.Contains(c.Text, "billing-project") {
			want = "billing-project"
		}
		if len(named) != 1 || !named[want] {
			t.Errorf("the calls name %v, want %q", named, want)
		}
	}
}

// A token that stops being valid in the middle of an apply is replaced by another one, once, and the
// change is made once.
func TestTokenThatExpiresDuringAnApply(t *testing.T) {
	w := newIdentities(t)
	h := w.as(t, googleapi.Credentials{Text: keyFile(t)})
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.RevokeTokens(); n != 1 || err != nil {
		t.Fatalf("%d tokens were issued, %v", n, err)
	}
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", "x")}}); err != nil {
		t.Fatal(err)
	}
	if changes := w.zone(t, "example.com").Changed - 1; changes != 1 {
		t.Errorf("%d changes", changes)
	}
	// An account that is disabled gets no other one: the error says so, and nothing is tried for ever.
	if err := w.PutAccount(editorAccount, googlesim.Account{Disabled: true}); err != nil {
		t.Fatal(err)
	}
	w.Forget()
	err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("new.example.com", "x")}})
	if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) || len(w.Called()) > 2 {
		t.Errorf("%v after %q", err, w.Called())
	}
}

// Parallel calls share one request for a token.
func TestOneTokenForAll(t *testing.T) {
	w := newIdentities(t)
	h := w.as(t, googleapi.Credentials{Text: keyFile(t)})
	zone := dns.HostedZone{Apex: "example.com", ID: "projects/sandbox-project/managedZones/example-com"}
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			if _, err := h.Read(t.Context(), zone); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
	tokens := 0
	for _, call := range w.Called() {
		if call == "POST /token" {
			tokens++
		}
	}
	if tokens != 1 {
		t.Errorf("%d calls for tokens", tokens)
	}
}

// A project that neither the configuration nor the credentials name is asked for, before a call.
func TestProjectThatIsNotKnown(t *testing.T) {
	w := newIdentities(t)
	for _, c := range []googleapi.Credentials{{AccessToken: googlesim.Token}, {Text: userFile(t, nil)}} {
		if _, err := w.as(t, c).FindZone(t.Context(), "example.com"); !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "GOOGLE_CLOUD_PROJECT") {
			t.Errorf("got %v", err)
		}
		// The project may be in the zone's ID instead.
		if zone, err := w.as(t, c).ZoneByID(t.Context(), "projects/sandbox-project/managedZones/example-com"); err != nil || zone.Apex != "example.com" {
			t.Errorf("by its ID: %+v, %v", zone, err)
		}
	}
}
