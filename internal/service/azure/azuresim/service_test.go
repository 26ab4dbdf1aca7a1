package azuresim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
)

// server is the service with what tests need.
type server struct {
	*Service
	*sandboxtest.World
	now time.Time
}

func newServer(t *testing.T, zones ...string) *server {
	t.Helper()
	s := &server{World: sandboxtest.New(t), now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	s.Service = New(Config{Store: s.Store, Now: func() time.Time { return s.now }, Conditions: s.Stored(Section)})
	for _, zone := range zones {
		if err := s.AddZone(zone); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

const (
	base    = "/subscriptions/" + Subscription + "/resourceGroups/" + Group + "/providers/Microsoft.Network/dnsZones/example.com"
	version = "?api-version=2023-07-01-preview"
)

// answered is an answer of the service.
type answered struct {
	status int
	header http.Header
	body   string
}

// call makes a call with a token. A header is "Name: value".
func (s *server) call(t *testing.T, token, method, url, body string, headers ...string) answered {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	content, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{w.Code, w.Header(), string(content)}
}

func (a answered) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("HTTP %d, want %d: %s", a.status, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("the answer lacks %s:\n%s", part, a.body)
		}
	}
}

// The forms of answers, as recorded from the real service.
func TestForms(t *testing.T) {
	s := newServer(t, "example.com")
	s.call(t, Token, "GET", strings.ToLower(base)+version, "").want(t, 200,
		`"id":"/subscriptions/`+Subscription+`/resourceGroups/Postmaster-Sandbox/providers/Microsoft.Network/dnszones/example.com"`,
		`"maxNumberOfRecordSets":10000`, `"maxNumberOfRecordsPerRecordSet":null`, `"zoneType":"Public"`, `"ns1-01.azure-dns.com."`)
	made := s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"ttl":60,"txtrecords":[{"value":["b"]}],"metadata":{"c":"d"}}}`, "If-None-Match: *")
	made.want(t, 201, `"name":"a","type":"Microsoft.Network/dnszones/TXT"`, `"TTL":60`, `"TXTRecords":[{"value":["b"]}]`, `"fqdn":"a.example.com."`,
		`"provisioningState":"Succeeded"`, `"targetResource":{}`, `"trafficManagementProfile":{}`)
	var shown struct{ Etag string }
	if err := json.Unmarshal([]byte(made.body), &shown); err != nil || shown.Etag == "" || made.header.Get("ETag") != shown.Etag {
		t.Errorf("the etag is %q, in the header %q", shown.Etag, made.header.Get("ETag"))
	}
	s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"TTL":60}}`, "If-None-Match: *").want(t, 412,
		`{"code":"PreconditionFailed","message":"The Record set a exists already and hence cannot be created again."}`)
	s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"TTL":60}}`, "If-Match: gibberish").want(t, 412,
		`{"code":"PreconditionFailed","message":"The Record set a has been modified (etag mismatch)."}`)
	s.call(t, Token, "PUT", base+"/TXT/none"+version, `{"properties":{"TTL":60}}`, "If-Match: "+shown.Etag).want(t, 412, "etag mismatch")
	s.call(t, Token, "GET", base+"/TXT/none"+version, "").want(t, 404, `{"code":"NotFound","message":"The resource record 'none' does not exist in resource group`)
	s.call(t, Token, "DELETE", base+"/TXT/none"+version, "").want(t, 204)
	s.call(t, Token, "DELETE", base+"/TXT/a"+version, "", "If-Match: gibberish").want(t, 412)
	// What is left out is cleared, and PATCH keeps it.
	s.call(t, Token, "PATCH", base+"/TXT/a"+version, `{"properties":{"TTL":61}}`).want(t, 200, `"TTL":61`, `{"c":"d"}`)
	if got := s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"TTL":60}}`, "If-Match: *"); got.status != 200 || strings.Contains(got.body, "metadata") ||
		!strings.Contains(got.body, `"TXTRecords":[]`) {
		t.Errorf("%+v", got)
	}
	s.call(t, Token, "DELETE", base+"/TXT/a"+version, "").want(t, 200)
}

// The older version does not know links to profiles: a set with one looks empty there, and a PUT cuts
// the link.
func TestOlderVersion(t *testing.T) {
	s := newServer(t, "example.com")
	const linked = `{"properties":{"TTL":30,"trafficManagementProfile":{"id":"/subscriptions/S/x"}}}`
	s.call(t, Token, "PUT", base+"/A/www"+version, linked).want(t, 201, `"trafficManagementProfile":{"id":"/subscriptions/S/x"}`)
	s.call(t, Token, "PUT", base+"/TLSA/_25._tcp"+version, `{"properties":{"TTL":30,"TLSARecords":[{"usage":3,"selector":1,"matchingType":1,"certAssociationData":"ab"}]}}`).want(t, 201)
	const older = "?api-version=2018-05-01"
	for _, path := range []string{"/A/www", "/recordsets", "/all"} {
		if got := s.call(t, Token, "GET", base+path+older, ""); got.status != 200 || strings.Contains(got.body, "trafficManagementProfile") || strings.Contains(got.body, "TLSA") {
			t.Errorf("%s: %+v", path, got)
		}
	}
	s.call(t, Token, "GET", base+"/TLSA/_25._tcp"+older, "").want(t, 404, "InvalidResourceType")
	s.call(t, Token, "PUT", base+"/A/www"+older, `{"properties":{"TTL":30,"ARecords":[{"ipv4Address":"192.0.2.1"}]}}`).want(t, 200)
	s.call(t, Token, "GET", base+"/A/www"+version, "").want(t, 200, `"trafficManagementProfile":{}`)
}

func TestRefusals(t *testing.T) {
	s := newServer(t, "example.com")
	s.call(t, Token, "PUT", base+"/CNAME/alias"+version, `{"properties":{"TTL":60,"CNAMERecord":{"cname":"host.example.net"}}}`).want(t, 201)
	s.call(t, Token, "PUT", base+"/TXT/text"+version, `{"properties":{"TTL":60}}`).want(t, 201)
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprintf(`{"value":["%d"]}`, i)
	}
	long := make([]string, 17)
	for i := range long {
		long[i] = fmt.Sprintf(`{"value":["%s%02d"]}`, strings.Repeat("x", 250), i)
	}
	texts := func(records ...string) string {
		return `{"properties":{"TTL":60,"TXTRecords":[` + strings.Join(records, ",") + `]}}`
	}
	for what, test := range map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"beside a CNAME":      {"/TXT/alias", texts(`{"value":["x"]}`), 409, `{"code":"Conflict","message":"The record could not be created because a CNAME record`},
		"beside an empty set": {"/CNAME/text", `{"properties":{"TTL":60,"CNAMERecord":{"cname":"host.example.net"}}}`, 409, "The CNAME record could not be created because another record with the same name already exists in this zone."},
		"a CNAME at the apex": {"/CNAME/@", `{"properties":{"TTL":60,"CNAMERecord":{"cname":"host.example.net"}}}`, 400, "apex"},
		"a twin":              {"/TXT/a", texts(`{"value":["x"]}`, `{"value":["x"]}`), 400, "The list of record sets of type 'TXT' may not contain multiple entries with the same 'value'."},
		"too many":            {"/TXT/a", texts(many...), 400, "exceeds the maximum of 20"},
		"too long":            {"/TXT/a", texts(long...), 400, "exceeds the maximum of 4096"},
		"a long string":       {"/TXT/a", texts(`{"value":["` + strings.Repeat("x", 256) + `"]}`), 400, "at most 255 characters"},
		"an empty text":       {"/TXT/a", texts(`{"value":[""]}`), 400, "cannot be empty"},
		"a null MX":           {"/MX/a", `{"properties":{"TTL":60,"MXRecords":[{"preference":0,"exchange":"."}]}}`, 400, "domain name '.' is invalid"},
		"no TTL":              {"/TXT/a", `{"properties":{"TXTRecords":[{"value":["x"]}]}}`, 400, "TTL"},
		"a TTL of 0":          {"/TXT/a", `{"properties":{"TTL":0,"TXTRecords":[{"value":["x"]}]}}`, 400, "TTL"},
		"a bad address":       {"/A/a", `{"properties":{"TTL":60,"ARecords":[{"ipv4Address":"2001:db8::1"}]}}`, 400, "is not an address"},
		"a bad name":          {"/TXT/a..b", texts(`{"value":["x"]}`), 400, "is invalid"},
		"records and a link":  {"/A/a", `{"properties":{"TTL":60,"ARecords":[{"ipv4Address":"192.0.2.1"}],"targetResource":{"id":"/x"}}}`, 400, "cannot have both"},
		"another type":        {"/A/a", texts(`{"value":["x"]}`), 400, "is not allowed in a record set of type 'A'"},
		"an unknown type":     {"/SVCB/a", `{"properties":{"TTL":60}}`, 404, `{"error":{"code":"InvalidResourceType"`},
		"no JSON":             {"/TXT/a", `{`, 400, "InvalidRequestContent"},
	} {
		t.Run(what, func(t *testing.T) {
			s.call(t, Token, "PUT", base+test.path+version, test.body).want(t, test.status, test.says)
		})
	}
	s.call(t, Token, "DELETE", base+"/NS/@"+version, "").want(t, 400)
	s.call(t, Token, "GET", base, "").want(t, 400, `{"error":{"code":"MissingApiVersionParameter"`)
	s.call(t, Token, "GET", base+"?api-version=2015-01-01", "").want(t, 400, "NoRegisteredProviderFound")
	s.call(t, Token, "GET", strings.Replace(base, Group, "none", 1)+version, "").want(t, 404, `{"error":{"code":"ResourceGroupNotFound"`)
	s.call(t, Token, "GET", strings.Replace(base, "example.com", "example.org", 1)+version, "").want(t, 404, `{"error":{"code":"ResourceNotFound"`)
}

