package sender

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

const SenderDomainType = "postmaster_sender_domain"

// Domain is a sender domain as a configuration, a plan or the state has it.
type Domain struct {
	ID         types.String
	Domain     types.String
	DNSRecords types.Map

	// Note is what private state remembers of the domain for its sender, who alone
	// reads and writes it.
	Note []byte
	// Configured is what a person wrote, in a plan that is being made.
	Configured *Domain

	blocks map[string]types.Object // of senders, by their names
}

// Block is the block of a sender; null where it is not set.
func (m Domain) Block(service string) types.Object { return m.blocks[service] }

// SetBlock sets the block of a sender. Those of others stay as they are.
func (m *Domain) SetBlock(service string, block types.Object) {
	blocks := maps.Clone(m.blocks) // a copy of the domain has the same map
	if blocks == nil {
		blocks = map[string]types.Object{}
	}
	blocks[service] = block
	m.blocks = blocks
}

// read reads a domain from a configuration, a plan or the state. There is no struct for
// that: it could have no field for the block of a service that is yet to be written.
func (all Senders) read(ctx context.Context, from interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}, diags *diag.Diagnostics) (m Domain) {
	var object types.Object
	diags.Append(from.Get(ctx, &object)...)
	attributes := object.Attributes()
	m.ID, _ = attributes["id"].(types.String)
	m.Domain, _ = attributes["domain"].(types.String)
	m.DNSRecords, _ = attributes["dns_records"].(types.Map)
	for _, name := range kit.Names(all) {
		if block, ok := attributes[name].(types.Object); ok {
			m.SetBlock(name, block)
		}
	}
	return m
}

// write puts the domain into a plan or the state, of whose schema of is the type. Blocks
// that nobody has set are null.
func (m Domain) write(ctx context.Context, to interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}, of attr.Type, diags *diag.Diagnostics) {
	attributes := attributeTypes(of)
	values := map[string]attr.Value{"id": m.ID, "domain": m.Domain, "dns_records": m.DNSRecords}
	for name, block := range attributes {
		if _, other := values[name]; other {
			continue
		}
		values[name] = m.Block(name)
		if m.Block(name).IsNull() {
			values[name] = types.ObjectNull(attributeTypes(block))
		}
	}
	object, d := types.ObjectValue(attributes, values)
	diags.Append(d...)
	if !d.HasError() {
		diags.Append(to.Set(ctx, object)...)
	}
}

// attributeTypes are the types of an object's attributes.
func attributeTypes(of attr.Type) map[string]attr.Type {
	if object, ok := of.(attr.TypeWithAttributeTypes); ok {
		return object.AttributeTypes()
	}
	return nil
}

// senderNoteKey is where private state has the note of a domain's sender.
const senderNoteKey = "sender"

// recall fills in the note of a domain in the state.
func (m *Domain) recall(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) {
	note, d := private.GetKey(ctx, senderNoteKey)
	diags.Append(d...)
	m.Note = note
}

// keep has private state remember the note, if the sender has one.
func (m Domain) keep(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) {
	if m.Note != nil {
		diags.Append(private.SetKey(ctx, senderNoteKey, m.Note)...)
	}
}

// object names the domain of a state.
func (m Domain) object() kit.Object {
	return kit.Object{ResourceType: SenderDomainType, Id: m.ID.ValueString()}
}

// title begins a sentence about the domain.
func (m Domain) title() string {
	name, err := kit.CanonicalMailDomain(m.Domain.ValueString())
	if err != nil {
		name = m.Domain.ValueString()
	}
	return "The domain " + name
}
