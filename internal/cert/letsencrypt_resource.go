package cert

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

var (
	_ resource.ResourceWithConfigure   = (*letsEncryptCertResource)(nil)
	_ resource.ResourceWithImportState = (*letsEncryptCertResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*letsEncryptCertResource)(nil)
)

const (
	LetsEncryptCertType = "postmaster_letsencrypt_cert"

	// defaultRenewBeforeDays is what Let's Encrypt advises for its 90 days.
	defaultRenewBeforeDays = 30
	// defaultCertificateWait is several times the few minutes that an authority takes.
	defaultCertificateWait = 10 * time.Minute
	// lookInterval is the time between two looks at an endpoint that is to change.
	lookInterval = 3 * time.Second
)

// letsEncryptCertResource is a certificate of Let's Encrypt that a service gets for
// itself.
type letsEncryptCertResource struct {
	certBase
	interval time.Duration // between two looks at the endpoint
}

// NewLetsEncryptCertResource is the resource for services that get certificates.
func NewLetsEncryptCertResource(services []Service) func() resource.Resource {
	return func() resource.Resource {
		return &letsEncryptCertResource{certBase: certBase{services: services}, interval: lookInterval}
	}
}

func (r *letsEncryptCertResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = LetsEncryptCertType
}

func (r *letsEncryptCertResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	title, words := r.service().Title(), r.service().CertWords()
	resp.Schema = schema.Schema{
		MarkdownDescription: "A certificate of Let's Encrypt that " + title + " gets for itself.\n\n" +
			r.server() + " does not tell whether a certificate has arrived, so the provider looks at the one that the host serves. A good one " +
			"that is there already is taken over without asking for another. Renewal is an update, planned when less of the lifetime is left than " +
			"`renew_before_days` or a third of it, whichever is shorter, or when clients refuse what is served.\n\n" +
			words.Order + "\n\n" +
			"Destroying this resource leaves the certificate in force.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: r.idDescription(),
			},
			"hostname": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{kit.HostnameSpelling},
				PlanModifiers: []planmodifier.String{kit.HostnameSpelling},
				MarkdownDescription: "Name of the host, in any spelling. " + words.Hostname +
					" With another name, that host gets a certificate in place; the one of the host before stays in force and is not renewed any more.",
			},
			"endpoint": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{endpointSpelling},
				PlanModifiers: []planmodifier.String{endpointSpelling},
				MarkdownDescription: "Where to look at the certificate: `https://`, `smtps://` or `imaps://`, or `smtp://` or `imap://` by STARTTLS, " +
					"each with a host and perhaps a port. Default: `https://HOSTNAME:443`.",
			},
			"renew_before_days": schema.Int64Attribute{
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(defaultRenewBeforeDays),
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "Renew when fewer days than this are left; never earlier than in the last third of the lifetime. Default: `30`.",
			},
			"not_before":         certificateAttribute("Start of the validity (RFC 3339)."),
			"not_after":          certificateAttribute("End of the validity (RFC 3339)."),
			"issuer":             certificateAttribute("Distinguished name of the authority (RFC 2253)."),
			"serial_number":      certificateAttribute("Serial number in hexadecimal."),
			"fingerprint_sha256": certificateAttribute("SHA-256 of the certificate, in hexadecimal."),
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create:            true,
				CreateDescription: "How long to wait for the certificate, such as `5m`. Default: `10m`.",
				Update:            true,
				UpdateDescription: "How long to wait for a renewed certificate. Default: `10m`.",
			}),
		},
	}
}

// endpointSpelling compares endpoints with their default ports filled in.
var endpointSpelling = kit.Spelling{What: "an endpoint", Canonical: func(text string) (string, error) {
	e, err := tlsprobe.ParseEndpoint(text)
	return e.String(), err
}}

