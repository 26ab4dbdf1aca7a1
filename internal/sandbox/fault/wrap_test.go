package fault

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// What each kind does to a connection is tested in the package sandbox, over both of its
// transports.

func serve(t *testing.T, st *store.Store, observer Observer) *httptest.Server {
	t.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "served") })
	server := httptest.NewServer(Observe("mailserver", observer, Wrap("mailserver", st, handler)))
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, url string) (status int, header http.Header, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(content)
}

func set(t *testing.T, st *store.Store, c Conditions) {
	t.Helper()
	if err := Set(st, "mailserver", c); err != nil {
		t.Fatal(err)
	}
}

func TestCountIsExactAmongStores(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	var servers []*httptest.Server
	for range 3 { // each as another process would open it
		st, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, serve(t, st, nil))
	}
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	set(t, st, Conditions{Faults: []Fault{{Kind: Status, Status: 503, Skip: 5, Count: 12}}})
	var failed atomic.Int32
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			response, err := http.Get(servers[i%len(servers)].URL)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close() //nolint:errcheck // only its status matters
			if response.StatusCode == 503 {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	if failed.Load() != 12 {
		t.Errorf("%d of 40 calls failed, want the 12 that were to", failed.Load())
	}
	if left, err := Get(st, "mailserver"); err != nil || len(left.Faults) != 0 {
		t.Errorf("left over: %+v, %v", left.Faults, err)
	}
}

func TestCallWithoutCountedFaultWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	set(t, st, Conditions{Faults: []Fault{{Kind: Cut, Path: "/elsewhere", Count: 1}, {Kind: Status, Path: "/broken", Status: 500}}})
	server := serve(t, st, nil)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, body := get(t, server.URL+"/"); status != 200 || body != "served" {
		t.Errorf("a call without fault: %d %q", status, body)
	}
	if status, _, _ := get(t, server.URL+"/broken"); status != 500 {
		t.Errorf("a call with a lasting fault: %d", status)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the state was written: %v\n%s", err, after)
	}
}

func TestLatency(t *testing.T) {
	st := memory(t)
	server := serve(t, st, nil)
	set(t, st, Conditions{Latency: Duration(60 * time.Millisecond)})
	begin := time.Now()
	get(t, server.URL)
	if took := time.Since(begin); took < 60*time.Millisecond {
		t.Errorf("the call took %s", took)
	}
}

func TestRateLimit(t *testing.T) {
	st := memory(t)
	server := serve(t, st, nil)
	// The fault is not due before the limit lets a call through to it.
	set(t, st, Conditions{
		RateLimit: &RateLimit{Requests: 2, Per: Duration(time.Hour), RetryAfter: Duration(1500 * time.Millisecond)},
		Faults:    []Fault{{Kind: Status, Status: 418, Skip: 1, Count: 2}},
	})
	for i, want := range []int{200, 418, 429, 429} {
		status, header, body := get(t, server.URL)
		if status != want {
			t.Errorf("call %d: status %d, want %d", i, status, want)
		}
		if status == 429 && (header.Get("Retry-After") != "2" || !strings.Contains(body, "too many")) {
			t.Errorf("call %d: Retry-After %q, body %q", i, header.Get("Retry-After"), body)
		}
	}
	set(t, st, Conditions{RateLimit: &RateLimit{Requests: 1, Per: Duration(time.Hour), Body: "slower"}})
	get(t, server.URL)
	if status, header, body := get(t, server.URL); status != 429 || body != "slower" || header.Get("Retry-After") != "" {
		t.Errorf("under the new limit: %d %q %v", status, body, header)
	}
}

func TestUnreadableConditionsAreSaid(t *testing.T) {
	for name, text := range map[string]string{
		"no duration":  `{"mailserver": {"latency": "soon"}}`,
		"unknown kind": `{"mailserver": {"faults": [{"kind": "explode"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sandbox.json")
			file := `{"version": 1, "id": "ab", "sections": {"conditions": ` + text + `}}`
			if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
			st, err := store.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			status, _, body := get(t, serve(t, st, nil).URL)
			if status != 500 || !strings.Contains(body, "conditions of mailserver") {
				t.Errorf("%d %q, want a 500 that says why", status, body)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	st := memory(t)
	seen := make(chan string, 1)
	server := serve(t, st, func(service, method, path string, status int) {
		seen <- fmt.Sprintf("%s %s %s %d", service, method, path, status)
	})
	set(t, st, Conditions{Faults: []Fault{
		{Path: "/cut", Kind: Cut},
		{Path: "/slow", Kind: SlowBody, Delay: 1},
		{Path: "/status", Kind: Status, Status: 404},
	}})
	for path, want := range map[string]string{
		"/fine":   "mailserver GET /fine 200",
		"/cut":    "mailserver GET /cut 0",
		"/slow":   "mailserver GET /slow 200",
		"/status": "mailserver GET /status 404",
	} {
		// On a connection of its own: Go's client repeats a GET that dies on a used one.
		request, err := http.NewRequest(http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Close = true
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close() //nolint:errcheck // only the observation matters
		}
		if got := <-seen; got != want {
			t.Errorf("observed %q, want %q", got, want)
		}
	}
}
