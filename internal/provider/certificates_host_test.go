package provider

import (
	"context"
	"crypto/x509"
	"errors"
)

// certificateService is the host's service, of which messages say nothing of its own.
type certificateService struct {
	Service
	host *certHost
}

func (certificateService) Name() string { return "server" }

func (certificateService) Title() string { return "the server" }

func (certificateService) Open(*Run) error { return nil }

func (certificateService) CertWords() CertWords { return CertWords{} }

func (s certificateService) Certificates(*Run) Certificates { return hostCertificates{s.host} }

type hostCertificates struct{ host *certHost }

func (c hostCertificates) Roots() (*x509.CertPool, error) { return c.host.box.RootCAs() }

func (c hostCertificates) Order(ctx context.Context, host string) (promise string, err error) {
	client, err := c.host.client()
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
