package rfc2136api

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/knot"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

var otherSecret = base64.StdEncoding.EncodeToString([]byte("an invented secret of somebody else"))

func TestNewRefusesSettings(t *testing.T) {
	good := Config{Server: "ns1.example.net", KeyName: "key.example.net", KeySecret: otherSecret}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"no server":         {func(c *Config) { c.Server = "" }, "missing"},
		"server and port":   {func(c *Config) { c.Server = "ns1.example.net:53" }, `server = "ns1.example.net", and the port as port = 53`},
		"IPv6 and port":     {func(c *Config) { c.Server = "[2001:db8::1]:53" }, `server = "2001:db8::1"`},
		"brackets":          {func(c *Config) { c.Server = "[2001:db8::1]" }, `server = "2001:db8::1"`},
		"a URL":             {func(c *Config) { c.Server = "dns://ns1.example.net" }, `without "dns://"`},
		"no host name":      {func(c *Config) { c.Server = "ns1 example" }, "ns1 example"},
		"port":              {func(c *Config) { c.Port = 70000 }, "70000"},
		"transport":         {func(c *Config) { c.Transport = "tls" }, `"tls"`},
		"no key name":       {func(c *Config) { c.KeyName = "" }, "name and a secret"},
		"no secret":         {func(c *Config) { c.KeySecret = "" }, "name and a secret"},
		"algorithm alone":   {func(c *Config) { *c = Config{Server: "x", KeyAlgorithm: "hmac-sha256"} }, "name and a secret"},
		"key name":          {func(c *Config) { c.KeyName = "my key" }, "my key"},
		"broken algorithm":  {func(c *Config) { c.KeyAlgorithm = "hmac-md5" }, "tsig-keygen"},
		"secret not base64": {func(c *Config) { c.KeySecret = "hidden secret!" }, "not base64"},
	} {
		t.Run(name, func(t *testing.T) {
			config := good
			c.change(&config)
			_, err := New(config)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one with %q", err, c.says)
			}
			if err != nil && config.KeySecret != "" && strings.Contains(err.Error(), config.KeySecret) {
				t.Errorf("the secret shows in %v", err)
			}
		})
	}
	for _, server := range []string{"192.0.2.53", "2001:db8::1", "fe80::1%eth0", "localhost", "NS1.Example.net."} {
		config := good
		config.Server = server
		if _, err := New(config); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, spelling := range []string{"HMAC-SHA256", "hmac-sha384.", "hmac-sha512"} {
		config := good
		config.KeyAlgorithm = spelling
		if _, err := New(config); err != nil {
			t.Errorf("%s: %v", spelling, err)
		}
	}
}

// credentials are what can be wrong with a key, and what errors say then.
var credentials = map[string]struct {
	change func(*Config)
	says   []string
}{
	"secret":    {func(c *Config) { c.KeySecret = otherSecret }, []string{"BADSIG", "another secret"}},
	"name":      {func(c *Config) { c.KeyName = "unknown.example" }, []string{"BADKEY", `no TSIG key "unknown.example"`}},
	"algorithm": {func(c *Config) { c.KeyAlgorithm = "hmac-sha512" }, []string{"BADKEY", "hmac-sha512"}},
	"clock": {
		func(c *Config) { c.Now = func() time.Time { return time.Now().Add(-time.Hour) } },
		[]string{"BADTIME", "300 seconds apart: there it is 2", "NTP"},
	},
	"no key": {func(c *Config) { c.KeyName, c.KeyAlgorithm, c.KeySecret = "", "", "" }, []string{"REFUSED", "configure a key"}},
}

func TestCredentialsOnSimulation(t *testing.T) {
	testCredentials(t, newSimulation(t).config(), nil)
}

func TestCredentialsOnServers(t *testing.T) {
	unsaid := []string{"the TSIG key \"", "check its name, algorithm and secret"}
	others := map[string]map[string][]string{
		knot.Program.Name:     {"no key": {"NOTAUTH", "configure a key"}},
		powerdns.Program.Name: {"secret": unsaid, "name": unsaid, "algorithm": unsaid, "clock": unsaid, "no key": {"configure a key"}},
	}
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			server := p.Start(t, nameserver.Zone{Apex: apex})
			testCredentials(t, Config{
				Server: server.Host, Port: server.Port, Timeout: 5 * time.Second,
				KeyName: server.Updater.Name, KeyAlgorithm: server.Updater.Algorithm, KeySecret: server.Updater.Secret,
			}, others[p.Name])
		})
	}
}

