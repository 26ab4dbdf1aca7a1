package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	miekg "github.com/miekg/dns"
)

// answers returns the records of a name that the sandbox's DNS server has.
func answers(t *testing.T, s *sandbox.Sandbox, name string, qtype uint16) []miekg.RR {
	t.Helper()
	address, err := s.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, address, name, qtype).Answer
}

func TestDefaultZonesAreServed(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	for apex, host := range s.DefaultZones() {
		if len(answers(t, s, apex, miekg.TypeNS)) == 0 {
			t.Errorf("%s at %s has no name servers", apex, host)
		}
	}
	if answer := answers(t, s, "mail.example.com", miekg.TypeA); len(answer) != 1 || !strings.Contains(answer[0].String(), "192.0.2.25") {
		t.Errorf("mail.example.com has the address %v", answer)
	}
}

// A zone that its owner has deleted is not added again.
func TestZonesAreHandedOutOnce(t *testing.T) {
	s := open(t, sandbox.Options{})
	zones := map[string]string{"shop.example": "namecheap"}
	for range 2 {
		if err := s.AddZones(zones); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddZones(map[string]string{"shop.example": "bind"}); err == nil || !strings.Contains(err.Error(), `no DNS host "bind"`) {
		t.Errorf("an unknown host: %v", err)
	}
}

func TestZonesOverHTTP(t *testing.T) {
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	for path, want := range map[string]int{
		"/_sandbox/hosts/cloudflare/shop.example": http.StatusNoContent,
		"/_sandbox/hosts/rfc2136/lab.example":     http.StatusNoContent,
		"/_sandbox/hosts/bind/shop.example":       http.StatusBadRequest,
	} {
		request, err := http.NewRequest(http.MethodPut, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("PUT %s: %s", path, response.Status)
		}
	}
	for _, apex := range []string{"shop.example", "lab.example"} {
		if len(answers(t, s, apex, miekg.TypeSOA)) == 0 {
			t.Errorf("%s is not served", apex)
		}
	}
}
