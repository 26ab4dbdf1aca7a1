package namecheapapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

func TestCredentials(t *testing.T) {
	const wrongKey = "0123456789abcdefwrong"
	tests := []struct {
		what   string
		change func(c *namecheapapi.Config)
		kind   error
		says   []string
	}{
		{"a wrong key", func(c *namecheapapi.Config) { c.APIKey = wrongKey }, api.ErrAuth, []string{"1011102", "api_key", "NAMECHEAP_API_KEY"}},
		{"an unknown user", func(c *namecheapapi.Config) { c.APIUser = "nobody" }, api.ErrAuth, []string{"1011102", "api_user"}},
		{"no user", func(c *namecheapapi.Config) { c.APIUser = "" }, api.ErrAuth, []string{"NAMECHEAP_API_USER"}},
		{"no address", func(c *namecheapapi.Config) { c.ClientIP = "" }, api.ErrAuth, []string{"NAMECHEAP_CLIENT_IP"}},
		{"an address that is not allowed", func(c *namecheapapi.Config) { c.ClientIP = "198.51.100.7" }, api.ErrAuth,
			[]string{"1011150", "Allow 198.51.100.7 in", "Whitelisted IPs"}},
		{"another account", func(c *namecheapapi.Config) { c.UserName = namecheapsim.OtherAPIUser }, api.ErrAuth, []string{"1016103", "user_name"}},
		{"no such account", func(c *namecheapapi.Config) { c.UserName = "nobody" }, api.ErrAuth, []string{"1019103", "user_name"}},
		{"a locked account", func(c *namecheapapi.Config) {
			c.APIUser, c.APIKey = namecheapsim.LockedAPIUser, namecheapsim.LockedAPIKey
		}, api.ErrAuth,
			[]string{"1017101", "locked"}},
		{"somebody else's domain", func(c *namecheapapi.Config) {
			c.APIUser, c.APIKey = namecheapsim.OtherAPIUser, namecheapsim.OtherAPIKey
		}, api.ErrNotFound,
			[]string{"2016166", "another Namecheap account"}},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			w := newWorld(t)
			config := w.config()
			test.change(&config)
			h := namecheapapi.New(config)
			_, err := h.FindZone(t.Context(), "example.com")
			access, accessError := h.CheckAccess(t.Context(), dns.HostedZone{Apex: "example.com"})
			if !errors.Is(err, test.kind) || !errors.Is(accessError, test.kind) || access == dns.WriteProven {
				t.Fatalf("%v; %s, %v", err, access, accessError)
			}
			for _, says := range append(test.says, "example.com") {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%v does not say %q", err, says)
				}
			}
			if strings.Contains(err.Error(), config.APIKey) {
				t.Error("the error shows the key")
			}
			if strings.Contains(err.Error(), "200") || strings.Contains(err.Error(), "OK") {
				t.Errorf("%v speaks of success", err)
			}
			if n := w.called("getHosts"); n != 2 {
				t.Errorf("%d calls for two questions", n)
			}
		})
	}
}

// Namecheap's word on the address is better than ours: the calls may come from another one than is
// configured.
func TestAddressThatNamecheapSaw(t *testing.T) {
	w := newWorld(t)
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: `<ApiResponse Status="ERROR"><Errors>` +
		`<Error Number="1011150">Invalid request IP: 203.0.113.9</Error></Errors></ApiResponse>`}}})
	_, err := w.host().FindZone(t.Context(), "example.com")
	if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "Allow 203.0.113.9 in") {
		t.Error(err)
	}
}

