package azureapi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Credentials say who makes the calls. The first of these that is set counts: an access token, a client
// secret, a client certificate, an OpenID Connect token or the place where there is one, a managed
// identity. If none is, Azure's own chain of defaults is tried: what its environment variables say,
// the identity of the machine, and the logins of Azure's command-line tools.
type Credentials struct {
	// AccessToken is a token for Azure Resource Manager. It is used as it is, and never renewed.
	AccessToken string

	TenantID string
	ClientID string

	ClientSecret string

	// ClientCertificate is a PKCS #12 file in base64, and ClientCertificatePath the path of one or of a
	// PEM file with the certificate and its key.
	ClientCertificate, ClientCertificatePath string
	ClientCertificatePassword                string

	// OIDCToken is a token that somebody else issued, OIDCTokenPath a file with one, which is read
	// anew each time. OIDCRequestURL, called with OIDCRequestToken, returns one, as in GitHub's
	// workflows.
	OIDCToken, OIDCTokenPath         string
	OIDCRequestURL, OIDCRequestToken string

	// ManagedIdentity uses the identity of the machine; with a ClientID, the one of that ID.
	ManagedIdentity bool
}

// secrets are what no message may show.
func (c Credentials) secrets() []string {
	return []string{c.AccessToken, c.ClientSecret, c.ClientCertificatePassword, c.ClientCertificate, c.OIDCToken, c.OIDCRequestToken}
}

// usesOIDC is whether the credentials are a token of another issuer.
func (c Credentials) usesOIDC() bool {
	return c.OIDCToken != "" || c.OIDCTokenPath != "" || c.OIDCRequestURL != ""
}

// kindDefault is the kind of Azure's own chain.
const kindDefault = "default credentials"

// kind names the kind of the credentials.
func (c Credentials) kind() string {
	switch {
	case c.AccessToken != "":
		return "access token"
	case c.ClientSecret != "":
		return "client secret"
	case c.ClientCertificate != "" || c.ClientCertificatePath != "":
		return "client certificate"
	case c.usesOIDC():
		return "OpenID Connect token"
	case c.ManagedIdentity:
		return "managed identity"
	}
	return kindDefault
}

// open makes the credential. It may read a certificate, and makes no call.
func (c Credentials) open(options azcore.ClientOptions, request func(ctx context.Context, url, token string) (string, error)) (azcore.TokenCredential, error) {
	// The authorities are those of the clouds, so nobody has to be asked whether they are genuine.
	const trusted = true
	switch {
	case c.ClientSecret != "":
		return azidentity.NewClientSecretCredential(c.TenantID, c.ClientID, c.ClientSecret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: trusted})
	case c.ClientCertificate != "" || c.ClientCertificatePath != "":
		content, err := c.certificate()
		if err != nil {
			return nil, err
		}
		var password []byte
		if c.ClientCertificatePassword != "" {
			password = []byte(c.ClientCertificatePassword)
		}
		certificates, key, err := azidentity.ParseCertificates(content, password)
		if err != nil {
			return nil, fmt.Errorf("the client certificate cannot be read: %w", err)
		}
		return azidentity.NewClientCertificateCredential(c.TenantID, c.ClientID, certificates, key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: trusted})
	case c.usesOIDC():
		return azidentity.NewClientAssertionCredential(c.TenantID, c.ClientID, func(ctx context.Context) (string, error) { return c.assertion(ctx, request) },
			&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: trusted})
	case c.ManagedIdentity:
		of := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		of.Retry = policy.RetryOptions{} // the library has its own for the machine's endpoint
		if c.ClientID != "" {
			of.ID = azidentity.ClientID(c.ClientID)
		}
		return azidentity.NewManagedIdentityCredential(of)
	}
	return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		ClientOptions: options, DisableInstanceDiscovery: trusted, TenantID: c.TenantID,
	})
}

// certificate returns the content of the certificate's file.
func (c Credentials) certificate() ([]byte, error) {
	if c.ClientCertificate == "" {
		content, err := os.ReadFile(c.ClientCertificatePath)
		if err != nil {
			return nil, fmt.Errorf("the client certificate cannot be read: %w", err)
		}
		return content, nil
	}
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(c.ClientCertificate), ""))
	if err != nil {
		return nil, errors.New("the client certificate is not base64")
	}
	return content, nil
}

// assertion returns the token of the other issuer.
func (c Credentials) assertion(ctx context.Context, request func(ctx context.Context, url, token string) (string, error)) (string, error) {
	switch {
	case c.OIDCToken != "":
		return c.OIDCToken, nil
	case c.OIDCTokenPath != "":
		content, err := os.ReadFile(c.OIDCTokenPath)
		if err != nil {
			return "", fmt.Errorf("the OpenID Connect token cannot be read: %w", err)
		}
		return strings.TrimSpace(string(content)), nil
	}
	return request(ctx, c.OIDCRequestURL, c.OIDCRequestToken)
}
