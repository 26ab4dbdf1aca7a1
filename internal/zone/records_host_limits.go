package zone

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// checkHost refuses records that no zone of the DNS host can hold. It finds them at validate if the
// authorization's id is written in the configuration. If the id comes from a resource, the plan
// finds them.
func (m recordsModel) checkHost(hosts Hosts, wanted []dns.Wanted, diags *diag.Diagnostics) {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err != nil {
		return // unknown, or refused by the attribute's validator
	}
	host, ok := kit.Named(hosts, id.Host)
	if !ok || host.Host().Objection == nil {
		return
	}
	for _, w := range wanted {
		if objection := host.Host().Objection(id.Zone, w.Record); objection != "" {
			diags.AddAttributeError(path.Root("records").AtMapKey(w.Key), "Record not possible at this DNS host", fmt.Sprintf("%s: %s.", w.Record, objection))
		}
	}
}
