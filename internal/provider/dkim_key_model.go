package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

type dkimKeyModel struct {
	ID              types.String `tfsdk:"id"`
	MailDomainID    types.String `tfsdk:"mail_domain_id"`
	Keepers         types.Map    `tfsdk:"keepers"`
	ReplaceExisting types.Bool   `tfsdk:"replace_existing"`
	Selector        types.String `tfsdk:"selector"`
	PublicKey       types.String `tfsdk:"public_key"`
	KeyType         types.String `tfsdk:"key_type"`
	KeyBits         types.Int64  `tfsdk:"key_bits"`
	DNSRecords      types.Map    `tfsdk:"dns_records"`
}

// id is the domain's ID; ok is false while it is not known.
func (m dkimKeyModel) id() (domainID, bool) {
	if m.MailDomainID.IsUnknown() {
		return domainID{}, false
	}
	id, err := parseDomainID(m.MailDomainID.ValueString())
	return id, err == nil
}

// setUnknownKey makes everything unknown that a new key decides. The key of its record
// is known before and, with the domain, so is the record's name.
func (m *dkimKeyModel) setUnknownKey() {
	name := types.StringUnknown()
	m.ID, m.Selector = types.StringUnknown(), types.StringUnknown()
	if id, ok := m.id(); ok {
		m.ID, m.Selector = types.StringValue(id.String()), types.StringValue(id.kind().dkimSelector)
		name = types.StringValue(dkimName(id))
	}
	m.PublicKey, m.KeyType, m.KeyBits = types.StringUnknown(), types.StringUnknown(), types.Int64Unknown()
	m.DNSRecords = dnsRecordsValue(map[string]dnsRecord{
		"dkim": {Name: name, Type: "TXT", Value: types.StringUnknown(), Priority: types.Int64Null()},
	})
}

// keepKey carries the key over from the state.
func (m *dkimKeyModel) keepKey(state dkimKeyModel) {
	m.ID, m.Selector, m.PublicKey = state.ID, state.Selector, state.PublicKey
	m.KeyType, m.KeyBits, m.DNSRecords = state.KeyType, state.KeyBits, state.DNSRecords
}

// setKey fills in a key that the service has made or shown.
func (m *dkimKeyModel) setKey(id domainID, key *mailrecord.DKIMZoneRecord) {
	m.ID = types.StringValue(id.String())
	m.Selector = types.StringValue(key.Selector)
	m.PublicKey = types.StringValue(key.Key.PublicKey)
	m.KeyType = types.StringValue(key.Key.KeyType)
	m.KeyBits = types.Int64Value(int64(key.Key.Bits))
	m.DNSRecords = dnsRecordsValue(map[string]dnsRecord{
		"dkim": {Name: types.StringValue(dkimName(id)), Type: "TXT", Value: types.StringValue(key.Text), Priority: types.Int64Null()},
	})
}

// dkimName is where the record of a domain's key is.
func dkimName(id domainID) string { return id.kind().dkimSelector + "._domainkey." + id.Domain }

// rotates is whether changed keepers ask for a new key.
func (m dkimKeyModel) rotates(state dkimKeyModel) bool {
	return !m.Keepers.IsNull() && !state.Keepers.IsNull() && !m.Keepers.Equal(state.Keepers)
}
