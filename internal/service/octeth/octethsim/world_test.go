package octethsim

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sandboxtest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// world is the service with the DNS hosts that it knows, a zone at each of them, and a clock and
// conditions that tests set.
type world struct {
	*Service
	*sandboxtest.World
	t *testing.T

	cloudflare *cloudflaresim.Service
	namecheap  *namecheapsim.Service
	godaddy    *godaddysim.Service
	hosts      map[string]http.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: sandboxtest.New(t), t: t}
	w.cloudflare = cloudflaresim.New(cloudflaresim.Config{Store: w.Store})
	w.namecheap = namecheapsim.New(namecheapsim.Config{Store: w.Store})
	w.godaddy = godaddysim.New(godaddysim.Config{Store: w.Store})
	for apex, add := range map[string]func(string) error{
		"example.com": w.cloudflare.AddZone, "example.org": w.namecheap.AddZone, "example.net": w.godaddy.AddZone,
	} {
		if err := add(apex); err != nil {
			t.Fatal(err)
		}
	}
	w.hosts = map[string]http.Handler{"cloudflare": w.cloudflare, "namecheap": w.namecheap, "godaddy": w.godaddy}
	w.Service = New(Config{
		Store: w.Store, Now: w.Now, Conditions: w.Conditions, Version: "5.9.4", Lookup: w.lookup,
		Transport: w, BaseURL: func(host string) string { return "https://" + host + ".example" },
	})
	return w
}

// RoundTrip has the DNS host that is called answer.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	name, _, _ := strings.Cut(r.URL.Host, ".")
	w.hosts[name].ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// lookup reads what was published, and the zones as their name servers would.
func (w *world) lookup(ctx context.Context, name, recordType string) ([]string, error) {
	published, err := w.Lookup(ctx, name, recordType)
	if err != nil {
		return nil, err
	}
	values := slices.Clone(published)
	for _, source := range []dnsserver.Source{w.cloudflare, w.namecheap, w.godaddy} {
		zones, err := source.Zones()
		if err != nil {
			return nil, err
		}
		for _, zone := range zones {
			if recordType == "NS" && zone.Apex == name {
				return zone.NameServers, nil
			}
			for _, rr := range zone.Records {
				if rr.Header().Name != name+"." || miekg.TypeToString[rr.Header().Rrtype] != recordType {
					continue
				}
				switch data := rr.(type) {
				case *miekg.CNAME:
					values = append(values, data.Target)
				case *miekg.TXT:
					values = append(values, strings.Join(data.Txt, ""))
				}
			}
		}
	}
	return values, nil
}

// publish has the DNS answer with the records that an answer shows; publish(nil) takes all away
// again.
func (w *world) publish(records map[string]any) {
	w.ForgetDNS()
	for host, record := range records {
		list := record.([]any)
		w.Publish(list[0].(string), host, list[1].(string))
	}
}

func (w *world) version(v string) {
	w.Under(fault.Conditions{Settings: map[string]string{SettingVersion: v}})
}

// object is a JSON object.
type object = map[string]any

// send makes a call, with a JSON body unless that is nil.
func (w *world) send(method, target string, body object, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	content := ""
	if body != nil {
		content = encode(body)
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	return w.raw(method, target, content, headers...)
}

// command makes a call of a command with the API key.
func (w *world) command(name string, parameters object) *httptest.ResponseRecorder {
	w.t.Helper()
	body := object{"Command": name, "APIKey": APIKey}
	maps.Copy(body, parameters)
	return w.send(http.MethodPost, CommandPath, body)
}

// ok makes a call of a command, which must succeed.
func (w *world) ok(name string, parameters object) object {
	w.t.Helper()
	return w.success(w.command(name, parameters))
}

// success decodes an answer, which must be one to a success.
func (w *world) success(r *httptest.ResponseRecorder) object {
	w.t.Helper()
	got := decode(w.t, r)
	if r.Code != http.StatusOK || got["Success"] != true && got["success"] != true && got["provider"] == nil {
		w.t.Fatalf("%d %s", r.Code, r.Body)
	}
	return got
}

func decode(t *testing.T, r *httptest.ResponseRecorder) (got object) {
	t.Helper()
	if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil {
		t.Fatalf("%d %s: %v", r.Code, r.Body, err)
	}
	return got
}

// at walks down into objects.
func at(from any, path ...string) any {
	for _, name := range path {
		members, _ := from.(object)
		from = members[name]
	}
	return from
}

// create registers a campaign domain and returns its id and records.
func (w *world) create(name string, parameters ...object) (id float64, records object) {
	w.t.Helper()
	body := object{"SenderDomain": name}
	for _, more := range parameters {
		maps.Copy(body, more)
	}
	got := w.ok("User.SenderDomain.Create", body)
	records, _ = at(got, "SenderDomain", "VerificationMeta", "DNSRecords").(object)
	return got["DomainID"].(float64), records
}

// status returns what a campaign domain's status is.
func (w *world) status(id float64) any {
	w.t.Helper()
	return at(w.ok("user.senderdomain.get", object{"DomainID": id}), "SenderDomain", "Status")
}

// raw makes a call with a body as it is.
func (w *world) raw(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	request := httptest.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, request)
	return recorder
}

func encode(body object) string {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // of text and numbers
	}
	return string(text)
}
