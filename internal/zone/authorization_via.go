package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// importVia separates, in an import ID, the authorization's ID from its via, which the ID does not
// contain.
const importVia = "#via="

// viaAttribute returns the attribute via. It chooses who finds the host and tries the credentials.
func viaAttribute(hosts Hosts, all delegates) schema.StringAttribute {
	description := "`direct` (the default)"
	for _, s := range all {
		words := s.DelegateWords()
		description += fmt.Sprintf(", or `%s`: %s is asked for the host where `dns_provider` is not given, and tries the credentials of the account "+
			"from where it is, %s. The zone is found with the same credentials from here as well. %s writes records at %s",
			s.Name(), s.Title(), words.Shows, kit.StartOfSentence(s.Title()), strings.Join(hosts.titles(s.DelegateHosts()), ", "))
		if words.Needs != "" {
			description += "; " + words.Needs
		}
	}
	return schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		Default:             stringdefault.StaticString(viaDirect),
		Validators:          []validator.String{stringvalidator.OneOf(all.ways()...)},
		PlanModifiers:       []planmodifier.String{replaceUnlessSameWay()},
		MarkdownDescription: description + ".",
	}
}

// replaceUnlessSameWay plans a replacement if via changes. A null prior value means "direct", which
// was the only way before the attribute existed.
func replaceUnlessSameWay() planmodifier.String {
	const description = "a change forces replacement"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !wayOf(req.StateValue).Equal(req.PlanValue)
	}, description, description)
}

// wayOf returns the value of via in a state.
func wayOf(via types.String) types.String {
	if via.IsNull() {
		return types.StringValue(viaDirect)
	}
	return via
}

// parseImport parses an import ID: an authorization's ID, followed by via unless that is direct.
func (r *AuthorizationResource) parseImport(text string) (id AuthorizationID, via string, err error) {
	text, via, told := strings.Cut(text, importVia)
	if !told {
		via = viaDirect
	} else if ways := r.Delegates.ways(); !slices.Contains(ways, via) {
		return id, "", fmt.Errorf("%q is not a value of via; after %q comes %s", via, importVia, kit.List(ways, "or"))
	}
	id, err = r.Hosts.parseID(text)
	return id, via, err
}
