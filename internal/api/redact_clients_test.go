package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// Credentials as clients are given them, with characters that encodings treat alike and others that
// they do not.
const (
	configured = "Conf1gured+Key/of=One"
	second     = "Secret*of~The Key&2"
	ofTheCall  = "Passw0rd:Of,The;Key!"
	// obtained is a token that a client gets by a login.
	obtained = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb290IiwiZXhwIjoxfQ.Sgn4tur3OfTheT0ken"
)

// echoCase is a client, what it is to keep to itself, and calls of it that fail.
type echoCase struct {
	name    string
	service string // whose client it is
	secrets []string
	ways    []echoWay
	answers map[string]string // before the secret has been sent, by the end of the path
	calls   func(transport http.RoundTripper) []func(ctx context.Context) error
}

func baseURL() *url.URL { return &url.URL{Scheme: "https", Host: "api.example.com"} }

// hostCalls are those of a DNS host that carry secrets.
func hostCalls(host dns.Host) []func(ctx context.Context) error {
	zone := dns.HostedZone{Apex: "example.com", ID: "023e105f4ecef8ad9ca31a8372d0c353"}
	return []func(ctx context.Context) error{
		func(ctx context.Context) error { _, err := host.FindZone(ctx, "example.com"); return err },
		func(ctx context.Context) error { _, err := host.Read(ctx, zone); return err },
		func(ctx context.Context) error {
			return host.Apply(ctx, &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{{Name: "a.example.com", Type: "TXT", Value: "b"}}})
		},
	}
}

