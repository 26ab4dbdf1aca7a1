package sendgridapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// Accounts and regions are worlds of their own, each listed once.
func TestFor(t *testing.T) {
	s := newSimulation(t)
	parent := s.client()
	subuser := parent.For("", sendgridsim.Subuser)
	customer := parent.For("", "account-id "+sendgridsim.Customer)
	europe := parent.For(sendgridapi.EU, "")
	all := map[string]*sendgridapi.Client{"parent": parent, "subuser": subuser, "customer": customer, "europe": europe}
	made := map[string]int64{}
	for name, c := range all {
		made[name] = create(t, c, sendgridapi.NewDomain{Domain: name + ".example"}).ID
	}
	for name, want := range map[string][]string{
		"parent": {"parent", "subuser"}, "subuser": {"subuser"}, "customer": {"customer"}, "europe": {"europe"},
	} {
		rows, err := all[name].Domains(t.Context())
		if err != nil || len(rows) != len(want) {
			t.Errorf("%s lists %v, %v; want %v", name, rows, err, want)
		}
		for _, other := range want {
			if _, err := all[name].Domain(t.Context(), number(made[other])); err != nil {
				t.Errorf("%s does not find that of %s: %v", name, other, err)
			}
		}
	}
	s.wantCalls(map[string]int{"GET": 6, "POST": 3, "GET /eu": 2, "POST /eu": 1})
	// Clients made anew know what the others have listed.
	if _, err := s.client().For("", sendgridsim.Subuser).Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantCalls(map[string]int{"GET": 1})
	if _, err := subuser.For(sendgridapi.Global, sendgridsim.Subuser).Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantCalls(map[string]int{})
	if europe.Region() != sendgridapi.EU || subuser.Region() != sendgridapi.Global || europe.For("", sendgridsim.EUSubuser).Region() != sendgridapi.EU {
		t.Error("a client does not know its region")
	}
	// A parent's list shows what a subuser does.
	if err := subuser.Delete(t.Context(), number(made["subuser"])); err != nil {
		t.Fatal(err)
	}
	if rows, err := parent.Domains(t.Context()); err != nil || len(rows) != 1 {
		t.Errorf("the parent still lists %v, %v", rows, err)
	}
}

// recorder notes the requests that would go out to SendGrid itself.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, request)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("[]")), Request: request}, nil
}

func TestRequests(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*sendgridapi.Config)
		url    string
		header map[string]string
	}{
		{"global", func(*sendgridapi.Config) {}, "https://api.sendgrid.com", nil},
		{"EU", func(c *sendgridapi.Config) { c.Region = sendgridapi.EU }, "https://api.eu.sendgrid.com", nil},
		{"own URL", func(c *sendgridapi.Config) { c.BaseURL = parse(t, "https://proxy.example/grid") }, "https://proxy.example/grid", nil},
		{"own URL, EU", func(c *sendgridapi.Config) {
			c.BaseURL, c.Region = parse(t, "https://proxy.example/v3/"), sendgridapi.EU
		}, "https://proxy.example", nil},
		{"two URLs, EU", func(c *sendgridapi.Config) {
			c.BaseURL, c.EUBaseURL, c.Region = parse(t, "https://proxy.example"), parse(t, "https://eu.example/v3"), sendgridapi.EU
		}, "https://eu.example", nil},
		{"subuser", func(c *sendgridapi.Config) { c.OnBehalfOf = "shop" }, "https://api.sendgrid.com", map[string]string{"On-Behalf-Of": "shop"}},
		{"customer", func(c *sendgridapi.Config) { c.OnBehalfOf = "account-id 12ab" }, "https://api.sendgrid.com", map[string]string{"On-Behalf-Of": "account-id 12ab"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var sent recorder
			cfg := sendgridapi.Config{APIKey: "SG.invented", Transport: &sent, UserAgent: "test/1"}
			tc.change(&cfg)
			if _, err := sendgridapi.New(cfg).Domains(t.Context()); err != nil || len(sent.requests) != 1 {
				t.Fatalf("%d requests, %v", len(sent.requests), err)
			}
			r := sent.requests[0]
			if want := tc.url + "/v3/whitelabel/domains?limit=50&offset=0"; r.URL.String() != want {
				t.Errorf("URL %s, want %s", r.URL, want)
			}
			want := map[string]string{"Authorization": "Bearer SG.invented", "User-Agent": "test/1", "On-Behalf-Of": ""}
			for name, value := range tc.header {
				want[name] = value
			}
			for name, value := range want {
				if got := r.Header.Get(name); got != value {
					t.Errorf("%s: %q, want %q", name, got, value)
				}
			}
		})
	}
}

