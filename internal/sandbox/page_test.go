package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// request makes a call to a sandbox over HTTP, with headers as names and values in turn.
func request(t *testing.T, method, target, body string, header ...string) sandboxtest.Reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return sandboxtest.Reply{Status: response.StatusCode, Header: response.Header, Body: string(text)}
}

// must is request for a call that has to succeed.
func must(t *testing.T, method, target, body string, header ...string) sandboxtest.Reply {
	t.Helper()
	got := request(t, method, target, body, header...)
	if got.Status >= 300 {
		t.Fatalf("%s %s: %d %s", method, target, got.Status, got.Body)
	}
	return got
}

const secretPassword = "Correct-Horse-7"

// seeded serves a sandbox in which there is something of everything.
func seeded(t *testing.T) *httptest.Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, sandbox.Options{Path: path, LastCalls: 50})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	at := server.URL

	must(t, "PUT", at+"/_sandbox/hosts/ovh/shop.example", "")
	must(t, "PUT", at+"/_sandbox/zones/shop.example", "@ MX 10 mail\n"+`x TXT "<script>document.title='record'</script>"`+"\n"+
		strings.Repeat("a", 63)+" TXT "+strings.Repeat("long", 60))

	// A mail domain, a mailbox with a password, a key, and a certificate under way.
	m := logIn(t, http.DefaultClient, at+"/mailserver")
	if err := m.createDomain("shop.example"); err != nil {
		t.Fatal(err)
	}
	for path, form := range map[string]url.Values{
		"/users/1":                 {"domain_id": {"1"}, "email": {"post@shop.example"}, "password": {secretPassword}},
		"/dkim/add-new-domain":     {"domain": {"shop.example"}},
		"/ssl/letsencrypt/install": {"hostname": {"mail.shop.example"}},
	} {
		if _, err := m.call("POST", path, form); err != nil {
			t.Fatal(err)
		}
	}
	must(t, "POST", at+"/yandex"+yandexsim.AdminPath+"domain/register", "domain=mail.example", "PddToken", yandexsim.Token, "Content-Type", "application/x-www-form-urlencoded")
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	// The owner of the domain has proved that it is theirs.
	if _, err := yandexsim.New(yandexsim.Config{Store: st}).SetDomain("mail.example", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate }); err != nil {
		t.Fatal(err)
	}
	must(t, "POST", at+"/yandex"+yandexsim.AdminPath+"email/add", "domain=mail.example&login=info&password="+secretPassword, "PddToken", yandexsim.Token, "Content-Type", "application/x-www-form-urlencoded")
	must(t, "POST", at+"/sendgrid/v3/whitelabel/domains", `{"domain":"send.example"}`, "Authorization", "Bearer "+sendgridsim.Key, "Content-Type", "application/json")
	must(t, "GET", at+"/namecheap"+namecheapsim.Path+"?"+url.Values{"ApiUser": {namecheapsim.APIUser}, "ApiKey": {namecheapsim.APIKey}, "UserName": {namecheapsim.APIUser},
		"ClientIp": {namecheapsim.ClientIP}, "Command": {"namecheap.domains.getList"}}.Encode(), "")
	// A client that puts its credentials where they do not belong, and one that is up to no good.
	request(t, "GET", at+"/cloudflare/"+cloudflaresim.Token, "")
	request(t, "GET", at+"/godaddy/"+url.PathEscape(`<img src=x onerror="document.title='path'">`), "")
	must(t, "PUT", at+"/_sandbox/conditions/octeth", `{"latency":"20ms","settings":{"calls_per_minute":"7"}}`)
	return server
}

