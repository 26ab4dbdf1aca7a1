package googlesim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// world is a simulated Cloud DNS with a clock of its own, called as plain HTTP.
type world struct {
	*googlesim.Service
	*sandboxtest.World
	t   *testing.T
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	w.Service = googlesim.New(googlesim.Config{Store: w.Store, Conditions: w.Stored(googlesim.Section), Now: func() time.Time { return w.now }})
	if err := w.AddZone("example.com"); err != nil {
		t.Fatal(err)
	}
	return w
}

// call makes a call as an account, and returns the status and the body.
func (w *world) call(token, method, path, body string) (int, map[string]any) {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, googlesim.BasePath+"/projects/"+googlesim.Project+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	recorded := httptest.NewRecorder()
	w.ServeHTTP(recorded, r)
	var answer map[string]any
	if recorded.Code == http.StatusNoContent && recorded.Body.Len() == 0 {
		return recorded.Code, nil
	}
	if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
		w.t.Fatalf("%s %s: %s", method, path, recorded.Body)
	}
	return recorded.Code, answer
}

// reason is the reason of an error.
func reason(answer map[string]any) string {
	failed, _ := answer["error"].(map[string]any)
	errs, _ := failed["errors"].([]any)
	if len(errs) == 0 {
		return ""
	}
	return fmt.Sprint(errs[0].(map[string]any)["reason"])
}

const changes = "/managedZones/example-com/changes"

