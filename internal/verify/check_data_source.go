package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ datasource.DataSourceWithConfigure      = (*checkDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*checkDataSource)(nil)
)

// checkDataSource is the data source that tells whether the mail of a domain is all right.
type checkDataSource struct {
	kit.DataBase
}

// NewCheckDataSource returns the data source postmaster_domain_check.
func NewCheckDataSource() datasource.DataSource { return &checkDataSource{} }

func (d *checkDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_domain_check"
}

func (d *checkDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	idList := func(what string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The IDs of the checks " + what + ", in the order of the catalogue."}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Checks whether the mail of a domain is all right: whether what is published is enough to be delivered, what is missing, and what will break. " +
			"It looks when the data source is read, which is in each plan, and works for any domain at any service.\n\n" +
			"It asks the DNS, the web server of the MTA-STS policy and of the logo, and the mail servers of the domain at port 25, and nobody else. " +
			"It never connects to a private address because a record says so. " +
			"A check whose lookup fails is `unknown`, not `fail`: if port 25 is blocked where Terraform runs, the checks that need it are `unknown`.\n\n" +
			"The guide [Is my mail all right?](../guides/domain-check.md) lists all checks.",
		Attributes: map[string]schema.Attribute{
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{kit.MailDomainSpelling},
				MarkdownDescription: "The mail domain.",
			},
			"selectors": texts("The DKIM selectors that sign the domain's mail. The DNS does not list selectors, so without any, most checks of DKIM are skipped. "+
				"A key below a subdomain is given by its whole name, such as `s1._domainkey.news.example.com`.",
				setvalidator.ValueStringsAre(aSelector)),
			"sending_addresses": texts("The IP addresses from which mail of the domain is sent. With them, SPF is evaluated for each address, and their names are checked.",
				setvalidator.ValueStringsAre(anAddress)),
			"helo_name": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{aGreeting},
				MarkdownDescription: "The name with which the sending servers greet, such as `mail.example.com`.",
			},
			"bulk": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the domain sends in bulk, such as 5,000 mails a day to one service. Then it has to have SPF, DKIM and DMARC. Default: `false`.",
			},
			"mailboxes": texts("All mailboxes and aliases of the domain, as addresses or local parts. With them, it is checked that `postmaster` and `abuse` are among them. Addresses of other domains do not count.",
				setvalidator.ValueStringsAre(aMailbox)),
			"only": texts("The checks to make, by ID or group; `spf_*` stands for all IDs that begin so. Default: all.",
				setvalidator.ValueStringsAre(aCheck)),
			"silence": texts("The checks to leave out, as in `only`.", setvalidator.ValueStringsAre(aCheck)),
			"fail_on": texts("What is an error of the plan, instead of a result only: checks as in `only`, or a severity (`critical`, `high`, `medium`, `low`), which includes higher ones. "+
				"Checks that could not look are no error. Default: nothing.", setvalidator.ValueStringsAre(aFailure)),
			"block_lists": texts("DNS block lists to ask for the sending addresses, such as `dnsbl.example.com`. Mind their terms of use. Default: none is asked.",
				setvalidator.ValueStringsAre(aBlockList)),
			"allowed_networks": texts("Networks of private addresses that may be connected to and count as public, such as `10.0.0.0/8`. In the sandbox, the addresses of documentation, such as `192.0.2.1`, count as public too.",
				setvalidator.ValueStringsAre(aNetwork)),
			"control_host": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{aControlHost},
				MarkdownDescription: "A mail server of your own that answers at port 25, as `host` or `host:port`, such as `mail.example.net` or `192.0.2.25:25`. If it does, port 25 is open where Terraform runs, and a mail server of the domain that does not answer fails. " +
					"Otherwise this is `unknown` unless another server of the domain answers.",
			},
			"proof_zone": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{aProofZone},
				MarkdownDescription: "A signed zone that proves that the resolver validates DNSSEC, for resolvers with a trust anchor of their own. " +
					"Default: the root. Checks that need validation are `unknown` without such a resolver; set it in `dns_resolvers` of the provider.",
			},
			"connect": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to connect to web and mail servers. With `false`, only the DNS is asked, and checks that need more are skipped. Default: `true`.",
			},
			"ok": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether no check fails and none is unknown. Warnings do not count.",
			},
			"failed":   idList("that fail"),
			"warned":   idList("that warn"),
			"unknown":  idList("that could not look"),
			"passed":   idList("that pass"),
			"informed": idList("that have something to tell"),
			"skipped":  idList("that do not apply, or need what was not given"),
			"reasons": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "A sentence for each check that fails, warns or could not look: failures first, then warnings, each by severity. For messages, such as `error_message`.",
			},
			"dmarc_policy": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The DMARC policy in force: `none`, `quarantine` or `reject`; empty if the domain is without DMARC, null if it was not looked for or could not be found out.",
			},
			"results": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The result of each check, by ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"title":    schema.StringAttribute{Computed: true, MarkdownDescription: "What the check is about, in a few words for people, such as `DNS lookups of SPF`."},
					"status":   schema.StringAttribute{Computed: true, MarkdownDescription: "`pass`, `warn`, `fail`, `info`, `skip` or `unknown`."},
					"severity": schema.StringAttribute{Computed: true, MarkdownDescription: "`critical`, `high`, `medium` or `low`."},
					"found":    schema.StringAttribute{Computed: true, MarkdownDescription: "What is there, or why it could not be seen. It may quote what strangers have published."},
					"expected": schema.StringAttribute{Computed: true, MarkdownDescription: "What should be there; empty if the check passes or does not apply."},
					"why":      schema.StringAttribute{Computed: true, MarkdownDescription: "Why it matters."},
					"source":   schema.StringAttribute{Computed: true, MarkdownDescription: "Where that is written."},
				}},
			},
		},
	}
}