// A window that is used up in the middle of a list is waited out.
func TestRateLimitIsWaitedOut(t *testing.T) {
	s := newSimulation(t)
	s.seed(120)
	s.set(fault.Conditions{Settings: map[string]string{sendgridsim.SettingRequests: "2", sendgridsim.SettingWindow: "1s"}})
	begin := time.Now()
	rows, err := s.client().Domains(t.Context())
	if err != nil || len(rows) != 120 {
		t.Errorf("%d domains, %v", len(rows), err)
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("took %s", took)
	}
}

// A window of an hour is not waited for, and the error says when it ends.
func TestRateLimitThatIsTooLong(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Settings: map[string]string{sendgridsim.SettingRequests: "1", sendgridsim.SettingWindow: "24000h"}})
	c := s.client()
	if _, err := c.Default(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	_, err := c.Default(t.Context(), "")
	wantError(t, err, api.ErrRateLimited, "too many requests", "not before 20")
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*sendgridapi.Config)
		write  bool
		says   []string
	}{
		{"revoked key", func(c *sendgridapi.Config) { c.APIKey = "SG.revoked-or-mistyped" }, false,
			[]string{"HTTP 401", "grant is invalid", "Check the API key", "in the region global"}},
		{"key of the other region", func(c *sendgridapi.Config) { c.APIKey = sendgridsim.KeyOfEUSubuser }, false,
			[]string{"HTTP 401", "the keys of EU subusers are known in the region eu alone"}},
		{"key of this region", func(c *sendgridapi.Config) { c.APIKey, c.Region = sendgridsim.KeyOfSubuser, sendgridapi.EU }, false,
			[]string{"HTTP 401", "in the region eu"}},
		{"key that may send mail", func(c *sendgridapi.Config) { c.APIKey = sendgridsim.KeyMailOnly }, false,
			[]string{"HTTP 403", "access forbidden", "lacks the scopes whitelabel.read:", "Sender Authentication"}},
		{"key that may read", func(c *sendgridapi.Config) { c.APIKey = sendgridsim.KeyReadOnly }, true,
			[]string{"HTTP 403", "lacks the scopes whitelabel.create, whitelabel.update, whitelabel.delete"}},
		{"suspended account", func(c *sendgridapi.Config) { c.APIKey = sendgridsim.KeySuspended }, false,
			[]string{"HTTP 403", "has been suspended", "SendGrid has blocked the account itself"}},
		{"unknown subuser", func(c *sendgridapi.Config) { c.OnBehalfOf = "nobody" }, false,
			[]string{"HTTP 403", "it is about on_behalf_of", `"nobody" is a subuser`, "in the region global"}},
		{"subuser of the other region", func(c *sendgridapi.Config) { c.OnBehalfOf = sendgridsim.EUSubuser }, false,
			[]string{"HTTP 403", `"europe" is a subuser`, "in the region global"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSimulation(t)
			var key string
			c := s.client(tc.change, func(c *sendgridapi.Config) { key = c.APIKey })
			_, err := c.Domains(t.Context())
			if tc.write {
				_, err = c.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
			}
			wantError(t, err, api.ErrAuth, tc.says...)
			if strings.Contains(err.Error(), key) {
				t.Errorf("the key is shown: %v", err)
			}
		})
	}
}

// SendGrid answers "forbidden" also to a key that has all scopes.
func TestForbiddenAllTheSame(t *testing.T) {
	s := newSimulation(t)
	forbidden := fault.Fault{Path: "/v3/whitelabel/*", Kind: fault.Status, Status: 403, Body: `{"errors":[{"message":"access forbidden","field":null}]}`}
	s.set(fault.Conditions{Faults: []fault.Fault{forbidden}})
	_, err := s.client().Domains(t.Context())
	wantError(t, err, api.ErrAuth, "has the scopes that this needs", "blocks the account or this address for a while")
	forbidden.Path = ""
	s.set(fault.Conditions{Faults: []fault.Fault{forbidden}})
	_, err = s.client().Domains(t.Context())
	wantError(t, err, api.ErrAuth, "lacks a scope (it needs whitelabel.read,", "could not be found out")
}

