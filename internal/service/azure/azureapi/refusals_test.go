package azureapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// Each refusal says what failed, on which zone or set, what Azure answered, and what to do now. Only an
// answer of Azure itself says that a zone is missing.
func TestRefusals(t *testing.T) {
	arm := func(code, message string) string {
		return fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, code, message)
	}
	const zone = "on the zone example.com in the resource group postmaster-sandbox"
	for _, tc := range []struct {
		status int
		body   string
		call   string // list, zone, read, write or delete
		kind   error
		says   []string
	}{
		{403, arm("AuthorizationFailed", "The client 'x' has no authorization"), "list", api.ErrAuth, []string{"the action Microsoft.Network/dnsZones/read on the subscription " + azuresim.Subscription, "named by zone_id", "check subscription_id too"}},
		{403, arm("AuthorizationFailed", "no"), "zone", api.ErrAuth, []string{"Microsoft.Network/dnsZones/read " + zone}},
		{403, arm("AuthorizationFailed", "no"), "read", api.ErrAuth, []string{"Microsoft.Network/dnsZones/recordsets/read " + zone, "DNS Zone Contributor"}},
		{403, arm("AuthorizationFailed", "no"), "write", api.ErrAuth, []string{"create the record set TXT new.example.com", "Microsoft.Network/dnsZones/TXT/write " + zone}},
		{403, arm("AuthorizationFailed", "no"), "delete", api.ErrAuth, []string{"delete the record set TXT old.example.com", "Microsoft.Network/dnsZones/TXT/delete " + zone}},
		{403, "", "read", api.ErrAuth, []string{"has no error code of Azure", "Microsoft.Network/dnsZones/recordsets/read " + zone}},
		{403, "<html>Forbidden by the firewall</html>", "write", api.ErrAuth, []string{"Forbidden by the firewall", "a proxy or a firewall", "Microsoft.Network/dnsZones/TXT/write"}},
		{403, "{}", "list", api.ErrAuth, []string{"a proxy or a firewall", "Microsoft.Network/dnsZones/read"}},
		{403, arm("RequestDisallowedByPolicy", "Resource 'new' was disallowed by policy 'no-txt'."), "write", api.ErrAuth, []string{"no-txt", "Azure Policy"}},
		{404, arm("ResourceNotFound", "The Resource was not found"), "read", api.ErrNotFound, []string{"read the DNS records of example.com", "The zone was deleted, or moved", "az network dns zone list --subscription " + azuresim.Subscription, "create it again"}},
		{404, arm("ResourceNotFound", "The Resource was not found"), "zone", api.ErrNotFound, []string{"The zone was deleted, or moved", "zone_id"}},
		{404, arm("ParentResourceNotFound", "not found"), "write", api.ErrNotFound, []string{"new.example.com", "The zone was deleted"}},
		{404, arm("ResourceGroupNotFound", "Resource group 'g' could not be found."), "read", api.ErrNotFound, []string{"The resource group was deleted"}},
		{404, arm("SubscriptionNotFound", "could not be found"), "list", api.ErrNotFound, []string{"Check subscription_id", "az account list"}},
		{404, "", "read", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, "{}", "zone", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, "not found", "delete", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{409, arm("ScopeLocked", "The scope is locked"), "write", api.ErrAuth, []string{"Remove the lock that the error names"}},
		{409, arm("ReadOnlyDisabledSubscription", "The subscription is disabled"), "write", api.ErrAuth, []string{"have it reactivated"}},
		{409, arm("ReadOnlyDisabledSubscription", "The subscription is disabled"), "delete", api.ErrAuth, []string{"have it reactivated"}},
		{409, arm("MissingSubscriptionRegistration", "The subscription is not registered"), "list", nil, []string{"Register the resource provider Microsoft.Network"}},
		{409, arm("Conflict", "busy"), "write", dns.ErrZoneChanged, []string{"write TXT new.example.com", "busy"}},
		{412, `{"code":"PreconditionFailed","message":"etag mismatch"}`, "write", dns.ErrZoneChanged, []string{"write TXT new.example.com", "etag mismatch"}},
		{429, arm("TooManyRequests", "slow down"), "write", api.ErrRateLimited, []string{"200 changes and 60 lists a minute"}},
		{400, arm("BadRequest", "The name is not allowed"), "write", nil, []string{"new.example.com TXT", "The name is not allowed"}},
		{500, "", "read", api.ErrUnavailable, []string{"run again later"}},
	} {
		t.Run(fmt.Sprintf("%d %s %.40s", tc.status, tc.call, tc.body), func(t *testing.T) {
			w := newWorld(t, apex)
			w.put(t, "TXT", "old", text(60, "old"))
			h := w.host(t, azuresim.Token)
			snapshot := read(t, h)
			w.fail(fault.Fault{Kind: fault.Status, Status: tc.status, Body: tc.body})
			var err error
			switch tc.call {
			case "list":
				_, err = w.host(t, azuresim.Token).FindZone(t.Context(), apex)
			case "zone":
				_, err = h.ZoneByID(t.Context(), snapshot.Zone.ID)
			case "read":
				_, err = h.Read(t.Context(), snapshot.Zone)
			case "write":
				err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt("new."+apex, "x")}})
			case "delete":
				err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: []dns.Record{one(t, snapshot, "old."+apex, "TXT", "old")}})
			}
			if err == nil {
				t.Fatal("nothing is refused")
			}
			for _, kind := range []error{api.ErrAuth, api.ErrNotFound, api.ErrUnavailable, api.ErrRateLimited, dns.ErrZoneChanged} {
				if errors.Is(err, kind) != (kind == tc.kind) { //nolint:errorlint // the kinds themselves are compared
					t.Errorf("it is %v: %t", kind, errors.Is(err, kind))
				}
			}
			for _, part := range append(tc.says, http.StatusText(tc.status)) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", err, part)
				}
			}
			apitest.CheckWords(t, tc.call, err)
		})
	}
}

// A change that meets another version of the set each time ends after some attempts, with what to do.
func TestEndlessConflict(t *testing.T) {
	for _, status := range []int{409, 412} {
		w := newWorld(t, apex)
		h := w.host(t, azuresim.Token)
		zone := find(t, h)
		w.fail(fault.Fault{Kind: fault.Status, Status: status, Method: http.MethodPut, Body: `{"code":"Odd","message":"Not now."}`})
		w.Forget()
		_, err := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}}).Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: []dns.Wanted{{Key: "k", Record: txt("a."+apex, "x")}}})
		if err == nil || w.Count("PUT ") != 5 {
			t.Fatalf("%d writes: %v", w.Count("PUT "), err)
		}
		for _, part := range []string{"the zone example.com could not be written in 5 attempts", "write TXT a.example.com", "Not now", "Apply again when that program has finished"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v\ndoes not say %q", err, part)
			}
		}
		apitest.CheckWords(t, "endless", err)
	}
}
