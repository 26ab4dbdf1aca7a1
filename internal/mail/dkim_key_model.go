package mail

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// dkimKeyModel is a postmaster_dkim_key in a configuration, a plan or a state.
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

// signedDomain is a domain at a service that signs mail.
type signedDomain struct {
	DomainID
	signer DKIMSigner
}

// recordName returns the name of the DNS record of the domain's key.
func (d signedDomain) recordName() string {
	return d.signer.DKIMSelector() + "._domainkey." + d.Domain
}

// isSwitched reports whether the domain has only one key, which is enabled and disabled.
func (d signedDomain) isSwitched() bool {
	_, is := d.signer.(DKIMSwitcher)
	return is
}

// domainOf returns the domain of a key. Ok is false while the domain is unknown, and if its service
// signs no mail.
func (r *dkimKeyResource) domainOf(m dkimKeyModel) (d signedDomain, ok bool) {
	if m.MailDomainID.IsUnknown() {
		return signedDomain{}, false
	}
	d, err := r.signedDomain(m.MailDomainID.ValueString())
	return d, err == nil
}

// signedDomain parses the ID of a domain at a service that signs mail.
func (r *dkimKeyResource) signedDomain(text string) (signedDomain, error) {
	id, err := r.services.parseDomainID(text)
	if err != nil {
		return signedDomain{}, err
	}
	signer := r.services.signer(id.Service)
	if signer == nil {
		return signedDomain{}, fmt.Errorf("%s is at %s, which signs no mail", id.Domain, r.services.named(id.Service).Title())
	}
	return signedDomain{DomainID: id, signer: signer}, nil
}

// setUnknownKey makes everything unknown that depends on the new key. The key in dns_records is
// known before. So is the record's name if the domain is known.
func (m *dkimKeyModel) setUnknownKey(d signedDomain, known bool) {
	name := types.StringUnknown()
	m.ID, m.Selector = types.StringUnknown(), types.StringUnknown()
	if known {
		m.ID, m.Selector = types.StringValue(d.String()), types.StringValue(d.signer.DKIMSelector())
		name = types.StringValue(d.recordName())
	}
	m.PublicKey, m.KeyType, m.KeyBits = types.StringUnknown(), types.StringUnknown(), types.Int64Unknown()
	m.DNSRecords = kit.DNSRecordsValue(map[string]kit.DNSRecord{
		"dkim": {Name: name, Type: "TXT", Value: types.StringUnknown(), Priority: types.Int64Null()},
	})
}

// keepKey copies the key from the state.
func (m *dkimKeyModel) keepKey(state dkimKeyModel) {
	m.ID, m.Selector, m.PublicKey = state.ID, state.Selector, state.PublicKey
	m.KeyType, m.KeyBits, m.DNSRecords = state.KeyType, state.KeyBits, state.DNSRecords
}

// setKey sets the attributes of a key that the service has made or shown.
func (m *dkimKeyModel) setKey(d signedDomain, key *mailrecord.DKIMZoneRecord) {
	m.ID = types.StringValue(d.String())
	m.Selector = types.StringValue(key.Selector)
	m.PublicKey = types.StringValue(key.Key.PublicKey)
	m.KeyType = types.StringValue(key.Key.KeyType)
	m.KeyBits = types.Int64Value(int64(key.Key.Bits))
	m.DNSRecords = kit.DNSRecordsValue(map[string]kit.DNSRecord{
		"dkim": {Name: types.StringValue(d.recordName()), Type: "TXT", Value: types.StringValue(key.Text), Priority: types.Int64Null()},
	})
}

// rotates reports whether the keepers have changed, so that a new key is due.
func (m dkimKeyModel) rotates(state dkimKeyModel) bool {
	return !m.Keepers.IsNull() && !state.Keepers.IsNull() && !m.Keepers.Equal(state.Keepers)
}
