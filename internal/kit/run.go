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

// Run is one configured provider: what its resources share from Configure until the
// process ends. Services and rooms keep their own parts in it; see [Put].
type Run struct {
	// UserAgent is what the clients of services call themselves.
	UserAgent string
	// Haste shortens the pauses of clients.
	Haste Haste
	// Now is the clock.
	Now func() time.Time

	services         []Service
	undecided        string // an attribute that decides all and is not known yet
	resolvers        []string
	resolversUnknown bool // whether some of them are not known yet
	box              *sandbox.Sandbox
	boxPath          string

	mu     sync.Mutex
	lookup *dns.Lookup
	parts  map[reflect.Type]any

	Inventory inventory
	looked    api.Cache[any] // the lists in which plans look for what is to be created
}

// Haste is how long the clients of services pause and wait. Zero values mean what each
// client takes by itself; tests have less patience.
type Haste struct {
	// RetryWaitMin is the first pause before a call is repeated.
	RetryWaitMin time.Duration
	// Timeout bounds one call.
	Timeout time.Duration
	// Grace is how long a call goes on that was under way when the run was stopped.
	Grace time.Duration
	// Gather is how long calls wait for others that can be made together with them.
	Gather time.Duration
}

// NewRun returns a run that works on real services, of which none is configured yet.
func NewRun(version string, services []Service) *Run {
	return &Run{
		services:  services,
		UserAgent: "terraform-provider-postmaster/" + version,
		Now:       time.Now,
		parts:     map[reflect.Type]any{},
	}
}

// Put adds a part to a run: what a service or a room keeps there, by its type.
func Put[T any](r *Run, part T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts[reflect.TypeFor[T]()] = part
}

// PartOf returns the part of a type. It is the zero value where nobody has put one, as
// before the provider is configured, when there is no run at all.
func PartOf[T any](r *Run) (part T) {
	if r == nil {
		return part
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	part, _ = r.parts[reflect.TypeFor[T]()].(T)
	return part
}

// Undecide makes every use of a service an error until an attribute of the provider's
// configuration is known.
func (r *Run) Undecide(attribute string) { r.undecided = attribute }

// Undecided is the attribute that has to be known before any service can be used; empty
// where there is none.
func (r *Run) Undecided() string { return r.undecided }

// SetResolvers says whom to ask for names, each as host:port; none are the system's. While
// some are not known, nobody is asked.
func (r *Run) SetResolvers(addresses []string, unknown bool) {
	r.resolvers, r.resolversUnknown = addresses, unknown
}

// ResolversUnknown is whether it is not known yet whom to ask for names.
func (r *Run) ResolversUnknown() bool { return r.resolversUnknown }

// EnterSandbox has all services simulated by a sandbox with its state in a file.
func (r *Run) EnterSandbox(box *sandbox.Sandbox, file string) { r.box, r.boxPath = box, file }

// SelectorHelp says how the services that can be told which DKIM selector to use are told;
// it is empty where there is none.
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

// Sandbox is where all services are simulated; nil where they are real.
func (r *Run) Sandbox() *sandbox.Sandbox { return r.box }

// Lookup returns what looks names up in the DNS. While it is not known whether that is the
// real one, or which resolvers to ask, it is an error: those of the system would answer
// about another world, and learn names that they were not to learn.
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

// SetLookup has names looked up by this instead.
func (r *Run) SetLookup(lookup *dns.Lookup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lookup = lookup
}

// undecidedDNS are the attributes that decide which DNS is asked and are not known yet.
func (r *Run) undecidedDNS() (unknown []Setting) {
	if r.undecided != "" {
		unknown = append(unknown, Setting{Attribute: r.undecided, Unknown: true})
	}
	if r.resolversUnknown {
		unknown = append(unknown, Setting{Attribute: "dns_resolvers", Unknown: true})
	}
	return unknown
}

// Dial connects to a host whose certificate is to be looked at.
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

// Missing is why a service cannot be used, in the words of [missing]; nil if it can. While
// it is not known whether the services are real, that is the only reason.
func (r *Run) Missing(title string, settings ...Setting) error {
	if r.undecided != "" {
		settings = []Setting{{Unknown: true, Attribute: r.undecided}}
	}
	return Missing(title, settings...)
}

// SimulatedURL is the address of a simulated service, with the path that the real one's
// API has.
func (r *Run) SimulatedURL(service, path string) (*url.URL, error) {
	return api.ParseBaseURL(r.box.BaseURL(service)+path, true)
}

// SimulatedPace is how many calls a minute a client makes of a simulated service: as
// many as the real one allows (0), or any number (-1) where the sandbox sets no limit.
func (r *Run) SimulatedPace(service string) int {
	if r.box.Limited(service) {
		return 0
	}
	return -1
}