// Changes are carried out or refused as the API describes, with its reasons.
func TestChanges(t *testing.T) {
	w := newWorld(t)
	set := func(name, recordType string, data ...string) string {
		text, err := json.Marshal(map[string]any{"name": name, "type": recordType, "ttl": 300, "rrdatas": data})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	www, other := set("www.example.com.", "A", "192.0.2.1", "192.0.2.2"), set("www.example.com.", "A", "192.0.2.2", "192.0.2.1")
	for _, step := range []struct {
		what, additions, deletions string
		status                     int
		reason                     string
	}{
		{"nothing", "", "", 400, "required"},
		{"new", www, "", 200, ""},
		{"again", www, "", 409, "alreadyExists"},
		{"absent", "", set("no.example.com.", "A", "192.0.2.1"), 404, "notFound"},
		{"different", "", set("www.example.com.", "A", "192.0.2.1"), 412, "conditionNotMet"},
		{"another TTL", "", strings.Replace(www, "300", "301", 1), 412, "conditionNotMet"},
		{"in another order", set("WWW.example.com.", "A", "192.0.2.3"), other, 200, ""},
		{"all or nothing", set("new.example.com.", "A", "192.0.2.1"), www, 412, "conditionNotMet"},
		{"nothing of it", "", set("new.example.com.", "A", "192.0.2.1"), 404, "notFound"},
		{"a CNAME beside it", set("www.example.com.", "CNAME", "x.example.net."), "", 400, "cnameResourceRecordSetConflict"},
		{"a CNAME in its place", set("www.example.com.", "CNAME", "x.example.net."), set("www.example.com.", "A", "192.0.2.3"), 200, ""},
		{"two CNAMEs", set("c.example.com.", "CNAME", "x.example.net.", "y.example.net."), "", 400, "invalidRecordCount"},
		{"a CNAME at the apex", set("example.com.", "CNAME", "x.example.net."), "", 400, "recordTypeDisallowedAtZoneApex"},
		{"without a final dot", set("d.example.com.", "CNAME", "x.example.net"), "", 400, "invalid"},
		{"a name without a final dot", set("d.example.com", "A", "192.0.2.1"), "", 400, "invalid"},
		{"another zone's name", set("d.example.net.", "A", "192.0.2.1"), "", 400, "invalid"},
		{"an unknown type", set("d.example.com.", "WKS", "x"), "", 400, "invalid"},
		{"no address", set("d.example.com.", "A", "192.0.2"), "", 400, "invalid"},
		{"twins", set("d.example.com.", "A", "192.0.2.1", "192.0.2.1"), "", 400, "invalid"},
		{"no data", set("d.example.com.", "A"), "", 400, "invalid"},
		{"a long string", set("d.example.com.", "TXT", `"`+strings.Repeat("x", 256)+`"`), "", 400, "invalid"},
		{"an open string", set("d.example.com.", "TXT", `"x`), "", 400, "invalid"},
		{"a wildcard NS", set("*.example.com.", "NS", "ns.example.net."), "", 400, "wildcardNotAllowed"},
		{"an alias below", set("a.example.com.", "ALIAS", "x.example.net."), "", 400, "invalidZoneApex"},
		{"an alias", set("example.com.", "ALIAS", "x.example.net."), "", 200, ""},
		{"no name servers", "", set("example.com.", "NS", "ns-cloud-a1.googledomains.com."), 412, "conditionNotMet"},
	} {
		body := fmt.Sprintf(`{"additions":[%s],"deletions":[%s]}`, step.additions, step.deletions)
		status, answer := w.call(googlesim.Token, http.MethodPost, changes, body)
		if status != step.status || reason(answer) != step.reason {
			t.Errorf("%s: %d %v, want %d %s", step.what, status, answer, step.status, step.reason)
		}
		if status == 200 && (answer["status"] != "pending" || answer["kind"] != "dns#change" || answer["id"] == "") {
			t.Errorf("%s: %v", step.what, answer)
		}
	}
	if status, answer := w.call(googlesim.Token, http.MethodGet, changes+"/1", ""); status != 200 || answer["status"] != "done" {
		t.Errorf("the first change is %v", answer)
	}
}

// Words without quotes become strings of their own, which breaks an SPF record.
func TestTextWithoutQuotes(t *testing.T) {
	w := newWorld(t)
	w.call(googlesim.Token, http.MethodPost, changes, `{"additions":[{"name":"example.com.","type":"TXT","ttl":60,"rrdatas":["v=spf1 -all","\"a\"  \"b\""]}]}`)
	_, answer := w.call(googlesim.Token, http.MethodGet, "/managedZones/example-com/rrsets/example.com./TXT", "")
	if got := fmt.Sprint(answer["rrdatas"]); got != `["v=spf1" "-all" "a" "b"]` {
		t.Errorf("got %s", got)
	}
}

// A pending change shows at once, or only when it is done.
func TestPending(t *testing.T) {
	for _, late := range []bool{false, true} {
		w := newWorld(t)
		w.SetStored(googlesim.Section, fault.Conditions{Switches: map[string]bool{googlesim.SwitchLateLists: late}, Settings: map[string]string{googlesim.SettingPending: "1m"}})
		count := func() int {
			_, answer := w.call(googlesim.Token, http.MethodGet, "/managedZones/example-com/rrsets", "")
			served, err := w.Zones()
			if err != nil {
				t.Fatal(err)
			}
			listed := len(answer["rrsets"].([]any))
			found := 0
			for _, rr := range served[0].Records {
				if _, ok := rr.(*miekg.TXT); ok {
					found++
				}
			}
			if (listed == 3) != (found == 1) {
				t.Errorf("the list has %d sets, and the name servers have %d of ours", listed, found)
			}
			return listed
		}
		w.call(googlesim.Token, http.MethodPost, changes, `{"additions":[{"name":"example.com.","type":"TXT","ttl":60,"rrdatas":["x"]}]}`)
		if shows := count() == 3; shows == late {
			t.Errorf("late %t: a pending change shows: %t", late, shows)
		}
		_, answer := w.call(googlesim.Token, http.MethodGet, changes+"/1", "")
		w.now = w.now.Add(2 * time.Minute)
		_, after := w.call(googlesim.Token, http.MethodGet, changes+"/1", "")
		if answer["status"] != "pending" || after["status"] != "done" || count() != 3 {
			t.Errorf("late %t: first %v, then %v", late, answer["status"], after["status"])
		}
	}
}

// Each account may do what its role allows.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	const list, zone = "/managedZones", "/managedZones/example-com"
	const change = `{"additions":[{"name":"x.example.com.","type":"TXT","ttl":60,"rrdatas":["x"]}]}`
	for _, tc := range []struct {
		token, method, path, body string
		status                    int
	}{
		{"", "GET", list, "", 401},
		{"nobody", "GET", list, "", 401},
		{googlesim.TokenExpired, "GET", list, "", 401},
		{googlesim.TokenScope, "GET", list, "", 403},
		{googlesim.TokenOther, "GET", list, "", 403},
		{googlesim.TokenZone, "GET", list, "", 403},
		{googlesim.TokenZone, "GET", zone, "", 200},
		{googlesim.TokenZone, "POST", zone + ":testIamPermissions", `{"permissions":["dns.changes.create"]}`, 403},
		{googlesim.TokenReadOnly, "GET", list, "", 200},
		{googlesim.TokenReadOnly, "GET", zone + "/rrsets", "", 200},
		{googlesim.TokenReadOnly, "POST", zone + "/changes", change, 403},
		{googlesim.TokenReadOnly, "POST", zone + ":testIamPermissions", `{"permissions":["dns.changes.create"]}`, 200},
		{googlesim.TokenZone, "POST", zone + "/changes", change, 200},
		{googlesim.Token, "GET", "/managedZones/not-there", "", 404},
		{googlesim.Token, "DELETE", zone + "/rrsets", "", 404},
		{googlesim.Token, "GET", "", "", 200},
	} {
		if status, answer := w.call(tc.token, tc.method, tc.path, tc.body); status != tc.status {
			t.Errorf("%.30s %s %s: %d %v, want %d", tc.token, tc.method, tc.path, status, answer, tc.status)
		}
	}
}

