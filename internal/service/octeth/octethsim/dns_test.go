package octethsim

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// credentials of each host, with the names of the first generation of parameters.
var credentials = map[string]object{
	"cloudflare": {"Provider": "cloudflare", "Domain": "example.com", "Api_key": cloudflaresim.Token},
	"namecheap":  {"Provider": "namecheap", "Domain": "example.org", "Api_key": namecheapsim.APIKey, "Api_user": namecheapsim.APIUser, "Username": namecheapsim.APIUser},
	"godaddy":    {"Provider": "godaddy", "Domain": "example.net", "Api_key": godaddysim.Key, "Api_secret": godaddysim.Secret},
}

// secondGenerationOf renames parameters.
func secondGenerationOf(params object) object {
	renamed := object{}
	for name, value := range params {
		switch name {
		case "Api_key":
			name = "ApiKey"
		case "Api_secret":
			name = "ApiSecret"
		case "Api_user":
			name = "ApiUser"
		case "Record_type":
			name = "RecordType"
		}
		renamed[name] = value
	}
	return renamed
}

func with(params object, name string, value any) object {
	changed := maps.Clone(params)
	changed[name] = value
	if value == nil {
		delete(changed, name)
	}
	return changed
}

func TestProviderIsToldByTheNameServers(t *testing.T) {
	w := newWorld(t)
	for domain, want := range map[string]string{
		"example.com": "cloudflare", "deep.below.example.org": "namecheap", "EXAMPLE.net": "godaddy",
	} {
		for how, r := range map[string]string{
			"a body":  w.send(http.MethodGet, "/api/v1/dns.provider", object{"SessionID": SessionID, "Domain": domain}).Body.String(),
			"a query": w.send(http.MethodGet, "/api/v1/dns.provider?Domain="+domain, nil, "Authorization", "Bearer "+APIKey).Body.String(),
		} {
			if r != `{"provider":"`+want+`"}` {
				t.Errorf("%s by %s: %s", domain, how, r)
			}
		}
	}
	w.Publish("NS", "elsewhere.example", "ns1.elsewhere.example.")
	for domain, want := range map[string]string{"elsewhere.example": `"Code":2`, "no.where": `"Code":2`, "": `"Code":1`} {
		r := w.send(http.MethodGet, "/api/v1/dns.provider", object{"APIKey": APIKey, "Domain": domain})
		if r.Code != 200 || !strings.Contains(r.Body.String(), want) {
			t.Errorf("%q: %d %s", domain, r.Code, r.Body)
		}
	}
}

func TestAuthorizeTriesCredentials(t *testing.T) {
	w := newWorld(t)
	for host, params := range credentials {
		for name, test := range map[string]struct {
			params object
			want   string
		}{
			"right":        {params, `{"success":true}`},
			"wrong":        {with(params, "Api_key", strings.Repeat("x", 40)), `"Code":4`},
			"another zone": {with(params, "Domain", "example.edu"), `"Code":4`},
			"no domain":    {with(params, "Domain", nil), `"Code":1`},
			"no key":       {with(params, "Api_key", nil), `"Code":2`},
			"no host":      {with(params, "Provider", nil), `"Code":3`},
			"other host":   {with(params, "Provider", "route53"), `{"Code":8,"Message":"Unsupported provider: route53"}`},
		} {
			w.version("5.5")
			body := with(test.params, "SessionID", SessionID)
			if r := w.send(http.MethodPost, "/api/v1/dns.authorize", body); r.Code != 200 || !strings.Contains(r.Body.String(), test.want) {
				t.Errorf("%s, %s: %d %s, want %s", host, name, r.Code, r.Body, test.want)
			}
			w.version("5.8")
			want := strings.Replace(test.want, `"Code":4`, `"Code":9`, 1)
			r := w.send(http.MethodPost, "/api/v1/dns.authorize", secondGenerationOf(test.params), "Authorization", "Bearer "+APIKey)
			if r.Code != 200 || !strings.Contains(r.Body.String(), want) {
				t.Errorf("%s, %s, later: %d %s, want %s", host, name, r.Code, r.Body, want)
			}
		}
	}
	for name, code := range map[string]string{"Api_user": `"Code":6`, "Username": `"Code":7`} {
		r := w.send(http.MethodPost, "/api/v1/dns.authorize", secondGenerationOf(with(credentials["namecheap"], name, nil)), "Authorization", "Bearer "+APIKey)
		if !strings.Contains(r.Body.String(), code) {
			t.Errorf("without %s: %s", name, r.Body)
		}
	}
	r := w.send(http.MethodPost, "/api/v1/dns.authorize", secondGenerationOf(with(credentials["godaddy"], "Api_secret", nil)), "Authorization", "Bearer "+APIKey)
	if !strings.Contains(r.Body.String(), `"Code":5`) {
		t.Errorf("without a secret: %s", r.Body)
	}
}

