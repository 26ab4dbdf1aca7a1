package mailserver

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// CertWords implements [cert.Service].
func (Service) CertWords() cert.Words {
	return cert.Words{
		Order: "Released versions of the mail server call an address of Let's Encrypt that has been switched off. With them no certificate ever arrives, and " +
			"the error at the end of the wait shows which certificate the host serves instead. `postmaster_tls_certificate` installs a certificate from elsewhere.",
		Hostname: "The mail server requests a certificate for the name in its own configuration, so this name has to be the same.",
		Check:    "The mail server checks nothing: whatever is uploaded replaces the certificate that worked.",
		Several:  "The mail server has one certificate. A certificate that is uploaded, or issued by Let's Encrypt, replaces it.",
	}
}

// Certificates implements [cert.Service].
func (Service) Certificates(run *kit.Run) cert.Certificates {
	return certificates{kit.PartOf[*Account](run)}
}

// certificates manages the certificate of the mail server.
type certificates struct{ account *Account }

// Roots implements [cert.Certificates].
func (c certificates) Roots() (*x509.CertPool, error) { return c.account.Roots() }

// Order implements [cert.Certificates].
func (c certificates) Order(ctx context.Context, host string) (promise string, err error) {
	client, err := c.account.Client()
	if err != nil {
		return "", err
	}
	return client.InstallLetsEncrypt(ctx, host)
}

// Explain implements [cert.Certificates].
func (c certificates) Explain(ctx context.Context, host string) string {
	return c.ownWord(ctx, host) +
		"\n\nReleased versions of the mail server ask the ACME v1 address of Let's Encrypt, which no longer exists: there no certificate will ever arrive, " +
		"and postmaster_tls_certificate installs one from elsewhere. With a newer version, look at the mail server's log; Let's Encrypt must reach the host at port 80, " +
		"and the name in the mail server's own configuration must be " + host + "."
}

// ownWord returns, in a sentence, what the mail server itself says about the host's certificate.
func (c certificates) ownWord(ctx context.Context, host string) string {
	const patience = 30 * time.Second // it connects to the host, which may be down
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := c.account.Client()
	var days int
	if err == nil {
		days, err = client.DaysLeft(ctx, host)
	}
	if err != nil {
		return fmt.Sprintf("The mail server itself cannot tell how many days are left: %s.", err)
	}
	return fmt.Sprintf("The mail server itself says that %d days are left; released versions say 0 for every certificate that they trust, so do not rely on the number alone.", days)
}

// Upload implements [cert.Certificates].
func (c certificates) Upload(ctx context.Context, chain, key []byte) error {
	client, err := c.account.Client()
	if err == nil {
		err = client.UploadCertificate(ctx, chain, key)
	}
	if errors.Is(err, api.ErrOutcomeUnknown) {
		return fmt.Errorf("%w. The mail server removes its old certificate before it takes the new one, so it may have none now: apply again soon", err)
	}
	return err
}
