package provider

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxmail "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/yandex"
)

// services is what one configured provider works with. Each client is made when
// it is first needed and lives as long as the provider process, caches included.
type services struct {
	userAgent        string
	unknown          string // an attribute that decides all and is not known yet
	mailServerConfig mailServerConfig
	sendgridConfig   sendgridConfig
	octethConfig     octethConfig
	yandexConfig     yandexConfig
	mailChoice       mailChoice
	hosts            map[accountKey]hostSettings
	resolvers        []string
	resolversUnknown bool // whether some of them are not known yet
	sandbox          *sandbox.Sandbox
	sandboxPath      string

	now func() time.Time

	mu          sync.Mutex
	mailServer  *mailserver.Client
	lookup      *dns.Lookup
	editors     map[accountAt]*dns.Editor
	sendgrid    *sendgrid.Client
	octeth      *octeth.Client
	yandex      *yandex.Client
	yandexOwned yandexOwnerships
	senders     map[senderID]*sendgrid.Client // whose account and region a domain is in

	accesses      sync.Map // dns.WriteAccess by zoneAccess
	firstAccounts sync.Map // address of the first account that is planned, by domain
	readSenders   sync.Map // by id: the sender domains that this run has read

	inventory inventory
	looked    api.Cache[any] // the lists in which plans look for what is to be created

	told sync.Map // by dns.Problem: what previews of DNS records have said
}

func newServices(version string) *services {
	return &services{
		userAgent: "terraform-provider-postmaster/" + version,
		now:       time.Now,
		editors:   map[accountAt]*dns.Editor{},
		senders:   map[senderID]*sendgrid.Client{},
	}
}

// notKnown makes every use of a service an error until attribute is known.
func (s *services) notKnown(attribute string) { s.unknown = attribute }

// enterSandbox has all services simulated, with their state in file, in a world in
// which these zones exist at these hosts.
func (s *services) enterSandbox(file string, zones map[string]string) error {
	box, err := sandbox.Open(sandbox.Options{Path: file, OctethVersion: s.octethConfig.installed().String()})
	if err != nil {
		return err
	}
	s.sandbox, s.sandboxPath = box, file
	return box.AddZones(zones)
}

// MailServer returns the mail server's client, or an error that says which
// attributes are missing.
func (s *services) MailServer() (*mailserver.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mailServer != nil {
		return s.mailServer, nil
	}
	cfg := mailserver.Config{UserAgent: s.userAgent}
	if s.sandbox != nil {
		address, err := api.ParseBaseURL(s.sandbox.BaseURL(sandboxmail.Section), true)
		if err != nil {
			return nil, err
		}
		// Who shares the file may have another cache or be another user.
		if cfg.LockDir, err = s.sandbox.LockFolder(); err != nil {
			return nil, err
		}
		cfg.URL, cfg.Transport = address, s.sandbox.Transport()
		cfg.Username, cfg.Password = sandboxmail.Username, sandboxmail.Password
	} else {
		c := s.mailServerConfig
		if s.unknown != "" {
			c.url = setting{unknown: true, attribute: s.unknown}
		}
		if err := missing("mail server", c.url, c.username, c.password); err != nil {
			return nil, err
		}
		cfg.URL, cfg.RootCAs, cfg.LockDir = c.address, c.roots, lockFolder(sharedLockFolder())
		cfg.Username, cfg.Password = c.username.value, c.password.value
	}
	s.mailServer = mailserver.New(cfg)
	return s.mailServer, nil
}

// Lookup returns what looks names up in the DNS. While it is not known whether that is the
// real one, or which resolvers to ask, it is an error: those of the system would answer
// about another world, and learn names that they were not to learn.
func (s *services) Lookup() (*dns.Lookup, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lookup != nil {
		return s.lookup, nil
	}
	if err := missing("DNS", s.undecidedDNS()...); err != nil {
		return nil, err
	}
	cfg := dns.LookupConfig{Resolvers: s.resolvers}
	if s.sandbox != nil {
		address, err := s.sandbox.DNSAddr()
		if err != nil {
			return nil, err
		}
		cfg.Resolvers = []string{address}
		cfg.AuthorityAddr = func(string) (string, bool) { return address, true }
	}
	s.lookup = dns.NewLookup(cfg)
	return s.lookup, nil
}

// undecidedDNS are the attributes that decide which DNS is asked and are not known yet.
func (s *services) undecidedDNS() (unknown []setting) {
	if s.unknown != "" {
		unknown = append(unknown, setting{attribute: s.unknown, unknown: true})
	}
	if s.resolversUnknown {
		unknown = append(unknown, setting{attribute: "dns_resolvers", unknown: true})
	}
	return unknown
}

// dial connects to a host whose certificate is to be looked at.
func (s *services) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.unknown != "" {
		return nil, missing("provider", setting{attribute: s.unknown, unknown: true})
	}
	if s.sandbox != nil {
		return s.sandbox.DialContext(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// roots are the authorities that a host's certificate may come from; nil means
// the system's.
func (s *services) roots() (*x509.CertPool, error) {
	if s.sandbox != nil {
		return s.sandbox.RootCAs()
	}
	return s.mailServerConfig.roots, nil
}

// privateState is what remembers, beside the state, whether an object lives in a
// sandbox. It is part of framework's requests and responses.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

const (
	sandboxKey   = "sandbox"
	aboutSandbox = "which sandbox this object lives in"
)

type sandboxMark struct {
	ID string `json:"id"`
}

// mark notes in an object's private state which sandbox it was made in. Objects
// of real services have no mark.
func (s *services) mark(ctx context.Context, private privateState) diag.Diagnostics {
	var diags diag.Diagnostics
	if s.sandbox == nil {
		return diags
	}
	id, err := s.sandbox.ID()
	if err != nil {
		diags.AddError("Unable to read the sandbox", err.Error())
		return diags
	}
	return writeNote(ctx, private, sandboxKey, aboutSandbox, sandboxMark{ID: id})
}

// belongs refuses an object that lives elsewhere: a sandbox's object looked for
// at a real service, or the other way round, would seem to be gone, and the next
// plan would create it there.
func (s *services) belongs(ctx context.Context, private privateState) diag.Diagnostics {
	var mark sandboxMark
	_, diags := readNote(ctx, private, sandboxKey, aboutSandbox, &mark)
	if diags.HasError() {
		return diags
	}
	const wayOut = "To move the configuration there, start with an empty state (another workspace or state file), or take the object out of this state with a `removed` block."
	if s.sandbox == nil {
		switch {
		case mark.ID == "":
		case s.unknown != "":
			addError(&diags, "Not known yet whether this is the object's sandbox", missing("provider", setting{attribute: s.unknown, unknown: true}))
		default:
			diags.AddError("This object lives in the sandbox",
				"It was created with `sandbox` set in the provider configuration (or POSTMASTER_SANDBOX in the environment), which it no longer is. "+
					"It does not exist at the real service, so it is left in the state as it is.\n\n"+wayOut)
		}
		return diags
	}
	id, err := s.sandbox.ID()
	switch {
	case err != nil:
		diags.AddError("Unable to read the sandbox", err.Error())
	case mark.ID == "":
		diags.AddError("This object is not the sandbox's",
			"It was created at a real service, and the provider now works in the sandbox, where it does not exist. It is left in the state as it is.\n\n"+wayOut)
	case mark.ID != id:
		diags.AddError("This object lives in another sandbox",
			fmt.Sprintf("It was created in another sandbox than %s. It is left in the state as it is. Check `path` of `sandbox` and the working directory; "+
				"if that sandbox's file was deleted, delete the state as well.", s.sandboxPath))
	}
	return diags
}
