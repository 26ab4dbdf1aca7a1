package world

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// Octeth is a sandbox in which the client of Octeth pauses for milliseconds where the real one
// pauses for seconds, and of which it is known which commands it has sent.
type Octeth struct {
	*World
	Version   octethapi.Version // of the client and of the installation
	APIKey    string            // of the client
	SessionID string            // of the client, instead of the key

	mu       sync.Mutex
	commands []string // "user.senderdomain.create", in order
}

// NewOcteth is such a world, with an installation of version 5.9.4.
func NewOcteth(t *testing.T) *Octeth {
	t.Helper()
	w := &Octeth{World: New(t), Version: octethapi.Version{5, 9, 4}, APIKey: octethsim.APIKey}
	w.Under(t, fault.Conditions{})
	w.Adjust = func(s *kit.Run) {
		if s.Sandbox() == nil {
			return
		}
		address, err := s.SimulatedURL(octethsim.Section, "")
		if err != nil {
			t.Error(err)
			return
		}
		kit.PartOf[*octeth.Account](s).UseClient(octethapi.New(octethapi.Config{
			URL: address, APIKey: w.APIKey, SessionID: w.SessionID, APIVersion: w.Version,
			Transport: overhearing{s.Sandbox().Transport(), w}, RetryWaitMin: time.Millisecond, GatherGap: 20 * time.Millisecond,
		}))
	}
	return w
}

// overhearing notes the commands that are sent.
type overhearing struct {
	next  http.RoundTripper
	world *Octeth
}

// RoundTrip implements http.RoundTripper.
func (o overhearing) RoundTrip(req *http.Request) (*http.Response, error) {
	command := strings.TrimPrefix(req.URL.Path, "/api/v1/")
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			var sent struct{ Command string }
			if content, err := io.ReadAll(body); err == nil && json.Unmarshal(content, &sent) == nil && sent.Command != "" {
				command = sent.Command
			}
		}
	}
	o.world.mu.Lock()
	o.world.commands = append(o.world.commands, command)
	o.world.mu.Unlock()
	return o.next.RoundTrip(req)
}

// Older makes it a world of an installation of another version.
func (w *Octeth) Older(t *testing.T, version string) *Octeth {
	t.Helper()
	parsed, err := octethapi.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	w.Version = parsed
	w.Under(t, fault.Conditions{})
	return w
}

// Under puts Octeth under conditions, beside that of its version.
func (w *Octeth) Under(t *testing.T, c fault.Conditions) {
	t.Helper()
	if c.Settings == nil {
		c.Settings = map[string]string{}
	}
	c.Settings[octethsim.SettingVersion] = w.Version.String()
	if err := w.Box.SetConditions(octethsim.Section, c); err != nil {
		t.Fatal(err)
	}
}

// EditDomains changes the domains at Octeth as no call of the API does.
func (w *Octeth) EditDomains(t *testing.T, change func(*octethsim.State)) {
	t.Helper()
	if err := store.Update(w.Store(t), octethsim.Section, func(st *octethsim.State) error {
		change(st)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Forget starts the listening and counting anew; it is a PreConfig.
func (w *Octeth) Forget() {
	w.World.Forget()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = nil
}

// CommandsSoFar are the commands since forget.
func (w *Octeth) CommandsSoFar() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.commands)
}

// Sent are the commands since forget. Of those that only read, it has none.
func (w *Octeth) Sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.commands), func(command string) bool {
		last := command[strings.LastIndexByte(command, '.')+1:]
		return slices.Contains([]string{"list", "get", "dns", "provider", "GetDomains", "GetDomain"}, last)
	})
}

// ChangesBy checks which commands have changed anything since forget.
func (w *Octeth) ChangesBy(want ...string) func(*terraform.State) error {
	return func(*terraform.State) error {
		if got := w.Sent(); !slices.Equal(got, want) {
			return fmt.Errorf("the commands %q were sent, not %q", got, want)
		}
		return nil
	}
}

// InstallOcteth has the sandbox's Octeth be of a version, and go wrong like this.
func (w *World) InstallOcteth(t *testing.T, version string, faults ...fault.Fault) {
	t.Helper()
	settings := map[string]string{octethsim.SettingVersion: version}
	if err := w.Box.SetConditions(octethsim.Section, fault.Conditions{Settings: settings, Faults: faults}); err != nil {
		t.Fatal(err)
	}
}

// OctethProvider is the configuration block of this sandbox, for a version of Octeth and with these
// blocks.
func (w *World) OctethProvider(version, blocks string) string {
	return strings.Replace(w.Provider(), "provider \"postmaster\" {", fmt.Sprintf("provider \"postmaster\" {\n  octeth = { api_version = %q }\n  %s", version, blocks), 1)
}

// AuthorizationVia is an authorization with the label "a".
func AuthorizationVia(domain, more string) string {
	return fmt.Sprintf("\nresource \"postmaster_dns_authorization\" \"a\" {\n  domain = %q\n  %s\n}\n", domain, more)
}

// Client is somebody else who works on the same installation.
func (w *Octeth) Client(t *testing.T) *octethapi.Client {
	t.Helper()
	client, err := kit.PartOf[*octeth.Account](w.RunOf(w.Version)).Client()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// RunOf is a run in the sandbox with an installation of a version.
func (w *World) RunOf(version octethapi.Version) *kit.Run {
	run := NewRun()
	run.EnterSandbox(w.Box, w.File)
	block := kit.BlockOf("octeth", types.ObjectValueMust(map[string]attr.Type{"api_version": types.StringType},
		map[string]attr.Value{"api_version": types.StringValue(version.String())}))
	block.Simulated = true
	octeth.Service{}.Configure(run, block, &diag.Diagnostics{})
	return run
}