type letsEncryptCertModel struct {
	ID                types.String   `tfsdk:"id"`
	Hostname          types.String   `tfsdk:"hostname"`
	Endpoint          types.String   `tfsdk:"endpoint"`
	RenewBeforeDays   types.Int64    `tfsdk:"renew_before_days"`
	NotBefore         types.String   `tfsdk:"not_before"`
	NotAfter          types.String   `tfsdk:"not_after"`
	Issuer            types.String   `tfsdk:"issuer"`
	SerialNumber      types.String   `tfsdk:"serial_number"`
	FingerprintSHA256 types.String   `tfsdk:"fingerprint_sha256"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

// setDerived fills in what follows from the hostname. The endpoint follows from it
// unless the configuration sets one.
func (r *letsEncryptCertResource) setDerived(m *letsEncryptCertModel, endpointSet bool) {
	id, endpoint := types.StringUnknown(), types.StringUnknown()
	if host, err := kit.CanonicalHostname(m.Hostname.ValueString()); err == nil && !m.Hostname.IsUnknown() {
		id = types.StringValue(r.hostID(host))
		endpoint = types.StringValue(defaultEndpoint(host))
	}
	m.ID = id
	if !endpointSet && !endpointSpelling.Same(endpoint, m.Endpoint) {
		m.Endpoint = endpoint
	}
}

func defaultEndpoint(host string) string {
	return tlsprobe.Endpoint{Scheme: tlsprobe.HTTPS, Host: host, Port: 443}.String()
}

// setUnknownCertificate makes everything unknown that another certificate changes.
func (m *letsEncryptCertModel) setUnknownCertificate() {
	m.NotBefore, m.NotAfter = types.StringUnknown(), types.StringUnknown()
	m.Issuer, m.SerialNumber, m.FingerprintSHA256 = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
}

// setServed fills in the certificate that the endpoint serves.
func (m *letsEncryptCertModel) setServed(found look) {
	leaf := found.served.Leaf
	m.NotBefore, m.NotAfter = timeValue(leaf.NotBefore), timeValue(leaf.NotAfter)
	m.Issuer = types.StringValue(leaf.Issuer.String())
	m.SerialNumber = types.StringValue(leaf.SerialNumber.Text(16))
	m.FingerprintSHA256 = types.StringValue(Fingerprint(leaf))
}

// ModifyPlan plans the renewal that the last look at the endpoint asked for. It
// goes by what Read noted then, never by the clock: the plan is made again when a
// saved one is applied, and has to come out the same a day later.
func (r *letsEncryptCertResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		r.warnOfStaying(", and renews it no more", &resp.Diagnostics)
		return
	}
	var config, plan letsEncryptCertModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.setDerived(&plan, !config.Endpoint.IsNull())
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.requireServerAtPlan(ctx, plan, &resp.Diagnostics)
		return
	}
	if resp.Plan.Raw.Equal(req.State.Raw) {
		note := readRenewalNote(ctx, req.Private, &resp.Diagnostics)
		if note.Reason == "" {
			return
		}
		resp.Diagnostics.AddWarning("The certificate is to be renewed",
			fmt.Sprintf("A look at the certificate that %s serves has found: %s. Applying this plan looks once more, and asks %s for another one unless a good one is served by then.",
				plan.Endpoint.ValueString(), note.Reason, r.service().Title()))
	}
	r.warnOfOtherHost(ctx, plan.Hostname, req, resp)
	r.requireServerAtPlan(ctx, plan, &resp.Diagnostics)
	plan.setUnknownCertificate()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// requireServerAtPlan says at plan what lacks for the service to be asked for a
// certificate. It needs not be asked where a good one is served: only without credentials
// does a plan look whether one is.
func (r *letsEncryptCertResource) requireServerAtPlan(ctx context.Context, plan letsEncryptCertModel, diags *diag.Diagnostics) {
	err := r.Run.Unconfigured(r.service().Name())
	if err == nil || plan.Hostname.IsUnknown() || plan.Endpoint.IsUnknown() || diags.HasError() {
		return
	}
	host := r.Host(plan, diags)
	found, lookErr := r.Look(ctx, host)
	switch {
	case lookErr != nil:
		diags.AddWarning(r.Unconfigured(), fmt.Sprintf("%s. The certificate that the host serves could not be looked at (%s). "+
			"Unless a good one is served when this plan is applied, %s has to be asked for one, and that fails.", err, lookErr, r.service().Title()))
	case found.renewalReason(host) != "":
		kit.AddError(diags, r.Unconfigured(), err)
	}
}

// Create takes over a good certificate that is served, or has the service get one and
// waits for it.
func (r *letsEncryptCertResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan letsEncryptCertModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultCertificateWait)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.ensure(ctx, &plan, timeout, resp.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// ensure has the endpoint serve a good certificate, fills it in, and notes that
// no renewal is due.
func (r *letsEncryptCertResource) ensure(ctx context.Context, m *letsEncryptCertModel, timeout time.Duration, private kit.PrivateState, diags *diag.Diagnostics) {
	r.setDerived(m, !m.Endpoint.IsUnknown())
	host := r.Host(*m, diags)
	if diags.HasError() {
		return
	}
	found, ok := r.obtain(ctx, host, timeout, diags)
	if !ok {
		return
	}
	m.setServed(found)
	renewalNote{}.write(ctx, private, diags)
}

// Host gives the model's part of what to look at, checked once more for what was
// unknown at plan.
func (r *letsEncryptCertResource) Host(m letsEncryptCertModel, diags *diag.Diagnostics) certificateHost {
	name, err := kit.CanonicalHostname(m.Hostname.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("hostname"), "Not a host name", err.Error()+".")
	}
	endpoint, err := tlsprobe.ParseEndpoint(m.Endpoint.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("endpoint"), "Not an endpoint", err.Error()+".")
	}
	return certificateHost{name: name, endpoint: endpoint, renewBeforeDays: m.RenewBeforeDays.ValueInt64()}
}

// Read looks at what the endpoint serves and notes, for the plan, whether that is
// due for renewal. A host that cannot be reached may only be down.
func (r *letsEncryptCertResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state letsEncryptCertModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	host := r.Host(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.Look(ctx, host)
	if err != nil {
		resp.Diagnostics.AddError("Unable to read the certificate that the host serves",
			fmt.Sprintf("%s. The resource stays in the state as it is. Check that the host is up and reachable from here, "+
				"or set endpoint to another of its ports, such as smtp://%s:25.", err, host.name))
		return
	}
	if found.served != nil {
		state.setServed(found)
	}
	renewalNote{Reason: found.renewalReason(host)}.write(ctx, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update renews the certificate, unless a good one is served by now.
func (r *letsEncryptCertResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan letsEncryptCertModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultCertificateWait)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.ensure(ctx, &plan, timeout, resp.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete does nothing at the service, which has no call for it; the plan has warned.
func (r *letsEncryptCertResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}

// ImportState takes the ID of a host's certificate.
func (r *letsEncryptCertResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	host, ok := r.hostOfID(req.ID)
	if !ok {
		resp.Diagnostics.AddError("Unusable import id", fmt.Sprintf("%q is not the id of a certificate, such as %q.", req.ID, r.hostID("mail.example.com")))
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(kit.SetAll(ctx, &resp.State, map[string]any{
		"id":                r.hostID(host),
		"hostname":          host,
		"endpoint":          defaultEndpoint(host),
		"renew_before_days": int64(defaultRenewBeforeDays),
	})...)
}
