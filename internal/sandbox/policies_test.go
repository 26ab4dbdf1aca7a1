package sandbox_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// The host mta-sts of a domain serves the policy that somebody has put there, and no other host does.
func TestPolicies(t *testing.T) {
	s := open(t, sandbox.Options{})
	roots, err := s.RootCAs()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: s.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	get := func(host string) (status int, text string, err error) {
		response, err := client.Get("https://" + host + "/.well-known/mta-sts.txt")
		if err != nil {
			return 0, "", err
		}
		defer response.Body.Close() //nolint:errcheck // read to its end
		body, err := io.ReadAll(response.Body)
		return response.StatusCode, string(body), err
	}
	control := func(method, domain, body string) int {
		request := httptest.NewRequest(method, "/_sandbox/policies/"+domain, strings.NewReader(body))
		answer := httptest.NewRecorder()
		s.Handler().ServeHTTP(answer, request)
		return answer.Code
	}
	const policy = "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\nmax_age: 86400\r\n"
	if status := control("PUT", "EXAMPLE.com", policy); status != 204 {
		t.Fatalf("PUT: %d", status)
	}
	if status, text, err := get("mta-sts.example.com"); status != 200 || text != policy || err != nil {
		t.Errorf("%d %q, %v", status, text, err)
	}
	for _, host := range []string{"mta-sts.example.org", "www.example.com", "example.com", "mta-sts.www.example.com"} {
		if _, text, err := get(host); err == nil {
			t.Errorf("%s has a certificate, and serves %q", host, text)
		}
	}
	for domain, want := range map[string]int{"exa mple": 400, "": 404} {
		if domain != "" {
			domain = "exa%20mple..com"
		}
		if status := control("PUT", domain, policy); status != want {
			t.Errorf("PUT of %q: %d, want %d", domain, status, want)
		}
	}
	if status := control("DELETE", "example.com", ""); status != 204 {
		t.Errorf("DELETE: %d", status)
	}
	if status := control("DELETE", "example.com", ""); status != 404 {
		t.Errorf("the second DELETE: %d", status)
	}
	if _, _, err := get("mta-sts.example.com"); err == nil {
		t.Error("a policy that was removed is still served")
	}
}

// The hosts of the services themselves have what good hosts have: a certificate of their own, an address
// with a name, and name servers in several networks. Hosts of others do not have it by themselves.
func TestOwnHosts(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	roots, err := s.RootCAs()
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{"mx.yandex.net": true, "MX.sendgrid.net": true, "mx.example.org": false, "xyandex.net": false} {
		conn, err := s.DialContext(t.Context(), "tcp", host+":465")
		if err != nil {
			t.Fatal(err)
		}
		secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: roots})
		if err := secured.Handshake(); (err == nil) != want {
			t.Errorf("%s: %v, want a certificate that is trusted: %t", host, err, want)
		}
		secured.Close() //nolint:errcheck // nothing was said
	}
	for name, want := range map[string]string{
		"80.2.0.192.in-addr.arpa": "mx.yandex.net", "25.2.0.192.in-addr.arpa": "mail.example.com", "7.100.51.198.in-addr.arpa": "",
	} {
		if got, err := s.Look(t.Context(), name, "PTR"); strings.Join(got, " ") != want || err != nil && want != "" {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	// Whoever publishes the zone of a network decides about its names.
	if err := s.PutZone("2.0.192.in-addr.arpa", []string{"80 PTR other.example.com."}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Look(t.Context(), "80.2.0.192.in-addr.arpa", "PTR"); strings.Join(got, " ") != "other.example.com" || err != nil {
		t.Errorf("in a published zone: %q, %v", got, err)
	}
	if got, err := s.Look(t.Context(), "25.2.0.192.in-addr.arpa", "PTR"); len(got) > 0 {
		t.Errorf("the published zone lacks it: %q, %v", got, err)
	}
}