func TestIdentities(t *testing.T) {
	s := newServer(t, "example.com")
	list := "/subscriptions/" + Subscription + "/providers/Microsoft.Network/dnszones" + version
	permissions := base + "/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
	const body = `{"properties":{"TTL":60,"TXTRecords":[{"value":["x"]}]}}`
	for token, want := range map[string][5]int{
		// listing zones, reading records, writing a TXT set, deleting an A set, permissions
		Token: {200, 200, 200, 204, 200}, ReaderToken: {200, 200, 403, 403, 200}, ZoneToken: {403, 200, 200, 204, 403}, TextToken: {200, 200, 200, 403, 200},
		StrangerToken: {403, 403, 403, 403, 403}, ExpiredToken: {401, 401, 401, 401, 401}, "unknown": {401, 401, 401, 401, 401}, "": {401, 401, 401, 401, 401},
	} {
		s.call(t, Token, "PUT", base+"/TXT/a"+version, body)
		got := [5]int{
			s.call(t, token, "GET", list, "").status, s.call(t, token, "GET", base+"/recordsets"+version, "").status,
			s.call(t, token, "PUT", base+"/TXT/a"+version, body).status, s.call(t, token, "DELETE", base+"/A/a"+version, "").status,
			s.call(t, token, "GET", permissions, "").status,
		}
		if got != want {
			t.Errorf("%q: %v, want %v", token, got, want)
		}
	}
	s.call(t, StrangerToken, "GET", list, "").want(t, 403, `{"error":{"code":"AuthorizationFailed","message":"The client 'stranger' with object id`,
		"does not have authorization to perform action 'Microsoft.Network/dnszones/read' over scope '/subscriptions/"+Subscription+"'")
	s.call(t, Token, "GET", permissions, "").want(t, 200, `"actions":["Microsoft.Authorization/*/read","Microsoft.Network/dnsZones/*"]`)
	elsewhere := strings.Replace(list, Subscription, "00000000-0000-0000-0000-000000000009", 1)
	s.call(t, Token, "GET", elsewhere, "").want(t, 403)
	s.SetStored(Section, fault.Conditions{Switches: map[string]bool{SwitchExpired: true}})
	s.call(t, Token, "GET", list, "").want(t, 401, "ExpiredAuthenticationToken")
}

