package zone

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// AccountKey identifies an account at a host. Account is "" for the provider's own block. Host is
// "" for an account that is not known yet. Both are "" while dns_accounts as a whole is unknown.
type AccountKey struct{ Host, Account string }

// AccountsAttribute returns the schema of dns_accounts.
func AccountsAttribute(hosts Hosts) schema.MapNestedAttribute {
	attributes := map[string]schema.Attribute{}
	for _, host := range hosts {
		attributes[host.Name()] = schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Credentials for " + host.Title() + ". The attributes are those of the provider's block with the same name.",
			Attributes:          withoutVariables(host.Host().Attributes()),
		}
	}
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Further credentials, each under a name that `account` of `postmaster_dns_authorization` refers to, such as those of an agency's customers, " +
			"or one key for each zone. Each has exactly one of the blocks, with credentials of its own: no attribute is read from the environment.",
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// withoutVariables removes the environment variables from the descriptions.
func withoutVariables(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	for name, attribute := range attributes {
		description, _, _ := strings.Cut(attribute.GetMarkdownDescription(), " Environment: ")
		switch a := attribute.(type) {
		case schema.StringAttribute:
			a.MarkdownDescription = description
			attributes[name] = a
		case schema.BoolAttribute:
			a.MarkdownDescription = description
			attributes[name] = a
		case schema.Int64Attribute:
			a.MarkdownDescription = description
			attributes[name] = a
		}
	}
	return attributes
}

// AddHost reads the block of a host. In the sandbox, only the host of an account counts, not its
// credentials.
func (z *Zones) AddHost(host HostService, b kit.Block, diags *diag.Diagnostics) {
	if b.Simulated {
		diags = &diag.Diagnostics{}
	}
	z.settings[AccountKey{Host: host.Name()}] = readHost(host, b, diags)
}

// AddAccounts reads dns_accounts.
func (z *Zones) AddAccounts(accounts types.Map, simulated bool, diags *diag.Diagnostics) {
	if simulated {
		diags = &diag.Diagnostics{}
	}
	if accounts.IsUnknown() {
		z.settings[AccountKey{}] = notYetKnown("dns_accounts", "dns_accounts")
	}
	for name, element := range accounts.Elements() {
		at := path.Root("dns_accounts").AtMapKey(name)
		if err := checkAccountName(name); err != nil {
			diags.AddAttributeError(at, "Unusable account name", fmt.Sprintf("%q %s.", name, err))
		}
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			z.settings[AccountKey{Account: name}] = notYetKnown("dns_accounts", fmt.Sprintf("dns_accounts[%q]", name))
			continue
		}
		host, decided := z.hosts.ofAccount(object)
		if !decided {
			z.settings[AccountKey{Account: name}] = notYetKnown("dns_accounts", fmt.Sprintf("dns_accounts[%q]", name))
			continue
		}
		if host == nil {
			diags.AddAttributeError(at, "Not one DNS host", "An account must have exactly one of the blocks "+z.hosts.names()+".")
			continue
		}
		b := kit.Block{At: at.AtName(host.Name()), Name: fmt.Sprintf("dns_accounts[%q].%s", name, host.Name()), Object: object.Attributes()[host.Name()].(types.Object)}
		z.settings[AccountKey{host.Name(), name}] = readHost(host, b, diags)
	}
}

// readHost reads a block. While one of its attributes is unknown, none counts: the next run could
// reach the host in another way.
func readHost(host HostService, b kit.Block, diags *diag.Diagnostics) HostSettings {
	settings := host.Host().Read(b, diags)
	if b.Object.IsUnknown() {
		return notYetKnown(host.Title(), b.Name)
	}
	var unknown []string
	for attribute := range b.Object.Attributes() {
		if b.UnknownIn(attribute) {
			unknown = append(unknown, b.Name+"."+attribute)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return notYetKnown(host.Title(), unknown...)
	}
	return settings
}

// notYetKnown returns the settings while the named attributes are unknown.
func notYetKnown(title string, attributes ...string) HostSettings {
	var unknown []kit.Setting
	for _, attribute := range attributes {
		unknown = append(unknown, kit.Setting{Unknown: true, Attribute: attribute})
	}
	return HostSettings{Missing: kit.Missing(title, unknown...), Pending: true}
}

// ofAccount returns the host whose block an account sets, or nil if it sets none or several.
// Decided is false while an unknown block may turn out to be null.
func (h Hosts) ofAccount(object types.Object) (found HostService, decided bool) {
	var known, unknown []HostService
	for _, host := range h {
		switch v := object.Attributes()[host.Name()]; {
		case v != nil && v.IsUnknown():
			unknown = append(unknown, host)
		case isSet(v):
			known = append(known, host)
		}
	}
	switch {
	case len(known) == 0 && len(unknown) == 1:
		return unknown[0], true // or none, which the next run reports
	case len(known) <= 1 && len(unknown) > 0:
		return nil, false
	case len(known) == 1:
		return known[0], true
	}
	return nil, true
}

func isSet(v attr.Value) bool { return v != nil && !v.IsNull() }

// checkAccountName refuses names that could not be told apart from the rest of an ID.
func checkAccountName(name string) error {
	if name == "" || strings.ContainsAny(name, "/@# ") {
		return errors.New("is no name for an account: it must not be empty, nor hold a blank, /, @ or #")
	}
	return nil
}

// accountNameValidator checks attributes that name an account.
var accountNameValidator = kit.Spelling{What: "the name of an account", Canonical: func(s string) (string, error) {
	return s, checkAccountName(s)
}}
