package cert

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

// There is no import. The server shows neither the certificate nor its key, and without them there
// is nothing to compare a configuration with.
var (
	_ resource.ResourceWithConfigure      = (*tlsResource)(nil)
	_ resource.ResourceWithValidateConfig = (*tlsResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*tlsResource)(nil)
)

// tlsResource is the resource for a certificate that is uploaded to a service.
type tlsResource struct{ base }

// NewTLSResource returns the constructor of the resource postmaster_tls_certificate.
func NewTLSResource(services []Service) func() resource.Resource {
	return func() resource.Resource { return &tlsResource{base{services: services}} }
}

func (r *tlsResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_tls_certificate"
}

func (r *tlsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	title, words := r.service().Title(), r.service().CertWords()
	resp.Schema = schema.Schema{
		MarkdownDescription: "A certificate from elsewhere that is uploaded to " + title + ", with its private key.\n\n" +
			paragraph(words.Check, "The provider checks before it uploads: that the "+
				"chain is in order, that the key belongs to it, that it is valid today and that it covers the hostname.", words.Several) + "\n\n" +
			"There is no call to read the certificate back. So a change outside of Terraform is not noticed, and there is no import. " +
			"Destroying this resource leaves the certificate in force.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: r.idDescription(),
			},
			"hostname": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{kit.HostnameSpelling},
				PlanModifiers:       []planmodifier.String{kit.HostnameSpelling},
				MarkdownDescription: "Name by which clients reach " + title + ", in any spelling. The certificate has to cover it.",
			},
			"certificate_pem": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The certificate in PEM form, followed by its intermediate certificates. Each is signed by the next. " +
					"Text around the certificates is not sent.",
			},
			"private_key_pem": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				Validators: []validator.String{
					stringvalidator.ExactlyOneOf(path.MatchRoot("private_key_pem"), path.MatchRoot("private_key_pem_wo")),
				},
				MarkdownDescription: "The private key in PEM form (PKCS #8, PKCS #1 or SEC 1), not encrypted. It is stored in the state; `private_key_pem_wo` is not.",
			},
			"private_key_pem_wo": schema.StringAttribute{
				Optional:   true,
				Sensitive:  true,
				WriteOnly:  true,
				Validators: []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("private_key_pem_wo_version"))},
				MarkdownDescription: "The private key, write-only: it is sent to " + title + " and stored nowhere else. " +
					"Needs Terraform 1.11 or later. Terraform notices a change only if `private_key_pem_wo_version` or `certificate_pem` changes too.",
			},
			"private_key_pem_wo_version": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("private_key_pem_wo"))},
				MarkdownDescription: "Version of `private_key_pem_wo`. A new number uploads the certificate and the key again.",
			},
			"not_after":          certificateAttribute("End of the validity (RFC 3339)."),
			"fingerprint_sha256": certificateAttribute("SHA-256 of the certificate, in hexadecimal."),
		},
	}
}

type tlsModel struct {
	ID                types.String `tfsdk:"id"`
	Hostname          types.String `tfsdk:"hostname"`
	CertificatePEM    types.String `tfsdk:"certificate_pem"`
	PrivateKeyPEM     types.String `tfsdk:"private_key_pem"`
	PrivateKeyPEMWO   types.String `tfsdk:"private_key_pem_wo"`
	KeyVersion        types.Int64  `tfsdk:"private_key_pem_wo_version"`
	NotAfter          types.String `tfsdk:"not_after"`
	FingerprintSHA256 types.String `tfsdk:"fingerprint_sha256"`
}

// key returns the configured private key and the path of its attribute.
func (m tlsModel) key() (types.String, path.Path) {
	if !m.PrivateKeyPEMWO.IsNull() {
		return m.PrivateKeyPEMWO, path.Root("private_key_pem_wo")
	}
	return m.PrivateKeyPEM, path.Root("private_key_pem")
}

// read parses the configured certificate and key as far as they are known. It adds errors if they
// do not belong together. It does not check dates.
func (m tlsModel) read(diags *diag.Diagnostics) (chain chain, key privateKey) {
	if !m.CertificatePEM.IsNull() && !m.CertificatePEM.IsUnknown() {
		var err error
		chain, err = parseChain(m.CertificatePEM.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root("certificate_pem"), "Unusable certificate", err.Error()+".")
		}
	}
	text, at := m.key()
	if !text.IsNull() && !text.IsUnknown() {
		var err error
		key, err = parsePrivateKey(text.ValueString())
		if err != nil {
			diags.AddAttributeError(at, "Unusable private key", err.Error()+".")
		}
	}
	if len(chain) == 0 {
		return chain, key
	}
	if key.signer != nil {
		if err := chain.checkKey(key); err != nil {
			diags.AddAttributeError(at, "The private key does not match the certificate", err.Error()+".")
		}
	}
	if host, err := kit.CanonicalHostname(m.Hostname.ValueString()); err == nil && !m.Hostname.IsUnknown() {
		if err := chain.checkHost(host); err != nil {
			diags.AddAttributeError(path.Root("certificate_pem"), "The certificate does not cover the hostname", err.Error()+".")
		}
	}
	return chain, key
}