func TestLocks(t *testing.T) {
	s := newServer(t, "example.com")
	const body = `{"properties":{"TTL":60}}`
	for lock, want := range map[string][2]int{"": {201, 200}, "CanNotDelete": {201, 409}, "ReadOnly": {409, 409}} {
		if err := s.EditZone(Group, "example.com", func(z *Zone) { z.Lock = lock; z.Sets = z.Sets[:2] }); err != nil {
			t.Fatal(err)
		}
		made, gone := s.call(t, Token, "PUT", base+"/TXT/a"+version, body), s.call(t, Token, "DELETE", base+"/TXT/a"+version, "")
		if made.status != want[0] || gone.status != want[1] {
			t.Errorf("%s: %+v, %+v", lock, made, gone)
		}
		if want[1] == 409 {
			gone.want(t, 409, `{"error":{"code":"ScopeLocked","message":"The scope`, "cannot perform delete operation because following scope(s) are locked")
		}
	}
}

// A zone takes so many changes and lists in a minute. Others are not concerned.
func TestRateLimits(t *testing.T) {
	s := newServer(t, "example.com", "example.org")
	s.SetStored(Section, fault.Conditions{Settings: map[string]string{SettingWrites: "2", SettingLists: "1"}})
	for n, status := range []int{201, 200, 429} {
		got := s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"TTL":60}}`)
		if got.status != status {
			t.Errorf("write %d: %+v", n, got)
		}
		if status == 429 && got.header.Get("Retry-After") != "60" {
			t.Errorf("%+v", got)
		}
		s.now = s.now.Add(time.Nanosecond)
	}
	s.call(t, Token, "GET", base+"/recordsets"+version, "").want(t, 200)
	s.call(t, Token, "GET", base+"/recordsets"+version, "").want(t, 429, `{"code":"TooManyRequests"`)
	s.call(t, Token, "GET", strings.Replace(base, "example.com", "example.org", 1)+"/recordsets"+version, "").want(t, 200)
	s.now = s.now.Add(time.Minute)
	s.call(t, Token, "PUT", base+"/TXT/a"+version, `{"properties":{"TTL":60}}`).want(t, 200)
}

// The name servers answer for public zones, and for what other resources have.
func TestServed(t *testing.T) {
	s := newServer(t, "example.com")
	if err := s.EditZone("inside", "private.example", func(z *Zone) { z.Private = true }); err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string]string{
		"/A/www":    `{"properties":{"TTL":60,"targetResource":{"id":"/x"}}}`,
		"/CNAME/tm": `{"properties":{"TTL":60,"trafficManagementProfile":{"id":"/x"}}}`,
		"/TXT/@":    `{"properties":{"TTL":60,"TXTRecords":[{"value":["a \"b\"","c"]}]}}`,
		"/CAA/@":    `{"properties":{"TTL":60,"caaRecords":[{"flags":0,"tag":"issue","value":"ca.example.net"}]}}`,
		"/SRV/_s":   `{"properties":{"TTL":60,"SRVRecords":[{"priority":0,"weight":0,"port":0,"target":"."}]}}`,
		"/MX/none":  `{"properties":{"TTL":60,"MXRecords":[]}}`,
	} {
		s.call(t, Token, "PUT", base+path+version, body).want(t, 201)
	}
	zones, err := s.Zones()
	if err != nil || len(zones) != 1 || zones[0].Apex != "example.com" || len(zones[0].NameServers) != 4 {
		t.Fatalf("%+v, %v", zones, err)
	}
	served := ""
	for _, rr := range zones[0].Records {
		served += rr.String() + "\n"
	}
	for _, line := range []string{
		"www.example.com.\t60\tIN\tA\t198.51.100.80", "tm.example.com.\t60\tIN\tCNAME\tprofile.trafficmanager.example.",
		"example.com.\t60\tIN\tTXT\t\"a \\\"b\\\"\" \"c\"", "example.com.\t60\tIN\tCAA\t0 issue \"ca.example.net\"", "_s.example.com.\t60\tIN\tSRV\t0 0 0 .",
	} {
		if !strings.Contains(served, line+"\n") {
			t.Errorf("the zone lacks %q:\n%s", line, served)
		}
	}
	tables, err := s.Tables()
	if err != nil || len(tables) != 2 || len(tables[0].Rows) != 2 || len(tables[1].Rows) != 2 {
		t.Errorf("%+v, %v", tables, err)
	}
}
