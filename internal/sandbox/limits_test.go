package sandbox_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// A sandbox takes any number of calls, unless it keeps to the rates of the real services or its
// conditions set a limit.
func TestLimitsOfCalls(t *testing.T) {
	const most = 130 // of what is called here, the real services take fewer in a minute
	for name, test := range map[string]struct {
		real     bool
		settings map[string]string
		refused  int // the number of the first call that is refused; 0: none is
	}{
		"as it is":                {},
		"with the real limits":    {real: true, refused: 21},
		"with a limit of its own": {settings: map[string]string{namecheapsim.SettingCallsPerMinute: "3"}, refused: 4},
		"lifted":                  {real: true, settings: map[string]string{namecheapsim.SettingCallsPerMinute: "0"}},
		"with another setting":    {settings: map[string]string{namecheapsim.SettingError: "5050900"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), RealLimits: test.real})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // nothing is kept
			if err := s.SetConditions(namecheapsim.Section, fault.Conditions{Settings: test.settings}); err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Transport: s.Transport()}
			refused := 0
			for n := 1; n <= most && refused == 0; n++ {
				resp, err := client.PostForm(s.BaseURL(namecheapsim.Section)+namecheapsim.Path, url.Values{"ApiUser": {namecheapsim.APIUser}})
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode == http.StatusMethodNotAllowed {
					refused = n
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil {
					t.Fatal(err)
				}
				resp.Body.Close() //nolint:errcheck // it was read
			}
			if refused != test.refused {
				t.Errorf("call %d is the first that is refused, want %d", refused, test.refused)
			}
			if limited := s.Limited(namecheapsim.Section); limited != (test.refused != 0 || test.real) {
				t.Errorf("that it is limited is %t", limited)
			}
		})
	}
}

// The limits of all services that limit calls are lifted, and no other settings are changed.
func TestServicesWithoutLimits(t *testing.T) {
	for _, real := range []bool{false, true} {
		s, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), RealLimits: real})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // nothing is kept
		client := &http.Client{Transport: s.Transport()}
		for _, c := range []struct {
			service, path string
			header        map[string]string
			form          string // of a POST
			limit         int    // calls that the real one takes in a minute
		}{
			{cloudflaresim.Section, cloudflaresim.BasePath + "/zones", map[string]string{"Authorization": "Bearer " + cloudflaresim.Token}, "", 1200},
			{godaddysim.Section, "/v1/domains", map[string]string{"Authorization": "sso-key " + godaddysim.Key + ":" + godaddysim.Secret}, "", 60},
			{octethsim.Section, octethsim.CommandPath, nil, "Command=EmailGateway.GetDomains&APIKey=" + octethsim.APIKey, 100},
			{sendgridsim.Section, "/v3/whitelabel/domains", map[string]string{"Authorization": "Bearer " + sendgridsim.Key}, "", 600},
			{mailserversim.Section, "/", nil, "", 0},
		} {
			limited := false
			for range c.limit + 1 {
				r, err := http.NewRequest(http.MethodGet, s.BaseURL(c.service)+c.path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				if c.form != "" {
					r, err = http.NewRequest(http.MethodPost, s.BaseURL(c.service)+c.path, strings.NewReader(c.form))
					if err != nil {
						t.Fatal(err)
					}
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				for name, value := range c.header {
					r.Header.Set(name, value)
				}
				resp, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close() //nolint:errcheck // it was read
				limited = limited || resp.StatusCode == http.StatusTooManyRequests || strings.Contains(strings.ToLower(string(body)), "too many requests")
			}
			if want := real && c.limit > 0; limited != want {
				t.Errorf("with the real limits %t: that %s refuses %d calls is %t", real, c.service, c.limit+1, limited)
			}
			if c.limit > 0 && s.Limited(c.service) != real {
				t.Errorf("with the real limits %t: %s says otherwise", real, c.service)
			}
		}
	}
}
