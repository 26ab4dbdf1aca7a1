package sender

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// DomainType is the type name of the resource for a sender domain.
const DomainType = "postmaster_sender_domain"

// Domain is a sender domain in a configuration, a plan or a state.
type Domain struct {
	ID         types.String
	Domain     types.String
	DNSRecords types.Map

	// Note is the sender's note on the domain in private state. Only the sender reads and writes
	// its content.
	Note []byte
	// Configured is the configuration, while a plan is being made.
	Configured *Domain

	blocks map[string]types.Object // by the names of the senders
}

// Block returns the block of a sender. It is null if the block is not set.
func (m Domain) Block(service string) types.Object { return m.blocks[service] }

// SetBlock sets the block of a sender and leaves the others unchanged. The block's attributes have
// the types that [BlockTypes] returns.
func (m *Domain) SetBlock(service string, block types.Object) {
	blocks := maps.Clone(m.blocks) // copies of the domain share the map
	if blocks == nil {
		blocks = map[string]types.Object{}
	}
	blocks[service] = block
	m.blocks = blocks
}

// BlockTypes returns the types of the attributes of a sender's block, to make its value.
func BlockTypes(s Service) map[string]attr.Type { return attributeTypes(s.DomainBlock().GetType()) }

// read reads a domain from a configuration, a plan or a state. It uses no struct, because a struct
// would need a field for each sender's block.
func (all senders) read(ctx context.Context, from interface {
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

// write writes the domain to a plan or a state. The parameter of is the type of its schema. Blocks
// that are not set become null.
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

// attributeTypes returns the types of an object's attributes.
func attributeTypes(of attr.Type) map[string]attr.Type {
	if object, ok := of.(attr.TypeWithAttributeTypes); ok {
		return object.AttributeTypes()
	}
	return nil
}

// noteKey is the key of the sender's note in private state.
const noteKey = "sender"

// recall reads the sender's note on the domain from private state.
func (m *Domain) recall(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) {
	note, d := private.GetKey(ctx, noteKey)
	diags.Append(d...)
	m.Note = note
}

// keep writes the note to private state, if the sender has set one.
func (m Domain) keep(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) {
	if m.Note != nil {
		diags.Append(private.SetKey(ctx, noteKey, m.Note)...)
	}
}

// object identifies the domain in the state.
func (m Domain) object() kit.Object {
	return kit.Object{ResourceType: DomainType, ID: m.ID.ValueString()}
}

// title returns the start of a sentence about the domain.
func (m Domain) title() string {
	name, err := kit.CanonicalMailDomain(m.Domain.ValueString())
	if err != nil {
		name = m.Domain.ValueString()
	}
	return "The domain " + name
}
