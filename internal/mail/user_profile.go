package mail

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// profileAttributes returns the attributes of a mailbox's profile. Only some services have
// profiles. An unset attribute is left unchanged.
func (l services) profileAttributes() map[string]schema.Attribute {
	name := func(attribute, description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: description + l.only(attribute) + " Default: the value at the service.",
		}
	}
	return map[string]schema.Attribute{
		"first_name": name("first_name", "First name of its owner."),
		"last_name":  name("last_name", "Last name of its owner."),
		"enabled": schema.BoolAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Whether the mailbox's mail can be read." + l.only("enabled") + " Default: the value at the service, which is `true` for a new mailbox.",
		},
	}
}

// planProfile keeps unset attributes unchanged. They are null if the service does not have them.
// The service is nil while it is not known.
func (m *userModel) planProfile(s Service, config userModel, is Profile) {
	if s != nil {
		is = is.at(s)
	}
	if config.FirstName.IsNull() {
		m.FirstName = is.FirstName
	}
	if config.LastName.IsNull() {
		m.LastName = is.LastName
	}
	if config.Enabled.IsNull() {
		m.Enabled = is.Enabled
	}
}

// profile returns the profile in the model.
func (m userModel) profile() Profile {
	return Profile{FirstName: m.FirstName, LastName: m.LastName, Enabled: m.Enabled}
}

// setProfile sets the profile that the service reports.
func (m *userModel) setProfile(p Profile) {
	m.FirstName, m.LastName, m.Enabled = p.FirstName, p.LastName, p.Enabled
}

// at returns the part of a profile that a service has; the rest is null.
func (p Profile) at(s Service) Profile {
	if lacks(s, "first_name") {
		p.FirstName = types.StringNull()
	}
	if lacks(s, "last_name") {
		p.LastName = types.StringNull()
	}
	if lacks(s, "enabled") {
		p.Enabled = types.BoolNull()
	}
	return p
}

// changedFrom returns the parts of a planned profile that differ from the present one. At apply,
// nothing in the plan of an existing mailbox is unknown.
func (p Profile) changedFrom(before Profile) Profile {
	var changes Profile
	if !p.FirstName.Equal(before.FirstName) {
		changes.FirstName = p.FirstName
	}
	if !p.LastName.Equal(before.LastName) {
		changes.LastName = p.LastName
	}
	if !p.Enabled.Equal(before.Enabled) {
		changes.Enabled = p.Enabled
	}
	return changes
}