var echoCases = []echoCase{
	{
		name: "mail server", service: "mailserver", secrets: []string{configured, ofTheCall, obtained, pemKey},
		answers: map[string]string{
			"/auth": `{"result":true,"token":"` + obtained + `"}`, "/domains": `{"domains":[{"id":1,"name":"example.org","users_count":1}]}`,
			"/1": `{"users":[]}`,
		},
		ways: []echoWay{
			inEnvelope(200, `{"result":false,"error_msg":%s}`), inEnvelope(200, `{"result":false,"error":[{"message":%s}]}`),
			inEnvelope(400, `{"result":false,"msg":%s}`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			c := mailserverapi.New(mailserverapi.Config{URL: baseURL(), Username: "root", Password: configured, Transport: transport})
			return []func(ctx context.Context) error{
				func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
				func(ctx context.Context) error {
					return c.CreateAccount(ctx, "alice@example.org", mailserverapi.Credential{Value: ofTheCall})
				},
				func(ctx context.Context) error {
					_, err := c.CreateDomain(ctx, "example.com", "alice@example.com", mailserverapi.Credential{Value: ofTheCall})
					return err
				},
				func(ctx context.Context) error { return c.UploadCertificate(ctx, certificate, []byte(pemKey)) },
			}
		},
	},
	{
		// What has nothing to do with the service is the same for all, and tried once.
		name: "mail server's login", service: "mailserver", secrets: []string{configured},
		ways: append([]echoWay{inEnvelope(200, `{"result":false,"msg":%s}`), inEnvelope(401, `{"result":false,"msg":%s}`)}, everywhere...),
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			c := mailserverapi.New(mailserverapi.Config{URL: baseURL(), Username: "root", Password: configured, Transport: transport})
			return []func(ctx context.Context) error{func(ctx context.Context) error { _, err := c.Domains(ctx); return err }}
		},
	},
	{
		name: "Yandex", service: "yandex", secrets: []string{configured, ofTheCall},
		answers: map[string]string{
			"/domains": `{"success":"ok","page":1,"total":1,"found":1,"domains":[{"name":"example.org","status":"added","stage":"added"}]}`,
			"/list":    `{"success":"ok","domain":"example.org","page":1,"pages":1,"total":1,"accounts":[{"uid":1,"login":"bob@example.org","enabled":"yes","ready":"yes"}]}`,
		},
		ways: []echoWay{
			inEnvelope(200, `{"success":"error","error":%s}`), inEnvelope(400, `{"success":"error","error":%s}`),
			inEnvelope(200, `{"success":"perhaps","error":%s}`), inEnvelope(200, `{"success":"ok","error":%s}`),
			// The reported one: a code with the token behind it.
			func(r *http.Request, text string) (*http.Response, error) {
				return inEnvelope(200, `{"success":"error","error":%s}`)(r, "bad_token "+text)
			},
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			c := yandexapi.New(yandexapi.Config{Token: configured, BaseURL: baseURL(), Transport: transport})
			return []func(ctx context.Context) error{
				func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
				func(ctx context.Context) error { _, err := c.Register(ctx, "example.com"); return err },
				func(ctx context.Context) error {
					_, err := c.CreateAccount(ctx, "alice@example.org", ofTheCall, yandexapi.Profile{})
					return err
				},
				func(ctx context.Context) error {
					password := ofTheCall
					_, err := c.UpdateAccount(ctx, "bob@example.org", yandexapi.Changes{Password: &password})
					return err
				},
			}
		},
	},
	{
		name: "SendGrid", service: "sendgrid", secrets: []string{configured},
		ways: []echoWay{
			inEnvelope(400, `{"errors":[{"message":%s,"field":%s}]}`), inEnvelope(401, `{"errors":{"error":%s}}`),
			inEnvelope(403, `{"errors":[{"message":%s}]}`), inEnvelope(200, `[{"id":%s}]`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			c := sendgridapi.New(sendgridapi.Config{APIKey: configured, Transport: transport})
			return []func(ctx context.Context) error{
				func(ctx context.Context) error { _, err := c.Domains(ctx); return err },
				func(ctx context.Context) error {
					_, err := c.Create(ctx, sendgridapi.NewDomain{Domain: "example.com"})
					return err
				},
				func(ctx context.Context) error { return c.Delete(ctx, sendgridapi.Ref{ID: 1}) },
			}
		},
	},
	{
		name: "Octeth", service: "octeth", secrets: []string{configured, second, ofTheCall},
		ways: []echoWay{
			inEnvelope(200, `{"Success":false,"ErrorCode":9,"ErrorText":%s}`), inEnvelope(200, `{"Errors":[{"Code":9,"Message":%s}]}`),
			inEnvelope(500, `{"Errors":[{"Code":100000,"Message":%s}]}`), inEnvelope(200, `{"Success":true,"DomainID":%s,"SenderDomain":%s}`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			var calls []func(ctx context.Context) error
			for _, version := range []octethapi.Version{{5, 6}, {5, 9, 4}} {
				c := octethapi.New(octethapi.Config{URL: baseURL(), APIKey: configured, Transport: transport, APIVersion: version})
				credentials := octethapi.Credentials{Key: second, Secret: ofTheCall, User: "u", Username: "u"}
				calls = append(calls,
					func(ctx context.Context) error { _, err := c.Domains(ctx, octethapi.EmailGateway); return err },
					func(ctx context.Context) error {
						_, err := c.Create(ctx, octethapi.EmailGateway, "example.com", octethapi.Options{})
						return err
					},
					func(ctx context.Context) error {
						return c.DNSAuthorize(ctx, octethapi.GoDaddy, "example.com", credentials)
					},
					func(ctx context.Context) error {
						return c.DNSSet(ctx, octethapi.GoDaddy, "example.com", credentials, octethapi.Campaign)
					},
				)
			}
			return calls
		},
	},
	{
		name: "Cloudflare", service: "cloudflare", secrets: []string{configured},
		ways: []echoWay{
			inEnvelope(403, `{"success":false,"errors":[{"code":9109,"message":%s,"error_chain":[{"code":1,"message":%s}]}]}`),
			inEnvelope(400, `{"success":false,"errors":[{"code":1004,"message":%s}]}`), inEnvelope(200, `{"success":true,"result":%s}`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			return hostCalls(cloudflareapi.New(cloudflareapi.Config{APIToken: configured, BaseURL: baseURL(), Transport: transport}))
		},
	},
	{
		name: "GoDaddy, by token", service: "godaddy", secrets: []string{configured},
		ways: []echoWay{
			inEnvelope(400, `{"name":%s,"message":%s,"details":[{"issue":%s,"field":%s,"description":%s}]}`), inEnvelope(200, `{"items":%s}`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			return hostCalls(godaddyapi.New(godaddyapi.Config{Token: configured, BaseURL: baseURL(), Transport: transport}))
		},
	},
	{
		name: "GoDaddy, by key", service: "godaddy", secrets: []string{configured, second},
		ways: []echoWay{
			inEnvelope(422, `{"code":%s,"message":%s,"fields":[{"code":%s,"path":%s,"message":%s}]}`), inEnvelope(200, `[{"domain":%s,"data":1}]`),
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			return hostCalls(godaddyapi.New(godaddyapi.Config{Key: configured, Secret: second, BaseURL: baseURL(), Transport: transport}))
		},
	},
	{
		name: "Namecheap", service: "namecheap", secrets: []string{configured},
		ways: []echoWay{
			everywhere[0], everywhere[1],
			func(r *http.Request, text string) (*http.Response, error) {
				var escaped bytes.Buffer
				if err := xml.EscapeText(&escaped, []byte(text)); err != nil {
					return nil, err
				}
				return response(r, http.StatusOK, `<ApiResponse Status="ERROR"><Errors><Error Number="1011150">`+escaped.String()+`</Error></Errors></ApiResponse>`), nil
			},
		},
		calls: func(transport http.RoundTripper) []func(ctx context.Context) error {
			return hostCalls(namecheapapi.New(namecheapapi.Config{APIUser: "u", APIKey: configured, ClientIP: "192.0.2.1", BaseURL: baseURL(), Transport: transport, CallsPerMinute: 1 << 20}))
		},
	},
}

// Whatever a service makes of a secret before it sends it back, no error and no log shows it.
func TestNoClientShowsWhatAServiceSendsBack(t *testing.T) {
	for _, tc := range echoCases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// The time in which calls are repeated passes at once.
			synctest.Test(t, func(t *testing.T) {
				for _, secret := range tc.secrets {
					for form, text := range echoForms(secret) {
						for i, way := range tc.ways {
							checkEcho(t, tc, fmt.Sprintf("%.6s…, %s, way %d", secret, form, i), text, secret, way)
						}
					}
				}
			})
		})
	}
}

// The client of every service is among them. The one without HTTP has a test of its own.
func TestEveryClientIsTriedForSecrets(t *testing.T) {
	tried := []string{"rfc2136"}
	for _, tc := range echoCases {
		tried = append(tried, tc.service)
	}
	for _, name := range kit.Names(service.All) {
		if !slices.Contains(tried, name) {
			t.Errorf("no case of echoCases has the client of %s", name)
		}
	}
}

// checkEcho makes the calls of a client to a service that answers with a text.
func checkEcho(t *testing.T, tc echoCase, name, text, secret string, way echoWay) {
	t.Helper()
	said := 0
	transport := &echo{secret: secret, answers: tc.answers, say: func(r *http.Request) (*http.Response, error) { return way(r, text) }}
	for n, call := range tc.calls(transport) {
		said, transport.said = said+transport.said, 0
		var sink bytes.Buffer
		err := call(tflogtest.RootLogger(t.Context(), &sink))
		if err == nil {
			// The answer was as good as any, and has not been shown.
			continue
		}
		if transport.said == 0 {
			continue // this call has no such secret
		}
		shown := sink.String() + texts(err)
		for _, hidden := range []string{text, secret} {
			quoted, _ := json.Marshal(hidden)
			for _, leak := range []string{hidden, string(quoted[1 : len(quoted)-1])} {
				if strings.Contains(strings.ToLower(shown), strings.ToLower(leak)) {
					t.Errorf("%s, call %d: %s in:\n%s", name, n, leak, shown)
				}
			}
		}
	}
	if said+transport.said == 0 {
		t.Errorf("%s: no call has carried the secret to the service", name)
	}
}

// texts are all that an error, and each error within it, can be made to say.
func texts(err error) string {
	if err == nil {
		return ""
	}
	all := err.Error() + "\n" + fmt.Sprintf("%v", err) + "\n"
	switch inner := err.(type) { //nolint:errorlint // each error of the chain is looked at by itself
	case interface{ Unwrap() error }:
		all += texts(inner.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range inner.Unwrap() {
			all += texts(one)
		}
	}
	return all
}

// A name server that has the secret of the TSIG key, and sends it back in every text that its
// answers have, is not quoted.
func TestNoNameServerIsQuoted(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString([]byte("a secret of a TSIG key"))
	handler := miekg.HandlerFunc(func(w miekg.ResponseWriter, r *miekg.Msg) {
		m := new(miekg.Msg).SetRcode(r, miekg.RcodeRefused)
		m.Extra = append(m.Extra, &miekg.TXT{Hdr: miekg.RR_Header{Name: r.Question[0].Name, Rrtype: miekg.TypeTXT, Class: miekg.ClassINET}, Txt: []string{secret}})
		_ = w.WriteMsg(m)
	})
	ready := make(chan struct{})
	server := &miekg.Server{Addr: "127.0.0.1:0", Net: "tcp", Handler: handler, NotifyStartedFunc: func() { close(ready) }}
	done := make(chan error, 1)
	go func() { done <- server.ListenAndServe() }()
	<-ready
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	host, err := rfc2136api.New(rfc2136api.Config{Server: "127.0.0.1", Port: number, KeyName: "key", KeySecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	for n, call := range hostCalls(host) {
		err := call(t.Context())
		if err == nil {
			t.Errorf("call %d: no error", n)
		}
		for form, text := range echoForms(secret) {
			if strings.Contains(texts(err), text) {
				t.Errorf("call %d: %s in %s", n, form, texts(err))
			}
		}
	}
}