// A key that is known but may not do something is told apart from one that is not known, and from a
// zone that is not there.
func TestPermissionsOnServers(t *testing.T) {
	ctx := context.Background()
	change := dns.ChangeSet{Create: []dns.Record{newRecord}}
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			server := p.Start(t, nameserver.Zone{Apex: apex})
			base := read(t, serverHost(t, server, server.Reader), hostedZone)
			if _, err := serverHost(t, server, server.Writer).Read(ctx, hostedZone); !errors.Is(err, dns.ErrNotListable) || !strings.Contains(err.Error(), `does not allow this to the TSIG key "writer.test"`) {
				t.Errorf("the writer reads: %v", err)
			}
			reader := serverHost(t, server, server.Reader)
			_, accessErr := reader.CheckAccess(ctx, hostedZone)
			for what, err := range map[string]error{"access": accessErr, "apply": reader.Apply(ctx, base, change)} {
				if !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), `does not allow this to the TSIG key "reader.test"`) {
					t.Errorf("%s of the reader: %v", what, err)
				}
			}
			denied := serverHost(t, server, server.Denied)
			if _, err := denied.CheckAccess(ctx, hostedZone); !errors.Is(err, api.ErrAuth) || strings.Contains(err.Error(), "not the primary server") {
				t.Errorf("access of a key that may do nothing: %v", err)
			}
			updater := serverHost(t, server, server.Updater)
			elsewhere := dns.HostedZone{Apex: "example.org", ID: "example.org"}
			_, readErr := updater.Read(ctx, elsewhere)
			_, accessErr = updater.CheckAccess(ctx, elsewhere)
			_, findErr := updater.FindZone(ctx, "www.example.org")
			for what, err := range map[string]error{"reading": readErr, "access": accessErr, "finding": findErr} {
				if !errors.Is(err, api.ErrNotFound) {
					t.Errorf("%s a zone that is not there: %v", what, err)
				}
			}
		})
	}
}

func testCredentials(t *testing.T, good Config, others map[string][]string) {
	ctx := context.Background()
	zone := dns.HostedZone{Apex: apex, ID: apex}
	base := read(t, newHost(t, good), zone)
	change := dns.ChangeSet{Create: []dns.Record{{Name: "new." + apex, Type: "TXT", Value: "x", TTL: 60}}}
	for name, c := range credentials {
		t.Run(name, func(t *testing.T) {
			config := good
			c.change(&config)
			h := newHost(t, config)
			says := c.says
			if other := others[name]; other != nil {
				says = other
			}
			_, accessErr := h.CheckAccess(ctx, zone)
			_, readErr := h.Read(ctx, zone)
			applyErr := h.Apply(ctx, base, change)
			for what, err := range map[string]error{"access": accessErr, "read": readErr, "apply": applyErr} {
				if err == nil {
					t.Errorf("%s: no error", what)
					continue
				}
				for _, part := range says {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%s: %q does not say %q", what, err, part)
					}
				}
				listing := what == "read" && name == "no key" // it may be that only transfers are refused
				if errors.Is(err, api.ErrAuth) == listing || errors.Is(err, dns.ErrNotListable) != listing || errors.Is(err, api.ErrOutcomeUnknown) {
					t.Errorf("%s: %v is of another kind", what, err)
				}
				if strings.Contains(err.Error(), good.KeySecret) || strings.Contains(err.Error(), otherSecret) {
					t.Errorf("%s: the secret shows in %v", what, err)
				}
			}
			if name == "no key" {
				return // questions need no key
			}
			if _, err := h.FindZone(ctx, apex); !errors.Is(err, api.ErrAuth) {
				t.Errorf("finding the zone: %v", err)
			}
		})
	}
	if after := lines(read(t, newHost(t, good), zone)); after != lines(base) {
		t.Errorf("the zone has become\n%s", after)
	}
}

// A key that may read but not write is found out by the first change only, as the server looks at
// permissions record by record.
func TestReadOnlyKey(t *testing.T) {
	s := newSimulation(t)
	config := s.config()
	config.KeyName, config.KeySecret = rfc2136sim.ReadOnlyKeyName, rfc2136sim.ReadOnlyKeySecret
	server := bind.Start(t, nameserver.Zone{Apex: apex, Policy: "grant updater.test. name only." + apex + ". TXT;"})
	for name, h := range map[string]*Host{
		"simulation": newHost(t, config),
		"BIND":       serverHost(t, server, server.Reader),
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := h.FindZone(context.Background(), apex)
			if err != nil {
				t.Fatal(err)
			}
			if access, err := h.CheckAccess(context.Background(), zone); err != nil || access != dns.WriteUnknown {
				t.Errorf("access %q, %v", access, err)
			}
			base := read(t, h, zone)
			err = h.Apply(context.Background(), base, dns.ChangeSet{Create: []dns.Record{{Name: "new." + apex, Type: "TXT", Value: "x"}}})
			if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "grant it in the zone's update policy") {
				t.Errorf("error %v", err)
			}
			if after := lines(read(t, h, zone)); after != lines(base) {
				t.Errorf("the zone has become\n%s", after)
			}
		})
	}
}

func TestZoneOfSomebodyElse(t *testing.T) {
	server := bind.Start(t, nameserver.Zone{Apex: apex})
	s := newSimulation(t)
	for name, h := range map[string]*Host{
		"simulation": newHost(t, s.config()),
		"BIND":       serverHost(t, server, server.Updater),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.FindZone(context.Background(), "www.example.org")
			if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "www.example.org") {
				t.Errorf("finding it: %v", err)
			}
			elsewhere := dns.HostedZone{Apex: "example.org", ID: "example.org"}
			if _, err := h.CheckAccess(context.Background(), elsewhere); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "not the primary server") {
				t.Errorf("access: %v", err)
			}
			if _, err := h.Read(context.Background(), elsewhere); !errors.Is(err, api.ErrNotFound) {
				t.Errorf("reading: %v", err)
			}
		})
	}
}
