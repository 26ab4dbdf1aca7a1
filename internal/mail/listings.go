package mail

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// NewDomainList returns the constructor of the list of mail domains.
func NewDomainList(all []Service) func() list.ListResource {
	l := services(all)
	return kit.Lists(NewDomainResource(all), kit.Listing{
		Description: "The domains of a mail service.",
		Attributes:  map[string]listschema.Attribute{"service": l.listArgument()},
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			return func(yield func(kit.Listed, error) bool) {
				l.eachListed(ctx, run, argument, yield, func(id DomainID, _ Mail) bool {
					return yield(kit.Listed{Attributes: map[string]string{"id": id.String()}, Name: id.Domain}, nil)
				})
			}
		},
	})
}

// NewUserList returns the constructor of the list of mailboxes.
func NewUserList(all []Service) func() list.ListResource {
	l := services(all)
	return kit.Lists(NewUserResource(all), kit.Listing{
		Description: "The mailboxes of a mail service, domain by domain. A generated configuration has no passwords: they cannot be read.",
		Attributes: map[string]listschema.Attribute{
			"service": l.listArgument(),
			"domain": listschema.StringAttribute{
				Optional: true, Validators: []validator.String{kit.MailDomainSpelling},
				MarkdownDescription: "List only the mailboxes of this domain. Default: those of all domains.",
			},
		},
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			return func(yield func(kit.Listed, error) bool) {
				l.eachListed(ctx, run, argument, yield, func(domain DomainID, client Mail) bool {
					return l.listMailboxes(ctx, domain, client, yield)
				})
			}
		},
	})
}

// NewDKIMKeyList returns the constructor of the list of DKIM keys.
func NewDKIMKeyList(all []Service) func() list.ListResource {
	l := services(all)
	return kit.Lists(NewDKIMKeyResource(all), kit.Listing{
		Description: "The DKIM keys with which a mail service signs. Where the service shows a key only in an export of the whole domain, the list has the domains " +
			"whose key is published in the DNS, and makes no export. A generated configuration needs one for each key.",
		Attributes: map[string]listschema.Attribute{"service": l.listArgument()},
		Find: func(ctx context.Context, run *kit.Run, argument func(string) string) iter.Seq2[kit.Listed, error] {
			keys := &dkimKeyResource{Base: kit.Base{Run: run}, services: l}
			return func(yield func(kit.Listed, error) bool) {
				l.eachListed(ctx, run, argument, yield, func(id DomainID, _ Mail) bool {
					signs, selector, err := keys.signs(ctx, id)
					if err != nil {
						yield(kit.Listed{}, err)
						return false
					}
					return !signs || yield(kit.Listed{Attributes: map[string]string{"id": id.String()}, Name: fmt.Sprintf("%s (selector %s)", id.Domain, selector)}, nil)
				})
			}
		},
	})
}

// listArgument returns the argument that chooses the mail service of a list.
func (l services) listArgument() listschema.StringAttribute {
	return listschema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.OneOf(kit.Names(l)...)},
		MarkdownDescription: "The mail service: " + l.alternatives() + ". Default: the only configured one, as for a new `postmaster_mail_domain`.",
	}
}

// eachListed calls visit with each domain of the service that the arguments choose, sorted by name,
// until visit returns false. With the argument domain it visits that domain only. A name that cannot
// be a mail domain's is yielded as a warning, because no resource can manage it.
func (l services) eachListed(ctx context.Context, run *kit.Run, argument func(string) string, yield func(kit.Listed, error) bool, visit func(DomainID, Mail) bool) {
	var diags diag.Diagnostics
	name := argument("service")
	if name == "" {
		chosen := of(run).inferredMail(&diags)
		if !diags.HasError() && chosen.IsUnknown() {
			diags.AddError("The mail service is not known yet", "Set service")
		}
		name = chosen.ValueString()
	}
	client := l.open(run, name, &diags)
	if diags.HasError() {
		yield(kit.Listed{}, errors.New(diags.Errors()[0].Detail()))
		return
	}
	if domain := argument("domain"); domain != "" {
		id, err := l.parseDomainID(name + "/" + domain)
		if err != nil {
			yield(kit.Listed{}, err)
			return
		}
		visit(id, client)
		return
	}
	domains, err := client.Domains(ctx)
	if err != nil && !errors.As(err, new(EmptyListError)) {
		yield(kit.Listed{}, err)
		return
	}
	kit.SortBy(domains, func(d Domain) string { return caseless(d.Name) })
	for _, d := range domains {
		id, err := l.parseDomainID(name + "/" + caseless(d.Name))
		if err != nil {
			if !yield(kit.Listed{Warning: fmt.Sprintf("%q cannot be a postmaster_mail_domain: %s.", d.Name, err)}, nil) {
				return
			}
			continue
		}
		if !visit(id, client) {
			return
		}
	}
}

// listMailboxes yields the mailboxes of a domain, sorted by address. It returns false if no more are
// wanted.
func (l services) listMailboxes(ctx context.Context, domain DomainID, client Mail, yield func(kit.Listed, error) bool) bool {
	mailboxes, err := client.Mailboxes(ctx, domain.Domain)
	switch {
	case kit.IsNotFound(err): // it was deleted since the list of domains was read
		return true
	case err != nil:
		yield(kit.Listed{}, err)
		return false
	}
	kit.SortBy(mailboxes, func(m Mailbox) string { return caseless(m.Email) })
	for _, m := range mailboxes {
		id, err := l.parseUserID(domain.Service + "/" + caseless(m.Email))
		listed := kit.Listed{Attributes: map[string]string{"id": id.String()}, Name: id.Email()}
		if err != nil || id.DomainID() != domain {
			listed = kit.Listed{Warning: fmt.Sprintf("%q cannot be a postmaster_mail_user of %s.", m.Email, domain.Domain)}
		}
		if !yield(listed, nil) {
			return false
		}
	}
	return true
}

// signs reports whether a service signs the mail of a domain, and with which selector. It never
// makes the service export the domain.
func (r *dkimKeyResource) signs(ctx context.Context, id DomainID) (signs bool, selector string, err error) {
	d, err := r.signedDomain(id.String())
	if err != nil {
		return false, "", nil //nolint:nilerr // the service signs no mail
	}
	if d.isSwitched() {
		key, err := r.readKey(ctx, d)
		if kit.IsNotFound(err) {
			return false, "", nil
		}
		return key != nil, d.signer.DKIMSelector(), err
	}
	published, err := r.publishedKey(ctx, d.recordName())
	return published != nil, d.signer.DKIMSelector(), err
}
