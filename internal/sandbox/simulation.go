package sandbox

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/simulation"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Service is one simulated API. It sees paths as on the real one, without the name of the service.
type Service interface {
	http.Handler
	// Name returns the name of the service in URLs and conditions: one lower-case word.
	Name() string
}

// Simulate makes a simulated service for a sandbox.
type Simulate func(Env) Simulation

// Env is what a sandbox gives to a simulated service.
type Env struct {
	// Store keeps the state of all services.
	Store *store.Store
	// Now is the clock of the services.
	Now func() time.Time
	// Conditions returns a function that returns the current conditions of a service.
	Conditions func(service string) func() fault.Conditions
	// Issue issues a certificate of the authority that the whole sandbox trusts.
	Issue func(hostnames []string, lifetime time.Duration, now time.Time) (chainPEM, keyPEM []byte, err error)
	// Lookup queries the DNS of the sandbox. Services use it to check the records that they asked
	// for.
	Lookup func(ctx context.Context, name, recordType string) ([]string, error)
	// Transport reaches the other services. BaseURL returns the address of a service by its name.
	Transport http.RoundTripper
	BaseURL   func(service string) string
}

// Simulation is a simulated service with what it adds to its sandbox. Everything but the service
// itself is optional.
type Simulation struct {
	Service
	// Title is the name of the service for people.
	Title string
	// Login says which credentials to log in with, for people.
	Login string
	// Attributes returns the provider's block for the service, with which the provider uses this
	// simulation.
	Attributes func(Address) []Attribute
	// Tables show the state of the service to people.
	Tables func() ([]simulation.Table, error)
	// Switches and Settings are those that the service knows in its conditions.
	Switches, Settings []simulation.Option
	// CheckConditions says which setting has a value that the service cannot use, and what is allowed.
	CheckConditions func(fault.Conditions) error
	// Limits are the conditions' settings that limit the rate of calls, with the values that lift
	// these limits.
	Limits map[string]string
	// AddZone adds an empty zone to a DNS host.
	AddZone func(apex string) error
	// OwnZone is the zone that this DNS host has in every sandbox.
	OwnZone string
	// OwnNames are the zones that the service itself needs, such as that of its mail hosts. If it has
	// no AddZone, all of its zones are.
	OwnNames []string
	// OwnHosts are hosts in the zones of others that the simulation provides, such as the mail server's.
	// Their addresses have names, as those of the service itself have.
	OwnHosts []string
	// Zones are the zones that the DNS server of the sandbox answers from.
	Zones dnsserver.Source
	// Certificate returns the certificate that simulated mail hosts serve for a server name.
	Certificate func(serverName string) (*tls.Certificate, error)
	// Primary returns what takes dynamic updates. Its argument is the service with its conditions
	// around it.
	Primary func(http.Handler) dnsserver.Primary
}

// Address is where a simulated service answers.
type Address struct {
	// URL is the address of its API, without a slash at the end.
	URL string
	// DNSHost and DNSPort are the address of the sandbox's DNS server.
	DNSHost string
	DNSPort int
}

// ParseAddress returns the address of a service, with its DNS server as host:port.
func ParseAddress(url, dns string) (Address, error) {
	host, text, err := net.SplitHostPort(dns)
	if err != nil {
		return Address{}, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return Address{}, fmt.Errorf("the port of %s: %w", dns, err)
	}
	return Address{URL: url, DNSHost: host, DNSPort: port}, nil
}

// Attribute is an attribute of the provider's block for a service.
type Attribute struct {
	Name string
	// Variable is the environment variable that can be used instead; empty if there is none.
	Variable string
	// Value is a text, or a number if Number is set.
	Value  string
	Number bool
	// Secret says that the value is a credential, which is invented as all are.
	Secret bool
}
