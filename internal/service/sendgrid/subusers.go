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

var usernamePath = path.Root(serviceName).AtName("username")

// Version 0.1.0 used the attribute username for two things: at creation for the owner of the
// domain, and later for a subuser that was associated with it. Now username is the owner, and
// subusers are the associations. If username is an association in a configuration or a state, it
// keeps working, with a warning.

// ownership says what a domain's username means, as far as the state shows it.
type ownership struct {
	owner       string // "" if it is not known
	before      domainBlock
	association string // the subuser in an earlier username, if it is no longer associated
}

// ownershipOf returns what is known from the state and the note of a domain.
func ownershipOf(state domainBlock, note domainNote) ownership {
	o := ownership{owner: note.Username, before: state, association: note.Association}
	if o.owner == "" && !hasUser(kit.TextsOf(state.Subusers), state.Username.ValueString()) {
		o.owner = state.Username.ValueString()
	}
	return o
}

// associatedBefore reports whether username was an association in the state.
func (o ownership) associatedBefore() bool {
	before := o.before.Username.ValueString()
	return before != "" && !o.isOwner(before) && (o.owner != "" || hasUser(kit.TextsOf(o.before.Subusers), before))
}

// isAssociation reports whether a configured username is an association.
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

// isAnother reports whether a planned username is another owner, so that the domain has to be
// replaced.
func (o ownership) isAnother(username types.String) bool {
	return kit.Changed(username, o.before.Username) && !o.isOwner(username.ValueString()) && !o.isAssociation(username)
}

// plan completes the planned username and subusers of a domain that is not replaced. config is the
// block as it is configured.
func (o ownership) plan(domain string, config domainBlock, planned *domainBlock, diags *diag.Diagnostics) {
	if config.Username.IsNull() && !config.Subusers.IsNull() && o.associatedBefore() {
		// The configuration uses both attributes now.
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
		// The apply finds out.
	case config.Subusers.IsNull():
		planned.Subusers = kit.TextSet(o.associations(kit.TextsOf(o.before.Subusers), name))
	case !hasUser(kit.TextsOf(config.Subusers), name):
		diags.AddAttributeError(usernamePath, "username is not the owner", fmt.Sprintf("The domain belongs to %s, and %s is not among subusers. "+
			"Remove the line username = %q: it was a subuser that was associated with the domain, and subusers has those now.", o.ownerText(), name, name))
		return
	}
	// The summary contains the domain, because Terraform shows only one of several warnings with
	// the same summary.
	diags.AddAttributeWarning(usernamePath, "username of "+domain+" is not its owner", fmt.Sprintf("The domain belongs to %s, and %s is an associated subuser, which belongs in subusers. "+
		"Write\n\n    subusers = [%s]\n\ninstead of\n\n    username = %q\n\nThis edit does not change the domain, and without it the domain stays as it is too.", o.ownerText(), name, o.listOf(planned.Subusers, name), name))
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

// associations returns the subusers with the one that username names now, and without the one that
// it named before.
func (o ownership) associations(subusers []string, name string) []string {
	if before := o.before.Username.ValueString(); o.associatedBefore() && !strings.EqualFold(before, name) {
		subusers = usersLackingIn(subusers, []string{before})
	}
	if hasUser(subusers, name) {
		return subusers
	}
	return append(slices.Clone(subusers), name)
}