// texts is an optional set of strings.
func texts(description string, validators ...validator.Set) schema.SetAttribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: validators, MarkdownDescription: description}
}

type checkModel struct {
	Domain           types.String `tfsdk:"domain"`
	Selectors        types.Set    `tfsdk:"selectors"`
	SendingAddresses types.Set    `tfsdk:"sending_addresses"`
	HELOName         types.String `tfsdk:"helo_name"`
	Bulk             types.Bool   `tfsdk:"bulk"`
	Mailboxes        types.Set    `tfsdk:"mailboxes"`
	Only             types.Set    `tfsdk:"only"`
	Silence          types.Set    `tfsdk:"silence"`
	FailOn           types.Set    `tfsdk:"fail_on"`
	BlockLists       types.Set    `tfsdk:"block_lists"`
	AllowedNetworks  types.Set    `tfsdk:"allowed_networks"`
	ControlHost      types.String `tfsdk:"control_host"`
	ProofZone        types.String `tfsdk:"proof_zone"`
	Connect          types.Bool   `tfsdk:"connect"`
	OK               types.Bool   `tfsdk:"ok"`
	Failed           types.List   `tfsdk:"failed"`
	Warned           types.List   `tfsdk:"warned"`
	Unknown          types.List   `tfsdk:"unknown"`
	Passed           types.List   `tfsdk:"passed"`
	Informed         types.List   `tfsdk:"informed"`
	Skipped          types.List   `tfsdk:"skipped"`
	Reasons          types.List   `tfsdk:"reasons"`
	DMARCPolicy      types.String `tfsdk:"dmarc_policy"`
	Results          types.Map    `tfsdk:"results"`
}

// checkResultType is the type of an element of the attribute results.
var checkResultType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"title": types.StringType, "status": types.StringType, "severity": types.StringType, "found": types.StringType,
	"expected": types.StringType, "why": types.StringType, "source": types.StringType,
}}

func (d *checkDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model checkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	options, err := checkOptions(d.Run)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to check the domain", err)
		return
	}
	model.fill(&options)
	report, err := check.Run(ctx, options)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to check the domain", err)
		return
	}
	model.show(report)
	addFailures(&resp.Diagnostics, report, kit.TextsOf(model.FailOn))
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

// checkOptions returns the options that are the same for all domains of a run. In the sandbox, they
// lead to the simulated world.
func checkOptions(run *kit.Run) (check.Options, error) {
	lookup, err := run.Lookup()
	if err != nil {
		return check.Options{}, err
	}
	options := check.Options{Lookup: lookup, Dial: run.Dial, Now: run.Now}
	if box := run.Sandbox(); box != nil {
		options.Allowed = check.SandboxNetworks()
		options.Roots, err = box.RootCAs()
	}
	return options, err
}

