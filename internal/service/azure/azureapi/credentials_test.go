package azureapi_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azureapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

const (
	tenant       = "00000000-0000-0000-0000-00000000e001"
	application  = "00000000-0000-0000-0000-00000000e002"
	clientSecret = "sandbox-client-secret-of-nobody"
)

func TestClientSecret(t *testing.T) {
	c := newCloud(t)
	c.want(c.hostWith(azureapi.Credentials{TenantID: tenant, ClientID: application, ClientSecret: clientSecret}))
	if c.form.Get("client_secret") != clientSecret || c.form.Get("client_id") != application ||
		!strings.Contains(c.form.Get("scope"), "https://management.core.windows.net//.default") {
		t.Errorf("the form was %v", c.form)
	}
}

func TestGovernmentCloud(t *testing.T) {
	c := newCloud(t)
	c.want(c.in(azureapi.USGovernment, azureapi.Credentials{TenantID: tenant, ClientID: application, ClientSecret: clientSecret}))
	if !strings.Contains(c.form.Get("scope"), "https://management.core.usgovcloudapi.net//.default") {
		t.Errorf("the form was %v", c.form)
	}
	for _, asked := range c.asked {
		if !strings.HasPrefix(asked, "login.microsoftonline.us/") && !strings.HasPrefix(asked, "management.usgovcloudapi.net/") {
			t.Errorf("a call went to %s", asked)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	c := newCloud(t)
	file := filepath.Join(t.TempDir(), "certificate.pem")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "application"}, NotAfter: time.Now().Add(time.Hour),
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "application"}}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	for kind, der := range map[string][]byte{"CERTIFICATE": certificate, "PRIVATE KEY": private} {
		if err := pem.Encode(&content, &pem.Block{Type: kind, Bytes: der}); err != nil {
			t.Fatal(err)
		}
	}
	h := c.hostWith(azureapi.Credentials{TenantID: tenant, ClientID: application, ClientCertificatePath: file})
	// The file is read when it is needed, and not before.
	if err := os.WriteFile(file, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	c.want(h)
	if c.form.Get("client_assertion_type") == "" || c.form.Get("client_secret") != "" {
		t.Errorf("the form was %v", c.form)
	}
	for what, credentials := range map[string]azureapi.Credentials{
		"no such file": {TenantID: tenant, ClientID: application, ClientCertificatePath: file + ".not"},
		"not base64":   {TenantID: tenant, ClientID: application, ClientCertificate: "%"},
		"not PKCS":     {TenantID: tenant, ClientID: application, ClientCertificate: "bm90aGluZw=="},
	} {
		_, err := c.hostWith(credentials).FindZone(t.Context(), apex)
		if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "the client certificate") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A certificate with an EC key, which Entra does not take, is refused by the library. The error says so.
func TestUnusableCertificate(t *testing.T) {
	c := newCloud(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = c.hostWith(azureapi.Credentials{TenantID: tenant, ClientID: application, ClientCertificatePath: file}).FindZone(t.Context(), apex)
	if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "the client certificate cannot be read") {
		t.Errorf("%v", err)
	}
}

// Tokens of other issuers: as they are, from a file that is read anew, and from a workflow.
func TestOIDC(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	for assertion, credentials := range map[string]azureapi.Credentials{
		"assertion as it is":      {OIDCToken: "assertion as it is"},
		"assertion in a file":     {OIDCTokenPath: file},
		"assertion of a workflow": {OIDCRequestURL: "https://workflow.example.com/issue?job=1", OIDCRequestToken: "request-token"},
	} {
		t.Run(assertion, func(t *testing.T) {
			c := newCloud(t)
			credentials.TenantID, credentials.ClientID = tenant, application
			h := c.hostWith(credentials)
			if err := os.WriteFile(file, []byte("assertion in a file\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			c.want(h)
			if c.form.Get("client_assertion") != assertion {
				t.Errorf("the form was %v", c.form)
			}
		})
	}
	for what, test := range map[string]struct {
		credentials azureapi.Credentials
		says        string
	}{
		"no such file":   {azureapi.Credentials{OIDCTokenPath: filepath.Join(t.TempDir(), "none")}, "the OpenID Connect token cannot be read"},
		"refused":        {azureapi.Credentials{OIDCRequestURL: "https://workflow.example.com/issue", OIDCRequestToken: "wrong"}, "workflow.example.com answered HTTP 403"},
		"no https":       {azureapi.Credentials{OIDCRequestURL: "http://workflow.example.com/issue", OIDCRequestToken: "request-token"}, "no https URL"},
		"no such server": {azureapi.Credentials{OIDCRequestURL: "https://elsewhere.example/issue", OIDCRequestToken: "request-token"}, "elsewhere.example"},
	} {
		t.Run(what, func(t *testing.T) {
			c := newCloud(t)
			test.credentials.TenantID, test.credentials.ClientID = tenant, application
			_, err := c.hostWith(test.credentials).FindZone(t.Context(), apex)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestManagedIdentity(t *testing.T) {
	c := newCloud(t)
	c.identity = true
	// The library keeps the tokens of a machine for the life of the process, so each run has an ID.
	id := rand.Text()
	c.want(c.hostWith(azureapi.Credentials{ManagedIdentity: true, ClientID: id}))
	if c.form.Get("client_id") != id || c.form.Get("resource") != "https://management.core.windows.net/" {
		t.Errorf("the query was %v", c.form)
	}
}

// Without credentials, Azure's own chain is tried: its variables, the machine, its tools.
func TestDefaultChain(t *testing.T) {
	t.Run("variables", func(t *testing.T) {
		c := newCloud(t)
		setenv(t, "AZURE_TENANT_ID", tenant)
		setenv(t, "AZURE_CLIENT_ID", application)
		setenv(t, "AZURE_CLIENT_SECRET", clientSecret)
		c.want(c.hostWith(azureapi.Credentials{}))
	})
	t.Run("the machine", func(t *testing.T) {
		c := newCloud(t)
		c.identity = true
		h := c.hostWith(azureapi.Credentials{})
		if _, err := h.FindZone(t.Context(), apex); err != nil {
			t.Error(err)
		}
	})
	t.Run("az login", func(t *testing.T) {
		c := newCloud(t)
		folder := t.TempDir()
		script := "#!/bin/sh\necho '{\"accessToken\":\"" + azuresim.Token + "\",\"expiresOn\":\"2099-01-01 00:00:00.000000\",\"expires_on\":4070908800,\"tenant\":\"" + tenant + "\",\"tokenType\":\"Bearer\"}'\n"
		if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		setenv(t, "PATH", folder+":/bin:/usr/bin")
		setenv(t, "AZURE_TOKEN_CREDENTIALS", "AzureCLICredential")
		if _, err := c.hostWith(azureapi.Credentials{}).FindZone(t.Context(), apex); err != nil {
			t.Error(err)
		}
	})
	// The machine has identities, and not the one that AZURE_CLIENT_ID names: no request is shown.
	t.Run("another identity", func(t *testing.T) {
		c := newCloud(t)
		c.identity, c.stranger = true, true
		setenv(t, "AZURE_CLIENT_ID", rand.Text())
		_, err := c.hostWith(azureapi.Credentials{}).FindZone(t.Context(), apex)
		if !errors.Is(err, api.ErrAuth) {
			t.Fatal(err)
		}
		for _, bad := range []string{"GET", "GE …", "RESPONSE", "---", "\n", "\t", "http://"} {
			if strings.Contains(err.Error(), bad) {
				t.Errorf("%v shows %q", err, bad)
			}
		}
		for _, part := range []string{"Identity not found", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET", "ARM_USE_MSI", "AZURE_CLIENT_ID alone names a managed identity"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v lacks %q", err, part)
			}
		}
	})
	t.Run("nothing", func(t *testing.T) {
		c := newCloud(t)
		_, err := c.hostWith(azureapi.Credentials{}).FindZone(t.Context(), apex)
		if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "az login") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "http") {
			t.Errorf("%v", err)
		}
		for _, part := range []string{"no login gave a token", "environment variables: ", "managed identity of this machine: ", "az login: "} {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v lacks %q", err, part)
			}
		}
	})
}

// A token that is refused: the reason, in Entra's own first line, and what to do.
func TestRefusedTokens(t *testing.T) {
	secret := azureapi.Credentials{TenantID: tenant, ClientID: application, ClientSecret: clientSecret}
	for code, test := range map[string]struct {
		status int
		kind   error
		says   string
	}{
		"7000215": {401, api.ErrAuth, "The client secret is wrong"},
		"7000222": {401, api.ErrAuth, "The client secret has expired"},
		"700016":  {400, api.ErrAuth, "no application with this client_id"},
		"90002":   {400, api.ErrAuth, "no such tenant"},
		"700213":  {400, api.ErrAuth, "no federated credential"},
		"700024":  {401, api.ErrAuth, "has expired"},
		"1":       {400, api.ErrAuth, "Check tenant_id, client_id and client_secret"},
		"2":       {503, api.ErrUnavailable, "failed; run again later"},
	} {
		c := newCloud(t)
		c.status = test.status
		c.refusal = `{"error":"invalid_client","error_description":"AADSTS` + code + `: The reason, with ` + clientSecret + `. Trace ID: 1 Correlation ID: 2","error_codes":[` + code + `]}`
		_, err := c.hostWith(secret).FindZone(t.Context(), apex)
		if !errors.Is(err, test.kind) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", code, err)
			continue
		}
		for _, part := range []string{"Azure DNS: list the zones", "login.microsoftonline.com answered HTTP", "AADSTS" + code + ": The reason", test.says} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v lacks %q", code, err, part)
			}
		}
		if strings.Contains(err.Error(), clientSecret) || strings.Contains(err.Error(), "Trace ID") {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// Entra cannot be reached: nothing is known of the credentials, and nothing was changed.
func TestNoEntra(t *testing.T) {
	c := newCloud(t)
	h := c.in(azureapi.China, azureapi.Credentials{TenantID: tenant, ClientID: application, ClientSecret: clientSecret})
	_, err := h.FindZone(t.Context(), apex)
	if !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "Check that login.chinacloudapi.cn can be reached") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Read(ctx, find(t, newWorld(t, apex).host(t, azuresim.Token))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
