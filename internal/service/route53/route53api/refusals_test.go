package route53api_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// Each refusal says what failed, on which zone, what Route 53 answered, and what to do now. Only an
// answer of Route 53 itself says that a zone is missing. ZONE stands for the ID of the zone.
func TestRefusals(t *testing.T) {
	batch := func(messages string) string {
		return `<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages>` + messages + `</Messages></InvalidChangeBatch>`
	}
	for _, tc := range []struct {
		status int
		body   string
		call   string // list, zone, read or write
		kind   error
		says   []string
	}{
		{403, failing("AccessDenied", "User: x is not authorized to perform: route53:ListHostedZones"), "list", api.ErrAuth, []string{"Allow route53:ListHostedZones, which AWS knows for all zones together only", "set zone_id"}},
		{403, failing("AccessDenied", "no"), "zone", api.ErrAuth, []string{"Allow route53:GetHostedZone on the hosted zone ZONE"}},
		{403, failing("AccessDenied", "no"), "read", api.ErrAuth, []string{"the record sets of example.com", "Allow route53:ListResourceRecordSets on the hosted zone ZONE"}},
		{403, failing("AccessDeniedException", "no"), "write", api.ErrAuth, []string{"Allow route53:ChangeResourceRecordSets on the hosted zone ZONE", "CREATE and DELETE"}},
		{403, failing("AccessDenied", "User: x is not authorized to perform: route53:ChangeResourceRecordSets with an explicit deny in a service control policy"), "write", api.ErrAuth, []string{"denies route53:ChangeResourceRecordSets explicitly", "does not help"}},
		{403, "", "read", api.ErrAuth, []string{"has no error code of AWS", "route53:ListResourceRecordSets on the hosted zone ZONE"}},
		{403, "{}", "list", api.ErrAuth, []string{"a proxy or a firewall", "route53:ListHostedZones", "set zone_id"}},
		{403, "<html>Blocked</html>", "write", api.ErrAuth, []string{"a proxy or a firewall", "route53:ChangeResourceRecordSets"}},
		{403, failing("ExpiredToken", "The security token included in the request is expired"), "read", api.ErrAuth, []string{"temporary credentials have expired"}},
		{403, failing("InvalidClientTokenId", "The security token included in the request is invalid."), "read", api.ErrAuth, []string{"mistyped, deactivated or deleted"}},
		{403, failing("SignatureDoesNotMatch", "The request signature we calculated does not match"), "read", api.ErrAuth, []string{"clock of this machine"}},
		{404, failing("NoSuchHostedZone", "No hosted zone found with ID: Z1"), "read", api.ErrNotFound, []string{"the record sets of example.com", "The hosted zone ZONE was deleted, or belongs to another account", "aws route53 list-hosted-zones", "create it again"}},
		{404, failing("NoSuchHostedZone", "No hosted zone found with ID: Z1"), "write", api.ErrNotFound, []string{"The hosted zone ZONE was deleted"}},
		{404, failing("NoSuchHostedZone", "No hosted zone found with ID: Z1"), "zone", api.ErrNotFound, []string{"if zone_id is given, correct it"}},
		{404, "", "read", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, "{}", "zone", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, failing("UnknownOperationException", "not recognized"), "write", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{400, failing("PriorRequestNotComplete", "The request was rejected because Route 53 was still processing a prior request."), "write", api.ErrRateLimited, []string{"change the record sets of example.com", "one change of a zone after another", "Nothing was changed"}},
		{400, failing("Throttling", "Rate exceeded"), "read", api.ErrRateLimited, []string{"-parallelism"}},
		{400, batch(`<Message>RRSet with DNS name new.example.net. is not permitted in zone example.com.</Message>`), "write", nil, []string{"refused the change of the zone example.com (ZONE)", "is not permitted in zone", "Correct the record"}},
		{400, batch(""), "write", nil, []string{"refused the change of the zone example.com (ZONE)", "it does not say why"}},
		{400, failing("InvalidChangeBatch", "[Invalid Resource Record: 'FATAL problem: InvalidCharacterString']"), "write", nil, []string{"InvalidCharacterString", "made none of it"}},
		{400, failing("LimitsExceeded", "too many"), "write", nil, []string{"quota of Route 53"}},
		{400, failing("InvalidInput", "1 validation error detected"), "write", nil, []string{"validation error", "Nothing was changed"}},
		{500, failing("InternalFailure", "oops"), "read", api.ErrUnavailable, []string{"run again later"}},
	} {
		t.Run(fmt.Sprintf("%d %s %.150s", tc.status, tc.call, tc.body), func(t *testing.T) {
			w := newWorld(t, "example.com")
			h := w.host(t, route53sim.AccessKey)
			snapshot := read(t, h, find(t, h, "example.com"))
			w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: tc.status, Body: tc.body}}})
			var err error
			switch tc.call {
			case "list":
				_, err = w.host(t, route53sim.AccessKey).FindZone(t.Context(), "example.com")
			case "zone":
				_, err = h.ZoneByID(t.Context(), snapshot.Zone.ID)
			case "read":
				_, err = h.Read(t.Context(), snapshot.Zone)
			case "write":
				err = h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("new.example.com", "x")}})
			}
			if err == nil {
				t.Fatal("nothing is refused")
			}
			for _, kind := range []error{api.ErrAuth, api.ErrNotFound, api.ErrUnavailable, api.ErrRateLimited, dns.ErrZoneChanged} {
				if errors.Is(err, kind) != (kind == tc.kind) { //nolint:errorlint // the kinds themselves are compared
					t.Errorf("it is %v: %t", kind, errors.Is(err, kind))
				}
			}
			says := tc.says
			if tc.kind != nil {
				says = append(says, http.StatusText(tc.status))
			}
			for _, part := range says {
				if part = strings.ReplaceAll(part, "ZONE", snapshot.Zone.ID); !strings.Contains(err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", err, part)
				}
			}
			apitest.CheckWords(t, tc.call, err)
		})
	}
}

// A key that has expired, or that nobody knows, is told apart. A temporary one works.
func TestAccessKeys(t *testing.T) {
	for key, says := range map[string]string{route53sim.AccessKeyExpired: "have expired", "AKIANOBODYKNOWSTHIS0": "knows no such access key"} {
		w := newWorld(t, "example.com")
		if _, err := w.host(t, key).FindZone(t.Context(), "example.com"); !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", key, err)
		}
	}
	w := newWorld(t, "example.com")
	if zone := find(t, w.host(t, route53sim.AccessKeyTemporary), "example.com"); zone.Apex != "example.com" {
		t.Errorf("a temporary key: %+v", zone)
	}
}
