package zone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ datasource.DataSourceWithConfigure = (*zoneRecordsDataSource)(nil)

// zoneRecordsDataSource is the data source for the mail records of a domain. It shows what the list
// of postmaster_dns_records shows, to versions of Terraform and OpenTofu without lists.
type zoneRecordsDataSource struct {
	kit.DataBase
	hosts Hosts
}

// NewRecordsDataSource returns the constructor of the data source postmaster_zone_records.
func NewRecordsDataSource(hosts []HostService) func() datasource.DataSource {
	return func() datasource.DataSource { return &zoneRecordsDataSource{hosts: hosts} }
}

func (d *zoneRecordsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_zone_records"
}

func (d *zoneRecordsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The mail records of a domain as they stand in its zone, in sets that `postmaster_dns_records` can import. " +
			"Records that are not about mail are left out, and so are those that the host hides behind its proxy. Use it to see what to write into the configuration: " +
			"a configuration that takes its records from here follows every change in the zone and never shows drift.",
		Attributes: map[string]schema.Attribute{
			"dns_authorization_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{d.hosts.IDSpelling()},
				MarkdownDescription: "The `id` of a `postmaster_dns_authorization`, such as `" + d.hosts.example() + "/example.com`. Only the records of its domain are shown.",
			},
			"complete": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the whole zone was read. If the host reads names only, DKIM and BIMI records at other names than `default._bimi` " +
					"are not in `sets`.",
			},
			"left_out": schema.ListNestedAttribute{
				Computed: true,
				MarkdownDescription: "The record sets about mail that `postmaster_dns_records` cannot manage, and that are therefore in no set of `sets`. " +
					"Examples are record sets with a routing policy, aliases, records that make each other invalid, such as two SPF records at one name, and at some hosts records of types that its API does not write.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"set":    schema.StringAttribute{Computed: true, MarkdownDescription: "The label of the set that the records would belong to."},
					"name":   schema.StringAttribute{Computed: true, MarkdownDescription: "Absolute name, in punycode, without trailing dot."},
					"type":   schema.StringAttribute{Computed: true, MarkdownDescription: "Record type. `ALIAS` stands for an alias that has addresses."},
					"reason": schema.StringAttribute{Computed: true, MarkdownDescription: "Why they cannot be managed, and what to do about it."},
				}},
			},
			"sets": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The sets, by label: " + mailSetLabels() + ".",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"import_id": schema.StringAttribute{Computed: true, MarkdownDescription: "The import id of the set as a `postmaster_dns_records`."},
					"records": schema.MapNestedAttribute{
						Computed:            true,
						MarkdownDescription: "The records, as in `records` of `postmaster_dns_records`.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"name":     schema.StringAttribute{Computed: true, MarkdownDescription: "Absolute name, in punycode, without trailing dot."},
							"type":     schema.StringAttribute{Computed: true, MarkdownDescription: "Record type."},
							"value":    schema.StringAttribute{Computed: true, MarkdownDescription: "Value, as in `records` of `postmaster_dns_records`."},
							"priority": schema.Int64Attribute{Computed: true, MarkdownDescription: "Preference of an MX record."},
						}},
					},
					"services": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "The known mail services that the records point to, such as `Microsoft 365`, sorted.",
					},
				}},
			},
		},
	}
}

type zoneRecordsModel struct {
	DNSAuthorizationID types.String `tfsdk:"dns_authorization_id"`
	Complete           types.Bool   `tfsdk:"complete"`
	Sets               types.Map    `tfsdk:"sets"`
	LeftOut            types.List   `tfsdk:"left_out"`
}

// leftOutType is the type of one element of the attribute left_out.
var leftOutType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"set": types.StringType, "name": types.StringType, "type": types.StringType, "reason": types.StringType,
}}

// zoneSetType is the type of one set of the attribute sets.
var zoneSetType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"import_id": types.StringType,
	"records":   types.MapType{ElemType: kit.DNSRecordType},
	"services":  types.ListType{ElemType: types.StringType},
}}

func (d *zoneRecordsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model zoneRecordsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := d.hosts.parseID(model.DNSAuthorizationID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("dns_authorization_id"), "Not the id of a DNS authorization", err.Error()+".")
		return
	}
	found, err := readMailSets(ctx, d.Run, id, "")
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to read the mail records", err)
		return
	}
	elements := map[string]attr.Value{}
	for _, set := range found.sets {
		services, d := types.ListValueFrom(ctx, types.StringType, set.services())
		resp.Diagnostics.Append(d...)
		elements[set.Label] = types.ObjectValueMust(zoneSetType.AttrTypes, map[string]attr.Value{
			"import_id": types.StringValue(set.importID(id)),
			"records":   set.value(id.Domain),
			"services":  services,
		})
	}
	model.Complete = types.BoolValue(found.whole)
	model.Sets = types.MapValueMust(zoneSetType, elements)
	left := []attr.Value{}
	for _, l := range found.leftOut {
		left = append(left, types.ObjectValueMust(leftOutType.AttrTypes, map[string]attr.Value{
			"set": types.StringValue(l.label), "name": types.StringValue(l.record.Name), "type": types.StringValue(l.record.Type), "reason": types.StringValue(l.reason),
		}))
	}
	model.LeftOut = types.ListValueMust(leftOutType, left)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
