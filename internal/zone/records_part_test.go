package zone_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Hosts that write one record, or one record set, at a time refuse the third of several records, at
// a create and at an update. What was written before it belongs to the resource: the error lists it,
// the next apply goes on from there, and a destroy removes it.
func TestRecordsPublishedInPart(t *testing.T) {
	t.Parallel()
	for host, write := range map[string]fault.Fault{
		"azure":   {Method: http.MethodPut},
		"godaddy": {Method: http.MethodPost},
		"yandex":  {Method: http.MethodPost, Path: yandexsim.AdminPath + "dns/add"},
	} {
		statuses := []int{http.StatusBadRequest, http.StatusInternalServerError}
		if host == "azure" { // which has errors of its own for these
			statuses = append(statuses, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed)
		}
		for _, status := range statuses {
			for _, first := range []string{"", "a"} {
				t.Run(fmt.Sprintf("%s, %d, after %q", host, status, first), func(t *testing.T) {
					t.Parallel()
					write.Kind, write.Status, write.Skip = fault.Status, status, 2
					publishInPart(t, host, first, write)
				})
			}
		}
	}
}

// publishInPart publishes the records "a" to "d" under a fault that hits the third write. The
// records in first are published before.
func publishInPart(t *testing.T, host, first string, hits fault.Fault) {
	w := world.NewHasty(t)
	const apex = "part.example"
	if err := w.Box.AddZones(map[string]string{apex: host}); err != nil {
		t.Fatal(err)
	}
	if host == yandexsim.Section {
		if err := (yandex.Service{}).ConnectSimulated(t.Context(), world.NewSandboxRun(t, w.File), apex); err != nil {
			t.Fatal(err)
		}
	}
	under := func(c fault.Conditions) {
		if err := w.Box.SetConditions(host, c); err != nil {
			t.Fatal(err)
		}
	}
	config := func(keys string) string {
		var records strings.Builder
		for _, key := range keys {
			fmt.Fprintf(&records, "%c = { name = \"%c.%s\", type = \"TXT\", value = \"ours\" }\n", key, key, apex)
		}
		authorization := w.Provider() + world.AuthorizationAt(host, apex)
		if keys == "" {
			return authorization
		}
		return authorization + world.RecordsConfig("r", records.String(), "wait_for_propagation = false")
	}
	stranger := w.Stranger(t, host, apex)
	holds := func(keys string) error {
		var wrong []error
		for _, key := range "abcd" {
			var want []string
			if strings.ContainsRune(keys, key) {
				want = []string{"ours"}
			}
			wrong = append(wrong, stranger.Holds(t, string(key)+"."+apex, "TXT", want...)(nil))
		}
		return errors.Join(wrong...)
	}
	written, refused := "ab", []string{"c", "d"}
	if first != "" {
		written, refused = "abc", []string{"d"}
	}
	said := []string{"published in part", "Done: ", "create b." + apex, "Not done: "}
	for _, key := range refused {
		said = append(said, "create "+key+"."+apex)
	}
	w.Run(t,
		resource.TestStep{Config: config(first)},
		resource.TestStep{
			PreConfig:   func() { under(fault.Conditions{Faults: []fault.Fault{hits}}) },
			Config:      config("abcd"),
			ExpectError: world.SayingInTurn(said...),
		},
		resource.TestStep{
			PreConfig: func() {
				under(fault.Conditions{})
				if err := holds(written); err != nil {
					t.Errorf("after the failure: %v", err)
				}
			},
			Config: config("abcd"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("preexisting"), knownvalue.ListExact(nil)),
				statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("published"), knownvalue.MapSizeExact(4)),
			},
			Check: func(*terraform.State) error { return holds("abcd") },
		},
		resource.TestStep{Config: config("abcd"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: config(""), Check: func(*terraform.State) error { return holds("") }},
	)
}