// Each version takes its own names; the platform's key and the DNS host's are one parameter once
// their names are one.
func TestNamesOfTheGenerations(t *testing.T) {
	w := newWorld(t)
	first, second := with(credentials["cloudflare"], "APIKey", APIKey), secondGenerationOf(credentials["cloudflare"])
	for name, test := range map[string]struct {
		version string
		body    string
		bearer  string
		want    string
	}{
		"first to 5.6":          {"5.6", encode(first), "", `{"success":true}`},
		"second to 5.6":         {"5.6", encode(with(second, "SessionID", SessionID)), "", `"Code":2`},
		"a header to 5.6":       {"5.6", encode(credentials["cloudflare"]), APIKey, `99998`},
		"first to 5.7.2":        {"5.7.2", encode(first), APIKey, `"Code":9`}, // the platform's own key is taken for the DNS host's
		"second to 5.7.2":       {"5.7.2", encode(second), APIKey, `{"success":true}`},
		"second with both keys": {"5.7.2", `{"APIKey":"` + APIKey + `",` + encode(second)[1:], "", `99998`},
		"first to 5.9.4":        {"5.9.4", encode(first), APIKey, `"Code":9`},
		"second to 5.9.4":       {"5.9.4", encode(second), APIKey, `{"success":true}`},
		"first by default":      {DefaultVersion, encode(first), "", `{"success":true}`},
	} {
		w.version(test.version)
		headers := []string{"Content-Type", "application/json"}
		if test.bearer != "" {
			headers = append(headers, "Authorization", "Bearer "+test.bearer)
		}
		if r := w.raw(http.MethodPost, "/api/v1/dns.authorize", test.body, headers...); !strings.Contains(r.Body.String(), test.want) {
			t.Errorf("%s: %s, want %s", name, r.Body, test.want)
		}
	}
}

func TestSetWritesTheRecordsIntoTheZone(t *testing.T) {
	for host, params := range credentials {
		w := newWorld(t)
		domain := params["Domain"].(string)
		id, _ := w.create(domain)
		set := secondGenerationOf(with(params, "Record_type", Campaign))
		send := func(params object) *httptest.ResponseRecorder {
			return w.send(http.MethodPost, "/api/v1/dns.set", params, "Authorization", "Bearer "+APIKey)
		}
		for range 2 { // what is there already is no obstacle
			w.success(send(set))
		}
		if got := w.ok("user.senderdomain.verify", object{"DomainID": id}); got["IsVerified"] != true {
			t.Errorf("%s: %v", host, got)
		}
		if r := send(with(set, "RecordType", nil)); !strings.Contains(r.Body.String(), `"Code":4`) {
			t.Errorf("%s, without a type: %s", host, r.Body)
		}
		if r := send(with(set, "ApiKey", strings.Repeat("x", 40))); !strings.Contains(r.Body.String(), `"Code":9`) {
			t.Errorf("%s, with a wrong key: %s", host, r.Body)
		}
		if r := send(with(set, "RecordType", Gateway)); !strings.Contains(r.Body.String(), `"Code":9`) {
			t.Errorf("%s, of a domain that nobody has added: %s", host, r.Body)
		}
	}
}

