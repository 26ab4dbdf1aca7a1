package kit

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// TextsOf returns the elements of a set of strings, sorted. It returns none for a null or unknown
// set.
func TextsOf(set types.Set) []string {
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// TextSet returns the set of the texts, without duplicates.
func TextSet(texts []string) types.Set {
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.SetValueMust(types.StringType, elements)
}

// Known returns a flag's value, or nil while the flag is null or unknown.
func Known(b types.Bool) *bool {
	if b.IsNull() || b.IsUnknown() {
		return nil
	}
	return b.ValueBoolPointer()
}

// ReplaceIfKnownToDiffer plans a replacement if the planned value and the prior value are both
// known and differ. A null prior value never causes one: it means that the service does not report
// the value, for example after an import.
func ReplaceIfKnownToDiffer() planmodifier.String {
	const description = "a change forces replacement"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = Differs(req.PlanValue, req.StateValue)
	}, description, description)
}

// ReplaceUnlessTheSame plans a replacement unless the planned value names the same thing as the
// prior one. It also plans one while the planned value is unknown: once the value is known, an
// update in place could not become a replacement any more. The replaced object has nothing to lose.
func ReplaceUnlessTheSame(s Spelling) planmodifier.String {
	const description = "a different name forces replacement"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !s.Same(req.StateValue, req.PlanValue)
	}, description, description)
}

// Differs reports whether the planned value and the prior value are both set and known, and differ.
func Differs(plan, state attr.Value) bool { return !state.IsNull() && Changed(plan, state) }

// Changed reports whether the planned value is set, known, and different from the prior one.
// Setting a value that was null is a change.
func Changed(plan, state attr.Value) bool {
	return !plan.IsUnknown() && !plan.IsNull() && !plan.Equal(state)
}
