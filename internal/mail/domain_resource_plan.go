package mail

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// ValidateConfig refuses what the configured service does not support.
func (r *domainResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config domainModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		r.refuse(ctx, config, r.serviceOf(config), &resp.Diagnostics)
	}
}

// refuse adds an error for each configured attribute that the service does not support. While the
// service is unknown (nil), the first mailbox is checked against every service that creates domains
// with one.
func (r *domainResource) refuse(ctx context.Context, config domainModel, service Service, diags *diag.Diagnostics) {
	candidates := r.services
	if service != nil {
		refuseAttributes(service, map[string]attr.Value{"first_account": config.FirstAccount, "mx_hostname": config.MXHostname}, diags)
		candidates = services{service}
	}
	account, given := config.firstAccount(ctx, diags)
	for _, s := range candidates {
		if given && isFirstAccounter(s) {
			refusePasswords(s, account.LocalPart, account.passwords(), path.Root("first_account"), diags)
		}
	}
}

// ModifyPlan plans what follows from the configuration. It refuses changes that would lose mail or
// that are not possible.
func (r *domainResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	var state, plan, config domainModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		r.guardDestroy(ctx, state, false, &resp.Diagnostics)
		r.Run.RequireAtPlan(state.Service.ValueString(), serviceMissing, &resp.Diagnostics)
		r.Run.PlanDelete(state.object(), state.title(), &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	create := req.State.Raw.IsNull()
	if config.Service.IsNull() {
		if create {
			plan.Service = of(r.Run).inferredMail(&resp.Diagnostics)
		}
		r.refuse(ctx, config, r.serviceOf(plan), &resp.Diagnostics)
	}
	plan.Ownership = state.Ownership
	if create {
		plan.Ownership = plannedOwnership(r.serviceOf(plan))
	}
	plan.setComputed(r.serviceOf(plan))
	if create {
		r.checkNew(ctx, plan, config, &resp.Diagnostics)
		r.Run.RequireAtPlan(plan.Service.ValueString(), serviceMissing, &resp.Diagnostics)
		r.PlanCreate(ctx, plan, &resp.Diagnostics)
	} else {
		r.Run.Holds(state.object())
		r.planUpdate(ctx, plan, config, state, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.noteFirstAccount(ctx, plan, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
}

// checkNew checks a new domain as far as its service is known.
func (r *domainResource) checkNew(ctx context.Context, plan, config domainModel, diags *diag.Diagnostics) {
	service := r.serviceOf(plan)
	if service == nil {
		return
	}
	account, hasAccount := config.firstAccount(ctx, diags)
	if id, ok := plan.id(); ok {
		refuseDomain(service, id.Domain, diags)
		checkFirstAccount(ctx, service, plan, account.passwords(), true, diags)
	}
	first, asks := service.(FirstAccounter)
	switch {
	case !asks || config.FirstAccount.IsUnknown():
	case !hasAccount:
		diags.AddAttributeError(path.Root("first_account"), "A new domain needs its first account",
			first.FirstAccount()+" Add for example\n\n"+
				"first_account = {\n  password_wo         = var.postmaster_password # an ephemeral variable\n  password_wo_version = 1\n}")
	case !account.passwords().Given():
		diags.AddAttributeError(path.Root("first_account").AtName("password_wo"), "A new account needs a password",
			"Set password_wo and password_wo_version, or password, of first_account.")
	}
}

// PlanCreate looks for an existing domain.
func (r *domainResource) PlanCreate(ctx context.Context, plan domainModel, diags *diag.Diagnostics) {
	id, ok := plan.id()
	if !ok || diags.HasError() {
		return
	}
	r.Run.PlanCreate(ctx, id.Service, domainType, plan.title(), func(ctx context.Context) (string, error) {
		client, err := r.services.Client(r.Run, id.Service)
		if err != nil {
			return "", err
		}
		listed, err := kit.ListOnce(ctx, r.Run, id.Service, client.Domains)
		for _, d := range listed {
			if kit.MailDomainSpelling.Same(types.StringValue(d.Name), types.StringValue(id.Domain)) {
				return id.String(), err
			}
		}
		return "", err
	}, nil, diags)
}

// planUpdate checks the changes of a domain. If the state has no first mailbox and the
// configuration has one, it says what the apply does.
func (r *domainResource) planUpdate(ctx context.Context, plan, config, state domainModel, diags *diag.Diagnostics) {
	refuseRename(ctx, plan, state, diags)
	account, hasAccount := config.firstAccount(ctx, diags)
	before, had := state.firstAccount(ctx, diags)
	service := r.serviceOf(plan)
	if !hasAccount || !isFirstAccounter(service) || diags.HasError() {
		return
	}
	checkFirstAccount(ctx, service, plan, account.passwords(), !had || account.passwords().changedFrom(before.passwords()), diags)
	switch {
	case !had && r.firstAccountIsGone(ctx, plan, diags):
		planMissingFirstAccount(service, account.passwords(), diags)
	case account.passwords().taken(before.passwords()):
		diags.AddAttributeWarning(path.Root("first_account"), "The password will be set",
			"The present password of the account is not known here, as after an import, so the configured password is set.")
	}
	if hasAccount && account.passwords().changedFrom(before.passwords()) {
		r.Run.RequireAtPlan(state.Service.ValueString(), serviceMissing, diags)
	}
}

// refuseRename refuses a new name, service or first mailbox. It compares the plan and not the
// configuration, because the plan has the default of a local part that is no longer set.
func refuseRename(ctx context.Context, plan, state domainModel, diags *diag.Diagnostics) {
	if !plan.Domain.IsUnknown() && !kit.MailDomainSpelling.Same(plan.Domain, state.Domain) {
		diags.AddAttributeError(path.Root("domain"), "A mail domain cannot be renamed",
			fmt.Sprintf("No mail service can rename %s to %s, and deleting it would delete its mail. Add a second resource for the new domain, move the mail, and remove this one afterwards.",
				state.Domain.ValueString(), plan.Domain.ValueString()))
	}
	if !plan.Service.IsUnknown() && !plan.Service.Equal(state.Service) {
		diags.AddAttributeError(path.Root("service"), "A mail domain cannot move to another service",
			"Its mail would stay behind. Add a second resource for the other service, move the mail, and remove this one afterwards.")
	}
	account, planned := plan.firstAccount(ctx, diags)
	before, had := state.firstAccount(ctx, diags)
	if planned && had && !account.LocalPart.IsUnknown() && !localPartSpelling.Same(account.LocalPart, before.LocalPart) {
		diags.AddAttributeError(path.Root("first_account").AtName("local_part"), "A mailbox cannot be renamed",
			fmt.Sprintf("The first account, %s, was created with the domain and cannot become %s. Add further ones as postmaster_mail_user; to stop managing this one, remove the block first_account.",
				before.LocalPart.ValueString(), account.LocalPart.ValueString()))
	}
}

// guardDestroy refuses to delete a domain that may hold mail, unless force_destroy is set. If fresh
// is set, the service is asked now. Otherwise an earlier list may answer.
func (r *domainResource) guardDestroy(ctx context.Context, state domainModel, fresh bool, diags *diag.Diagnostics) {
	if !state.ForceDestroy.ValueBool() && !r.isUnused(ctx, state, fresh) {
		kit.RefuseDestroy(diags, state.ID.ValueString(), "all its accounts and their mail")
	}
}

// isUnused reports whether the service says that a domain holds no mail. It returns false if the
// service cannot be asked.
func (r *domainResource) isUnused(ctx context.Context, state domainModel, fresh bool) bool {
	if r.Run == nil {
		return false
	}
	var diags diag.Diagnostics
	id, client := r.open(state, &diags)
	teller, tells := client.(UnusedDomains)
	if diags.HasError() || !tells {
		return false
	}
	unused, err := teller.IsUnused(ctx, id.Domain, fresh)
	return err == nil && unused
}
