package provider_test

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
)

// yandexVerificationConfig is a verification of example.com, which exists at Yandex, that
// gives up after a time.
func (w *dnsWorld) yandexVerificationConfig(timeout string) string {
	return w.provider() + fmt.Sprintf("\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = \"yandex/example.com\"\n  timeouts  = { create = %q, update = %[1]q }\n}\n", timeout)
}

// What the test waits for in vain, with and without time for a check, and what it waits for
// as long as it takes.
const (
	inVain = "5s"
	noTime = "1s"
	enough = "5m"
)

// When the wait runs out, the error names each record that is missing, and quotes what
// Yandex has found and when it looks again. What is there by then is not asked for again.
func TestYandexVerificationRunsOut(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
	w.register(t, yandexsim.Token, "example.com")
	somebody := w.stranger(t, "cloudflare", "example.com")
	proof := ""
	w.Run(t,
		resource.TestStep{Config: w.yandexVerificationConfig(noTime), ExpectError: saying("Yandex.Mail for Domain has not verified example.com within 1s.")},
		resource.TestStep{
			PreConfig: func() {
				said := strings.Join(w.heard(), "\n")
				if !testkit.ContainsAll(said, []string{"MX example.com\n", "expected: 10 mx.yandex.net\n", "CNAME yamail-", "expected: mail.yandex.ru\n", "found:    nothing\n", "asked:    "}) {
					t.Errorf("this was said:\n%s", said)
				}
				somebody.add(t, testkit.MxRecordOf("example.com", 10, "mx.yandex.net"))
				w.forget()
			},
			Config: w.yandexVerificationConfig(inVain), ExpectError: saying("no-cname"),
		},
		resource.TestStep{
			PreConfig: func() {
				said := strings.Join(w.heard(), "\n")
				if !testkit.ContainsAll(said, []string{`check_results "no-cname,no-file"`, "domain-activate", "next: 20", "CNAME yamail-"}) || strings.Contains(said, "MX example.com") {
					t.Errorf("this was said:\n%s", said)
				}
				at := strings.Index(said, "CNAME yamail-") + len("CNAME ")
				proof, _, _ = strings.Cut(said[at:], "\n")
				somebody.add(t, testkit.DNSRecordOf(proof, "CNAME", "mail.yandex.ru"))
			},
			Config: w.yandexVerificationConfig(enough),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("id"), knownvalue.StringExact("yandex/example.com")),
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{Config: w.yandexVerificationConfig(enough), ConfigPlanChecks: emptyPlan},
	)
}

// A file on the domain's web site is as good as the record, and a check may take its time.
func TestYandexVerificationByFile(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
	w.register(t, yandexsim.Token, "example.com")
	w.yandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.File = yandexsim.FileRight })
	w.yandexUnder(t, fault.Conditions{Settings: map[string]string{yandexsim.SettingCheckDelay: "10ms"}})
	w.stranger(t, "cloudflare", "example.com").add(t, testkit.MxRecordOf("example.com", 10, "mx.yandex.net"))
	w.Run(t, resource.TestStep{Config: w.yandexVerificationConfig(enough)})
}

// A domain whose mail goes elsewhere by now is planned to be verified again. Finding that
// out starts no check.
func TestYandexVerificationLost(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
	w.register(t, yandexsim.Token, "example.com")
	w.yandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
	somebody := w.stranger(t, "cloudflare", "example.com")
	somebody.add(t, testkit.MxRecordOf("example.com", 10, "mx.yandex.net"))
	config := w.yandexVerificationConfig(enough)
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				somebody.remove(t, "example.com", "MX")
				somebody.add(t, testkit.MxRecordOf("example.com", 10, "mail.example.com"))
				w.yandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
				w.forget()
			},
			Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(verificationAddress, plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				if calls := w.yandexCalls("GET"); slices.Contains(calls, "domain/registration_status") {
					t.Errorf("planning has started a check: %q", calls)
				}
			},
			Config: w.yandexVerificationConfig(noTime), ExpectError: saying("found: 10 mail.example.com"),
		},
		resource.TestStep{
			PreConfig: func() {
				if err := w.yandexUser(t, yandexsim.Token).DeleteDomain(t.Context(), "example.com"); err != nil {
					t.Fatal(err)
				}
			},
			Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(verificationAddress, plancheck.ResourceActionCreate),
			}},
		},
	)
}
