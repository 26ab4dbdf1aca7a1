package sender_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// lateChanges are attributes with a value that is known at apply only, and of which another one
// needs a new domain. LATE stands for the value.
var lateChanges = map[string]struct{ domain, block, early, late string }{
	"domain":                        {`LATE`, `sendgrid = { subdomain = "em" }`, "example.org", "example.net"},
	"sendgrid.subdomain":            {`"example.com"`, `sendgrid = { subdomain = LATE }`, "em1", "em2"},
	"sendgrid.automatic_security":   {`"example.com"`, `sendgrid = { subdomain = "em", automatic_security = LATE == "yes" }`, "yes", "no"},
	"sendgrid.custom_dkim_selector": {`"example.com"`, `sendgrid = { subdomain = "em", custom_dkim_selector = LATE }`, "abc", "xyz"},
	"sendgrid.username":             {`"example.com"`, `sendgrid = { subdomain = "em", username = LATE }`, "newsletter", "shop"},
	"octeth.record_type":            {`"example.com"`, `octeth = { record_type = LATE }`, "campaign", "email-gateway"},
}

// Where a late value turns out to need a new domain after another object of the provider has been
// applied, the error is the provider's. Otherwise a warning explains that of Terraform. In either
// case nothing is done to the domain, and the next apply replaces it.
func TestSenderDomainLateValueThatReplaces(t *testing.T) {
	t.Parallel()
	for name, c := range lateChanges {
		for _, certain := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/%t", name, certain), func(t *testing.T) {
				t.Parallel()
				w := world.NewOcteth(t)
				config := func(value string) string {
					late, first := "terraform_data.late.output", ""
					if certain {
						late = `postmaster_sender_domain.first.domain == "" ? "" : ` + late
						first = world.SenderConfig("first.example.com", fmt.Sprintf("automatic_security = %t", value == c.early))
						first = strings.Replace(first, `"s"`, `"first"`, 1)
					}
					return w.Provider() + fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  triggers_replace = %[1]q\n  input = %[1]q\n}\n", value) + first +
						strings.ReplaceAll(fmt.Sprintf("resource \"postmaster_sender_domain\" \"s\" {\n  domain = %s\n  %s\n}\n", c.domain, c.block), "LATE", "("+late+")")
				}
				says, warned := "The domain turns out to need a replacement", func() { w.Forget() }
				if !certain {
					says = "Provider produced inconsistent final plan"
					warned = func() {
						if err := w.Warns("plan", "If Terraform reports an inconsistent final plan below", "Nothing was done to the domain. Plan and apply again")(nil); err != nil {
							t.Error(err)
						}
					}
				}
				w.Run(t,
					resource.TestStep{Config: config(c.early)},
					resource.TestStep{PreConfig: w.Forget, Config: config(c.late), ExpectError: world.Saying(says)},
					resource.TestStep{
						PreConfig:        warned,
						Config:           config(c.late),
						ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
					},
					resource.TestStep{Config: config(c.late), ConfigPlanChecks: world.EmptyPlan},
				)
			})
		}
	}
}
