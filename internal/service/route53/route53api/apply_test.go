package route53api_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// failing is the body of an answer in the usual form.
func failing(code, message string) string {
	return `<?xml version="1.0"?><ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>` + code +
		`</Code><Message>` + message + `</Message></Error><RequestId>1</RequestId></ErrorResponse>`
}

// Somebody else writes at the moment between our reading and our writing, before each call of a change.
// Nothing of either is lost.
func TestSecondWriterAtEachCall(t *testing.T) {
	for n := range 4 {
		for _, listed := range []bool{false, true} {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", plain("example.com", "TXT", 60, `"v=spf1 mx -all"`))
			w.under(t, fault.Conditions{
				Switches: map[string]bool{route53sim.SwitchListedErrors: listed}, Settings: map[string]string{route53sim.SettingRequests: "0"},
			})
			h := w.host(t, route53sim.AccessKey)
			zone := find(t, h, "example.com")
			calls, writes := 0, 0
			w.Before(func(*http.Request) {
				if calls++; calls > n && writes < 3 {
					writes++
					r := text("example.com", fmt.Sprint("of others ", writes))
					w.swap(t, r, true, func(values []string) []string { return append(slices.Clone(values), encode(r)) })
				}
			})
			result, err := publish(t, h, zone, "a", text("example.com", "ours"), dns.Record{Name: "example.com", Type: "TXT", Value: "v=spf1 include:spf.example.net ~all"})
			if err != nil {
				t.Fatalf("before call %d: %v", n, err)
			}
			w.Before(nil)
			got := w.lines(t, "example.com")[0]
			for i := 1; i <= writes; i++ {
				if !strings.Contains(got, fmt.Sprintf(`"of others %d"`, i)) {
					t.Errorf("before call %d: what others wrote is lost: %s", n, got)
				}
			}
			if !strings.Contains(got, `"ours"`) || !strings.Contains(got, `"v=spf1 mx include:spf.example.net -all"`) || len(result.Published) != 2 {
				t.Errorf("before call %d: %s", n, got)
			}
		}
	}
}

// Refusals that pass by themselves are repeated, at each call. They come with the status 400.
func TestThrottlingAtEachCall(t *testing.T) {
	for code, message := range map[string]string{"Throttling": "Rate exceeded", "PriorRequestNotComplete": "The request was rejected because Route 53 was still processing a prior request."} {
		for skip := range 4 {
			w := newWorld(t, "example.com")
			h := w.host(t, route53sim.AccessKey)
			w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 400, Body: failing(code, message), Skip: skip, Count: 2}}})
			if _, err := publish(t, h, find(t, h, "example.com"), "a", text("example.com", "ours")); err != nil {
				t.Errorf("%s at call %d: %v", code, skip, err)
			}
			if got := w.lines(t, "example.com"); len(got) != 1 {
				t.Errorf("%s at call %d: %q", code, skip, got)
			}
		}
		w := newWorld(t, "example.com")
		h := w.host(t, route53sim.AccessKey)
		zone := find(t, h, "example.com")
		snapshot := read(t, h, zone)
		w.Forget()
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Kind: fault.Status, Status: 400, Body: failing(code, message)}}})
		err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", "ours")}})
		if !errors.Is(err, api.ErrRateLimited) || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "HTTP 400") || w.Count("POST") != 3 {
			t.Errorf("%s for good: %d calls, %v", code, w.Count("POST"), err)
		}
	}
}

// A repeated write that meets its own first is no conflict: the outcome of the first is read.
func TestRepeatedWriteMeetsItsFirst(t *testing.T) {
	for _, kind := range []fault.Kind{fault.StatusAfter, fault.CutAfter, fault.TruncatedBody} {
		w := newWorld(t, "example.com")
		h := w.host(t, route53sim.AccessKey)
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Kind: kind, Count: 1}}})
		if _, err := publish(t, h, find(t, h, "example.com"), "a", text("example.com", "ours")); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if n := w.Count("POST"); n != 1 {
			t.Errorf("%s: %d changes were sent", kind, n)
		}
	}
}

