package yandex_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// yandexVerificationConfig is a verification of example.com, which exists at Yandex, that gives up
// after a time.
func yandexVerificationConfig(w *world.World, timeout string) string {
	return w.Provider() + fmt.Sprintf("\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = \"yandex/example.com\"\n  timeouts  = { create = %q, update = %[1]q }\n}\n", timeout)
}

// What the test waits for in vain, with and without time for a check, and what it waits for as long
// as it takes.
const (
	inVain = "15s"
	noTime = "1s"
	enough = "5m"
)

// When the wait runs out, the error names each record that is missing, and quotes what Yandex has
// found and when it looks again. What is there by then is not asked for again.
func TestYandexVerificationRunsOut(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	somebody := w.Stranger(t, "cloudflare", "example.com")
	proof := ""
	w.Run(t,
		resource.TestStep{Config: yandexVerificationConfig(w, noTime), ExpectError: world.Saying("Yandex.Mail for Domain has not verified example.com within 1s.")},
		resource.TestStep{
			PreConfig: func() {
				said := strings.Join(w.Heard(), "\n")
				if !testkit.ContainsAll(said, []string{"MX example.com\n", "expected: 10 mx.yandex.net\n", "CNAME yamail-", "expected: mail.yandex.ru\n", "found:    nothing\n", "asked:    "}) {
					t.Errorf("this was said:\n%s", said)
				}
				somebody.Add(t, testkit.MXRecordOf("example.com", 10, "mx.yandex.net"))
				w.Forget()
			},
			Config: yandexVerificationConfig(w, inVain), ExpectError: world.Saying("no-cname"),
		},
		resource.TestStep{
			PreConfig: func() {
				said := strings.Join(w.Heard(), "\n")
				if !testkit.ContainsAll(said, []string{`check_results "no-cname,no-file"`, "domain-activate", "next: 20", "CNAME yamail-"}) || strings.Contains(said, "MX example.com") {
					t.Errorf("this was said:\n%s", said)
				}
				at := strings.Index(said, "CNAME yamail-") + len("CNAME ")
				proof, _, _ = strings.Cut(said[at:], "\n")
				somebody.Add(t, testkit.DNSRecordOf(proof, "CNAME", "mail.yandex.ru"))
			},
			Config: yandexVerificationConfig(w, enough),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("id"), knownvalue.StringExact("yandex/example.com")),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{Config: yandexVerificationConfig(w, enough), ConfigPlanChecks: world.EmptyPlan},
	)
}

// A file on the domain's web site is as good as the record, and a check may take its time.
func TestYandexVerificationByFile(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.File = yandexsim.FileRight })
	w.YandexUnder(t, fault.Conditions{Settings: map[string]string{yandexsim.SettingCheckDelay: "10ms"}})
	w.Stranger(t, "cloudflare", "example.com").Add(t, testkit.MXRecordOf("example.com", 10, "mx.yandex.net"))
	w.Run(t, resource.TestStep{Config: yandexVerificationConfig(w, enough)})
}

// A domain whose mail goes elsewhere by now is planned to be verified again. Finding that out
// starts no check.
func TestYandexVerificationLost(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.MXRecordOf("example.com", 10, "mx.yandex.net"))
	config := yandexVerificationConfig(w, enough)
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				somebody.Remove(t, "example.com", "MX")
				somebody.Add(t, testkit.MXRecordOf("example.com", 10, "mail.example.com"))
				w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
				w.Forget()
			},
			Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(world.VerificationAddress, plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				if calls := w.YandexCalls("GET"); slices.Contains(calls, "domain/registration_status") {
					t.Errorf("planning has started a check: %q", calls)
				}
			},
			Config: yandexVerificationConfig(w, noTime), ExpectError: world.Saying("found: 10 mail.example.com"),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := w.YandexUser(t, yandexsim.Token).DeleteDomain(t.Context(), "example.com"); err != nil {
					t.Fatal(err)
				}
			},
			Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(world.VerificationAddress, plancheck.ResourceActionCreate),
			}},
		},
	)
}
