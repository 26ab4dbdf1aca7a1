package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

func TestTransportReachesTheServicesAndNothingElse(t *testing.T) {
	s := open(t, sandbox.Options{})
	client := &http.Client{Transport: s.Transport()}
	for _, ping := range []string{"https://mailserver.sandbox.invalid/ping", "https://mailserver.sandbox.invalid:443/ping", "https://MailServer.Sandbox.Invalid/ping"} {
		response, err := client.Get(ping)
		if err != nil {
			t.Errorf("%s: %v", ping, err)
			continue
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close() //nolint:errcheck // read to its end
		if err != nil || response.StatusCode != 200 || string(body) != "pong" {
			t.Errorf("%s: %d %q, %v", ping, response.StatusCode, body, err)
		}
	}
	for _, elsewhere := range []string{
		"http://mailserver.sandbox.invalid/ping",
		"https://mail.example.com/",
		"https://nobody.sandbox.invalid/",
		"https://sandbox.invalid/",
		"https://127.0.0.1/",
	} {
		response, err := client.Post(elsewhere, "text/plain", strings.NewReader("secret"))
		if err == nil {
			response.Body.Close() //nolint:errcheck // there should be none
		}
		if err == nil || !strings.Contains(err.Error(), "never talks to the network") {
			t.Errorf("%s: %v, want a refusal", elsewhere, err)
		}
	}
}

func TestOpenStartsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent", "sandbox.json")
	before := runtime.NumGoroutine()
	s := open(t, sandbox.Options{Path: path})
	s.Transport()
	s.Handler()
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines became %d", before, after)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Error("something was written")
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	s := open(t, sandbox.Options{})
	transport := s.Transport()
	response, err := (&http.Client{Transport: transport}).Get(s.BaseURL("mailserver") + "/ping")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	response.Body.Close() //nolint:errcheck // read to its end
	if _, err := s.DNSAddr(); err != nil {
		t.Fatal(err)
	}
	for _, port := range []string{"25", "443", "993"} { // two of them are left waiting for the client's handshake
		conn, err := s.DialContext(t.Context(), "tcp", "mail.example.com:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // cut from the other side
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := s.DNSAddr(); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("DNSAddr after Close: %v", err)
	}
	if _, err := s.DialContext(t.Context(), "tcp", "mail.example.com:443"); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("DialContext after Close: %v", err)
	}
	response, err = (&http.Client{Transport: transport}).Get(s.BaseURL("mailserver") + "/ping")
	if err == nil {
		response.Body.Close() //nolint:errcheck // there should be none
	}
	if !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
}

// mailServer is a client of the simulated mail server, with the calls that these tests need.
type mailServer struct {
	client *http.Client
	base   string
	token  string
}

func logIn(t *testing.T, client *http.Client, base string) *mailServer {
	t.Helper()
	m := &mailServer{client: client, base: base}
	answer, err := m.call("POST", "/auth", url.Values{"username": {mailserversim.Username}, "password": {mailserversim.Password}})
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(answer)
	if found == nil {
		t.Fatalf("no token in %s", answer)
	}
	m.token = found[1]
	return m
}

func (m *mailServer) call(method, path string, form url.Values) (body string, err error) {
	request, err := http.NewRequest(method, m.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Auth-token", m.token)
	response, err := m.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(response.Body)
	return string(content), err
}

func (m *mailServer) createDomain(name string) error {
	answer, err := m.call("POST", "/domains", url.Values{
		"domain": {name}, "username": {"postmaster@" + name}, "password": {"invented-password"},
	})
	if err == nil && answer != `{"result":true}` {
		err = fmt.Errorf("creating %s: %s", name, answer)
	}
	return err
}

func TestSandboxesOnOneFileAreOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	one, two := open(t, sandbox.Options{Path: path}), open(t, sandbox.Options{Path: path})
	server := httptest.NewServer(two.Handler())
	t.Cleanup(server.Close)
	clients := []*mailServer{
		logIn(t, &http.Client{Transport: one.Transport()}, one.BaseURL("mailserver")),
		logIn(t, &http.Client{Transport: two.Transport()}, two.BaseURL("mailserver")),
		logIn(t, server.Client(), server.URL+"/mailserver"),
	}
	const each = 5
	var all sync.WaitGroup
	for i, m := range clients {
		for j := range each {
			all.Go(func() {
				if err := m.createDomain(fmt.Sprintf("d%d-%d.example.com", i, j)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	for i, m := range clients {
		answer, err := m.call("GET", "/domains", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(answer, `"users_count":1`); got != len(clients)*each {
			t.Errorf("client %d sees %d domains with their account, want %d: %s", i, got, len(clients)*each, answer)
		}
	}
	id, err := one.ID()
	if err != nil {
		t.Fatal(err)
	}
	if other, err := two.ID(); err != nil || other != id {
		t.Errorf("identities %q and %q, %v", id, other, err)
	}
	if other, err := open(t, sandbox.Options{}).ID(); err != nil || other == id {
		t.Errorf("another sandbox has the identity %q too, %v", other, err)
	}
}

func TestHandler(t *testing.T) {
	var observed []string
	s := open(t, sandbox.Options{Services: append(service.Simulated(), only(&probe{})...), Observe: func(service, method, path string, status int) {
		if service != "probe" {
			observed = append(observed, fmt.Sprintf("%s %s %s %d", service, method, path, status))
		}
	}})
	for path, c := range map[string]struct {
		status         int
		body, location string
	}{
		"/":                    {200, "<h1>Sandbox</h1>", ""},
		"/_sandbox/":           {200, "mailserver   http://sandbox.test/mailserver   username " + mailserversim.Username, ""},
		"/mailserver/ping":     {200, "pong", ""},
		"/mailserver":          {404, "API method is not exist", ""},
		"/mailserver/domains/": {301, "", "/mailserver/domains"},
		"/probe":               {201, probeAnswer, ""},
		"/probe//x/../y":       {201, probeAnswer, ""},
		"/probe/moved":         {301, "", "/probe/there"},
		"/nobody/":             {404, `no service "nobody"`, ""},
		"/nobody":              {404, `no service "nobody"`, ""},
	} {
		t.Run(path, func(t *testing.T) {
			answer := httptest.NewRecorder()
			s.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "http://sandbox.test"+path, nil))
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.body) || answer.Header().Get("Location") != c.location {
				t.Errorf("%d, Location %q, %q", answer.Code, answer.Header().Get("Location"), answer.Body)
			}
		})
	}
	slices.Sort(observed)
	if want := []string{"mailserver GET / 404", "mailserver GET /domains/ 301", "mailserver GET /ping 200"}; !slices.Equal(observed, want) {
		t.Errorf("observed %q, want %q", observed, want)
	}
}
