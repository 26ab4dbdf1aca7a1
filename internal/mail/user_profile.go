package mail

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// profileAttributes are what a mailbox has beside its password, at the services that
// have such things. What is not set is left as it is.
func (l mailServices) profileAttributes() map[string]schema.Attribute {
	name := func(attribute, description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: description + l.only(attribute) + " Default: as the service has it.",
		}
	}
	return map[string]schema.Attribute{
		"first_name": name("first_name", "First name of its owner."),
		"last_name":  name("last_name", "Last name of its owner."),
		"enabled": schema.BoolAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Whether its mail can be read." + l.only("enabled") + " Default: as the service has it, which is `true` of a new one.",
		},
	}
}

// planProfile has what is not set be as it is, or null where the service has nothing for
// it. The service is nil while it is not known.
func (m *mailUserModel) planProfile(s Service, config mailUserModel, is MailProfile) {
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

// profile is the model's part of it.
func (m mailUserModel) profile() MailProfile {
	return MailProfile{FirstName: m.FirstName, LastName: m.LastName, Enabled: m.Enabled}
}

// setProfile fills in what the service shows.
func (m *mailUserModel) setProfile(p MailProfile) {
	m.FirstName, m.LastName, m.Enabled = p.FirstName, p.LastName, p.Enabled
}

// at is what of a profile there is at a service.
func (p MailProfile) at(s Service) MailProfile {
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

// changedFrom is what of a planned profile is to be set, where another one is in force. A
// plan of what exists has nothing unknown by the time it is carried out.
func (p MailProfile) changedFrom(before MailProfile) MailProfile {
	var changes MailProfile
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
