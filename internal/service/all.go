package service

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
)

// dnsHosts are the supported DNS hosts, in the order in which documentation and messages list them.
var dnsHosts = []kit.Service{
	cloudflare.Service{},
	namecheap.Service{},
	godaddy.Service{},
	rfc2136.Service{},
	route53.Service{},
	google.Service{},
	azure.Service{},
	yandex.Service{}, // a mail service too
}

// All lists every service that the provider supports, in the order in which documentation and
// messages list them.
var All = append([]kit.Service{
	mailserver.Service{},
	sendgrid.Service{},
	octeth.New(dnsHosts),
}, dnsHosts...)

// Simulated returns the simulations of all services, for a sandbox without a configured run.
func Simulated() []sandbox.Simulate { return kit.Simulations(nil, All) }
