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
	_ resource.ResourceWithConfigure   = (*letsEncryptResource)(nil)
	_ resource.ResourceWithImportState = (*letsEncryptResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*letsEncryptResource)(nil)
)

const (
	// letsEncryptType is the type name of the resource.
	letsEncryptType = "postmaster_letsencrypt_cert"

	// defaultRenewBeforeDays is what Let's Encrypt advises for certificates of 90 days.
	defaultRenewBeforeDays = 30
	// defaultCertificateWait is several times the few minutes that an authority usually takes.
	defaultCertificateWait = 10 * time.Minute
	// lookInterval is the time between two looks at an endpoint that is expected to change.
	lookInterval = 3 * time.Second
)

// letsEncryptResource is the resource for a Let's Encrypt certificate that a service obtains
// itself.
type letsEncryptResource struct {
	base
	interval time.Duration // between two looks at the endpoint
}

// NewLetsEncryptResource returns the constructor of the resource postmaster_letsencrypt_cert.
func NewLetsEncryptResource(services []Service) func() resource.Resource {
	return kit.Identified(func() resource.Resource {
		return &letsEncryptResource{base: base{services: services}, interval: lookInterval}
	}, certIdentity(services))
}

func (r *letsEncryptResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = letsEncryptType
}

func (r *letsEncryptResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	title, words := r.service().Title(), r.service().CertWords()
	resp.Schema = schema.Schema{
		MarkdownDescription: "A Let's Encrypt certificate that " + title + " obtains itself.\n\n" +
			r.server() + " does not report whether a certificate has arrived, so the provider looks at the one that the host serves. If a good one " +
			"is served already, no other is requested. A renewal is an update. It is planned when less of the lifetime is left than " +
			"`renew_before_days` or a third of it, whichever is shorter, or when clients would refuse the served certificate.\n\n" +
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
					" A change of the name is an update in place: the new host gets a certificate. The certificate of the old host stays in force and is no longer renewed.",
			},
			"endpoint": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{endpointSpelling},
				PlanModifiers: []planmodifier.String{endpointSpelling},
				MarkdownDescription: "Where to read the certificate: `https://`, `smtps://` or `imaps://`, or with STARTTLS `smtp://` or `imap://`, " +
					"each with a host and optionally a port. Default: `https://HOSTNAME:443`.",
			},
			"renew_before_days": schema.Int64Attribute{
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(defaultRenewBeforeDays),
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: "Renew when fewer days than this are left, but never before the last third of the lifetime. Default: `30`.",
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

// endpointSpelling compares endpoints after filling in their default ports.
var endpointSpelling = kit.Spelling{What: "an endpoint", Canonical: func(text string) (string, error) {
	e, err := tlsprobe.ParseEndpoint(text)
	return e.String(), err
}}

type letsEncryptModel struct {
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

// setDerived sets the attributes that follow from the hostname. The endpoint follows from it unless
// the configuration sets one.
func (r *letsEncryptResource) setDerived(m *letsEncryptModel, endpointSet bool) {
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

// defaultEndpoint returns the endpoint of a host where the configuration sets none.
func defaultEndpoint(host string) string {
	return tlsprobe.Endpoint{Scheme: tlsprobe.HTTPS, Host: host, Port: 443}.String()
}

// setUnknownCertificate makes every attribute unknown that depends on the certificate.
func (m *letsEncryptModel) setUnknownCertificate() {
	m.NotBefore, m.NotAfter = types.StringUnknown(), types.StringUnknown()
	m.Issuer, m.SerialNumber, m.FingerprintSHA256 = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
}

// setServed sets the attributes of the certificate that the endpoint serves.
func (m *letsEncryptModel) setServed(found look) {
	leaf := found.served.Leaf
	m.NotBefore, m.NotAfter = timeValue(leaf.NotBefore), timeValue(leaf.NotAfter)
	m.Issuer = types.StringValue(leaf.Issuer.String())
	m.SerialNumber = types.StringValue(leaf.SerialNumber.Text(16))
	m.FingerprintSHA256 = types.StringValue(fingerprint(leaf))
}

// ModifyPlan plans a renewal if the last look at the endpoint found one to be due. It uses the note
// of that look and never the clock. Terraform plans again when it applies a saved plan, and the
// second plan must be the same even a day later.
func (r *letsEncryptResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		r.warnOfStaying(", and renews it no more", &resp.Diagnostics)
		return
	}
	var config, plan letsEncryptModel
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
			fmt.Sprintf("The certificate that %s serves has a problem: %s. The apply looks again, and asks %s for another one unless a good one is served by then.",
				plan.Endpoint.ValueString(), note.Reason, r.service().Title()))
	}
	r.warnOfOtherHost(ctx, plan.Hostname, req, resp)
	r.requireServerAtPlan(ctx, plan, &resp.Diagnostics)
	plan.setUnknownCertificate()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// requireServerAtPlan adds an error if the service would have to be asked for a certificate and is
// not configured. No call to the service is needed if the host already serves a good certificate.
// The plan looks at the host only if credentials are missing.
func (r *letsEncryptResource) requireServerAtPlan(ctx context.Context, plan letsEncryptModel, diags *diag.Diagnostics) {
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

// Create uses the certificate that is served if it is good. Otherwise it makes the service obtain
// one and waits for it.
func (r *letsEncryptResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan letsEncryptModel
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

// ensure makes sure that the endpoint serves a good certificate, sets its attributes, and notes
// that no renewal is due.
func (r *letsEncryptResource) ensure(ctx context.Context, m *letsEncryptModel, timeout time.Duration, private kit.PrivateState, diags *diag.Diagnostics) {
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

// Host returns the host and endpoint of the model. It checks them again for values that were
// unknown at plan.
func (r *letsEncryptResource) Host(m letsEncryptModel, diags *diag.Diagnostics) certificateHost {
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

// Read looks at the certificate that the endpoint serves and notes for the plan whether a renewal
// is due. A host that cannot be reached keeps its state, because it may only be down.
func (r *letsEncryptResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state letsEncryptModel
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

// Update renews the certificate, unless the host serves a good one by now.
func (r *letsEncryptResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan letsEncryptModel
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

// Delete does nothing at the service, which has no call to remove a certificate. The plan has
// warned about that.
func (r *letsEncryptResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}

// ImportState takes the ID of a host's certificate.
func (r *letsEncryptResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
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
