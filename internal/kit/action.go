package kit

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ActionBase is embedded by every action. It holds the run.
type ActionBase struct {
	Run *Run
}

// Configure implements action.ActionWithConfigure. Without provider data it does nothing.
func (b *ActionBase) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	if s, ok := req.ProviderData.(*Run); ok {
		b.Run = s
	}
}

// Say returns the function that prints a line while an action runs.
func Say(resp *action.InvokeResponse) func(line string) {
	return func(line string) {
		if resp.SendProgress != nil {
			resp.SendProgress(action.InvokeProgressEvent{Message: line})
		}
	}
}

// TimeoutAttribute returns the attribute timeout of an action. What says what is waited for.
func TimeoutAttribute(what string, byDefault time.Duration) schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		Validators:          []validator.String{durationSpelling},
		MarkdownDescription: fmt.Sprintf("How long to wait for %s, such as `90s`. Default: `%gm`.", what, byDefault.Minutes()),
	}
}

// TimeoutOf reads the attribute timeout of an action.
func TimeoutOf(value types.String, byDefault time.Duration, diags *diag.Diagnostics) time.Duration {
	if value.IsNull() {
		return byDefault
	}
	timeout, err := parseTimeout(value.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("timeout"), "Not a duration", err.Error()+".")
	}
	return timeout
}

var durationSpelling = Spelling{What: "a duration", Canonical: func(text string) (string, error) {
	timeout, err := parseTimeout(text)
	return timeout.String(), err
}}

// parseTimeout reads a positive duration.
func parseTimeout(text string) (time.Duration, error) {
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout <= 0 {
		return 0, fmt.Errorf("%q is not a duration such as 90s or 10m", text)
	}
	return timeout, nil
}
