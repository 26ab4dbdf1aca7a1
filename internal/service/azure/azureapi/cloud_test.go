package azureapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// cloud is the transport of a process in a simulated Azure: the service itself, Microsoft Entra, the
// endpoint of the machine's identity, and a workflow that issues tokens.
type cloud struct {
	*world
	t testing.TB

	mu       sync.Mutex
	asked    []string   // host and path
	form     url.Values // of the last request for a token
	refusal  string     // of Entra; "": none
	status   int        // of the refusal
	identity bool       // the machine has one
	stranger bool       // it is another one than the one that is asked for
}

func newCloud(t testing.TB) *cloud {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, prefix := range []string{"AZURE_", "ARM_", "MSI_", "IDENTITY_", "IMDS_", "ACTIONS_"} {
			if strings.HasPrefix(name, prefix) {
				unset(t, name)
			}
		}
	}
	setenv(t, "PATH", t.TempDir())
	return &cloud{world: newWorld(t, apex), t: t}
}

func setenv(t testing.TB, name, value string) {
	t.Helper()
	t.(*testing.T).Setenv(name, value)
}

func unset(t testing.TB, name string) {
	t.Helper()
	setenv(t, name, "") // which puts it back later
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

// RoundTrip implements [http.RoundTripper].
func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.asked = append(c.asked, r.URL.Host+r.URL.Path)
	c.mu.Unlock()
	w := httptest.NewRecorder()
	switch r.URL.Host {
	case "management.azure.com", "management.usgovcloudapi.net":
		c.ServeHTTP(w, r)
	case "login.microsoftonline.com", "login.microsoftonline.us":
		c.login(w, r)
	case "169.254.169.254":
		if !c.identity {
			return nil, errors.New("no route to host")
		}
		c.machine(w, r)
	case "workflow.example.com":
		if r.Header.Get("Authorization") != "Bearer request-token" || r.URL.Query().Get("audience") != "api://AzureADTokenExchange" {
			w.WriteHeader(http.StatusForbidden)
			break
		}
		_, _ = io.WriteString(w, `{"value":"assertion of a workflow"}`)
	default:
		return nil, errors.New("nobody may call " + r.URL.Host)
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// login is Microsoft Entra.
func (c *cloud) login(w http.ResponseWriter, r *http.Request) {
	at := "https://" + r.URL.Host + "/" + tenant
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		_, _ = io.WriteString(w, `{"token_endpoint":"`+at+`/oauth2/v2.0/token","authorization_endpoint":"`+at+`/oauth2/v2.0/authorize","issuer":"`+at+`/v2.0"}`)
	case r.URL.Path != "/"+tenant+"/oauth2/v2.0/token" || r.ParseForm() != nil:
		w.WriteHeader(http.StatusNotFound)
	case c.refusal != "":
		c.form = r.PostForm
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(c.status)
		_, _ = io.WriteString(w, c.refusal)
	default:
		c.form = r.PostForm
		_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"`+azuresim.Token+`"}`)
	}
}

// machine is the endpoint of the identity of a virtual machine.
func (c *cloud) machine(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Metadata") != "true" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.form = r.URL.Query()
	if c.stranger && c.form.Has("client_id") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_request","error_description":"Identity not found"}`)
		return
	}
	_, _ = io.WriteString(w, `{"access_token":"`+azuresim.Token+`","expires_in":"86399","resource":"https://management.core.windows.net/","token_type":"Bearer"}`)
}

func (c *cloud) hostWith(credentials azureapi.Credentials) *azureapi.Host {
	return c.in(azureapi.Public, credentials)
}

func (c *cloud) in(where azureapi.Cloud, credentials azureapi.Credentials) *azureapi.Host {
	return azureapi.New(azureapi.Config{
		SubscriptionID: azuresim.Subscription, Cloud: where, Credentials: credentials, Transport: c, UserAgent: "test", Unpaced: true,
		Retries: 2, RetryWaitMin: time.Millisecond,
	})
}

// want checks that the host finds the zone, with so many requests for a token.
func (c *cloud) want(h *azureapi.Host) {
	c.t.Helper()
	if len(c.asked) != 0 {
		c.t.Errorf("before anything was asked of the host, there were calls to %q", c.asked)
	}
	var callers sync.WaitGroup
	for range 3 {
		callers.Go(func() {
			if _, err := h.Read(c.t.Context(), find(c.t, h)); err != nil {
				c.t.Error(err)
			}
		})
	}
	callers.Wait()
	tokens := 0
	for _, asked := range c.asked {
		if strings.HasSuffix(asked, "/token") {
			tokens++
		}
	}
	if tokens != 1 {
		c.t.Errorf("the calls were %q", c.asked)
	}
}