// outcomes of calls: each is tried on a reading and on a write.
func TestFailures(t *testing.T) {
	answer := func(body string) fault.Fault { return fault.Fault{Kind: fault.Status, Status: 200, Body: body} }
	reported := func(number int) fault.Fault {
		return answer(fmt.Sprintf(`<ApiResponse Status="ERROR"><Errors><Error Number="%d">Key %s is odd</Error></Errors></ApiResponse>`, number, namecheapsim.APIKey))
	}
	tests := []struct {
		what    string
		fault   fault.Fault
		kind    error
		unknown bool // whether a write may have been carried out
		says    string
	}{
		{"an HTML page", fault.Fault{Kind: fault.Status, Status: http.StatusBadGateway, Body: "<html>Bad Gateway</html>"}, api.ErrUnavailable, true, "502"},
		{"an HTML page after the deed", fault.Fault{Kind: fault.StatusAfter}, api.ErrUnavailable, true, "502"},
		{"an HTML page with status 200", answer("<html><body>Maintenance</body></html>"), api.ErrUnavailable, true, "<html>"},
		{"no XML", answer("closed"), api.ErrUnavailable, true, ""},
		{"half an answer", fault.Fault{Kind: fault.TruncatedBody}, api.ErrUnavailable, true, "cut"},
		{"a cut connection", fault.Fault{Kind: fault.Cut}, api.ErrUnavailable, true, ""},
		{"a cut connection after the deed", fault.Fault{Kind: fault.CutAfter}, api.ErrUnavailable, true, ""},
		{"a time-out after the deed", fault.Fault{Kind: fault.HangAfter}, api.ErrUnavailable, true, "time limit"},
		{"an answer that says nothing", answer(`<ApiResponse Status="OK"><Errors/></ApiResponse>`), api.ErrUnavailable, true, ""},
		{"an error without a number", answer(`<ApiResponse Status="ERROR"><Errors/></ApiResponse>`), api.ErrUnavailable, true, "without a number"},
		{"a registry's failure", reported(3050900), api.ErrUnavailable, true, "3050900"},
		{"an unknown failure", reported(5050900), api.ErrUnavailable, true, "5050900"},
		{"no such domain", reported(2019166), api.ErrNotFound, false, "2019166"},
		{"no permission", reported(2030166), api.ErrAuth, false, "may not edit"},
		{"other name servers", reported(2030288), api.ErrNotFound, false, "other name servers"},
		{"a wrong parameter", reported(2050900), nil, false, "2050900"},
		{"another trouble with the credentials", reported(1050900), api.ErrAuth, false, "1050900"},
		{"too many requests", reported(500000), api.ErrRateLimited, false, "20 calls a minute"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := w.config()
			if test.fault.Kind == fault.HangAfter {
				config.Timeout = time.Second // of which a busy machine does not take much for what comes before
			}
			config.Handover = -1
			h := namecheapapi.New(config)
			base := read(t, h)

			check := func(what string, err error, unknown bool) {
				t.Helper()
				if err == nil || (test.kind != nil && !errors.Is(err, test.kind)) || errors.Is(err, api.ErrOutcomeUnknown) != unknown ||
					!strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), namecheapsim.APIKey) {
					t.Errorf("%s: %v", what, err)
				}
				if test.kind == nil {
					var fail *api.Error
					if !errors.As(err, &fail) || fail.Kind != nil || fail.Status == 0 {
						t.Errorf("%s: %v should be about the change alone", what, err)
					}
				}
			}
			w.under(fault.Conditions{Faults: []fault.Fault{test.fault}})
			_, err := h.Read(t.Context(), base.Zone)
			check("reading", err, false)

			inTurn := test.fault
			inTurn.Skip = 1 // the reading before the write
			w.under(fault.Conditions{Faults: []fault.Fault{inTurn}})
			w.called("setHosts")
			check("writing", h.Apply(t.Context(), base, create(txt("example.com", "ours"))), test.unknown)
			if n := w.called("setHosts"); test.unknown && n != 1 {
				t.Errorf("a write of unknown outcome was made %d times", n)
			}
		})
	}
}

func TestWriteWithoutSuccess(t *testing.T) {
	w := newWorld(t)
	h := w.host()
	base := read(t, h)
	w.under(fault.Conditions{Switches: map[string]bool{namecheapsim.SwitchUnwilling: true}})
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); !errors.Is(err, api.ErrOutcomeUnknown) {
		t.Error(err)
	}
}

// The zone is written, but cannot be read back.
func TestNoReadingBack(t *testing.T) {
	w := newWorld(t)
	h := w.host()
	base := read(t, h)
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.EmptyError, Skip: 2}}})
	err := h.Apply(t.Context(), base, create(txt("example.com", "ours")))
	if !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "change was accepted") {
		t.Error(err)
	}
	w.wantZone("NONE", txtHost("ours"))
}

// Readings survive what passes.
func TestPassingFailures(t *testing.T) {
	for _, test := range []fault.Fault{
		{Kind: fault.EmptyError, Count: 2},
		{Kind: fault.Cut, Count: 1},
		{Kind: fault.Status, Status: 405, Count: 3},
		{Kind: fault.Status, Status: 200, Count: 2, Body: `<ApiResponse Status="ERROR"><Errors><Error Number="5050900">x</Error></Errors></ApiResponse>`},
	} {
		w := newWorld(t)
		w.under(fault.Conditions{Faults: []fault.Fault{test}})
		if _, err := w.host().FindZone(t.Context(), "example.com"); err != nil {
			t.Errorf("%s %d: %v", test.Kind, test.Status, err)
		}
	}
}

// Elements may be spelled as the documentation does.
func TestDocumentedSpelling(t *testing.T) {
	w := newWorld(t)
	body := `<?xml version="1.0"?><ApiResponse Status="OK" xmlns="http://api.namecheap.com/xml.response"><Errors/><CommandResponse>` +
		`<DomainDNSGetHostsResult Domain="example.com" EmailType="NONE" IsUsingOurDNS="True"><Host HostId="1" Name="www" Type="A" Address="192.0.2.1" MXPref="10" TTL="300"/>` +
		`</DomainDNSGetHostsResult></CommandResponse></ApiResponse>`
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: "\n\t" + body, Header: map[string]string{"Content-Length": strconv.Itoa(len(body) + 2)}}}})
	if got := read(t, w.host()).Records; len(got) != 1 || got[0].Name != "www.example.com" || got[0].TTL != 300 {
		t.Errorf("got %+v", got)
	}
}