func TestErrorShapes(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":[{"message":"first","field":"domain"},{"message":"second","field":null}]}`: "HTTP 400 Bad Request: first (field domain); second",
		`{"errors":{"error":"one","field":"domain"}}`:                                         "HTTP 400 Bad Request: one (field domain)",
		`{"errors":{"message":"one"}}`:                                                        "HTTP 400 Bad Request: one",
		`{"errors":["a text"]}`:                                                               "HTTP 400 Bad Request: a text",
		`{"errors":"a text"}`:                                                                 "HTTP 400 Bad Request: a text",
		`{"errors":[5,null,{}]}`:                                                              `HTTP 400 Bad Request: {"errors":[5,null,{}]}`,
		`{"errors":[`:                                                                         `HTTP 400 Bad Request: {"errors":[`,
		`plain text`:                                                                          "HTTP 400 Bad Request: plain text",
		`{"errors":[{"message":"your key is SG.sandbox-key.may-do-everything"}]}`: "HTTP 400 Bad Request: your key is ***",
	} {
		s := newSimulation(t)
		s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 400, Body: body}}})
		_, err := s.client().Domains(t.Context())
		if err == nil || err.Error() != "SendGrid: list domains: "+want {
			t.Errorf("%s:\n%v\nwant %s", body, err, want)
		}
	}
}

func TestDataResidency(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 451, Body: `{"errors":[{"message":"data residency","field":null}]}`}}})
	_, err := s.client().Domains(t.Context())
	wantError(t, err, nil, "HTTP 451", "in another region than global")
}

// Answers of today and of tomorrow are read alike.
func TestDecoding(t *testing.T) {
	const answer = `[{"id":45373692,"user_id":7,"subdomain":"em","domain":"Example.com.","username":null,"ips":null,"dns":{` +
		`"mail_server":{"valid":true,"type":"mx","host":"em.Example.com","data":"20 mx.sendgrid.net."},` +
		`"odd":{"valid":false,"type":"mx","host":"em.example.com","data":"ten mx.sendgrid.net."},` +
		`"dkim":{"valid":true,"type":"txt","host":"abc._domainkey.example.com","data":"k=rsa; t=s; p=MII. "},` +
		`"new_purpose":{"valid":null,"type":"caa","host":"example.com","data":"0 issue \"ca.example\"","extra":1}},` +
		`"subusers":[{"user_id":8,"username":"shop"}],"last_validation_attempt_at":1700000000,"extra":{}},` +
		`{"id":2,"domain":"a.example","dns":[]},{"id":3,"domain":"b.example","dns":null},{"id":4,"domain":"c.example"}]`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
	defer server.Close()
	rows, err := sendgridapi.New(sendgridapi.Config{APIKey: "SG.invented", BaseURL: parse(t, server.URL)}).Domains(t.Context())
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	d := rows[0]
	if d.Domain != "example.com" || d.LastValidation.Unix() != 1700000000 || len(d.Subusers) != 1 || d.CustomDKIMSelector() != "abc" {
		t.Errorf("%+v", d)
	}
	for purpose, want := range map[string]sendgridapi.Record{
		"mail_server": {Type: "MX", Name: "em.example.com", Data: "mx.sendgrid.net", Priority: 20, Valid: true},
		"odd":         {Type: "MX", Name: "em.example.com", Data: "ten mx.sendgrid.net", Priority: 10},
		"dkim":        {Type: "TXT", Name: "abc._domainkey.example.com", Data: "k=rsa; t=s; p=MII. ", Valid: true},
		"new_purpose": {Type: "CAA", Name: "example.com", Data: `0 issue "ca.example"`},
	} {
		if got := d.Records[purpose]; got != want {
			t.Errorf("%s: %+v, want %+v", purpose, got, want)
		}
	}
	for _, d := range rows[1:] {
		if d.Records == nil || len(d.Records) != 0 {
			t.Errorf("records of %s: %v", d.Domain, d.Records)
		}
	}
}

func TestWrongTypesAreNoDomains(t *testing.T) {
	for _, body := range []string{`[5]`, `[null]`, `{}`, `"text"`} {
		s := newSimulation(t)
		s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: body}}})
		if _, err := s.client().Domains(t.Context()); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
