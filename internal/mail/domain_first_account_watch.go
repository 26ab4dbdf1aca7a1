package mail

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// checkFirstAccount refuses a first mailbox that the service would not store as configured. Set
// says that its password is to be set.
func checkFirstAccount(ctx context.Context, s Service, plan domainModel, p Passwords, set bool, diags *diag.Diagnostics) {
	at := path.Root("first_account")
	if email, ok := plan.firstEmail(ctx, diags); ok {
		refuseAddress(s, email, at.AtName("local_part"), diags)
	}
	checkPasswordLength(s, p, set, at, diags)
}

// firstEmail returns the address of the first mailbox. Ok is false if there is none or it is not
// known yet.
func (m domainModel) firstEmail(ctx context.Context, diags *diag.Diagnostics) (email string, ok bool) {
	account, hasAccount := m.firstAccount(ctx, diags)
	id, known := m.id()
	if !hasAccount || !known || account.LocalPart.IsUnknown() {
		return "", false
	}
	local, err := canonicalLocalPart(account.LocalPart.ValueString())
	return local + "@" + id.Domain, err == nil
}

// firstAccountIsGone reports whether the service's list of the domain's mailboxes lacks the first
// one. It reads only the list that a refresh also reads.
func (r *domainResource) firstAccountIsGone(ctx context.Context, m domainModel, diags *diag.Diagnostics) bool {
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

// planMissingFirstAccount warns that a missing first mailbox will be created. It adds an error if
// no password is configured.
func planMissingFirstAccount(s Service, p Passwords, diags *diag.Diagnostics) {
	if !p.Given() {
		diags.AddAttributeError(path.Root("first_account").AtName("password_wo"), "The first account does not exist",
			"To create it, set password_wo and password_wo_version, or password. To do without it, remove the block first_account.")
		return
	}
	diags.AddAttributeWarning(path.Root("first_account"), "The first account will be created",
		kit.StartOfSentence(s.Title())+" does not list it: it was deleted, or never existed. It is created with the configured password.")
}

// updateFirstAccount sets the first mailbox's password if the configured one has changed. If the
// mailbox is missing, it creates it. A refresh has removed a missing mailbox from the state.
func (r *domainResource) updateFirstAccount(ctx context.Context, plan, config, state domainModel, diags *diag.Diagnostics) {
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
		_, err := client.CreateMailbox(ctx, email, p, Profile{})
		if err != nil {
			kit.AddError(diags, "Unable to create the first account", err)
		}
		return
	}
	if diags.HasError() || !p.changedFrom(before.passwords()) {
		return
	}
	_, err := client.ChangeMailbox(ctx, email, p, Profile{})
	switch {
	case kit.IsNotFound(err):
		diags.AddAttributeError(path.Root("first_account"), "The first account does not exist",
			fmt.Sprintf("There is no account %s any more. Apply again: the next plan creates it.", email))
	case err != nil:
		kit.AddError(diags, "Unable to change password", err)
	}
}

// noteFirstAccount remembers, for this run, which mailbox the domain's resource manages as its
// first account.
func (r *domainResource) noteFirstAccount(ctx context.Context, m domainModel, diags *diag.Diagnostics) {
	id, ok := m.id()
	if !ok || r.Run == nil {
		return
	}
	of(r.Run).firstAccounts.Delete(id.Domain)
	if email, ok := m.firstEmail(ctx, diags); ok {
		of(r.Run).firstAccounts.Store(id.Domain, email)
	}
}

// isFirstAccount reports whether an address is that of a first mailbox that was planned so far.
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

// refuseFirstAccount adds the error for a mailbox resource whose mailbox the domain's resource
// manages already.
func refuseFirstAccount(id UserID, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("local_part"), "The mailbox is the first account of its domain",
		fmt.Sprintf("%s is made together with %s, whose postmaster_mail_domain manages it by its block first_account. Remove this resource.\n\n"+
			"To manage it here instead, remove the block first_account, apply, and write beside this resource:\n\n%s",
			id.Email(), id.DomainID(), kit.ImportBlock(userType, id.String())))
}

// hintAtFirstAccount adds to a conflict when an import would be wrong: if another configuration
// manages the mailbox as its first account.
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
	return fmt.Errorf("Do not import it if it is the first_account of %s: that resource manages it, so remove this one instead", id.DomainID()) //nolint:staticcheck // it is a whole sentence
}
