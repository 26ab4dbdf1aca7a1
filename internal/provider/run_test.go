package provider_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// memoryPrivate is an object's private state.
type memoryPrivate map[string][]byte

func (m memoryPrivate) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return m[key], nil
}

func (m memoryPrivate) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	m[key] = value
	return nil
}

// Where the path of the sandbox comes from something that is yet to be made, an object of the
// sandbox is neither taken for gone nor said to be anybody else's.
func TestObjectOfASandboxThatIsNotKnownYet(t *testing.T) {
	inSandbox := world.NewSandboxRun(t, filepath.Join(t.TempDir(), "sandbox.json"))
	private := memoryPrivate{}
	if diags := inSandbox.Mark(t.Context(), private); diags.HasError() {
		t.Fatal(diags)
	}
	if diags := inSandbox.Belongs(t.Context(), private); diags.HasError() {
		t.Error(diags)
	}
	undecided := world.NewRun()
	undecided.Undecide("sandbox")
	text := testkit.ErrorText(undecided.Belongs(t.Context(), private))
	if !strings.Contains(text, "sandbox of the provider configuration not known yet") || strings.Contains(text, "no longer") {
		t.Errorf("the error is %q", text)
	}
}

// Processes that share a sandbox's file do not share a cache, yet call one after the other what the
// simulated mail server, like the real one, cannot take in parallel.
func TestSandboxLocksAreWhereTheFileIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.json")
	const each = 10
	var added sync.WaitGroup
	for process := range 2 {
		home := t.TempDir()
		for _, variable := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(variable, home)
		}
		s := world.NewSandboxRun(t, file)
		if err := s.Sandbox().SetConditions(mailserversim.Section, fault.Conditions{Settings: map[string]string{mailserversim.SettingDKIMBits: "1024"}}); err != nil {
			t.Fatal(err)
		}
		client, err := kit.PartOf[*mailserver.Account](s).Client()
		if err != nil {
			t.Fatal(err)
		}
		for i := range each {
			added.Go(func() {
				domain := fmt.Sprintf("d%d-%d.example", process, i)
				if _, err := client.CreateDomain(t.Context(), domain, "info@"+domain, world.Credential("correct horse")); err != nil {
					t.Error(err)
				}
				if _, err := client.AddDKIMKey(t.Context(), domain); err != nil {
					t.Error(err)
				}
			})
		}
	}
	added.Wait()
	st, err := store.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	err = store.View(st, mailserversim.Section, func(state *mailserversim.State) error {
		if n := len(state.DKIM.KeyTable); n != 2*each {
			t.Errorf("%d DKIM keys are left of %d", n, 2*each)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