func TestPage(t *testing.T) {
	t.Parallel()
	server := seeded(t)
	answer := must(t, "GET", server.URL+"/", "")
	for name, want := range map[string]string{
		"Content-Type":           "text/html; charset=utf-8",
		"X-Content-Type-Options": "nosniff",
		"Cache-Control":          "no-store",
		"Refresh":                "",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := answer.Header.Get("Content-Security-Policy")
	if !regexp.MustCompile(`^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$`).MatchString(policy) {
		t.Errorf("the policy is %q", policy)
	}
	page := answer.Body
	for _, want := range []string{
		// zones with their hosts and records
		"example.com <span>at Cloudflare</span>", "shop.example <span>at OVHcloud</span>", "ns1.ovh.net", `<td data-label="Value">192.0.2.25</td>`,
		"&lt;script&gt;document.title=&#39;record&#39;&lt;/script&gt;",
		// domains and mailboxes of mail services, sender domains, certificates
		`<td data-label="Domain">shop.example</td>`, `<td data-label="Address">post@shop.example</td>`, `<td data-label="DKIM key">selector mail</td>`,
		`<td data-label="Host">mail.shop.example</td>`, `<td data-label="Address">info@mail.example</td>`, `.send.example</td><td data-label="Valid">no</td>`,
		// the last calls
		"POST /dkim/add-new-domain", "GET /xml.response namecheap.domains.getList", "GET /•••",
		// conditions
		"&#34;calls_per_minute&#34;: &#34;7&#34;", "&#34;latency&#34;: &#34;20ms&#34;",
		// what to copy
		"base_url  = &#34;" + server.URL + "/cloudflare/client/v4&#34;", "export SENDGRID_API_KEY=", "sandbox = { path = ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, secret := range []string{secretPassword, "$1$", "PRIVATE KEY", "<script", "<img", "ApiKey=", "Bearer"} {
		if strings.Contains(page, secret) {
			t.Errorf("the page has %s", secret)
		}
	}
	// Nothing is loaded from elsewhere.
	for _, reference := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"|url\(|@import`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(reference[1], "#") && !strings.HasPrefix(reference[1], "/") {
			t.Errorf("the page refers to %s", reference[0])
		}
	}
	if got := must(t, "GET", server.URL+"/?refresh", "").Header.Get("Refresh"); got != "5" {
		t.Errorf("Refresh: %q", got)
	}
	if got := request(t, "POST", server.URL+"/", ""); got.Status != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", got.Status, got.Header.Get("Allow"))
	}
}

// No private part of the state is on the page: none of the hashes, salts and keys that the file
// holds.
func TestPageHasNoHashes(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	m := logIn(t, http.DefaultClient, server.URL+"/mailserver")
	if err := m.createDomain("shop.example"); err != nil {
		t.Fatal(err)
	}
	const hash = "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"
	if _, err := m.call("POST", "/users/1", url.Values{"domain_id": {"1"}, "email": {"a@shop.example"}, "password_hash": {hash}}); err != nil {
		t.Fatal(err)
	}
	page := must(t, "GET", server.URL, "").Body
	if !strings.Contains(page, "a@shop.example") || strings.Contains(page, "saltsalt") || strings.Contains(page, hash) {
		t.Errorf("a mailbox with the hash %s: %s", hash, page)
	}
}

// A page of a large sandbox says how much it leaves out.
func TestPageOfManyRecords(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	var lines []string
	for n := range 250 {
		lines = append(lines, fmt.Sprintf("host%03d A 192.0.2.1", n))
	}
	if err := s.PutZone("large.example", lines); err != nil {
		t.Fatal(err)
	}
	for n := range 130 {
		if err := s.PutZone(fmt.Sprintf("z%03d.example", n), nil); err != nil {
			t.Fatal(err)
		}
	}
	page := must(t, "GET", server.URL, "").Body
	for _, want := range []string{"host199", "50 more are not shown", "31 more zones are not shown"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "host200") || strings.Contains(page, "<details class=\"card\" open>\n<summary>z000") {
		t.Error("the page shows all")
	}
}

