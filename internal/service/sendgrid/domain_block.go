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

// DomainBlock implements SenderService. All of the block is optional and computed: what
// the configuration leaves out is left as it is.
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
		MarkdownDescription: "The domain at SendGrid. `{}` takes SendGrid's defaults for all of it.",
		Attributes: map[string]schema.Attribute{
			"subdomain": text("Subdomain that mail is sent from. Default: SendGrid chooses, such as `em1234`. A change makes a new domain.",
				kit.DNSNameSpelling, kit.DNSNameSpelling),
			"automatic_security": flag("Whether SendGrid keeps SPF and DKIM itself, behind three CNAME records. Default: `true`. A change makes a new domain."),
			"custom_spf":         flag("Whether the SPF record lists `ips` instead of SendGrid's own. Only with `automatic_security = false`. Changed in place."),
			"default":            flag("Whether mail whose From matches no domain is sent with this one. An account has one default. Changed in place."),
			"ips":                set("Addresses in the custom SPF record. Only with `automatic_security = false`. Changed in place.", addressSpelling),
			"custom_dkim_selector": text("DKIM selector of three letters or digits. Default: SendGrid's own, such as `s1`. A second domain of the same name needs one, because both would publish "+
				"their keys at SendGrid's own selectors. A change makes a new domain.", selectorSpelling, selectorSpelling),
			"region": text("Region that the domain is created for: `global` or `eu`. Default: the provider's. The host that is called is that of the provider's `region` or, where that is not set, "+
				"of this one. SendGrid does not return it. A change makes a new domain.", regionValidator()),
			"username": text("Account or subuser that the domain belongs to. Default: the one that the API calls are made for. A change makes a new domain. "+
				"Other subusers that send with the domain are `subusers`.", stringvalidator.LengthAtLeast(1)),
			"subusers": set("Subusers of the account that may send with the domain beside its owner; SendGrid lets each have five such domains. "+
				"Default: left as they are. Changed in place.", stringvalidator.LengthAtLeast(1)),
			"on_behalf_of": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{kit.ReplaceIfKnownToDiffer()},
				MarkdownDescription: "Subuser, or `account-id ID` of a customer account, whose domain it is. Default: the provider's. A change from one to another makes a new domain.",
			},
		},
	}
}

// selectorSpelling is the form of a DKIM selector that can be asked for. It is part
// of host names, in which case does not count.
var selectorSpelling = kit.Spelling{What: "a DKIM selector of three letters or digits", Canonical: func(text string) (string, error) {
	if !selectorForm.MatchString(text) {
		return "", fmt.Errorf("%q does not have three letters or digits", text)
	}
	return strings.ToLower(text), nil
}}

var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]{3}$`)
