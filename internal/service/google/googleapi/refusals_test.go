package googleapi_test

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// Each refusal says what failed, on which zone, what Google answered, and what to do now. The kinds of
// 403 are told apart. Only an answer of Google itself says that a zone is missing.
func TestRefusals(t *testing.T) {
	old := func(status int, reason, message string) string {
		return fmt.Sprintf(`{"error":{"code":%d,"message":%q,"errors":[{"reason":%q,"message":%q}]}}`, status, message, reason, message)
	}
	detailed := func(reason, message string) string {
		return fmt.Sprintf(`{"error":{"code":403,"message":%[2]q,"status":"PERMISSION_DENIED","errors":[{"reason":"forbidden","message":%[2]q}],"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":%[1]q}]}}`, reason, message)
	}
	const zone = "on the managed zone example-com of the project sandbox-project"
	for _, tc := range []struct {
		status int
		body   string
		call   string // list, zone, check, read or write
		kind   error
		says   []string
	}{
		{403, old(403, "forbidden", "Forbidden"), "list", api.ErrAuth, []string{"dns.managedZones.list on the project sandbox-project", "zone_id ="}},
		{403, old(403, "forbidden", "Forbidden"), "zone", api.ErrAuth, []string{"dns.managedZones.get " + zone}},
		{403, old(403, "forbidden", "Forbidden"), "read", api.ErrAuth, []string{"the records of example.com", "dns.resourceRecordSets.list " + zone, "roles/dns.admin"}},
		{403, old(403, "forbidden", "Forbidden"), "write", api.ErrAuth, []string{"change the records of example.com", "dns.changes.create", zone}},
		{403, detailed("IAM_PERMISSION_DENIED", "Permission 'dns.changes.create' denied"), "write", api.ErrAuth, []string{"Permission 'dns.changes.create' denied", zone}},
		{403, "", "read", api.ErrAuth, []string{"has no error code of Google", "dns.resourceRecordSets.list " + zone}},
		{403, "<html>Blocked</html>", "write", api.ErrAuth, []string{"a proxy or a firewall", "dns.changes.create"}},
		{403, old(403, "rateLimitExceeded", "Rate Limit Exceeded"), "read", api.ErrRateLimited, []string{"quota of the project sandbox-project of calls"}},
		{403, old(403, "userRateLimitExceeded", "User Rate Limit Exceeded"), "write", api.ErrRateLimited, []string{"quota of the project sandbox-project of calls"}},
		{403, old(403, "dailyLimitExceeded", "Daily Limit Exceeded"), "read", api.ErrRateLimited, []string{"in a day"}},
		{403, old(403, "accessNotConfigured", "API has not been used in project 1 before"), "list", api.ErrAuth, []string{"gcloud services enable dns.googleapis.com --project sandbox-project"}},
		{403, detailed("SERVICE_DISABLED", "API has not been used in project 1 before"), "read", api.ErrAuth, []string{"gcloud services enable dns.googleapis.com --project sandbox-project"}},
		{403, detailed("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficient scopes"), "read", api.ErrAuth, []string{"lacks the scope"}},
		{403, detailed("BILLING_DISABLED", "billing is disabled"), "write", api.ErrAuth, []string{"Enable billing for the project sandbox-project"}},
		{403, old(403, "inactiveBillingState", "billing"), "write", api.ErrAuth, []string{"Enable billing for the project sandbox-project"}},
		{403, detailed("SECURITY_POLICY_VIOLATED", "Request is prohibited by organization's policy."), "read", api.ErrAuth, []string{"VPC Service Controls"}},
		{403, detailed("USER_PROJECT_DENIED", "Caller does not have required permission to use project x."), "list", api.ErrAuth, []string{"serviceusage.services.use"}},
		{403, detailed("CONSUMER_INVALID", "Project 'x' not found or deleted."), "list", api.ErrAuth, []string{"Google knows no such project"}},
		{403, old(403, "quotaExceeded", "The change would exceed quota for additions per change."), "write", nil, []string{"nothing was changed", "additions per change"}},
		{404, old(404, "notFound", "The 'parameters.managedZone' resource named 'example-com' does not exist."), "read", api.ErrNotFound, []string{"the records of example.com", "The managed zone example-com of the project sandbox-project was deleted", "create it again"}},
		{404, old(404, "notFound", "The 'parameters.managedZone' resource named 'example-com' does not exist."), "write", api.ErrNotFound, []string{"The managed zone example-com of the project sandbox-project was deleted"}},
		{404, old(404, "notFound", "does not exist."), "zone", api.ErrNotFound, []string{"zone_id"}},
		{404, old(404, "notFound", "does not exist."), "check", api.ErrNotFound, []string{"gcloud dns managed-zones list --project sandbox-project"}},
		{404, old(404, "notFound", "The 'parameters.project' resource named 'sandbox-project' does not exist."), "list", api.ErrNotFound, []string{"gcloud projects list"}},
		{404, "", "read", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, "{}", "zone", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{404, "404 page not found", "write", api.ErrUnavailable, []string{"no proxy answers in its place"}},
		{409, old(409, "alreadyExists", "The resource 'entity.change.additions[0]' already exists"), "write", dns.ErrZoneChanged, []string{"already exists"}},
		{412, old(412, "conditionNotMet", "Precondition not met for 'entity.change.deletions[0]'"), "write", dns.ErrZoneChanged, []string{"Precondition not met"}},
		{500, "", "read", api.ErrUnavailable, []string{"run again later"}},
	} {
		t.Run(fmt.Sprintf("%d %s %.60s", tc.status, tc.call, tc.body), func(t *testing.T) {
			w := newWorld(t, "example.com")
			h := w.host(t, googlesim.Token)
			snapshot := read(t, h, find(t, h, "example.com"))
			w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: tc.status, Body: tc.body}}})
			var err error
			switch tc.call {
			case "list":
				_, err = w.host(t, googlesim.Token).FindZone(t.Context(), "example.com")
			case "zone":
				_, err = h.ZoneByID(t.Context(), snapshot.Zone.ID)
			case "check":
				_, err = h.CheckAccess(t.Context(), snapshot.Zone)
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
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", err, part)
				}
			}
			apitest.CheckWords(t, tc.call, err)
		})
	}
}
