package verify

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ action.ActionWithConfigure = (*verifyAction)(nil)

// verifyAction is the action that makes a service check a domain again.
type verifyAction struct {
	kit.ActionBase
	services verifiers
}

// NewAction returns the constructor of the action postmaster_verify_domain.
func NewAction(services []Service) func() action.Action {
	return func() action.Action { return &verifyAction{services: services} }
}

func (a *verifyAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "postmaster_verify_domain"
}

func (a *verifyAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a service check a domain's records again, although it has verified the domain already, and waits until it has. " +
			"It fails, and names each record that is wrong, if the domain is not verified in time. The next plan shows what the service says by then: see `postmaster_domain_verification`.",
		Attributes: map[string]schema.Attribute{
			"domain_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{a.services.spelling()},
				MarkdownDescription: "The `id` of " + a.services.resources() + ".",
			},
			"timeout": kit.TimeoutAttribute("the verification", defaultTimeout),
		},
	}
}

type verifyActionModel struct {
	DomainID types.String `tfsdk:"domain_id"`
	Timeout  types.String `tfsdk:"timeout"`
}

func (a *verifyAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config verifyActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout := kit.TimeoutOf(config.Timeout, defaultTimeout, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	domain, err := a.services.find(ctx, a.Run, config.DomainID.ValueString(), true)
	if err != nil {
		kit.AddError(&resp.Diagnostics, failedSummary, err)
		return
	}
	lookup, err := a.Run.Lookup()
	if err != nil {
		kit.AddError(&resp.Diagnostics, failedSummary, err)
		return
	}
	say := kit.Say(resp)
	failing, err := Wait{Domain: domain, Lookup: lookup, Timeout: timeout, anew: true, refers: true, say: say}.Run(ctx)
	switch {
	case err != nil:
		kit.AddError(&resp.Diagnostics, failedSummary, err)
	case failing != "":
		resp.Diagnostics.AddAttributeError(path.Root("domain_id"), "The domain is not verified", failing)
	default:
		say(fmt.Sprintf("%s has verified %s.", kit.StartOfSentence(domain.Title()), domain.Domain()))
	}
}
