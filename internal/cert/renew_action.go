package cert

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ action.ActionWithConfigure = (*renewAction)(nil)

// renewAction is the action that renews a Let's Encrypt certificate before it is due.
type renewAction struct {
	kit.ActionBase
	services []Service
}

// NewRenewAction returns the constructor of the action postmaster_renew_certificate.
func NewRenewAction(services []Service) func() action.Action {
	return func() action.Action { return &renewAction{services: services} }
}

func (a *renewAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "postmaster_renew_certificate"
}

func (a *renewAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	title := a.services[0].Title()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes " + title + " obtain a new Let's Encrypt certificate for a host, although the one that it serves is still good, and waits until the host serves the new one. " +
			"Use it after a private key may have leaked. `postmaster_letsencrypt_cert` renews certificates by itself when they are due. Each invocation counts towards the rate limits of Let's Encrypt.",
		Attributes: map[string]schema.Attribute{
			"hostname": schema.StringAttribute{
				Required: true, Validators: []validator.String{kit.HostnameSpelling},
				MarkdownDescription: "Name of the host. " + a.services[0].CertWords().Hostname,
			},
			"endpoint": schema.StringAttribute{
				Optional: true, Validators: []validator.String{endpointSpelling},
				MarkdownDescription: "Where to read the certificate, as in `postmaster_letsencrypt_cert`. Default: `https://HOSTNAME:443`.",
			},
			"timeout": kit.TimeoutAttribute("the certificate", defaultCertificateWait),
		},
	}
}

type renewModel struct {
	Hostname types.String `tfsdk:"hostname"`
	Endpoint types.String `tfsdk:"endpoint"`
	Timeout  types.String `tfsdk:"timeout"`
}

func (a *renewAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config renewModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout := kit.TimeoutOf(config.Timeout, defaultCertificateWait, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r := &letsEncryptResource{base: base{Base: kit.Base{Run: a.Run}, services: a.services}, interval: lookInterval}
	m := letsEncryptModel{Hostname: config.Hostname, Endpoint: config.Endpoint, RenewBeforeDays: types.Int64Value(defaultRenewBeforeDays)}
	r.setDerived(&m, !config.Endpoint.IsNull())
	host := r.Host(m, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	before, err := r.Look(ctx, host)
	if err != nil {
		resp.Diagnostics.AddError("Unable to look at the certificate that the host serves", fmt.Sprintf("%s. %s was not asked for another one.", err, r.server()))
		return
	}
	say := kit.Say(resp)
	former := ""
	if before.served != nil {
		former = fingerprint(before.served.Leaf)
		say(fmt.Sprintf("%s serves a certificate that is valid until %s.", host.endpoint, timeValue(before.served.Leaf.NotAfter).ValueString()))
	}
	isNew := func(l look) bool {
		return l.served != nil && l.renewalReason(host) == "" && fingerprint(l.served.Leaf) != former
	}
	if found, ok := r.order(ctx, host, timeout, isNew, say, &resp.Diagnostics); ok {
		say(fmt.Sprintf("%s serves a new certificate, which is valid until %s. Its SHA-256 fingerprint is %s.",
			host.endpoint, timeValue(found.served.Leaf.NotAfter).ValueString(), fingerprint(found.served.Leaf)))
	}
}
