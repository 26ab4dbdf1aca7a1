package route53api_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// specials are record sets of all kinds that are not plain. Each has a name of its own.
func specials() map[string]*route53sim.Set {
	sets := map[string]*route53sim.Set{}
	add := func(kind, recordType, value string, change func(s *route53sim.Set)) {
		s := plain(kind+".example.com", recordType, 60, value)
		change(s)
		sets[kind] = s
	}
	identified := func(change func(s *route53sim.Set)) func(s *route53sim.Set) {
		return func(s *route53sim.Set) { s.SetIdentifier = "one"; change(s) }
	}
	alias := func(target string) func(s *route53sim.Set) {
		return func(s *route53sim.Set) {
			s.TTL, s.Values = nil, nil
			s.AliasTarget = &route53sim.AliasTarget{HostedZoneID: "Z35SXDOTRQ7X7K", DNSName: target}
		}
	}
	weight, bias, yes := int64(10), int64(5), true
	add("weighted", "A", "192.0.2.1", identified(func(s *route53sim.Set) { s.Weight = &weight }))
	add("latency", "TXT", `"x"`, identified(func(s *route53sim.Set) { s.Region = "eu-central-1" }))
	add("failover", "MX", "10 mx.example.net.", identified(func(s *route53sim.Set) { s.Failover = "PRIMARY"; s.HealthCheckID = "check" }))
	add("place", "TXT", `"x"`, identified(func(s *route53sim.Set) { s.GeoLocation = &route53sim.GeoLocation{CountryCode: "DE"} }))
	add("near", "TXT", `"x"`, identified(func(s *route53sim.Set) {
		s.GeoProximityLocation = &route53sim.GeoProximity{AWSRegion: "eu-central-1", Bias: &bias}
	}))
	add("network", "TXT", `"x"`, identified(func(s *route53sim.Set) {
		s.CidrRoutingConfig = &route53sim.CidrLocation{CollectionID: "c", LocationName: "l"}
	}))
	add("several", "A", "192.0.2.1", identified(func(s *route53sim.Set) { s.MultiValueAnswer = &yes }))
	add("checked", "A", "192.0.2.1", func(s *route53sim.Set) { s.HealthCheckID = "check" })
	add("traffic", "A", "192.0.2.1", func(s *route53sim.Set) { s.TrafficPolicyID = "policy" })
	add("aliased", "A", "", alias("dualstack.lb.example.net."))
	add("aliasedtext", "TXT", "", alias("other.example.com."))
	add("aliasedmx", "MX", "", alias("other.example.com."))
	add("aliasedname", "CNAME", "", alias("other.example.com."))
	return sets
}

// A set that is not plain is shown, and named where it is in the way. It is never joined, changed,
// replaced or deleted, whatever the publication may overwrite.
func TestSpecialSetsAreLeftAlone(t *testing.T) {
	for kind, special := range specials() {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", special, plain("example.com", "TXT", 60, `"of others"`))
			h := w.host(t, route53sim.AccessKey)
			zone := find(t, h, "example.com")
			name := kind + ".example.com"
			snapshot := read(t, h, zone)
			shown := slices.DeleteFunc(slices.Clone(snapshot.Records), func(r dns.Record) bool { return r.Name != name })
			if len(shown) != 1 {
				t.Fatalf("it is shown as %v", shown)
			}
			joining := dns.Record{Name: name, Type: special.Type, Value: "192.0.2.9", TTL: 60}
			switch special.Type {
			case "MX", "CNAME":
				joining.Value, joining.Priority = "mx9.example.net", 9
			case "TXT":
				joining.Value = "nine"
			}
			if special.Type == "CNAME" {
				joining.Priority = 0
			}
			alias := dns.Record{Name: name, Type: "CNAME", Value: "elsewhere.example.net", TTL: 60}
			for _, r := range []dns.Record{joining, alias} {
				w.Forget()
				_, err := editor(h).Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: wanted(r), Overwrite: true, ReplaceMX: true})
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("the record set %s %s at Route 53 is ", name, special.Type)) || strings.Contains(err.Error(), "..") {
					t.Errorf("the plan of %s: %v", r, err)
				}
				if n := w.Count("POST"); n != 0 {
					t.Errorf("%s: %d changes were sent", r, n)
				}
			}
			var refused *dns.RefusedError
			for what, changes := range map[string]dns.ChangeSet{
				"deleted":  {Delete: shown},
				"replaced": {Replace: []dns.Replacement{{Old: shown[0], New: joining}}},
				"joined":   {Create: []dns.Record{joining}},
			} {
				if err := h.Apply(t.Context(), snapshot, changes); !errors.As(err, &refused) {
					t.Errorf("%s: %v", what, err)
				}
			}
			// Another set is changed beside it.
			if _, err := publish(t, h, zone, "a", text("example.com", "ours")); err != nil {
				t.Fatal(err)
			}
			for _, s := range w.zone(t, "example.com").Sets {
				if s.Name == name+"." && !reflect.DeepEqual(s, special) {
					t.Errorf("it became %+v", s)
				}
			}
		})
	}
}