func TestSetMakesACampaignDomainWhereTheAPICannot(t *testing.T) {
	for version, want := range map[string]bool{"5.6": true, "5.7.2": true, "5.9.0": true, "5.9.1": false} {
		w := newWorld(t)
		w.version(version)
		params := with(credentials["cloudflare"], "Record_type", Campaign)
		if version == "5.6" {
			params = with(params, "SessionID", SessionID)
		} else {
			params = secondGenerationOf(params)
		}
		headers := []string{"Authorization", "Bearer " + APIKey}
		r := w.send(http.MethodPost, "/api/v1/dns.set", params, headers...)
		if made := r.Body.String() == `{"success":true}`; made != want {
			t.Errorf("%s: %s", version, r.Body)
		}
	}
}

func TestSetCanLoseTheRestOfAZone(t *testing.T) {
	w := newWorld(t)
	if err := w.namecheap.SetZone("example.org", func(d *namecheapsim.Domain) {
		d.Hosts = append(d.Hosts, namecheapsim.Host{Name: "www", Type: "A", Address: "192.0.2.1", MXPref: 10, TTL: 1800})
	}); err != nil {
		t.Fatal(err)
	}
	w.create("example.org")
	kept := func() (found bool) {
		zones, err := w.namecheap.Zones()
		if err != nil {
			t.Fatal(err)
		}
		for _, rr := range zones[0].Records {
			found = found || rr.Header().Name == "www.example.org."
		}
		return found
	}
	set := secondGenerationOf(with(credentials["namecheap"], "Record_type", Campaign))
	publish := func() {
		w.success(w.send(http.MethodPost, "/api/v1/dns.set", set, "Authorization", "Bearer "+APIKey))
	}
	publish()
	if !kept() {
		t.Error("it is lost without the switch")
	}
	w.Under(fault.Conditions{Switches: map[string]bool{SwitchLosesRecords: true}})
	publish()
	if kept() {
		t.Error("the switch does nothing")
	}
}

// The first documentation has GET in its examples, and a name misspelled in its tables.
func TestExamplesOfTheFirstDocumentation(t *testing.T) {
	for _, version := range []string{"5.5", "5.6"} {
		w := newWorld(t)
		w.version(version)
		params := with(with(credentials["namecheap"], "SessionID", SessionID), "Record_type", Campaign)
		misspelled := with(with(params, "Useranem", params["Username"]), "Username", nil)
		for _, command := range []string{"dns.authorize", "dns.set"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				w.success(w.send(method, "/api/v1/"+command, params))
				w.success(w.send(method, "/api/v1/"+command, misspelled))
			}
		}
	}
	w := newWorld(t)
	if r := w.send(http.MethodGet, "/api/v1/dns.set", secondGenerationOf(credentials["cloudflare"]), "Authorization", "Bearer "+APIKey); !strings.Contains(r.Body.String(), "100001") {
		t.Errorf("a later version: %s", r.Body)
	}
}

// An installation of which nothing is said is of the version of the first documentation.
func TestDefaultVersion(t *testing.T) {
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Store: st, Lookup: func(context.Context, string, string) ([]string, error) { return nil, nil }})
	for body, want := range map[string]string{
		`{"Command":"EmailGateway.AddDomain","DomainName":"example.com","APIKey":"` + APIKey + `"}`: `"VerificationStatus":"Pending"`,
		`{"Command":"user.senderdomain.list","APIKey":"` + APIKey + `"}`:                            "<html>",
	} {
		r := httptest.NewRequest(http.MethodPost, CommandPath, strings.NewReader(body))
		recorder := httptest.NewRecorder()
		s.ServeHTTP(recorder, r)
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("%s: %s", body, recorder.Body)
		}
	}
}