// A change that stays pending is there for whoever reads the zone, and a second one follows it.
func TestPendingChange(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	e := editor(h)
	for i := range 3 {
		if _, err := e.Publish(t.Context(), zone, dns.Publication{Owner: fmt.Sprint(i), Wanted: wanted(text("example.com", fmt.Sprint(i)))}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.lines(t, "example.com"); !slices.Equal(got, []string{`example.com. TXT 300 "0" "1" "2"`}) {
		t.Errorf("got %q", got)
	}
	state, err := w.other.ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
	if err != nil || len(state.HostedZones) != 1 {
		t.Errorf("%+v, %v", state, err)
	}
}

// Refusals that a plan cannot foresee are refusals, with the record that is the reason.
func TestRefusedBatch(t *testing.T) {
	for message, name := range map[string]string{
		"RRSet with DNS name b.example.com. is not permitted in zone example.com.":                                    "b.example.com",
		"The record [name='b.example.com.', type='TXT'] is protected":                                                 "b.example.com",
		"Invalid Resource Record: FATAL problem: InvalidTXTRDATA encountered with 'x'":                                "",
		"Tried to create resource record set [name='a.example.com.', type='TXT'] but it already exists; RRSet is odd": "",
	} {
		w := newWorld(t, "example.com")
		h := w.host(t, route53sim.AccessKey)
		snapshot := read(t, h, find(t, h, "example.com"))
		body := "<InvalidChangeBatch><Messages>"
		for part := range strings.SplitSeq(message, "; ") {
			body += "<Message>" + part + "</Message>"
		}
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Kind: fault.Status, Status: 400, Body: body + "</Messages></InvalidChangeBatch>"}}})
		err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("a.example.com", "x"), text("b.example.com", "x")}})
		var refused *dns.RefusedError
		if !errors.As(err, &refused) || errors.Is(err, dns.ErrZoneChanged) || refused.Record.Name != name {
			t.Errorf("%s: %+v", message, err)
		}
	}
}

// A CNAME that somebody has created meanwhile is a change of the zone, and one that was there is not.
func TestConflictWithACNAME(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, route53sim.AccessKey)
	snapshot := read(t, h, find(t, h, "example.com"))
	w.put(t, "example.com", plain("www.example.com", "CNAME", 60, "x.example.net."))
	create := dns.ChangeSet{Create: []dns.Record{text("www.example.com", "x")}}
	if err := h.Apply(t.Context(), snapshot, create); !errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("created meanwhile: %v", err)
	}
	var refused *dns.RefusedError
	if err := h.Apply(t.Context(), read(t, h, snapshot.Zone), create); !errors.As(err, &refused) || refused.Record.Name != "www.example.com" {
		t.Errorf("there before: %v", err)
	}
	if got := w.lines(t, "example.com"); len(got) != 1 {
		t.Errorf("the zone is %q", got)
	}
}

// What is over a limit is refused before any call, as a whole.
func TestRefusedBeforeAnyCall(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, route53sim.AccessKey)
	snapshot := read(t, h, find(t, h, "example.com"))
	w.Forget()
	many := func(count, length int) dns.ChangeSet {
		var changes dns.ChangeSet
		for i := range count {
			changes.Create = append(changes.Create, text(fmt.Sprintf("n%d.example.com", i), strings.Repeat("x", length)))
		}
		return changes
	}
	for what, tc := range map[string]struct {
		changes dns.ChangeSet
		says    string
	}{
		"too many values":     {many(1001, 1), "at most 1000 values"},
		"too many characters": {many(200, 200), "at most 1000 values with 32000 characters"},
		"a long text":         {many(1, 3954), "the value takes 4001 characters"},
		"a text of escapes":   {dns.ChangeSet{Create: []dns.Record{text("x.example.com", strings.Repeat("é", 700))}}, "at most 4000"},
		"a long TTL":          {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "TXT", Value: "x", TTL: 1 << 31}}}, "at most 2147483647 seconds"},
		"an odd type":         {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "NAPTR", Value: "x"}}}, "cannot be written"},
		"an unread deletion":  {dns.ChangeSet{Delete: []dns.Record{text("x.example.com", "x")}}, "was not read from Route 53"},
		"twins":               {dns.ChangeSet{Create: []dns.Record{text("x.example.com", "x"), text("x.example.com", "x")}}, "only once"},
	} {
		err := h.Apply(t.Context(), snapshot, tc.changes)
		var refused *dns.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := len(w.Called()); n != 0 {
		t.Errorf("%d calls were made", n)
	}
	// The longest that is allowed is.
	if err := h.Apply(t.Context(), snapshot, many(1, 3953)); err != nil {
		t.Error(err)
	}
}