// A record that was published, and that somebody has made part of a weighted set since, stays when it is
// withdrawn.
func TestWithdrawnFromASpecialSet(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	e := editor(h)
	result, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: wanted(text("x.example.com", "ours"))})
	if err != nil {
		t.Fatal(err)
	}
	weight := int64(1)
	if err := w.EditZone("example.com", func(z *route53sim.Zone) {
		for _, s := range z.Sets {
			if s.Name == "x.example.com." {
				s.SetIdentifier, s.Weight = "one", &weight
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	result, err = dns.NewEditor(h, dns.EditorOptions{}).Publish(t.Context(), zone, dns.Publication{Owner: "a", Previous: result.Published})
	if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0].Detail, "by weight (1)") || strings.Contains(result.Warnings[0].Detail, "choose another name") {
		t.Errorf("%+v, %v", result, err)
	}
	if got := w.lines(t, "example.com"); len(got) != 1 {
		t.Errorf("the zone is %q", got)
	}
}

// A set with a property that the SDK does not know is left alone: written anew, it would lose the property.
func TestUnknownProperty(t *testing.T) {
	const page = `<ListResourceRecordSetsResponse><ResourceRecordSets>
<ResourceRecordSet><Name>example.com.</Name><Type>SOA</Type><TTL>900</TTL><ResourceRecords><ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>a.example.com.</Name><Type>TXT</Type><TTL>60</TTL><Shield><Level>high</Level></Shield><ResourceRecords><ResourceRecord><Value>"a"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>b.example.com.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>"b"</Value><Off>true</Off></ResourceRecord></ResourceRecords></ResourceRecordSet>
<ResourceRecordSet><Name>c.example.com.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>"c"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`
	w := newWorld(t, "example.com")
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodGet, Kind: fault.Status, Status: 200, Body: page, Count: 1}}})
	snapshot := read(t, h, zone)
	for name, property := range map[string]string{"a.example.com": "Shield", "b.example.com": "ResourceRecords/ResourceRecord/Off", "c.example.com": ""} {
		objection := snapshot.Objection(text(name, "new"))
		if (objection == "") != (property == "") || !strings.Contains(objection, property) {
			t.Errorf("%s: %q", name, objection)
		}
	}
}

// A page can end between two sets of one name and type. All of them are read, once.
func TestPageThatEndsInAWeightedGroup(t *testing.T) {
	w := newWorld(t, "example.com")
	var sets []*route53sim.Set
	for i := range 700 {
		weight := int64(i)
		s := plain("www.example.com", "A", 60, fmt.Sprintf("192.0.%d.%d", 2+i/250, i%250))
		s.SetIdentifier, s.Weight = fmt.Sprintf("set %03d", i), &weight
		sets = append(sets, s)
	}
	w.put(t, "example.com", sets...)
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	w.Forget()
	seen := map[string]bool{}
	for _, r := range read(t, h, zone).Records {
		if r.Type == "A" {
			if seen[r.Value] {
				t.Errorf("%s is read twice", r.Value)
			}
			seen[r.Value] = true
		}
	}
	if len(seen) != 700 || len(w.Called()) != 3 {
		t.Errorf("%d of 700 records by %d calls", len(seen), len(w.Called()))
	}
}

// A zone of 50 records takes one call, one of 5,000 seventeen.
func TestCallsOfAReading(t *testing.T) {
	for records, calls := range map[int]int{50: 1, 5000: 17} {
		w := newWorld(t, "example.com")
		var sets []*route53sim.Set
		for i := range records - 4 {
			sets = append(sets, plain(fmt.Sprintf("n%d.example.com", i), "A", 60, "192.0.2.1"))
		}
		w.put(t, "example.com", sets...)
		h := w.host(t, route53sim.AccessKey)
		zone := find(t, h, "example.com")
		w.Forget()
		if got := len(read(t, h, zone).Records); got != records || w.Count(http.MethodGet) != calls {
			t.Errorf("%d of %d records by %d calls, want %d", got, records, w.Count(http.MethodGet), calls)
		}
	}
}
