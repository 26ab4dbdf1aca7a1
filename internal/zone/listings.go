package zone

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// NewAuthorizationList returns the constructor of the list of DNS authorizations: the zones of an
// account.
func NewAuthorizationList(hosts []HostService, delegates []DelegateService) func() list.ListResource {
	all := Hosts(hosts)
	attributes := all.accountArguments(true)
	attributes["services"] = listschema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Show which services each zone's mail records point to. It reads each zone. " +
			"Default: `false`.",
	}
	return kit.Lists(NewAuthorizationResource(hosts, delegates), kit.Listing{
		Description: "The zones of an account at a DNS host, each as the authorization for the zone's apex. " +
			"Zones with one name are told apart: the name of each has its id in brackets, the identity has it as `zone_id`, and what is generated sets `zone_id`.",
		Attributes: attributes,
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			return func(yield func(kit.Listed, error) bool) {
				all.eachZone(ctx, run, argument, yield, func(id AuthorizationID) bool {
					name := id.title()
					if argument("services") == "true" {
						found, err := readMailSets(ctx, run, id, "")
						if err != nil {
							yield(kit.Listed{}, err)
							return false
						}
						name += inParentheses(found.services())
					}
					return yield(kit.Listed{Attributes: map[string]string{"id": id.String()}, Name: name}, nil)
				})
			}
		},
	})
}

// NewRecordsList returns the constructor of the list of mail records.
func NewRecordsList(hosts []HostService) func() list.ListResource {
	all := Hosts(hosts)
	attributes := all.accountArguments(false)
	attributes["dns_authorization_id"] = listschema.StringAttribute{
		Optional: true, Validators: []validator.String{all.IDSpelling()},
		MarkdownDescription: "List the records of one domain: the `id` of its `postmaster_dns_authorization`. It excludes `host` and `account`.",
	}
	return kit.Lists(NewRecordsResource(hosts), kit.Listing{
		Description: "The mail records of a domain, or of the apex of each zone of an account, as sets: " + mailSetLabels() + ". " +
			"Each zone is read once. Records that are not about mail are left out, and so are those that the host hides behind its proxy. " +
			"Record sets that cannot be managed here, such as those with a routing policy and aliases, are left out with a warning. " +
			"Of several zones with one name, each is listed, with its id in brackets behind the name. " +
			"In a generated configuration, the keys of `records` are made from types, names and mail servers; the plan is empty only with the same keys.",
		Attributes: attributes,
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			return func(yield func(kit.Listed, error) bool) {
				visit := func(id AuthorizationID) bool { return listMailSets(ctx, run, id, yield) }
				if argument("host") != "" && argument("dns_authorization_id") != "" {
					yield(kit.Listed{}, errors.New("dns_authorization_id and host exclude each other: set only one of them"))
					return
				}
				if text := argument("dns_authorization_id"); text != "" {
					id, err := all.parseID(text)
					if err != nil {
						yield(kit.Listed{}, err)
						return
					}
					visit(id)
					return
				}
				if argument("host") == "" {
					yield(kit.Listed{}, errors.New("neither dns_authorization_id nor host is set: set the one or the other, to say which zones to list"))
					return
				}
				all.eachZone(ctx, run, argument, yield, visit)
			}
		},
	})
}

// accountArguments returns the arguments that choose an account at a host.
func (h Hosts) accountArguments(required bool) map[string]listschema.Attribute {
	return map[string]listschema.Attribute{
		"host": listschema.StringAttribute{
			Required: required, Optional: !required,
			Validators:          []validator.String{stringvalidator.OneOf(kit.Names(h)...)},
			MarkdownDescription: "List all zones of the account at this DNS host: `" + strings.Join(kit.Names(h), "`, `") + "`. It is an error if the host has no list of zones, such as a server that is reached by dynamic updates.",
		},
		"account": listschema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "An account of `dns_accounts`. Default: the account in the host's own block.",
		},
	}
}

// eachZone calls visit with the authorization for each zone of the account that the arguments
// choose, sorted by apex, until visit returns false. Zones with one name are told apart by their IDs.
func (h Hosts) eachZone(ctx context.Context, run *kit.Run, argument func(string) string, yield func(kit.Listed, error) bool, visit func(AuthorizationID) bool) {
	key := AccountKey{Host: argument("host"), Account: argument("account")}
	editor, err := ZonesOf(run).Editor(key)
	if err != nil {
		yield(kit.Listed{}, err)
		return
	}
	lister, ok := editor.Host().(dns.ZoneLister)
	if !ok {
		yield(kit.Listed{}, fmt.Errorf("%s has no list of zones. Import the domains by id, such as %s/example.com", h.title(key.Host), key.Host))
		return
	}
	zones, err := lister.Zones(ctx)
	if err != nil {
		yield(kit.Listed{}, err)
		return
	}
	if partial, ok := lister.(dns.PartialLister); ok && !yield(kit.Listed{Warning: partial.Unlisted()}, nil) {
		return
	}
	named := map[string]int{}
	for _, zone := range zones {
		named[zone.Apex]++
	}
	for _, zone := range zones {
		id := AuthorizationID{Host: key.Host, Account: key.Account, Domain: zone.Apex}
		if named[zone.Apex] > 1 {
			id.ZoneID = zone.ID
		}
		if !visit(id) {
			return
		}
	}
}

// listMailSets yields the sets of mail records of a domain. It returns false if no more are wanted.
func listMailSets(ctx context.Context, run *kit.Run, id AuthorizationID, yield func(kit.Listed, error) bool) bool {
	found, err := readMailSets(ctx, run, id, "")
	if err != nil {
		yield(kit.Listed{}, err)
		return false
	}
	for _, set := range found.sets {
		if !yield(kit.Listed{Attributes: map[string]string{"id": id.String() + "/" + set.Label}, Name: set.title(id.title())}, nil) {
			return false
		}
	}
	if len(found.leftOut) > 0 && !yield(kit.Listed{Warning: fmt.Sprintf("These mail records of %s are left out, because they cannot be managed here:\n%s", id.title(), found.reasons(""))}, nil) {
		return false
	}
	if !found.whole {
		return yield(kit.Listed{Warning: fmt.Sprintf("The DNS host of %s does not list whole zones, so DKIM and BIMI records at other names than default._bimi are not listed. "+
			"Import the records of a DKIM selector by id: %s#%sSELECTOR.", id.Domain, id, mailSetDKIM)}, nil)
	}
	return true
}

// title returns the domain as a person reads it in a list, with the zone's ID if the domain alone
// does not tell which zone is meant.
func (id AuthorizationID) title() string {
	if id.ZoneID == "" {
		return id.Domain
	}
	return id.Domain + " [" + id.ZoneID + "]"
}

// title returns the set as a person reads it in a list.
func (s mailSet) title(domain string) string {
	title := domain + " " + s.Label
	if n := len(s.Records); n > 1 {
		title += ", " + strconv.Itoa(n) + " records"
	}
	return title + inParentheses(s.services())
}

// inParentheses lists services, sorted and each once. It returns "" if there are none.
func inParentheses(services []string) string {
	if len(services) == 0 {
		return ""
	}
	services = slices.Sorted(slices.Values(services))
	return " (" + strings.Join(slices.Compact(services), ", ") + ")"
}
