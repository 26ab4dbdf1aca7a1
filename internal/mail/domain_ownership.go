package mail

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ownershipAttribute returns the attribute ownership. It says how to prove to a mail service that a
// domain is ours.
func (l services) ownershipAttribute() schema.SingleNestedAttribute {
	told := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.SingleNestedAttribute{
		Computed: true,
		MarkdownDescription: "How to prove to the service that the domain is yours: by the record, which is also in `dns_records`, or by the file. " +
			"It is kept after the proof, and is null for a domain that was imported later" + l.withoutProof() + ". " +
			"All of it is null if the service asks for no proof, as for a domain that is delegated to it.",
		Attributes: map[string]schema.Attribute{
			"cname_name":   told("Absolute name of the CNAME record."),
			"cname_value":  told("Target of the CNAME record."),
			"file_name":    told("Name of the file, in the root of the domain's web site."),
			"file_content": told("Content of the file."),
		},
	}
}

// withoutProof continues a sentence with the services that require no proof.
func (l services) withoutProof() string {
	titles := l.those(func(s Service) bool {
		_, asks := s.(OwnershipProver)
		return !asks
	})
	if titles == "" {
		return ""
	}
	return ", and at " + titles
}

// ownershipTypes are the types of the attributes of ownership.
var ownershipTypes = map[string]attr.Type{
	"cname_name": types.StringType, "cname_value": types.StringType,
	"file_name": types.StringType, "file_content": types.StringType,
}

// asked reports whether the service asks for a proof.
func (p OwnershipProof) asked() bool { return !p.CNAMEName.IsNull() }

// value returns the value of the attribute ownership.
func (p OwnershipProof) value() types.Object {
	return types.ObjectValueMust(ownershipTypes, map[string]attr.Value{
		"cname_name": p.CNAMEName, "cname_value": p.CNAMEValue, "file_name": p.FileName, "file_content": p.FileContent,
	})
}

// proofIn reads the attribute ownership. It returns nil if that is null.
func proofIn(v types.Object) *OwnershipProof {
	if v.IsNull() {
		return nil
	}
	p := unknownProof()
	for name, member := range map[string]*types.String{
		"cname_name": &p.CNAMEName, "cname_value": &p.CNAMEValue, "file_name": &p.FileName, "file_content": &p.FileContent,
	} {
		if value, ok := v.Attributes()[name].(types.String); ok {
			*member = value
		}
	}
	return &p
}

// unknownProof returns the proof before the service was asked for it.
func unknownProof() OwnershipProof {
	u := types.StringUnknown()
	return OwnershipProof{CNAMEName: u, CNAMEValue: u, FileName: u, FileContent: u}
}

// plannedOwnership plans the attribute ownership of a new domain.
func plannedOwnership(s Service) types.Object {
	if s == nil { // not known yet
		return types.ObjectUnknown(ownershipTypes)
	}
	if _, asks := s.(OwnershipProver); !asks {
		return types.ObjectNull(ownershipTypes)
	}
	return unknownProof().value()
}
