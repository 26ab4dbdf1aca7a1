package mailserverapi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

// obtained is a token that the client gets by a login.
const obtained = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb290IiwiZXhwIjoxfQ.Sgn4tur3OfTheT0ken"

// certificate and pemKey are a pair, in PEM form.
var certificate, pemKey = func() ([]byte, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}()

// Whatever the service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	apitest.RunSecrets(t,
		apitest.Case{
			Name: "mail server", Secrets: []string{apitest.Configured, apitest.OfTheCall, obtained, pemKey},
			Answers: map[string]string{
				"/auth": `{"result":true,"token":"` + obtained + `"}`, "/domains": `{"domains":[{"id":1,"name":"example.org","users_count":1}]}`,
				"/1": `{"users":[]}`,
			},
			Ways: []apitest.Way{
				apitest.InJSON(200, `{"result":false,"error_msg":%s}`), apitest.InJSON(200, `{"result":false,"error":[{"message":%s}]}`),
				apitest.InJSON(400, `{"result":false,"msg":%s}`),
			},
			Calls: func(transport http.RoundTripper) []apitest.Call {
				c := mailserverapi.New(mailserverapi.Config{URL: apitest.BaseURL(), Username: "root", Password: apitest.Configured, Transport: transport})
				return []apitest.Call{
					func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
					func(ctx context.Context) error {
						return c.CreateAccount(ctx, "alice@example.org", mailserverapi.Credential{Value: apitest.OfTheCall})
					},
					func(ctx context.Context) error {
						_, err := c.CreateDomain(ctx, "example.com", "alice@example.com", mailserverapi.Credential{Value: apitest.OfTheCall})
						return err
					},
					func(ctx context.Context) error { return c.UploadCertificate(ctx, certificate, []byte(pemKey)) },
				}
			},
		},
		apitest.Case{
			// What has nothing to do with the service is the same for all, and tried once.
			Name: "mail server's login", Secrets: []string{apitest.Configured},
			Ways: append([]apitest.Way{apitest.InJSON(200, `{"result":false,"msg":%s}`), apitest.InJSON(401, `{"result":false,"msg":%s}`)}, apitest.Everywhere...),
			Calls: func(transport http.RoundTripper) []apitest.Call {
				c := mailserverapi.New(mailserverapi.Config{URL: apitest.BaseURL(), Username: "root", Password: apitest.Configured, Transport: transport})
				return []apitest.Call{func(ctx context.Context) error { _, err := c.Domains(ctx); return err }}
			},
		},
	)
}
