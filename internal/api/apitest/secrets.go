// Package apitest tests that the clients of services keep secrets to themselves. It knows no
// service: the tests of each client bring the calls and the answers.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Credentials to give to clients, with characters that encodings treat alike and others that they
// do not.
const (
	// Configured and Second are credentials of an account.
	Configured = "Conf1gured+Key/of=One"
	Second     = "Secret*of~The Key&2"
	// OfTheCall is the secret that a call is about, such as the password of a new mailbox.
	OfTheCall = "Passw0rd:Of,The;Key!"
)

// Case is a client, what it is to keep to itself, and calls of it that fail.
type Case struct {
	// Name is the name of the subtest.
	Name string
	// Secrets are what no error and no log may show. At least one call has to send each of them.
	Secrets []string
	// Ways are the answers by which the service sends a secret back.
	Ways []Way
	// Answers are the bodies of the answers before the secret has been sent, by the end of the
	// path. All other calls are answered with an empty object.
	Answers map[string]string
	// Calls makes a client and returns calls of it.
	Calls func(transport http.RoundTripper) []Call
}

// Call is a call of a client.
type Call func(ctx context.Context) error

// BaseURL returns the address of a service that nobody can reach but by the transport of a [Case].
func BaseURL() *url.URL { return &url.URL{Scheme: "https", Host: "api.example.com"} }

// HostCalls returns the calls of a DNS host that carry secrets.
func HostCalls(host dns.Host) []Call {
	zone := dns.HostedZone{Apex: "example.com", ID: "023e105f4ecef8ad9ca31a8372d0c353"}
	calls := []Call{
		func(ctx context.Context) error { _, err := host.FindZone(ctx, "example.com"); return err },
		func(ctx context.Context) error { _, err := host.Read(ctx, zone); return err },
		func(ctx context.Context) error {
			return host.Apply(ctx, &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{{Name: "a.example.com", Type: "TXT", Value: "b"}}})
		},
	}
	if chooser, ok := host.(dns.ZoneChooser); ok {
		calls = append(calls, func(ctx context.Context) error { _, err := chooser.ZoneByID(ctx, zone.ID); return err })
	}
	return calls
}

// RunSecrets tests, in a subtest for each case, that no error and no log shows a secret, whatever
// the service makes of it before it sends it back. A test in internal/service demands that the
// tests of every service call it, or [CheckError] if the service has no HTTP API.
func RunSecrets(t *testing.T, cases ...Case) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			// The time in which calls are repeated passes at once.
			synctest.Test(t, func(t *testing.T) {
				for _, secret := range tc.Secrets {
					for form, text := range Forms(secret) {
						for i, way := range tc.Ways {
							checkEcho(t, tc, fmt.Sprintf("%.6s…, %s, way %d", secret, form, i), text, secret, way)
						}
					}
				}
			})
		})
	}
}

// CheckError tests that neither an error nor any of the errors in it shows a secret in one of the
// [Forms].
func CheckError(t *testing.T, what string, err error, secret string) {
	t.Helper()
	for form, text := range Forms(secret) {
		checkHidden(t, what+", "+form, texts(err), text)
	}
}

// checkEcho makes the calls of a client to a service that answers with a text.
func checkEcho(t *testing.T, tc Case, name, text, secret string, way Way) {
	t.Helper()
	said := 0
	transport := &echo{secret: secret, answers: tc.Answers, say: func(r *http.Request) (*http.Response, error) { return way(r, text) }}
	for n, call := range tc.Calls(transport) {
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
			checkHidden(t, fmt.Sprintf("%s, call %d", name, n), shown, hidden)
		}
	}
	if said+transport.said == 0 {
		t.Errorf("%s: no call has carried the secret to the service", name)
	}
}

// checkHidden tests that what is shown has no such text in it, neither as it is nor as JSON, in
// upper or lower case.
func checkHidden(t *testing.T, name, shown, hidden string) {
	t.Helper()
	quoted, _ := json.Marshal(hidden) // a text always has an encoding
	for _, leak := range []string{hidden, string(quoted[1 : len(quoted)-1])} {
		if strings.Contains(strings.ToLower(shown), strings.ToLower(leak)) {
			t.Errorf("%s: %s in:\n%s", name, leak, shown)
		}
	}
}

// texts returns all that an error, and each error within it, can be made to say.
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
