package kit

import (
	"context"
	"net"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// Run is one configured provider. Its resources share it from Configure until the process ends.
// Services and rooms keep their own parts in it; see [Put].
type Run struct {
	// UserAgent is the User-Agent header of all clients.
	UserAgent string
	// Haste shortens the pauses of clients, for tests.
	Haste Haste
	// Now returns the current time.
	Now func() time.Time

	services         []Service
	undecided        string // an attribute that is not known yet and that every service depends on
	resolvers        []string
	resolversUnknown bool // some resolvers are not known yet
	box              *sandbox.Sandbox
	boxPath          string

	mu     sync.Mutex
	lookup *dns.Lookup
	parts  map[reflect.Type]any

	// Inventory is what this walk has seen of objects in the state and in the configuration.
	Inventory inventory
	looked    api.Cache[any] // lists in which plans look for objects that are to be created
}

// Haste is how long the clients of services pause and wait. A zero value stands for the client's
// own default. Tests set shorter times.
type Haste struct {
	// RetryWaitMin is the pause before the first retry of a call.
	RetryWaitMin time.Duration
	// Timeout limits one call.
	Timeout time.Duration
	// Grace is how long a running call may continue after the run was stopped.
	Grace time.Duration
	// Gather is how long a call waits for others that can be made together with it.
	Gather time.Duration
}

// NewRun returns a run on the real services, none of which is configured yet.
func NewRun(version string, services []Service) *Run {
	return &Run{
		services:  services,
		UserAgent: "terraform-provider-postmaster/" + version,
		Now:       time.Now,
		parts:     map[reflect.Type]any{},
	}
}

// Put stores a part in a run: the data of a service or a room. There is one part of each type.
func Put[T any](r *Run, part T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts[reflect.TypeFor[T]()] = part
}

// PartOf returns the run's part of a type. It returns the zero value if no part of that type was
// put, or if the run is nil, as before the provider is configured.
func PartOf[T any](r *Run) (part T) {
	if r == nil {
		return part
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	part, _ = r.parts[reflect.TypeFor[T]()].(T)
	return part
}

// Undecide makes every use of a service an error, because the named attribute of the provider
// configuration is not known yet.
func (r *Run) Undecide(attribute string) { r.undecided = attribute }

// Undecided returns the attribute that must be known before any service can be used, or "" if there
// is none.
func (r *Run) Undecided() string { return r.undecided }

// SetResolvers sets the resolvers for DNS lookups, each as host:port. Without any, the system's
// resolvers are used. Unknown says that some of them are not known yet; lookups fail then.
func (r *Run) SetResolvers(addresses []string, unknown bool) {
	r.resolvers, r.resolversUnknown = addresses, unknown
}

// ResolversUnknown reports whether some of the resolvers are not known yet.
func (r *Run) ResolversUnknown() bool { return r.resolversUnknown }

// EnterSandbox makes the sandbox simulate all services. File is where the sandbox keeps its state.
func (r *Run) EnterSandbox(box *sandbox.Sandbox, file string) { r.box, r.boxPath = box, file }

// SelectorHelp says how to set the DKIM selector at the services that let it be chosen. It is a
// part of a sentence, or "" if there is no such service.
func (r *Run) SelectorHelp() string {
	if r == nil {
		return ""
	}
	var help []string
	for _, s := range With[SelectorHelper](r.services) {
		help = append(help, s.SelectorHelp())
	}
	return strings.Join(help, ", ")
}

// Sandbox returns the sandbox that simulates all services, or nil if the services are real.
func (r *Run) Sandbox() *sandbox.Sandbox { return r.box }

// Lookup returns the client for DNS lookups. It is an error while it is not known whether the DNS
// is the real one, or which resolvers to ask. The system's resolvers would answer about another
// DNS, and would learn names that they must not learn.
func (r *Run) Lookup() (*dns.Lookup, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lookup != nil {
		return r.lookup, nil
	}
	if err := Missing("DNS", r.undecidedDNS()...); err != nil {
		return nil, err
	}
	cfg := dns.LookupConfig{Resolvers: r.resolvers}
	if r.box != nil {
		address, err := r.box.DNSAddr()
		if err != nil {
			return nil, err
		}
		cfg.Resolvers = []string{address}
		cfg.AuthorityAddr = func(string) (string, bool) { return address, true }
	}
	r.lookup = dns.NewLookup(cfg)
	return r.lookup, nil
}

// SetLookup replaces the client for DNS lookups.
func (r *Run) SetLookup(lookup *dns.Lookup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lookup = lookup
}

// undecidedDNS returns the attributes that decide which DNS is asked and that are not known yet.
func (r *Run) undecidedDNS() (unknown []Setting) {
	if r.undecided != "" {
		unknown = append(unknown, Setting{Attribute: r.undecided, Unknown: true})
	}
	if r.resolversUnknown {
		unknown = append(unknown, Setting{Attribute: "dns_resolvers", Unknown: true})
	}
	return unknown
}

// Dial connects to a host to read its TLS certificate. In the sandbox it connects to the simulated
// host.
func (r *Run) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if r.undecided != "" {
		return nil, Missing("provider", Setting{Attribute: r.undecided, Unknown: true})
	}
	if r.box != nil {
		return r.box.DialContext(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// Missing returns why a service cannot be used, as the function [Missing] does, or nil if it can be
// used. While it is not known whether the services are real, that is the only reason it gives.
func (r *Run) Missing(title string, settings ...Setting) error {
	if r.undecided != "" {
		settings = []Setting{{Unknown: true, Attribute: r.undecided}}
	}
	return Missing(title, settings...)
}

// SimulatedURL returns the address of a simulated service. Path is the path of the real service's
// API.
func (r *Run) SimulatedURL(service, path string) (*url.URL, error) {
	return api.ParseBaseURL(r.box.BaseURL(service)+path, true)
}

// SimulatedPace returns how many calls a minute a client may make to a simulated service: 0 for the
// limit of the real one, or -1 for no limit if the sandbox sets none.
func (r *Run) SimulatedPace(service string) int {
	if r.box.Limited(service) {
		return 0
	}
	return -1
}
