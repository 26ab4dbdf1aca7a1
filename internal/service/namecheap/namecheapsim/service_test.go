package namecheapsim

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
)

// world is the service with a clock and conditions that tests set, and the zone example.com.
type world struct {
	*Service
	*sandboxtest.World
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := sandboxtest.New(t)
	s := &world{Service: New(Config{Store: w.Store, Now: w.Now, Conditions: w.Conditions}), World: w}
	if err := s.AddZone("example.com"); err != nil {
		t.Fatal(err)
	}
	return s
}

// with returns the parameters of a call on example.com, some of them replaced; an empty value takes
// a parameter out.
func with(command string, replaced ...string) url.Values {
	form := url.Values{
		"ApiUser": {APIUser}, "ApiKey": {APIKey}, "UserName": {APIUser}, "ClientIp": {ClientIP},
		"Command": {command}, "SLD": {"example"}, "TLD": {"com"},
	}
	for i := 0; i < len(replaced); i += 2 {
		form.Set(replaced[i], replaced[i+1])
		if replaced[i+1] == "" {
			form.Del(replaced[i])
		}
	}
	return form
}

func (s *world) post(t *testing.T, form url.Values) (status int, body string) {
	t.Helper()
	sent := s.Send(s.Service, http.MethodPost, Path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	return sent.Status, sent.Body
}

// ok posts a call and returns its answer, which must not be an error.
func (s *world) ok(t *testing.T, form url.Values) string {
	t.Helper()
	status, body := s.post(t, form)
	if status != http.StatusOK || !strings.Contains(body, `<ApiResponse Status="OK"`) {
		t.Fatalf("%s: %d %s", form.Get("Command"), status, body)
	}
	return body
}

// refused posts a call and expects the error of that number.
func (s *world) refused(t *testing.T, form url.Values, number string) string {
	t.Helper()
	status, body := s.post(t, form)
	if status != http.StatusOK || !strings.Contains(body, `Status="ERROR"`) || !strings.Contains(body, `<Error Number="`+number+`">`) {
		t.Errorf("%s: %d %s\nwant error %s", form.Encode(), status, body, number)
	}
	return body
}

// setting returns the parameters of a setHosts call: records as "name type address" or "name type
// address | preference TTL".
func setting(emailType string, records ...string) url.Values {
	form := with("namecheap.domains.dns.setHosts", "EmailType", emailType)
	for i, record := range records {
		number := string(rune('1' + i))
		fields := strings.SplitN(record, " ", 3)
		form.Set("HostName"+number, fields[0])
		form.Set("RecordType"+number, fields[1])
		address, rest, _ := strings.Cut(fields[2], " | ")
		form.Set("Address"+number, address)
		if preference, ttl, found := strings.Cut(rest, " "); found {
			form.Set("MXPref"+number, preference)
			form.Set("TTL"+number, ttl)
		}
	}
	return form
}

func TestGetHostsOnTheWire(t *testing.T) {
	s := newWorld(t)
	s.ok(t, setting("MX", `@ MX mail.example.net. | 20 300`, `www A 192.0.2.1 | 77 60`, `@ TXT a "quoted" & <odd> text`))
	got := s.ok(t, with("namecheap.domains.dns.getHosts"))
	want := `<?xml version="1.0" encoding="utf-8"?>
<ApiResponse Status="OK" xmlns="http://api.namecheap.com/xml.response">
  <Errors />
  <Warnings />
  <RequestedCommand>namecheap.domains.dns.gethosts</RequestedCommand>
  <CommandResponse Type="namecheap.domains.dns.getHosts">
    <DomainDNSGetHostsResult Domain="example.com" EmailType="MX" IsUsingOurDNS="true">
      <host HostId="1" Name="@" Type="MX" Address="mail.example.net." MXPref="20" TTL="300" AssociatedAppTitle="" FriendlyName="" IsActive="true" IsDDNSEnabled="false" />
      <host HostId="2" Name="www" Type="A" Address="192.0.2.1" MXPref="10" TTL="60" AssociatedAppTitle="" FriendlyName="" IsActive="true" IsDDNSEnabled="false" />
      <host HostId="3" Name="@" Type="TXT" Address="a &quot;quoted&quot; &amp; &lt;odd&gt; text" MXPref="10" TTL="1799" AssociatedAppTitle="" FriendlyName="" IsActive="true" IsDDNSEnabled="false" />
    </DomainDNSGetHostsResult>
  </CommandResponse>
  <Server>SANDBOX</Server>
  <GMTTimeDifference>--5:00</GMTTimeDifference>
  <ExecutionTime>0.05</ExecutionTime>
</ApiResponse>`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Clients differ in how they send a call and how they spell its parameters.
func TestWaysToCall(t *testing.T) {
	s := newWorld(t)
	form := with("NAMECHEAP.domains.DNS.getHosts", "UserName", "", "Username", APIUser, "ClientIp", "", "clientip", ClientIP, "SLD", "EXAMPLE")
	if body := s.ok(t, form); !strings.Contains(body, `Domain="example.com"`) {
		t.Error(body)
	}
	if sent := s.Send(s.Service, http.MethodGet, Path+"?"+form.Encode(), ""); !strings.Contains(sent.Body, `Status="OK"`) {
		t.Errorf("by GET: %+v", sent)
	}
	if other := s.Send(s.Service, http.MethodGet, "/elsewhere", ""); other.Status != http.StatusNotFound {
		t.Errorf("another path: %d", other.Status)
	}
}

func TestRefusedCalls(t *testing.T) {
	s := newWorld(t)
	const getHosts = "namecheap.domains.dns.getHosts"
	tests := []struct {
		what, number string
		form         url.Values
	}{
		{"no user", "1010101", with(getHosts, "ApiUser", "")},
		{"no key", "1010102", with(getHosts, "ApiKey", "")},
		{"no command", "1010104", with("")},
		{"an unknown command", "1010104", with("namecheap.domains.dns.burnHosts")},
		{"no address", "1010105", with(getHosts, "ClientIp", "")},
		{"a wrong key", "1011102", with(getHosts, "ApiKey", "wrong")},
		{"an unknown user", "1011102", with(getHosts, "ApiUser", "nobody")},
		{"an address that is not allowed", "1011150", with(getHosts, "ClientIp", "198.51.100.7")},
		{"a locked account", "1017101", with(getHosts, "ApiUser", LockedAPIUser, "ApiKey", LockedAPIKey, "UserName", LockedAPIUser)},
		{"no such account", "1019103", with(getHosts, "UserName", "nobody")},
		{"somebody else's account", "1016103", with(getHosts, "UserName", OtherAPIUser)},
		{"no such domain", "2019166", with(getHosts, "SLD", "example-two")},
		{"somebody else's domain", "2016166", with(getHosts, "ApiUser", OtherAPIUser, "ApiKey", OtherAPIKey, "UserName", OtherAPIUser)},
		{"no domain", "2010324", with(getHosts, "TLD", "")},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			s.Advance(24 * time.Hour)
			s.refused(t, test.form, test.number)
		})
	}
	if body := s.refused(t, with(getHosts, "ClientIp", "198.51.100.7"), "1011150"); !strings.Contains(body, ">Invalid request IP: 198.51.100.7<") ||
		!strings.Contains(body, "<RequestedCommand />") {
		t.Errorf("the answer is %s", body)
	}
}

