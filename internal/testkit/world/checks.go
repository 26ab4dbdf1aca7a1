package world

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// Between is a plan check that does something between a plan and its apply.
type Between func()

// CheckPlan implements plancheck.PlanCheck.
func (b Between) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	b()
}

// PreApply are checks of a plan before it is applied.
func PreApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// RFC3339 checks that a value is a time as of RFC 3339.
type RFC3339 struct{}

// String implements knownvalue.Check.
func (RFC3339) String() string { return "a time as of RFC 3339" }

// CheckValue implements knownvalue.Check.
func (RFC3339) CheckValue(v any) error {
	_, err := time.Parse(time.RFC3339, fmt.Sprint(v))
	return err
}

// EmptyPlan expects that nothing is to be done, before and after the refresh.
var EmptyPlan = resource.ConfigPlanChecks{
	PreApply:             []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
}

// SayingInTurn matches texts in Terraform's output that follow each other.
func SayingInTurn(texts ...string) *regexp.Regexp {
	var patterns []string
	for _, text := range texts {
		patterns = append(patterns, Saying(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}

// Saying matches a text in Terraform's output, which wraps lines where it likes.
func Saying(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`))
}
