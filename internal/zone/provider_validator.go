package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// providerValidator requires one of the supported DNS hosts. For another name, its error says what
// to do instead.
type providerValidator struct{ hosts Hosts }

// Description implements validator.Describer.
func (v providerValidator) Description(context.Context) string {
	return "must be one of " + v.hosts.names()
}

// MarkdownDescription implements validator.Describer.
func (v providerValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString implements validator.String.
func (v providerValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	if _, ok := kit.Named(v.hosts, name); !ok {
		resp.Diagnostics.AddAttributeError(req.Path, "Unsupported DNS host", v.hosts.unsupported(name))
	}
}

// unsupported says what to do instead of using a name that is no supported host's.
func (h Hosts) unsupported(name string) string {
	if meant := h.meant(name); meant != "" {
		return fmt.Sprintf("%q is not the name of a DNS host here: write %q.", name, meant)
	}
	return fmt.Sprintf("This provider cannot publish records at %q. It supports the hosts %s%s.\n\n"+
		"At any other DNS host, use that host's own Terraform provider: leave out postmaster_dns_authorization and postmaster_dns_records, and pass "+
		"the dns_records of a postmaster_sender_domain, postmaster_mail_domain or postmaster_dkim_key to for_each of its resource, such as\n\n"+
		"resource \"digitalocean_record\" \"mail\" {\n  for_each = postmaster_sender_domain.NAME.dns_records\n  ...\n}\n\n"+
		"The guide \"From nothing to a verified domain\" shows the whole configuration.", name, h.names(), h.anyServers())
}

// anyServers lists, in parentheses, the hosts that stand for servers of any name.
func (h Hosts) anyServers() string {
	var lines []string
	for _, host := range h {
		if self, ok := host.(SelfDetecting); ok {
			lines = append(lines, self.AnyServer()+" is "+self.Name())
		}
	}
	if lines == nil {
		return ""
	}
	return " (" + strings.Join(lines, "; ") + ")"
}

// meant returns the supported host that a name probably means, or "" if there is none.
func (h Hosts) meant(name string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".com"))
	for _, host := range h {
		if letters == host.Name() || slices.Contains(host.Host().AlsoCalled, letters) {
			return host.Name()
		}
	}
	return ""
}