func TestRateLimits(t *testing.T) {
	s := newWorld(t)
	form := with("namecheap.domains.dns.getHosts")
	allowed := func() bool {
		t.Helper()
		status, body := s.post(t, form)
		if status == http.StatusMethodNotAllowed && !strings.Contains(body, "<html>") {
			t.Errorf("the refusal is %q", body)
		}
		return status == http.StatusOK
	}
	for i := range 20 {
		if !allowed() {
			t.Fatalf("call %d is refused", i+1)
		}
		s.Advance(time.Second)
	}
	if allowed() {
		t.Error("21 calls within a minute")
	}
	if status, _ := s.post(t, with("namecheap.domains.dns.getHosts", "ApiUser", OtherAPIUser)); status != http.StatusOK {
		t.Error("another account is blocked as well")
	}
	s.Advance(40 * time.Second)
	if !allowed() || allowed() {
		t.Error("when the first of twenty calls is a minute old, there is room for one")
	}

	s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "0", SettingCallsPerHour: "22", SettingCallsPerDay: "23"}})
	if !allowed() || allowed() {
		t.Error("the limit of the hour is not kept")
	}
	s.Advance(time.Hour)
	if !allowed() || allowed() {
		t.Error("the limit of the day is not kept")
	}
	s.Advance(24 * time.Hour)
	if !allowed() {
		t.Error("the next day is blocked")
	}
	s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "many"}})
	if status, body := s.post(t, form); status != http.StatusInternalServerError || !strings.Contains(body, `"many"`) {
		t.Errorf("a setting that is no number: %d %s", status, body)
	}
}
