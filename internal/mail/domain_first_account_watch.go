package mail

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// checkFirstAccount refuses a first account that the service would not store as it is
// configured. set is whether its password is to be set.
func checkFirstAccount(ctx context.Context, s Service, plan mailDomainModel, p Passwords, set bool, diags *diag.Diagnostics) {
	at := path.Root("first_account")
	if email, ok := plan.firstEmail(ctx, diags); ok {
		refuseAddress(s, email, at.AtName("local_part"), diags)
	}
	checkPasswordLength(s, p, set, at, diags)
}

// firstEmail is the address of the first account; ok is false where there is none or it is
// not known yet.
func (m mailDomainModel) firstEmail(ctx context.Context, diags *diag.Diagnostics) (email string, ok bool) {
	account, hasAccount := m.firstAccount(ctx, diags)
	id, known := m.id()
	if !hasAccount || !known || account.LocalPart.IsUnknown() {
		return "", false
	}
	local, err := canonicalLocalPart(account.LocalPart.ValueString())
	return local + "@" + id.Domain, err == nil
}

// firstAccountIsGone is whether the service lists the domain's accounts without the first
// one. It asks for nothing but the list that the domain's mailboxes are read from.
func (r *mailDomainResource) firstAccountIsGone(ctx context.Context, m mailDomainModel, diags *diag.Diagnostics) bool {
	email, ok := m.firstEmail(ctx, diags)
	if !ok || r.Run == nil || !isFirstAccounter(r.services.named(m.Service.ValueString())) {
		return false
	}
	_, client := r.open(m, diags)
	if diags.HasError() {
		return false
	}
	_, err := client.Mailbox(ctx, email)
	if err != nil && !kit.IsNotFound(err) {
		kit.AddError(diags, "Unable to read the first account", err)
	}
	return kit.IsNotFound(err)
}

// planMissingFirstAccount says that an account that is not there will be created.
func planMissingFirstAccount(s Service, p Passwords, diags *diag.Diagnostics) {
	if !p.Given() {
		diags.AddAttributeError(path.Root("first_account").AtName("password_wo"), "The first account does not exist",
			"To have it created, set password_wo and password_wo_version, or password. To leave it away, remove the block first_account.")
		return
	}
	diags.AddAttributeWarning(path.Root("first_account"), "The first account will be created",
		atStart(s.Title())+" does not list it: it was deleted, or never was there. It is created with the password that is configured.")
}

// updateFirstAccount sets the first account's password where another one is configured,
// and creates the account where the state, which a refresh has compared with the service,
// does not have it.
func (r *mailDomainResource) updateFirstAccount(ctx context.Context, plan, config, state mailDomainModel, diags *diag.Diagnostics) {
	account, hasAccount := config.firstAccount(ctx, diags)
	before, had := state.firstAccount(ctx, diags)
	email, _ := plan.firstEmail(ctx, diags)
	_, client := r.open(plan, diags)
	if diags.HasError() || !hasAccount {
		return
	}
	p := account.passwords()
	if !had && r.firstAccountIsGone(ctx, plan, diags) {
		if planMissingFirstAccount(r.services.named(plan.Service.ValueString()), p, diags); diags.HasError() {
			return
		}
		_, err := client.CreateMailbox(ctx, email, p, MailProfile{})
		if err != nil {
			kit.AddError(diags, "Unable to create the first account", err)
		}
		return
	}
	if diags.HasError() || !p.changedFrom(before.passwords()) {
		return
	}
	_, err := client.ChangeMailbox(ctx, email, p, MailProfile{})
	switch {
	case kit.IsNotFound(err):
		diags.AddAttributeError(path.Root("first_account"), "The first account does not exist",
			fmt.Sprintf("There is no account %s any more. Apply again: the plan then has it created.", email))
	case err != nil:
		kit.AddError(diags, "Unable to change password", err)
	}
}

// noteFirstAccount remembers which account the domain's resource manages, and which it does
// not manage any more.
func (r *mailDomainResource) noteFirstAccount(ctx context.Context, m mailDomainModel, diags *diag.Diagnostics) {
	id, ok := m.id()
	if !ok || r.Run == nil {
		return
	}
	MailOf(r.Run).firstAccounts.Delete(id.Domain)
	if email, ok := m.firstEmail(ctx, diags); ok {
		MailOf(r.Run).firstAccounts.Store(id.Domain, email)
	}
}

// isFirstAccount is whether an address is that of a first account that was planned by now.
func (m *mailRun) isFirstAccount(email string) bool {
	if m == nil {
		return false
	}
	found := false
	m.firstAccounts.Range(func(_, first any) bool {
		found = first == email
		return !found
	})
	return found
}

// refuseFirstAccount is the error of a mailbox that the domain's resource manages.
func refuseFirstAccount(id UserID, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("local_part"), "The mailbox is the first account of its domain",
		fmt.Sprintf("%s is made together with %s, whose postmaster_mail_domain manages it by its block first_account. Remove this resource.\n\n"+
			"To manage it here instead, remove the block first_account, apply, and write beside this resource:\n\n%s",
			id.Email(), id.DomainID(), kit.ImportBlock(MailUserType, id.String())))
}

// hintAtFirstAccount adds to a conflict when an import would be wrong: a first account that
// another configuration manages.
func hintAtFirstAccount(s Service, id UserID, conflict error) error {
	if !isFirstAccounter(s) {
		return conflict
	}
	return api.Reworded(fmt.Sprintf("%s %s", conflict, firstAccountAdvice(s, id)), conflict)
}

// firstAccountAdvice says when an import would be wrong.
func firstAccountAdvice(s Service, id UserID) error {
	if !isFirstAccounter(s) {
		return nil
	}
	return fmt.Errorf("Do not import it if it is the first_account of %s: that resource manages it, so remove this one instead", id.DomainID()) //nolint:staticcheck // it is a sentence of its own
}
