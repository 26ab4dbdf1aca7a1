package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// yandexCall calls the simulated Yandex like a client that does not know about the sandbox.
func yandexCall(t *testing.T, s *sandbox.Sandbox, method, path string, parameters ...string) (answer map[string]any) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	target, body := s.BaseURL(yandexsim.Section)+yandexsim.AdminPath+path, ""
	if method == http.MethodGet {
		target += "?" + form.Encode()
	} else {
		body = form.Encode()
	}
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("PddToken", yandexsim.Token)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := (&http.Client{Transport: s.Transport()}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", method, path, response.StatusCode, text, err)
	}
	return answer
}

// The records in the sandbox's DNS decide how far the verification of a domain at Yandex gets.
func TestYandexBelievesTheDNS(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	answer := yandexCall(t, s, "POST", "domain/register", "domain", "example.com")
	secrets, _ := answer["secrets"].(map[string]any)
	ownership, _ := secrets["name"].(string)
	if answer["success"] != "ok" || answer["status"] != "domain-activate" || ownership == "" {
		t.Fatalf("registered: %v", answer)
	}
	steps := []struct {
		records []string
		status  string
		results string
	}{
		{nil, "domain-activate", "no-cname,no-file"},
		{[]string{"yamail-" + ownership + " CNAME mail.example.com."}, "domain-activate", "bad-cname,no-file"},
		{[]string{"yamail-" + ownership + " CNAME mail.yandex.ru."}, "mx-activate", "mx-not-found"},
		{[]string{"@ MX 10 mail.example.com."}, "mx-activate", "mx-wrong"},
		{[]string{"@ MX 10 mx.yandex.net.", "@ MX 20 mail.example.com."}, "added", "ok"},
		{[]string{"@ MX 5 mail.example.com."}, "mx-activate", "mx-wrong"},
	}
	for _, step := range steps {
		if step.records != nil {
			if err := s.PutZone("example.com", step.records); err != nil {
				t.Fatal(err)
			}
		}
		answer := yandexCall(t, s, "GET", "domain/registration_status", "domain", "example.com")
		if answer["status"] != step.status || answer["check_results"] != step.results {
			t.Errorf("with %q: %v, want %s because of %s", step.records, answer, step.status, step.results)
		}
		if _, told := answer["secrets"]; told != (step.status == "domain-activate") {
			t.Errorf("with %q: %v", step.records, answer)
		}
	}
}

// A zone at Yandex needs no verification, and is set up for mail.
func TestYandexHostsZones(t *testing.T) {
	s := open(t, sandbox.Options{})
	if err := s.AddZones(map[string]string{"shop.example": yandexsim.Section}); err != nil {
		t.Fatal(err)
	}
	if answer := yandexCall(t, s, "POST", "domain/register", "domain", "shop.example"); answer["status"] != "added" {
		t.Errorf("registered: %v", answer)
	}
	for recordType, want := range map[string]string{"MX": "10 mx.yandex.net", "TXT": "v=spf1 redirect=_spf.yandex.net"} {
		if data, err := s.Look(t.Context(), "shop.example", recordType); err != nil || len(data) != 1 || data[0] != want {
			t.Errorf("%s: %q, %v; want %q", recordType, data, err, want)
		}
	}
	for _, name := range []string{"mx.yandex.net", "mail.yandex.ru", "mail.shop.example"} {
		if data, err := s.Look(t.Context(), name, "A"); err != nil || len(data) != 1 {
			t.Errorf("%s has the addresses %q, %v", name, data, err)
		}
	}
}

// The temporary failures that clients have to repeat are faults, like those of other services.
func TestYandexFailsForAWhile(t *testing.T) {
	s := open(t, sandbox.Options{})
	err := s.SetConditions(yandexsim.Section, fault.Conditions{Faults: []fault.Fault{{
		Path: yandexsim.AdminPath + "domain/register", Count: 2, Kind: fault.Status, Status: http.StatusOK,
		Body: `{"success":"error","error":"unknown"}`,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for call, want := range []any{"unknown", "unknown", nil} {
		if answer := yandexCall(t, s, "POST", "domain/register", "domain", "example.com"); answer["error"] != want {
			t.Errorf("call %d: %v, want the error %v", call+1, answer, want)
		}
	}
}