// A zone is deleted when it has only what every zone has. One that is made again has the same name and
// another number.
func TestDeletedZones(t *testing.T) {
	w := newWorld(t)
	const zone = "/managedZones/example-com"
	number := func() any {
		_, answer := w.call(googlesim.Token, "GET", zone, "")
		return answer["id"]
	}
	const text = `[{"name":"x.example.com.","type":"TXT","ttl":60,"rrdatas":["\"x\""]}]`
	before := number()
	for _, step := range []struct {
		token, method, path, body string
		status                    int
		reason                    string
	}{
		{googlesim.Token, "POST", zone + "/changes", `{"additions":` + text + `}`, 200, ""},
		{googlesim.Token, "DELETE", zone, "", 400, "containerNotEmpty"},
		{googlesim.Token, "POST", zone + "/changes", `{"deletions":` + text + `}`, 200, ""},
		{googlesim.TokenReadOnly, "DELETE", zone, "", 403, "forbidden"},
		{googlesim.TokenZone, "DELETE", zone, "", 204, ""},
		{googlesim.Token, "DELETE", zone, "", 404, "notFound"},
		{googlesim.Token, "GET", zone + "/rrsets", "", 404, "notFound"},
		{googlesim.TokenZone, "POST", "/managedZones", `{"name":"example-com","dnsName":"example.com.","description":""}`, 403, "forbidden"},
		{googlesim.Token, "POST", "/managedZones", `{"name":"example-com","dnsName":"example.com.","description":""}`, 200, ""},
		{googlesim.Token, "POST", "/managedZones", `{"name":"example-com","dnsName":"example.com.","description":""}`, 409, "alreadyExists"},
	} {
		if status, answer := w.call(step.token, step.method, step.path, step.body); status != step.status || reason(answer) != step.reason {
			t.Errorf("%s %s: %d %v, want %d %s", step.method, step.path, status, answer, step.status, step.reason)
		}
	}
	if after := number(); after == nil || after == before {
		t.Errorf("the number is %v, and was %v", after, before)
	}
}

// A page ends in the middle of a name, and nothing is lost or doubled if an entry before it comes.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"b", "d", "f"} {
		body := fmt.Sprintf(`{"additions":[{"name":"%[1]s.example.com.","type":"A","ttl":60,"rrdatas":["192.0.2.1"]},{"name":"%[1]s.example.com.","type":"TXT","ttl":60,"rrdatas":["x"]}]}`, name)
		if status, answer := w.call(googlesim.Token, http.MethodPost, changes, body); status != 200 {
			t.Fatal(answer)
		}
	}
	var seen []string
	token := ""
	for page := 0; page == 0 || token != ""; page++ {
		_, answer := w.call(googlesim.Token, http.MethodGet, "/managedZones/example-com/rrsets?maxResults=1&pageToken="+strings.ReplaceAll(token, " ", "%20"), "")
		for _, set := range answer["rrsets"].([]any) {
			seen = append(seen, fmt.Sprint(set.(map[string]any)["name"], set.(map[string]any)["type"]))
		}
		token, _ = answer["nextPageToken"].(string)
		if page == 2 {
			w.call(googlesim.Token, http.MethodPost, changes, `{"additions":[{"name":"a.example.com.","type":"A","ttl":60,"rrdatas":["192.0.2.1"]}]}`)
		}
	}
	if len(seen) != 8 {
		t.Errorf("seen are %q", seen)
	}
}

// The quota of calls is that of a minute.
func TestQuotaOfCalls(t *testing.T) {
	w := newWorld(t)
	w.SetStored(googlesim.Section, fault.Conditions{Settings: map[string]string{googlesim.SettingCalls: "2"}})
	var got []int
	for range 3 {
		status, _ := w.call(googlesim.Token, http.MethodGet, "", "")
		got = append(got, status)
	}
	w.now = w.now.Add(time.Minute)
	status, _ := w.call(googlesim.Token, http.MethodGet, "", "")
	if fmt.Sprint(append(got, status)) != "[200 200 429 200]" {
		t.Errorf("got %v, then %d", got, status)
	}
}
