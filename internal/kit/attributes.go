package kit

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// TextsOf are the elements of a set, sorted; none where it is null or unknown.
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

// TextSet is the set of some texts. A text that is there twice is in it once.
func TextSet(texts []string) types.Set {
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.SetValueMust(types.StringType, elements)
}

// Known is a flag's value; nil where it is not set, or not known yet.
func Known(b types.Bool) *bool {
	if b.IsNull() || b.IsUnknown() {
		return nil
	}
	return b.ValueBoolPointer()
}

// ReplaceIfKnownToDiffer plans a replacement where a value is known to differ from
// one that is known. A null prior value is one that the service does not tell, as
// after an import.
func ReplaceIfKnownToDiffer() planmodifier.String {
	const description = "a change makes a new object"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = Differs(req.PlanValue, req.StateValue)
	}, description, description)
}

// ReplaceUnlessTheSame plans a replacement also where the value is not known yet: a
// change in place could not become one when it is, and nothing is lost by it.
func ReplaceUnlessTheSame(s Spelling) planmodifier.String {
	const description = "another name makes a new object"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !s.Same(req.StateValue, req.PlanValue)
	}, description, description)
}

// Differs is whether a planned value is known to differ from a prior one that is
// known too.
func Differs(plan, state attr.Value) bool { return !state.IsNull() && Changed(plan, state) }

// Changed is whether a planned value is known, and another than before. A value
// where there was none is a change.
func Changed(plan, state attr.Value) bool {
	return !plan.IsUnknown() && !plan.IsNull() && !plan.Equal(state)
}