// setComputed sets the attributes that follow from the configuration, as far as it is known.
func (r *tlsResource) setComputed(m *tlsModel, chain chain) {
	m.ID, m.NotAfter, m.FingerprintSHA256 = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	if host, err := kit.CanonicalHostname(m.Hostname.ValueString()); err == nil && !m.Hostname.IsUnknown() {
		m.ID = types.StringValue(r.hostID(host))
	}
	if len(chain) > 0 {
		m.NotAfter = timeValue(chain[0].NotAfter)
		m.FingerprintSHA256 = types.StringValue(fingerprint(chain[0]))
	}
}

// ValidateConfig refuses, before any call, what a service might install without checking it.
func (r *tlsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config tlsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		config.read(&resp.Diagnostics)
	}
}

// ModifyPlan shows the certificate's own data. It refuses to upload a certificate that is not valid
// now. A certificate that expires after its upload is no error, because that would block everything
// else in the configuration.
func (r *tlsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		r.warnOfStaying("", &resp.Diagnostics)
		return
	}
	var config, plan tlsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	chain, _ := config.read(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.setComputed(&plan, chain)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
	if upload := !resp.Plan.Raw.Equal(req.State.Raw); upload {
		r.checkDates(chain, &resp.Diagnostics)
		r.warnOfMissingChain(chain, &resp.Diagnostics)
		r.Run.RequireAtPlan(r.service().Name(), r.Unconfigured(), &resp.Diagnostics)
	}
}

// warnOfMissingChain warns if the certificate comes without the intermediate certificates that
// clients need to trust it. A certificate that the trusted authorities here verify directly needs
// none.
func (r *tlsResource) warnOfMissingChain(chain chain, diags *diag.Diagnostics) {
	if len(chain) != 1 || diags.HasError() {
		return
	}
	roots, err := r.certificates().Roots()
	if err == nil && !chain.lacksIntermediates(roots, r.Run.Now()) {
		return
	}
	diags.AddAttributeWarning(path.Root("certificate_pem"), "The certificate is without its chain",
		fmt.Sprintf("certificate_pem holds only the certificate of %s, issued by %s. Unless clients trust that authority by itself, they refuse the certificate, because they do not have those "+
			"of the intermediate authorities. Append them: most authorities deliver a file with all of them, often called fullchain.pem.", tlsprobe.Names(chain[0]), chain[0].Issuer))
}

func (r *tlsResource) checkDates(chain chain, diags *diag.Diagnostics) {
	if err := chain.checkDates(r.Run.Now()); err != nil {
		diags.AddAttributeError(path.Root("certificate_pem"), "The certificate is not valid now", err.Error()+".")
	}
}

// Create uploads the certificate and the key.
func (r *tlsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan tlsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.upload(ctx, config, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// upload sends the configured certificate and key, and sets the computed attributes. It first
// repeats the checks, for values that were unknown at plan.
func (r *tlsResource) upload(ctx context.Context, config tlsModel, plan *tlsModel, diags *diag.Diagnostics) {
	chain, key := config.read(diags)
	if key.signer == nil && !diags.HasError() { // null after all: an ephemeral value that was not set in this run
		_, at := config.key()
		diags.AddAttributeError(at, "No private key", "The certificate is to be uploaded, and that needs its private key: set private_key_pem_wo and private_key_pem_wo_version, or private_key_pem.")
	}
	r.checkDates(chain, diags)
	if diags.HasError() {
		return
	}
	if !r.open(diags) {
		return
	}
	if err := r.certificates().Upload(ctx, chain.pem(), key.pem); err != nil {
		diags.AddError("Unable to upload certificate", err.Error()+".")
		return
	}
	r.setComputed(plan, chain)
}

// Read keeps the state. The service has no call that shows its certificate, and this resource knows
// no endpoint that serves it.
func (r *tlsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}

// Update uploads again, because nothing else can have changed.
func (r *tlsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan tlsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.upload(ctx, config, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete does nothing at the service, which has no call to remove a certificate. The plan has
// warned about that.
func (r *tlsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}