// The last calls are kept, and only as many as asked for. A sandbox that shows none keeps none.
func TestLastCalls(t *testing.T) {
	t.Parallel()
	for most, want := range map[int][]string{0: nil, 2: {"/three", "/two"}} {
		s := open(t, sandbox.Options{Services: only(&probe{}), LastCalls: most})
		server := httptest.NewServer(s.Handler())
		t.Cleanup(server.Close)
		for _, path := range []string{"/one", "/two", "/three"} {
			must(t, "POST", server.URL+"/probe"+path+"?token=abc", "")
		}
		page := must(t, "GET", server.URL, "").Body
		var got []string
		for _, found := range regexp.MustCompile(`data-label="Call">POST ([^<]*)</td><td class="short good" data-label="Status">201<`).FindAllStringSubmatch(page, -1) {
			got = append(got, found[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("of the last %d calls, the page shows %q, want %q", most, got, want)
		}
	}
	s := open(t, sandbox.Options{Services: only(&probe{}), LastCalls: 1})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	if err := s.SetConditions("probe", fault.Conditions{Faults: []fault.Fault{{Kind: fault.Cut}}}); err != nil {
		t.Fatal(err)
	}
	if response, err := http.Post(server.URL+"/probe/cut", "", nil); err == nil {
		response.Body.Close() //nolint:errcheck // there should be none
		t.Error("the call has an answer")
	}
	if page := must(t, "GET", server.URL, "").Body; !strings.Contains(page, `bad" data-label="Status">cut<`) {
		t.Error("the page does not show the call that was cut")
	}
}

// The text about the sandbox has every call, field, kind of fault, switch and setting.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	help := must(t, "GET", server.URL+"/_sandbox/", "").Body
	page := must(t, "GET", server.URL, "").Body
	var want []string
	for _, f := range fault.Fields() {
		want = append(want, f.Name, f.Description)
	}
	for _, k := range fault.Kinds() {
		want = append(want, string(k.Kind), k.Description)
	}
	want = append(want, "GET /_sandbox/\n", "PUT /_sandbox/hosts/HOST/APEX", "PUT /_sandbox/zones/APEX", "DELETE /_sandbox/zones/APEX", "GET /_sandbox/conditions/SERVICE",
		"PUT /_sandbox/conditions/SERVICE", "POST /_sandbox/reset", "GET /_sandbox/ca.pem", mailserversim.SwitchDatabaseDown, sendgridsim.SettingValidDelay)
	page = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&lt;", "<", "</code>", "\n").Replace(page)
	for _, text := range want {
		if !strings.Contains(help, text) {
			t.Errorf("the help lacks %q", text)
		}
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

// Conditions that a service does not know would never come true.
func TestUnknownConditionsAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	for body, says := range map[string]string{
		`{"settings":{"calls_per_minut":"1"}}`: `unknown setting "calls_per_minut"; there are ["calls_per_minute"`,
		`{"switches":{"unwiling":true}}`:       `unknown switch "unwiling"; there are ["drops_hidden_records"`,
	} {
		if got := request(t, "PUT", server.URL+"/_sandbox/conditions/namecheap", body); got.Status != 400 || !strings.Contains(got.Body, says) {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
	got := must(t, "GET", server.URL+"/_sandbox/conditions/namecheap", "")
	var c fault.Conditions
	if err := json.Unmarshal([]byte(got.Body), &c); err != nil || !c.IsZero() {
		t.Errorf("the conditions are %s (%v)", got.Body, err)
	}
}

// Another site cannot have a browser change the sandbox.
func TestChangesFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, sandbox.Options{})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	id, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	if got := request(t, "POST", server.URL+"/_sandbox/reset", "", "Origin", "https://other.example", "Sec-Fetch-Site", "cross-site"); got.Status != http.StatusForbidden {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if now, err := s.ID(); err != nil || now != id {
		t.Errorf("the sandbox was reset (%v)", err)
	}
}

// After a reset, the sandbox is as new: for its API, for its DNS, and for others who share its file.
func TestReset(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s, other := open(t, sandbox.Options{Path: path}), open(t, sandbox.Options{Path: path})
	if err := s.AddZones(s.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	// As many changes before the reset as after it: what was made from the old state must not be
	// taken for the new one.
	add := func(name string) {
		t.Helper()
		zones := must(t, "GET", server.URL+"/cloudflare"+cloudflaresim.BasePath+"/zones", "", "Authorization", "Bearer "+cloudflaresim.Token)
		id := regexp.MustCompile(`"id":"([0-9a-f]{32})"`).FindStringSubmatch(zones.Body)
		must(t, "POST", server.URL+"/cloudflare"+cloudflaresim.BasePath+"/zones/"+id[1]+"/dns_records",
			`{"type":"A","name":"`+name+`.example.com","content":"192.0.2.9","ttl":300}`, "Authorization", "Bearer "+cloudflaresim.Token, "Content-Type", "application/json")
	}
	seen := func(name string) [2]bool {
		return [2]bool{len(answers(t, s, name+".example.com", 1)) > 0, len(answers(t, other, name+".example.com", 1)) > 0}
	}
	add("before")
	if got := seen("before"); got != [2]bool{true, true} {
		t.Fatalf("before the reset, the record is seen: %v", got)
	}
	id, err := s.ID()
	if err != nil {
		t.Fatal(err)
	}
	must(t, "PUT", server.URL+"/_sandbox/conditions/octeth", `{"latency":"20ms"}`)
	must(t, "POST", server.URL+"/_sandbox/reset", "")
	add("after")
	if got := seen("before"); got != [2]bool{} {
		t.Errorf("the old record is seen: %v", got)
	}
	if got := seen("after"); got != [2]bool{true, true} {
		t.Errorf("the new record is seen: %v", got)
	}
	if now, err := other.ID(); err != nil || now == id {
		t.Errorf("the identity is still %q (%v)", now, err)
	}
	if got := must(t, "GET", server.URL+"/_sandbox/conditions/octeth", "").Body; strings.TrimSpace(got) != "{}" {
		t.Errorf("the conditions are %s", got)
	}
}
