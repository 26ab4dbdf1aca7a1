package sendgrid

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

var _ datasource.DataSourceWithConfigure = (*defaultAuthenticatedDomainDataSource)(nil)

// defaultAuthenticatedDomainDataSource is SendGrid's default domain, which sends the mail whose
// From matches no domain.
type defaultAuthenticatedDomainDataSource struct{ kit.DataBase }

func newDefaultAuthenticatedDomainDataSource() datasource.DataSource {
	return &defaultAuthenticatedDomainDataSource{}
}

func (d *defaultAuthenticatedDomainDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_default_authenticated_domain"
}

func (d *defaultAuthenticatedDomainDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	texts := func(description string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "SendGrid's default authenticated domain: SendGrid uses it for mail whose From matches no domain. " +
			"If there is none, `default` is `false` and the computed attributes are null. If several domains match, the error lists them.",
		Attributes: map[string]schema.Attribute{
			"domain": schema.StringAttribute{
				Optional: true, Computed: true,
				Validators:          []validator.String{kit.MailDomainSpelling},
				MarkdownDescription: "Look only among the domains with this name. Default: look among all domains; the attribute then has the name of the one found.",
			},
			"on_behalf_of": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Subuser, or `account-id ID` of a customer account, whose default domain to read. Default: the provider's.",
			},
			"region": schema.StringAttribute{
				Optional: true, Computed: true,
				Validators:          []validator.String{regionValidator()},
				MarkdownDescription: "`global` or `eu`. Default: the provider's.",
			},
			"id":                 text("The `id` that a `postmaster_sender_domain` has for this domain, such as `sendgrid/45373692`."),
			"user_id":            schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of the account or subuser that owns the domain."},
			"username":           text("Name of that account or subuser."),
			"subdomain":          text("Subdomain that mail is sent from."),
			"ips":                texts("Addresses in the custom SPF record."),
			"custom_spf":         flag("Whether the SPF record lists `ips` instead of SendGrid's own."),
			"default":            flag("Whether there is a default domain."),
			"legacy":             flag("Whether it was made by a tool that SendGrid has discontinued."),
			"automatic_security": flag("Whether SendGrid manages SPF and DKIM itself, behind three CNAME records."),
			"valid":              flag("Whether all records were correct when SendGrid last checked."),
			"dns_records": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The DNS records that SendGrid asks for, by purpose, such as `dkim1`.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":     text("Absolute name, in punycode, without trailing dot."),
					"type":     text("Record type, such as `CNAME`."),
					"value":    text("Value. A TXT record has one unquoted text; host names are absolute, without trailing dot."),
					"priority": schema.Int64Attribute{Computed: true, MarkdownDescription: "Preference of an MX record."},
					"valid":    flag("Whether it was correct when SendGrid last checked."),
				}},
			},
			"subusers":                   texts("Names of the subusers that may send with it in addition to its owner."),
			"subuser_ids":                schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Numbers of these subusers, by their names."},
			"last_validation_attempt_at": text("When SendGrid was last asked to validate it (RFC 3339); null if never."),
		},
	}
}

type defaultAuthenticatedDomainModel struct {
	Domain            types.String                  `tfsdk:"domain"`
	OnBehalfOf        types.String                  `tfsdk:"on_behalf_of"`
	Region            types.String                  `tfsdk:"region"`
	ID                types.String                  `tfsdk:"id"`
	UserID            types.Int64                   `tfsdk:"user_id"`
	Username          types.String                  `tfsdk:"username"`
	Subdomain         types.String                  `tfsdk:"subdomain"`
	IPs               []string                      `tfsdk:"ips"`
	CustomSPF         types.Bool                    `tfsdk:"custom_spf"`
	Default           types.Bool                    `tfsdk:"default"`
	Legacy            types.Bool                    `tfsdk:"legacy"`
	AutomaticSecurity types.Bool                    `tfsdk:"automatic_security"`
	Valid             types.Bool                    `tfsdk:"valid"`
	DNSRecords        map[string]checkedRecordModel `tfsdk:"dns_records"`
	Subusers          []string                      `tfsdk:"subusers"`
	SubuserIDs        map[string]int64              `tfsdk:"subuser_ids"`
	LastValidation    types.String                  `tfsdk:"last_validation_attempt_at"`
}

// checkedRecordModel is a DNS record with the result of SendGrid's check.
type checkedRecordModel struct {
	Name     string      `tfsdk:"name"`
	Type     string      `tfsdk:"type"`
	Value    string      `tfsdk:"value"`
	Priority types.Int64 `tfsdk:"priority"`
	Valid    bool        `tfsdk:"valid"`
}

// Read asks SendGrid each time, because the results of its checks change by themselves.
func (d *defaultAuthenticatedDomainDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model defaultAuthenticatedDomainModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, err := kit.PartOf[*Account](d.Run).Client()
	if err != nil {
		kit.AddError(&resp.Diagnostics, "SendGrid is not configured", err)
		return
	}
	name := model.Domain.ValueString()
	if name != "" {
		if name, err = kit.CanonicalMailDomain(name); err != nil {
			resp.Diagnostics.AddError("Not a mail domain", err.Error()+".")
			return
		}
	}
	client = client.For(sendgridapi.Region(model.Region.ValueString()), model.OnBehalfOf.ValueString())
	model.Region = types.StringValue(string(client.Region()))
	found, err := client.Default(ctx, name)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to read the default authenticated domain", err)
		return
	}
	model.Default = types.BoolValue(found != nil)
	if found != nil {
		model.fill(*found)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func (m *defaultAuthenticatedDomainModel) fill(d sendgridapi.Domain) {
	m.ID = types.StringValue(domainID{serviceName, m.OnBehalfOf.ValueString(), d.ID}.String())
	if m.Domain.IsNull() {
		m.Domain = types.StringValue(d.Domain)
	}
	m.UserID, m.Username, m.Subdomain = types.Int64Value(d.UserID), types.StringValue(d.Username), types.StringValue(d.Subdomain)
	m.IPs, m.Subusers = append([]string{}, d.IPs...), d.SubuserNames()
	m.CustomSPF, m.Default, m.Legacy = types.BoolValue(d.CustomSPF), types.BoolValue(d.Default), types.BoolValue(d.Legacy)
	m.AutomaticSecurity, m.Valid = types.BoolValue(d.AutomaticSecurity), types.BoolValue(d.Valid)
	m.SubuserIDs = map[string]int64{}
	for _, subuser := range d.Subusers {
		m.SubuserIDs[subuser.Username] = subuser.UserID
	}
	m.DNSRecords = map[string]checkedRecordModel{}
	for purpose, r := range d.Records {
		m.DNSRecords[purpose] = checkedRecordModel{Name: r.Name, Type: r.Type, Value: r.Data, Priority: priorityOf(r), Valid: r.Valid}
	}
	if !d.LastValidation.IsZero() {
		m.LastValidation = types.StringValue(d.LastValidation.UTC().Format(time.RFC3339))
	}
}
