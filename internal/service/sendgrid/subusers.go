package sendgrid

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var usernamePath = path.Root(ServiceSendGrid).AtName("username")

// Version 0.1.0 had one attribute, username, for two things: at creation it was the
// owner of the domain, and later a subuser that was associated with it. Now username
// is the owner and subusers are the associations. A configuration or state in which
// username names an association keeps working, with a warning.

// ownership is what a domain's username means, as far as the state tells.
type ownership struct {
	owner       string // "" if it is not known
	before      sendgridModel
	association string // that of an earlier username which is associated no longer
}

func ownershipOf(state sendgridModel, note SendgridNote) ownership {
	o := ownership{owner: note.Username, before: state, association: note.Association}
	if o.owner == "" && !hasUser(kit.TextsOf(state.Subusers), state.Username.ValueString()) {
		o.owner = state.Username.ValueString()
	}
	return o
}

// associatedBefore is whether username named an association in the state.
func (o ownership) associatedBefore() bool {
	before := o.before.Username.ValueString()
	return before != "" && !o.isOwner(before) && (o.owner != "" || hasUser(kit.TextsOf(o.before.Subusers), before))
}

// isAssociation is whether a configured username is an association.
func (o ownership) isAssociation(username types.String) bool {
	name := username.ValueString()
	switch {
	case name == "" || o.isOwner(name):
		return false
	case o.associatedBefore(), strings.EqualFold(name, o.association):
		return true
	}
	return hasUser(kit.TextsOf(o.before.Subusers), name)
}

func (o ownership) isOwner(name string) bool { return strings.EqualFold(name, o.owner) }

// isAnother is whether a planned username is the owner of another domain.
func (o ownership) isAnother(username types.String) bool {
	return kit.Changed(username, o.before.Username) && !o.isOwner(username.ValueString()) && !o.isAssociation(username)
}

// plan completes the planned username and subusers of a domain that stays. config is
// the block as a person wrote it.
func (o ownership) plan(domain string, config sendgridModel, planned *sendgridModel, diags *diag.Diagnostics) {
	if config.Username.IsNull() && !config.Subusers.IsNull() && o.associatedBefore() {
		// The configuration says it in two attributes now.
		planned.Username = types.StringUnknown()
		if o.owner != "" {
			planned.Username = types.StringValue(o.owner)
		}
		return
	}
	if !o.isAssociation(config.Username) {
		return
	}
	name := config.Username.ValueString()
	switch {
	case config.Subusers.IsUnknown() || o.before.Subusers.IsNull() && config.Subusers.IsNull():
		// It is told when it is applied.
	case config.Subusers.IsNull():
		planned.Subusers = kit.TextSet(o.associations(kit.TextsOf(o.before.Subusers), name))
	case !hasUser(kit.TextsOf(config.Subusers), name):
		diags.AddAttributeError(usernamePath, "username is not the owner", fmt.Sprintf("The domain belongs to %s, and %s is not among subusers. "+
			"Remove the line username = %q: it named a subuser that was associated with the domain, which subusers does now.", o.ownerText(), name, name))
		return
	}
	// The summary has the name, as Terraform shows one of several warnings that have the same.
	diags.AddAttributeWarning(usernamePath, "username of "+domain+" is not its owner", fmt.Sprintf("The domain belongs to %s, and %s is an associated subuser, which is what subusers is for. "+
		"Write\n\n    subusers = [%s]\n\nin the place of\n\n    username = %q\n\nThat does not change the domain, and neither is it changed without it.", o.ownerText(), name, o.listOf(planned.Subusers, name), name))
}

func (o ownership) ownerText() string {
	if o.owner == "" {
		return "the account that made it"
	}
	return o.owner
}

func (o ownership) listOf(subusers types.Set, name string) string {
	names := kit.TextsOf(subusers)
	if len(names) == 0 {
		names = []string{name}
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, ", ")
}

// associations are some subusers with the one that username names now, in the place of
// the one that it named before.
func (o ownership) associations(subusers []string, name string) []string {
	if before := o.before.Username.ValueString(); o.associatedBefore() && !strings.EqualFold(before, name) {
		subusers = usersLackingIn(subusers, []string{before})
	}
	if hasUser(subusers, name) {
		return subusers
	}
	return append(slices.Clone(subusers), name)
}
