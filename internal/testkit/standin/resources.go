package standin

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// getter is a plan or a state.
type getter interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

func root(name string) path.Path { return path.Root(name) }

// text returns a text attribute, or "" if it is null or unknown.
func text(ctx context.Context, from getter, name string) string {
	var value types.String
	from.GetAttribute(ctx, root(name), &value)
	return value.ValueString()
}

// number returns a number attribute, or 0 if it is null or unknown.
func number(ctx context.Context, from getter, name string) int64 {
	var value types.Int64
	from.GetAttribute(ctx, root(name), &value)
	return value.ValueInt64()
}

var (
	required = schema.StringAttribute{Required: true}
	optional = schema.StringAttribute{Optional: true, Computed: true}
	computed = schema.StringAttribute{Computed: true}
	flag     = schema.BoolAttribute{Optional: true, Computed: true}
)

// domain is a resource for a domain at SendGrid.
func (h Hooks) domain(name string, more map[string]schema.Attribute, values map[string]any) resource.Resource {
	attributes := map[string]schema.Attribute{
		"id": computed, "domain": required, "subdomain": optional, "username": computed, "custom_dkim_selector": schema.StringAttribute{Optional: true},
		"ips": schema.SetAttribute{ElementType: types.StringType, Optional: true, Computed: true}, "automatic_security": flag, "valid": schema.BoolAttribute{Computed: true},
	}
	for name, attribute := range more {
		attributes[name] = attribute
	}
	return made{name: name, schema: schema.Schema{Attributes: attributes},
		create: func(ctx context.Context, planned getter) (map[string]any, error) {
			if h.Register == nil {
				return nil, errNoHook
			}
			d, err := h.Register(ctx, text(ctx, planned, "domain"))
			if err != nil {
				return nil, err
			}
			all := map[string]any{"id": strconv.FormatInt(d.ID, 10), "subdomain": d.Subdomain, "username": d.Username, "automatic_security": true, "valid": false, "ips": []string{}}
			for name, value := range values {
				all[name] = value
			}
			if _, has := attributes["user_id"]; has {
				all["user_id"] = d.UserID
			}
			return all, nil
		},
		remove: func(context.Context, getter) error { return nil },
	}
}

// senderAuthentication is sendgrid_sender_authentication.
func (h Hooks) senderAuthentication() resource.Resource {
	return h.domain("sendgrid_sender_authentication", map[string]schema.Attribute{
		"user_id": schema.Int64Attribute{Computed: true}, "default": flag, "legacy": schema.BoolAttribute{Computed: true}, "region": optional,
	}, map[string]any{"default": false, "legacy": false, "region": "global"})
}

// domainAuthentication is sendgrid_domain_authentication.
func (h Hooks) domainAuthentication() resource.Resource {
	return h.domain("sendgrid_domain_authentication", map[string]schema.Attribute{"is_default": flag, "custom_spf": flag}, map[string]any{"is_default": false, "custom_spf": false})
}

// record is a resource for a DNS record.
func (h Hooks) record(name string, attributes map[string]schema.Attribute, read func(ctx context.Context, from getter) Record) resource.Resource {
	attributes["id"] = computed
	return made{name: name, schema: schema.Schema{Attributes: attributes},
		create: func(ctx context.Context, planned getter) (map[string]any, error) {
			if h.Publish == nil {
				return nil, errNoHook
			}
			r := read(ctx, planned)
			return map[string]any{"id": r.Name + "_" + r.Type}, h.Publish(ctx, r)
		},
		remove: func(ctx context.Context, state getter) error {
			if h.Withdraw == nil {
				return nil
			}
			return h.Withdraw(ctx, read(ctx, state))
		},
	}
}

// cloudflareRecord is cloudflare_dns_record.
func (h Hooks) cloudflareRecord() resource.Resource {
	return h.record("cloudflare_dns_record", map[string]schema.Attribute{
		"zone_id": required, "name": required, "type": required, "content": required,
		"ttl": schema.Int64Attribute{Required: true}, "priority": schema.Int64Attribute{Optional: true},
	}, func(ctx context.Context, from getter) Record {
		return Record{text(ctx, from, "zone_id"), text(ctx, from, "name"), text(ctx, from, "type"), []string{text(ctx, from, "content")}, number(ctx, from, "priority")}
	})
}

// route53Record is aws_route53_record.
func (h Hooks) route53Record() resource.Resource {
	return h.record("aws_route53_record", map[string]schema.Attribute{
		"zone_id": required, "name": required, "type": required, "ttl": schema.Int64Attribute{Required: true},
		"records": schema.SetAttribute{ElementType: types.StringType, Required: true},
	}, func(ctx context.Context, from getter) Record {
		var values []string
		from.GetAttribute(ctx, root("records"), &values)
		return Record{Zone: text(ctx, from, "zone_id"), Name: text(ctx, from, "name"), Type: text(ctx, from, "type"), Values: values}
	})
}
