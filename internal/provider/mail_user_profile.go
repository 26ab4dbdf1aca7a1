package provider

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

// profileAttributes are what a mailbox has beside its password, at the services that
// have such things. What is not set is left as it is.
func profileAttributes() map[string]schema.Attribute {
	name := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: description + " Yandex.Mail for Domain only. Default: as the service has it.",
		}
	}
	return map[string]schema.Attribute{
		"first_name": name("First name of its owner."),
		"last_name":  name("Last name of its owner."),
		"enabled": schema.BoolAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Whether its mail can be read. Yandex.Mail for Domain only. Default: as the service has it, which is `true` of a new one.",
		},
	}
}

// planProfile has what is not set be as it is, or nothing at a service that has none.
func (m *mailUserModel) planProfile(config mailUserModel, is mailProfile) {
	if id, ok := m.id(); ok && !id.DomainID().kind().has("first_name") {
		is = mailProfile{}
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
func (m mailUserModel) profile() mailProfile {
	return mailProfile{FirstName: m.FirstName, LastName: m.LastName, Enabled: m.Enabled}
}

// setProfile fills in what the service shows.
func (m *mailUserModel) setProfile(p mailProfile) {
	m.FirstName, m.LastName, m.Enabled = p.FirstName, p.LastName, p.Enabled
}

// changedFrom is what of a planned profile is to be set, where another one is in force. A
// plan of what exists has nothing unknown by the time it is carried out.
func (p mailProfile) changedFrom(before mailProfile) mailProfile {
	var changes mailProfile
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
