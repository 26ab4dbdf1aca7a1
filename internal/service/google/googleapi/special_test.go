package googleapi_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

type jsonText = json.RawMessage

// Routing policies as the API has them.
const (
	wrrPolicy = `{"kind":"dns#rRSetRoutingPolicy","wrr":{"kind":"dns#rRSetRoutingPolicyWrrPolicy","items":[` +
		`{"kind":"dns#rRSetRoutingPolicyWrrPolicyWrrPolicyItem","weight":0.8,"rrdatas":["192.0.2.1"],"signatureRrdatas":[]},` +
		`{"kind":"dns#rRSetRoutingPolicyWrrPolicyWrrPolicyItem","weight":0.2,"rrdatas":["192.0.2.2"],"signatureRrdatas":[]}]}}`
	geoPolicy = `{"geo":{"enableFencing":false,"items":[{"location":"us-east1","rrdatas":["10 a.example.net."]},{"location":"europe-west1","rrdatas":["10 b.example.net."]}]}}`
	failover  = `{"primaryBackup":{"trickleTraffic":0.1,"primaryTargets":{"internalLoadBalancers":[{"ipAddress":"192.0.2.9"}]},"backupGeoTargets":{"items":[{"location":"us-east1","rrdatas":["192.0.2.3"]}]}}}`
	balancers = `{"geo":{"items":[{"location":"us-east1","healthCheckedTargets":{"internalLoadBalancers":[{"ipAddress":"192.0.2.9"}]}}]}}`
)

func routed(name, recordType, policy string) googlesim.RecordSet {
	return googlesim.RecordSet{Name: name, Type: recordType, TTL: 300, RoutingPolicy: jsonText(policy)}
}

// Sets that are more than data are read, so that what is at a name is known. They are never joined,
// edited or deleted, and the refusal names them and says why.
func TestSpecialSetsAreReadAndLeftAlone(t *testing.T) {
	for what, tc := range map[string]struct {
		set   googlesim.RecordSet
		shows []string
		why   string
		joins dns.Record
	}{
		"weighted":  {routed("www.example.com.", "A", wrrPolicy), []string{"192.0.2.1", "192.0.2.2"}, "weighted round robin", dns.Record{Name: "www.example.com", Type: "A", Value: "192.0.2.7"}},
		"by place":  {routed("example.com.", "MX", geoPolicy), []string{"a.example.net", "b.example.net"}, "geolocation", dns.Record{Name: "example.com", Type: "MX", Value: "c.example.net", Priority: 10}},
		"failover":  {routed("www.example.com.", "A", failover), []string{"192.0.2.3"}, "failover", dns.Record{Name: "www.example.com", Type: "A", Value: "192.0.2.7"}},
		"balancers": {routed("www.example.com.", "A", balancers), []string{"(decided by the DNS host)"}, "geolocation", dns.Record{Name: "www.example.com", Type: "A", Value: "192.0.2.7"}},
		"unknown":   {routed("www.example.com.", "A", `{"quantum":{}}`), []string{"(decided by the DNS host)"}, "routing policy", dns.Record{Name: "www.example.com", Type: "A", Value: "192.0.2.7"}},
		"an alias":  {set("example.com.", "ALIAS", 300, "lb.example.net."), []string{"lb.example.net"}, "an ALIAS", dns.Record{Name: "example.com", Type: "AAAA", Value: "2001:db8::1"}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", tc.set)
			before := w.lines(t, "example.com")
			h := w.host(t, googlesim.Token)
			zone := find(t, h, "example.com")
			snapshot := read(t, h, zone)
			var shown []string
			var first dns.Record
			for _, r := range snapshot.Records {
				if r.Name+"." == tc.set.Name && r.Type == tc.set.Type {
					shown, first = append(shown, r.Value), r
				}
			}
			if !slices.Equal(shown, tc.shows) {
				t.Errorf("it shows %q, want %q", shown, tc.shows)
			}
			changed := first
			changed.Value = "192.0.2.99"
			alias := dns.Record{Name: first.Name, Type: "CNAME", Value: "other.example.net"}
			elsewhere := text("elsewhere.example.com", "new")
			for how, changes := range map[string]dns.ChangeSet{
				"joined":   {Create: []dns.Record{elsewhere, tc.joins}},
				"replaced": {Create: []dns.Record{elsewhere}, Replace: []dns.Replacement{{Old: first, New: changed}}},
				"retimed":  {Create: []dns.Record{elsewhere}, Replace: []dns.Replacement{{Old: first, New: func() dns.Record { r := first; r.TTL = 60; return r }()}}},
				"deleted":  {Create: []dns.Record{elsewhere}, Delete: []dns.Record{first}},
				"aliased":  {Create: []dns.Record{elsewhere, alias}, Delete: []dns.Record{first}},
			} {
				var refused *dns.RefusedError
				err := h.Apply(t.Context(), snapshot, changes)
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), tc.why) || !strings.Contains(err.Error(), first.Name) {
					t.Errorf("%s: %v, want a refusal with %q", how, err, tc.why)
				}
			}
			if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
				t.Errorf("the zone is %q, and was %q", got, before)
			}
			// Other sets at the name are edited as ever.
			beside := text(first.Name, "beside")
			if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{beside}}); err != nil {
				t.Errorf("beside it: %v", err)
			}
		})
	}
}

