// Package sandbox runs all services of the provider inside one process, so that configurations can
// be tried and tested without an account and without a network.
//
// Services answer over HTTP: in memory through [Sandbox.Transport], over real sockets through
// [Sandbox.Handler] and [Sandbox.Serve]. The hosts that they simulate speak TLS
// ([Sandbox.DialContext]) and DNS ([Sandbox.DNSAddr]) on the loopback interface. The state of all
// services is in one [store.Store]. Sandboxes in several processes that share the store are one
// sandbox.
package sandbox

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/pki"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Options say how a sandbox is opened. The zero value is a new sandbox in memory.
type Options struct {
	// Path is the file that keeps the state, see [store.Open]. Empty: nothing is kept.
	Path string
	// Now is the clock of the services and of certificates; time.Now if nil. Latency and faults use
	// real time.
	Now func() time.Time
	// RealLimits makes the services refuse calls beyond the rates of the real ones. Without it,
	// they take any number of calls, unless their conditions set a limit: nobody who tries a
	// configuration or tests a module wants to wait for minutes.
	RealLimits bool
	// Services are the services to simulate.
	Services []Simulate
	// Observe, if set, is called for each call that a service answers.
	Observe fault.Observer
	// LastCalls is how many of the last calls the page for people shows.
	LastCalls int
}

// Sandbox holds all services. All methods may be called from several goroutines.
type Sandbox struct {
	store       *store.Store
	authority   *pki.Authority
	now         func() time.Time
	realLimits  bool
	services    []mounted
	certificate func(serverName string) (*tls.Certificate, error)
	zones       *zoneSources
	primary     dnsserver.Primary
	calls       *callLog
	file        string // absolute; empty for a sandbox in memory

	mu     sync.Mutex // guards what is started when first needed
	closed bool
	memory *memoryServer
	dns    *dnsserver.Server
	// served is the address of the DNS server of Serve, "host:port"; empty if there is none.
	served string
	// resolver asks dns on behalf of services.
	resolver *dns.Lookup
	hosts    map[protocol]*hostListener

	// issued are the certificates of hosts that are not the mail server's; see ownCertificate.
	issuedMu sync.Mutex
	issued   map[string]*tls.Certificate
}

// mounted is a service with its conditions and observers around it.
type mounted struct {
	Simulation
	name    string
	handler http.Handler
}

// Open assembles a sandbox. It starts nothing and reads nothing yet: a sandbox that isn't used
// costs nothing.
func Open(options Options) (*Sandbox, error) {
	st, err := store.Open(options.Path)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		store:     st,
		authority: pki.New(st),
		now:       options.Now,
		hosts:     map[protocol]*hostListener{},
		issued:    map[string]*tls.Certificate{},

		realLimits: options.RealLimits,
		calls:      &callLog{most: options.LastCalls},
		file:       st.Path(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	sources := &zoneSources{store: st}
	for _, simulate := range options.Services {
		s.mount(options.Observe, simulate(s.env()), sources)
	}
	sources.sources = append(sources.sources, hostSource{Source: &zoneSource{store: st}})
	s.zones = sources
	return s, nil
}

func (s *Sandbox) env() Env {
	return Env{
		Store: s.store, Now: s.now, Conditions: s.conditions, Issue: s.authority.Issue,
		Lookup: s.look, Transport: s.Transport(), BaseURL: s.BaseURL,
	}
}

// mount adds a simulation, with its conditions and an observer around it.
func (s *Sandbox) mount(observe fault.Observer, m Simulation, sources *zoneSources) {
	name := m.Name()
	handler := s.calls.watch(name, s.now, fault.Observe(name, observe, fault.Wrap(name, s.store, m)))
	s.services = append(s.services, mounted{Simulation: m, name: name, handler: handler})
	if m.Zones != nil {
		sources.sources = append(sources.sources, hostSource{host: name, Source: m.Zones, owns: m.owns, hosts: m.OwnHosts})
	}
	if m.Certificate != nil {
		s.certificate = m.Certificate
	}
	if m.Primary != nil {
		s.primary = m.Primary(handler)
	}
}

// owns reports whether a zone of this service belongs to the service itself, and not to somebody who
// uses it.
func (m Simulation) owns(apex string) bool {
	return m.AddZone == nil || slices.Contains(m.OwnNames, dns.FoldName(apex))
}

// conditions returns the function by which a service reads its switches and settings. If they
// cannot be read, it returns none: fault.Wrap has refused the call already, with the reason.
func (s *Sandbox) conditions(service string) func() fault.Conditions {
	return func() fault.Conditions {
		c, err := fault.Get(s.store, service)
		if err != nil {
			return fault.Conditions{}
		}
		return s.withLimits(service, c)
	}
}

// ID returns the identity of the sandbox, the same for all that share its file, see
// [store.Store.ID].
func (s *Sandbox) ID() (string, error) { return s.store.ID() }

// LockFolder returns where processes that share the sandbox's file may lock files, see
// [store.Store.LockFolder].
func (s *Sandbox) LockFolder() (string, error) { return s.store.LockFolder() }

// RootCAs returns the pool to verify the certificates of the simulated hosts with.
func (s *Sandbox) RootCAs() (*x509.CertPool, error) { return s.authority.Roots() }

// SetConditions makes a service slow, limited or broken from the next call on, for all that share
// the sandbox's file. It replaces the conditions from before; the zero value removes them. It
// refuses unknown services, impossible conditions, and switches and settings that the service cannot use.
func (s *Sandbox) SetConditions(service string, c fault.Conditions) error {
	m, err := s.service(service)
	if err != nil {
		return err
	}
	if err := m.knows(c); err != nil {
		return fmt.Errorf("conditions of the simulated %s: %w", service, err)
	}
	return fault.Set(s.store, service, c)
}

func (s *Sandbox) service(name string) (mounted, error) {
	names := make([]string, len(s.services))
	for i, m := range s.services {
		if m.name == name {
			return m, nil
		}
		names[i] = m.name
	}
	return mounted{}, fmt.Errorf("the sandbox has no service %q; it has %q", name, names)
}

var errClosed = errors.New("the sandbox has been closed")

// Close cuts all connections and stops all servers. The state stays in its file. Nothing can be
// started again.
func (s *Sandbox) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	if s.memory != nil {
		errs = append(errs, s.memory.close())
	}
	if s.dns != nil {
		errs = append(errs, s.dns.Close())
	}
	for _, l := range s.hosts {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}
