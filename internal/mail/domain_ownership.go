package mail

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ownershipAttribute is how to prove to a mail service that a domain is ours.
func (l mailServices) ownershipAttribute() schema.SingleNestedAttribute {
	told := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.SingleNestedAttribute{
		Computed: true,
		MarkdownDescription: "How to prove to the service that the domain is yours: by the record, which is also in `dns_records`, or else by the file. " +
			"It stays after the proof, and is null of a domain that was imported after it" + l.withoutProof() + ". " +
			"All of it is null where the service asks for no proof, as of a domain that is delegated to it.",
		Attributes: map[string]schema.Attribute{
			"cname_name":   told("Absolute name of the CNAME record."),
			"cname_value":  told("What the record points to."),
			"file_name":    told("Name of the file, in the root of the domain's web site."),
			"file_content": told("What has to be in the file."),
		},
	}
}

// withoutProof goes on to name the services that want to see no proof.
func (l mailServices) withoutProof() string {
	titles := l.those(func(s Service) bool {
		_, asks := s.(OwnershipProver)
		return !asks
	})
	if titles == "" {
		return ""
	}
	return ", and at " + titles
}

// ownershipTypes are those of the attribute's members.
var ownershipTypes = map[string]attr.Type{
	"cname_name": types.StringType, "cname_value": types.StringType,
	"file_name": types.StringType, "file_content": types.StringType,
}

// asked is whether there is anything to prove.
func (p OwnershipProof) asked() bool { return !p.CNAMEName.IsNull() }

// value makes the attribute's value.
func (p OwnershipProof) value() types.Object {
	return types.ObjectValueMust(ownershipTypes, map[string]attr.Value{
		"cname_name": p.CNAMEName, "cname_value": p.CNAMEValue, "file_name": p.FileName, "file_content": p.FileContent,
	})
}

// proofIn reads the attribute's value; nil where it is null.
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

// unknownProof is the proof of a domain that the service has not been asked for yet.
func unknownProof() OwnershipProof {
	u := types.StringUnknown()
	return OwnershipProof{CNAMEName: u, CNAMEValue: u, FileName: u, FileContent: u}
}

// plannedOwnership is the attribute of a domain that is yet to be made.
func plannedOwnership(s Service) types.Object {
	if s == nil { // it is not known yet
		return types.ObjectUnknown(ownershipTypes)
	}
	if _, asks := s.(OwnershipProver); !asks {
		return types.ObjectNull(ownershipTypes)
	}
	return unknownProof().value()
}