// A plan refuses a record that would join a special set, or take its place, whatever may be overwritten.
// Nothing is sent.
func TestSpecialSetsInThePlan(t *testing.T) {
	const address = "www.example.com"
	for what, tc := range map[string]struct {
		set    googlesim.RecordSet
		wanted dns.Record
		why    string // empty: the record is published
	}{
		"joins":                  {routed(address+".", "A", wrrPolicy), dns.Record{Name: address, Type: "A", Value: "192.0.2.7"}, "weighted round robin"},
		"repeats what is routed": {routed(address+".", "A", wrrPolicy), dns.Record{Name: address, Type: "A", Value: "192.0.2.1"}, "weighted round robin"},
		"takes the place":        {routed(address+".", "A", wrrPolicy), dns.Record{Name: address, Type: "CNAME", Value: "x.example.net"}, "weighted round robin"},
		"beside a CNAME":         {routed(address+".", "CNAME", `{"geo":{"items":[{"location":"us-east1","rrdatas":["x.example.net."]}]}}`), text(address, "v"), "geolocation"},
		"joins mail hosts":       {routed("example.com.", "MX", geoPolicy), dns.Record{Name: "example.com", Type: "MX", Value: "c.example.net", Priority: 10}, "geolocation"},
		"address of an ALIAS":    {set("example.com.", "ALIAS", 300, "lb.example.net."), dns.Record{Name: "example.com", Type: "AAAA", Value: "2001:db8::1"}, "an ALIAS"},
		"CNAME for an ALIAS":     {set(address+".", "ALIAS", 300, "lb.example.net."), dns.Record{Name: address, Type: "CNAME", Value: "x.example.net"}, "an ALIAS"},
		"text beside addresses":  {routed(address+".", "A", wrrPolicy), text(address, "v"), ""},
		"text beside an ALIAS":   {set(address+".", "ALIAS", 300, "lb.example.net."), text(address, "v"), ""},
		"at another name":        {routed(address+".", "A", wrrPolicy), dns.Record{Name: "a." + address, Type: "A", Value: "192.0.2.7"}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", tc.set)
			h := w.host(t, googlesim.Token)
			zone := find(t, h, "example.com")
			wanted := dns.Publication{Owner: "a", Wanted: []dns.Wanted{{Key: "k", Record: tc.wanted}}, Overwrite: true, ReplaceMX: true}
			planned, err := editor(h).Plan(t.Context(), zone, wanted)
			if err != nil {
				t.Fatal(err)
			}
			if tc.why == "" {
				if _, err := editor(h).Publish(t.Context(), zone, wanted); planned.Err() != nil || err != nil {
					t.Errorf("planned: %v; published: %v", planned.Err(), err)
				}
				return
			}
			says := "the record set " + strings.TrimSuffix(tc.set.Name, ".") + " " + tc.set.Type + " at Google Cloud DNS is "
			if err := planned.Err(); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), tc.why) {
				t.Errorf("planned: %v, want %q and %q", err, says, tc.why)
			}
			w.Forget()
			var conflict *dns.ConflictError
			if _, err := editor(h).Publish(t.Context(), zone, wanted); !errors.As(err, &conflict) {
				t.Errorf("published: %v", err)
			}
			for _, call := range w.Called() {
				if strings.HasPrefix(call, "POST") {
					t.Errorf("call: %s", call)
				}
			}
		})
	}
}

// A record that was published, and that somebody has since made part of a set with a routing policy,
// stays when it is withdrawn.
func TestWithdrawnFromASpecialSet(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	ours := dns.Record{Name: "www.example.com", Type: "A", Value: "192.0.2.1"}
	result, err := editor(h).Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: []dns.Wanted{{Key: "k", Record: ours}}})
	if err != nil {
		t.Fatal(err)
	}
	w.put(t, "example.com", routed("www.example.com.", "A", wrrPolicy))
	result, err = editor(h).Publish(t.Context(), zone, dns.Publication{Owner: "a", Previous: result.Published})
	if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0].Detail, "weighted round robin") {
		t.Errorf("%+v, %v", result, err)
	}
	if got := w.stored(t, "example.com", "www.example.com.", "A"); got == nil || string(got.RoutingPolicy) != wrrPolicy {
		t.Errorf("the set is %+v", got)
	}
}