// What is no list of record sets is never an empty zone.
func TestUnusableAnswers(t *testing.T) {
	const soa = `<ResourceRecordSet><Name>example.com.</Name><Type>SOA</Type><TTL>900</TTL><ResourceRecords><ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`
	for _, body := range []string{
		`<ListResourceRecordSetsResponse/>`,
		`<ListResourceRecordSetsResponse><ResourceRecordSets/><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
		`<ListResourceRecordSetsResponse><ResourceRecordSets>` + soa + `</ResourceRecordSets><IsTruncated>true</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
		`<ListResourceRecordSetsResponse><ResourceRecordSets>` + soa + `<ResourceRecordSet/></ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
		// A list that never ends.
		`<ListResourceRecordSetsResponse><ResourceRecordSets>` + soa + `</ResourceRecordSets><IsTruncated>true</IsTruncated><NextRecordName>a.</NextRecordName><NextRecordType>A</NextRecordType><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
		`<html>Welcome</html>`, `{}`, "",
	} {
		w := newWorld(t, "example.com")
		h := w.host(t, route53sim.AccessKey)
		zone := find(t, h, "example.com")
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: body}}})
		snapshot, err := h.Read(t.Context(), zone)
		if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) || snapshot != nil {
			t.Errorf("%s: %+v, %v", body, snapshot, err)
		}
	}
}

// A value that an SDK of the vendor wrote is read as it is meant, and ours by that SDK.
func TestVendorsSDK(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.zone(t, "example.com").ID
	set := &types.ResourceRecordSet{
		Name: aws.String("*.example.com"), Type: types.RRTypeTxt, TTL: aws.Int64(60),
		ResourceRecords: []types.ResourceRecord{{Value: aws.String(`"one" "two"`)}},
	}
	made, err := w.other.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(id), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionUpsert, ResourceRecordSet: set}}},
	})
	if err != nil || made.ChangeInfo.Status != types.ChangeStatusPending {
		t.Fatalf("%+v, %v", made, err)
	}
	h := w.host(t, route53sim.AccessKey)
	snapshot := read(t, h, find(t, h, "example.com"))
	if r := at(t, snapshot, "*.example.com", "TXT"); r.Value != "onetwo" {
		t.Errorf("read as %+v", r)
	}
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("*.example.com", "three")}}); err != nil {
		t.Fatal(err)
	}
	listed, err := w.other.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(id)})
	if err != nil {
		t.Fatal(err)
	}
	found := listed.ResourceRecordSets[2]
	if aws.ToString(found.Name) != `\052.example.com.` || len(found.ResourceRecords) != 2 || aws.ToString(found.ResourceRecords[0].Value) != `"one" "two"` {
		t.Errorf("the SDK reads %+v", found)
	}
	// The change is in sync a minute later.
	w.SetStored(route53sim.Section, fault.Conditions{Settings: map[string]string{route53sim.SettingPending: "0s"}})
	waiter := route53.NewResourceRecordSetsChangedWaiter(w.other)
	later, err := w.other.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String("/hostedzone/" + id), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionDelete, ResourceRecordSet: &found}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := waiter.Wait(t.Context(), &route53.GetChangeInput{Id: later.ChangeInfo.Id}, time.Second); err != nil {
		t.Error(err)
	}
}
