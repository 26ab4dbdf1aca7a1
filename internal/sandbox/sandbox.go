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
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/pki"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/yandex"
)

// Service is one simulated API. It sees the paths of the real API, without the name of the service.
type Service interface {
	http.Handler
	// Name is the name of the service in URLs and conditions: one lower-case word.
	Name() string
}

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
	// OctethVersion is the version of the simulated Octeth, such as "5.9.4";
	// [octeth.DefaultVersion] if empty. It is not stored: each process that shares the file may use
	// another one.
	OctethVersion string
	// Observe, if set, is called for each call that a service answers.
	Observe fault.Observer
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
	dnsHosts    map[string]func(apex string) error // by DNS host: adds a zone

	mu     sync.Mutex // guards what is started when first needed
	closed bool
	memory *memoryServer
	dns    *dnsserver.Server
	// resolver asks dns on behalf of services.
	resolver *dns.Lookup
	hosts    map[protocol]*hostListener
}

// mounted is a service with its conditions and observer around it.
type mounted struct {
	name    string
	handler http.Handler
	login   string // the credentials, for people
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

		realLimits: options.RealLimits,
	}
	if s.now == nil {
		s.now = time.Now
	}
	mail := mailserver.New(mailserver.Config{
		Store:      st,
		Now:        s.now,
		Conditions: s.conditions(mailserver.Section),
		Issue:      s.authority.Issue,
	})
	s.certificate = mail.Certificate
	s.mount(options.Observe, mail, "username "+mailserver.Username+", password "+mailserver.Password)
	registrar := namecheap.New(namecheap.Config{Store: st, Now: s.now, Conditions: s.conditions(namecheap.Section)})
	s.mount(options.Observe, registrar, "api user "+namecheap.APIUser+", API key "+namecheap.APIKey+", client IP "+namecheap.ClientIP+"; calls at "+namecheap.Path)
	flare := cloudflare.New(cloudflare.Config{Store: st, Now: s.now, Conditions: s.conditions(cloudflare.Section)})
	s.mount(options.Observe, flare, "API token "+cloudflare.Token+"; calls below "+cloudflare.BasePath)
	daddy := godaddy.New(godaddy.Config{Store: st, Now: s.now, Conditions: s.conditions(godaddy.Section)})
	s.mount(options.Observe, daddy, "token "+godaddy.Token+", or key "+godaddy.Key+", secret "+godaddy.Secret)
	updates := rfc2136.New(rfc2136.Config{Store: st, Conditions: s.conditions(rfc2136.Section)})
	s.primary = updates.Primary(s.mount(options.Observe, updates, "by DNS: key "+rfc2136.KeyName+", "+rfc2136.Algorithm+", secret "+rfc2136.KeySecret))
	s.dnsHosts = map[string]func(string) error{
		cloudflare.Section: addCloudflareZone(flare),
		namecheap.Section:  registrar.AddZone,
		godaddy.Section:    daddy.AddZone,
		rfc2136.Section:    updates.AddZone,
	}
	grid := sendgrid.New(sendgrid.Config{Store: st, Now: s.now, Conditions: s.conditions(sendgrid.Section), Lookup: s.look})
	s.mount(options.Observe, grid, "API key "+sendgrid.Key+"; EU region below "+sendgrid.EUPath)
	platform := octeth.New(octeth.Config{Store: st, Now: s.now, Version: options.OctethVersion, Conditions: s.conditions(octeth.Section), Lookup: s.look, Transport: s.Transport(), BaseURL: s.BaseURL})
	s.mount(options.Observe, platform, "API key "+octeth.APIKey+", or session "+octeth.SessionID)
	pdd := yandex.New(yandex.Config{Store: st, Now: s.now, Conditions: s.conditions(yandex.Section), Lookup: s.look})
	s.mount(options.Observe, pdd, "PddToken "+yandex.Token+", for registrars also OAuth "+yandex.OAuthToken+"; calls below "+yandex.AdminPath)
	s.dnsHosts[yandex.Section] = pdd.AddZone
	s.zones = &zoneSources{sources: []dnsserver.Source{registrar, flare, daddy, updates, grid, pdd, &zoneSource{store: st}}}
	return s, nil
}

func (s *Sandbox) mount(observe fault.Observer, service Service, login string) http.Handler {
	handler := fault.Observe(service.Name(), observe, fault.Wrap(service.Name(), s.store, service))
	s.services = append(s.services, mounted{name: service.Name(), handler: handler, login: login})
	return handler
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
// refuses unknown services and impossible conditions.
func (s *Sandbox) SetConditions(service string, c fault.Conditions) error {
	if _, err := s.service(service); err != nil {
		return err
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
