package sandbox

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Service is one simulated API. It sees paths as on the real one, without the name of the service.
type Service interface {
	http.Handler
	// Name is what the service is called in URLs and conditions: one lower-case word.
	Name() string
}

// Simulate makes a simulated service for a sandbox.
type Simulate func(Env) Simulation

// Env is what a simulated service finds in its sandbox.
type Env struct {
	// Store keeps the state of all services.
	Store *store.Store
	// Now is their clock.
	Now func() time.Time
	// Conditions returns how a service of a name learns its switches and settings.
	Conditions func(service string) func() fault.Conditions
	// Issue makes a certificate of the authority that everybody in the sandbox trusts.
	Issue func(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error)
	// Lookup asks the DNS of the sandbox, as a service that checks the records that it asked for.
	Lookup func(ctx context.Context, name, recordType string) ([]string, error)
	// Transport reaches the other services, at the addresses that BaseURL gives by name.
	Transport http.RoundTripper
	BaseURL   func(service string) string
}

// Simulation is a simulated service with what it brings into its sandbox. All but the
// service itself may be missing.
type Simulation struct {
	Service
	// Login says to people what to log in with.
	Login string
	// Limits are the settings of its conditions that limit how many calls it takes in a
	// time, with the values by which it takes any number.
	Limits map[string]string
	// AddZone has a DNS host come by an empty zone.
	AddZone func(apex string) error
	// OwnZone is a zone that every sandbox has at this DNS host.
	OwnZone string
	// Zones are those that the DNS server answers from.
	Zones dnsserver.Source
	// Certificate is what the simulated hosts of mail serve by a name.
	Certificate func(serverName string) (*tls.Certificate, error)
	// Primary makes, of the service with its conditions around it, what takes dynamic updates.
	Primary func(http.Handler) dnsserver.Primary
}
