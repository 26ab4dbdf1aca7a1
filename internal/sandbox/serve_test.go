package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// lines is an io.Writer whose text can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestServe(t *testing.T) {
	s := open(t, sandbox.Options{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out lines
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, "127.0.0.1:0", &out) }()
	find := func(pattern string) string {
		t.Helper()
		deadline := time.Now().Add(10 * time.Second)
		for {
			if found := regexp.MustCompile(pattern).FindStringSubmatch(out.String()); found != nil {
				return found[1]
			}
			select {
			case err := <-ended:
				t.Fatalf("Serve ended: %v\n%s", err, out.String())
			case <-time.After(time.Millisecond):
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s is not in\n%s", pattern, out.String())
			}
		}
	}
	find(`(?m)^(control) `) // the last line
	if strings.Contains(out.String(), "Warning") || !strings.Contains(out.String(), mailserversim.Password) {
		t.Errorf("announced:\n%s", out.String())
	}
	base := find(`mailserver +(http://\S+)`)
	m := logIn(t, http.DefaultClient, base)
	if err := m.createDomain("example.com"); err != nil {
		t.Error(err)
	}
	control := strings.TrimSuffix(base, "mailserver") + "_sandbox/"
	for body, want := range map[string]int{"www A 192.0.2.1\r\n": 204, "www A here": 400} {
		request, err := http.NewRequest("PUT", control+"zones/elsewhere.example", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close() //nolint:errcheck // only its status matters
		if response.StatusCode != want {
			t.Errorf("putting the zone %q: %d, want %d", body, response.StatusCode, want)
		}
	}
	if answer := ask(t, find(`DNS +(\S+)`), "www.elsewhere.example", miekg.TypeA); len(answer.Answer) != 1 {
		t.Errorf("DNS: %v", answer)
	}
	checkTLS(t, find(`TLS +(\S+)`), fetchRoots(t, control+"ca.pem"))
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Serve goes on")
	}
	http.DefaultClient.CloseIdleConnections()
	if _, err := m.call("GET", "/ping", nil); err == nil {
		t.Error("still served")
	}
}

func TestServeRefusesAddresses(t *testing.T) {
	s := open(t, sandbox.Options{})
	taken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(taken.Close)
	for address, says := range map[string]string{
		"127.0.0.1":                    "127.0.0.1:8053",
		"127.0.0.1:dns":                "127.0.0.1:8053",
		"127.0.0.1:65534":              "three ports",
		taken.Listener.Addr().String(): "HTTP server",
	} {
		if err := s.Serve(t.Context(), address, io.Discard); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want an error with %q", address, err, says)
		}
	}
}

func TestServeWarnsOfOtherAddresses(t *testing.T) {
	s := open(t, sandbox.Options{})
	for host, warns := range map[string]bool{"127.0.0.1": false, "::1": false, "localhost": false, "0.0.0.0": true, "": true, "192.0.2.1": true} {
		var out strings.Builder
		if err := s.Announce(&out, host, "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "Warning"); got != warns {
			t.Errorf("%q: warning %v", host, got)
		}
	}
}
