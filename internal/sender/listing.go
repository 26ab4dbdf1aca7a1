package sender

import (
	"context"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// NewDomainList returns the constructor of the list of sender domains.
func NewDomainList(services []Service) func() list.ListResource {
	all := senders(services)
	return kit.Lists(NewDomainResource(services), kit.Listing{
		Description: "The domains that are registered with a sender.",
		Attributes: map[string]listschema.Attribute{
			"service": listschema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(all.names()...)},
				MarkdownDescription: "The sender: `" + strings.Join(kit.Names(all), "` or `") + "`. Default: the only configured one.",
			},
			"domain": listschema.StringAttribute{
				Optional: true, Validators: []validator.String{kit.MailDomainSpelling},
				MarkdownDescription: "List only the domains with this name. Default: all.",
			},
		},
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			return func(yield func(kit.Listed, error) bool) {
				items, err := all.listed(ctx, run, argument("service"), argument("domain"))
				if err != nil {
					yield(kit.Listed{}, err)
					return
				}
				for _, item := range items {
					if !yield(kit.Listed{Attributes: map[string]string{"id": item.ID}, Name: item.title()}, nil) {
						return
					}
				}
			}
		},
	})
}

// listed returns the domains of a sender with a name, sorted. Both arguments may be "".
func (all senders) listed(ctx context.Context, run *kit.Run, service, domain string) ([]Item, error) {
	named := types.StringNull()
	if service != "" {
		named = types.StringValue(service)
	}
	s, err := all.toList(run, named)
	if err != nil {
		return nil, err
	}
	items, err := s.Sender(run).Domains(ctx)
	if err != nil {
		return nil, err
	}
	return chosen(items, domain), nil
}

// title returns the item as a person reads it in a list.
func (i Item) title() string {
	title := i.Domain
	if subdomain := i.Subdomain.ValueString(); subdomain != "" {
		title += " (sends from " + subdomain + "." + i.Domain + ", " + i.Status + ")"
	} else {
		title += " (" + i.Status + ")"
	}
	return title
}
