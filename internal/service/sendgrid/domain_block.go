package sendgrid

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// DomainBlock implements [sender.Service]. All attributes are optional and computed: those that the
// configuration leaves out keep their values at SendGrid.
func (Service) DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute {
	text := func(description string, form validator.String, sameAs ...planmodifier.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{form}, MarkdownDescription: description,
			PlanModifiers: append([]planmodifier.String{stringplanmodifier.UseStateForUnknown()}, sameAs...),
		}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{
			Optional: true, Computed: true, MarkdownDescription: description,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
		}
	}
	set := func(description string, form validator.String) schema.SetAttribute {
		return schema.SetAttribute{
			Optional: true, Computed: true, ElementType: types.StringType, MarkdownDescription: description,
			Validators:    []validator.Set{setvalidator.ValueStringsAre(form)},
			PlanModifiers: []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
		}
	}
	return schema.SingleNestedAttribute{
		Optional:            true,
		Validators:          append(slices.Clone(validators), manualSecurity{}),
		MarkdownDescription: "The domain at SendGrid. `{}` uses SendGrid's defaults for all attributes.",
		Attributes: map[string]schema.Attribute{
			"subdomain": text("Subdomain that mail is sent from. Default: chosen by SendGrid, such as `em1234`. A change replaces the domain.",
				kit.DNSNameSpelling, kit.DNSNameSpelling),
			"automatic_security": flag("Whether SendGrid manages SPF and DKIM itself, behind three CNAME records. Default: `true`. A change replaces the domain."),
			"custom_spf":         flag("Whether the SPF record lists `ips` instead of SendGrid's own. Only with `automatic_security = false`. Changed in place."),
			"default":            flag("Whether SendGrid uses this domain for mail whose From matches no domain. An account has one default. Changed in place."),
			"ips":                set("Addresses in the custom SPF record. Only with `automatic_security = false`. Changed in place.", addressSpelling),
			"custom_dkim_selector": text("DKIM selector of three letters or digits. Default: SendGrid's own, such as `s1`. A second domain of the same name needs one, because both would publish "+
				"their keys at SendGrid's own selectors. A change replaces the domain.", selectorSpelling, selectorSpelling),
			"region": text("Region that the domain is created for: `global` or `eu`. Default: the provider's. The API calls go to the host of the provider's `region` or, if that is not set, "+
				"of this region. SendGrid does not return it. A change replaces the domain.", regionValidator()),
			"username": text("Account or subuser that the domain belongs to. Default: the one that the API calls are made for. A change replaces the domain. "+
				"List other subusers that send with the domain in `subusers`.", stringvalidator.LengthAtLeast(1)),
			"subusers": set("Subusers of the account that may send with the domain in addition to its owner. SendGrid allows five such domains for each subuser. "+
				"Default: left as they are. Changed in place.", stringvalidator.LengthAtLeast(1)),
			"on_behalf_of": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{kit.ReplaceIfKnownToDiffer()},
				MarkdownDescription: "Subuser, or `account-id ID` of a customer account, that has the domain. Default: the provider's. A change from one to another replaces the domain.",
			},
		},
	}
}

// selectorSpelling is the form of a DKIM selector that can be set. A selector is part of host
// names, so case does not count.
var selectorSpelling = kit.Spelling{What: "a DKIM selector of three letters or digits", Canonical: func(text string) (string, error) {
	if !selectorForm.MatchString(text) {
		return "", fmt.Errorf("%q does not have three letters or digits", text)
	}
	return strings.ToLower(text), nil
}}

var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]{3}$`)