// fill adds what the configuration says.
func (m *checkModel) fill(o *check.Options) {
	o.Domain = m.Domain.ValueString()
	o.Selectors = kit.TextsOf(m.Selectors)
	for _, text := range kit.TextsOf(m.SendingAddresses) {
		if addr, err := check.ParseSender(text); err == nil {
			o.SendingAddresses = append(o.SendingAddresses, addr)
		}
	}
	for _, text := range kit.TextsOf(m.AllowedNetworks) {
		if network, err := check.ParseNetwork(text); err == nil {
			o.Allowed = append(o.Allowed, network)
		}
	}
	if !m.Mailboxes.IsNull() {
		o.Mailboxes = []string{}
	}
	for _, text := range kit.TextsOf(m.Mailboxes) {
		local, domain, err := check.ParseMailbox(text)
		if err == nil && (domain == "" || kit.MailDomainSpelling.Same(types.StringValue(domain), m.Domain)) {
			o.Mailboxes = append(o.Mailboxes, local)
		}
	}
	o.HELOName = m.HELOName.ValueString()
	o.Bulk = m.Bulk.ValueBool()
	o.Only, o.Silence = kit.TextsOf(m.Only), kit.TextsOf(m.Silence)
	o.BlockLists = kit.TextsOf(m.BlockLists)
	o.ControlHost = m.ControlHost.ValueString()
	o.ProofZone = m.ProofZone.ValueString()
	o.DNSOnly = !m.Connect.IsNull() && !m.Connect.ValueBool()
}

// show sets the computed attributes.
func (m *checkModel) show(report check.Report) {
	ids := func(status check.Status) types.List {
		var found []string
		for _, result := range report.With(status) {
			found = append(found, result.ID)
		}
		return textList(found)
	}
	m.OK = types.BoolValue(len(report.With(check.Fail, check.Unknown)) == 0)
	m.Failed, m.Warned, m.Unknown = ids(check.Fail), ids(check.Warn), ids(check.Unknown)
	m.Passed, m.Informed, m.Skipped = ids(check.Pass), ids(check.Info), ids(check.Skip)
	var reasons []string
	for _, result := range report.Urgent() {
		reasons = append(reasons, reason(result))
	}
	m.Reasons = textList(reasons)
	m.DMARCPolicy = dmarcPolicy(report)
	results := map[string]attr.Value{}
	for _, result := range report.Results {
		results[result.ID] = types.ObjectValueMust(checkResultType.AttrTypes, map[string]attr.Value{
			"title": types.StringValue(result.Title), "status": types.StringValue(string(result.Status)), "severity": types.StringValue(string(result.Severity)),
			"found": types.StringValue(result.Found), "expected": types.StringValue(result.Expected),
			"why": types.StringValue(result.Why), "source": types.StringValue(result.Source),
		})
	}
	m.Results = types.MapValueMust(checkResultType, results)
}

// dmarcPolicy returns the policy in force, as far as it is known.
func dmarcPolicy(report check.Report) types.String {
	if report.DMARC != nil {
		return types.StringValue(report.DMARC.Policy)
	}
	if result, found := report.Result("dmarc_present"); found && result.Status == check.Fail {
		return types.StringValue("")
	}
	return types.StringNull()
}

// reason is a result in one sentence.
func reason(r check.Result) string {
	text := fmt.Sprintf("%s (%s, %s): %s", r.ID, r.Status, r.Severity, r.Found)
	if r.Status != check.Unknown {
		text += "; expected: " + strings.TrimSuffix(r.Expected, ".")
	}
	return text + "."
}

func textList(texts []string) types.List {
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}

// addFailures adds an error for the failures that the configuration takes for one.
func addFailures(diags *diag.Diagnostics, report check.Report, failOn []string) {
	var reasons []string
	for _, result := range report.Urgent() {
		if result.Status == check.Fail && slices.ContainsFunc(failOn, func(what string) bool { return check.FailsOn(what, result) }) {
			reasons = append(reasons, "- "+reason(result)+" "+result.Why)
		}
	}
	if len(reasons) > 0 {
		diags.AddAttributeError(path.Root("fail_on"), "The domain fails checks of its mail",
			fmt.Sprintf("%s fails:\n\n%s\n\nCorrect the records, or take the checks out of fail_on or into silence.", report.Domain, strings.Join(reasons, "\n")))
	}
}
