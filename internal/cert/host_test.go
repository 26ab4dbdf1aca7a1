package cert

import (
	"context"
	"crypto/x509"
	"errors"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// certificateService is the host's service. It adds nothing to messages.
type certificateService struct {
	kit.Service
	host *testkit.CertHost
}

func (certificateService) Name() string { return "server" }

func (certificateService) Title() string { return "the server" }

func (certificateService) Open(*kit.Run) error { return nil }

func (certificateService) CertWords() Words { return Words{} }

func (s certificateService) Certificates(*kit.Run) Certificates { return hostCertificates{s.host} }

type hostCertificates struct{ host *testkit.CertHost }

func (c hostCertificates) Roots() (*x509.CertPool, error) { return c.host.Box.RootCAs() }

func (c hostCertificates) Order(ctx context.Context, host string) (promise string, err error) {
	client, err := c.host.Client()
	if err != nil {
		return "", err
	}
	return client.InstallLetsEncrypt(ctx, host)
}

func (hostCertificates) Explain(_ context.Context, host string) string {
	return "The server has nothing to say of " + host + "."
}

func (hostCertificates) Upload(context.Context, []byte, []byte) error {
	return errors.New("it takes none")
}
