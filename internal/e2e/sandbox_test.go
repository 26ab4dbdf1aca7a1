package e2e

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// firm is a domain with mailboxes and a key; names carries a suffix to keep firms apart, provider
// is a provider reference or empty.
func firm(domain, label, provider string, users int) string {
	if provider != "" {
		provider = "\n  provider = " + provider
	}
	return fmt.Sprintf(`
resource "postmaster_mail_domain" %[2]q {%[3]s
  domain        = %[1]q
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" %[2]q {%[3]s
  count          = %[4]d
  mail_domain_id = postmaster_mail_domain.%[2]s.id
  local_part     = "user${count.index}"
  password_wo         = "battery staple"
  password_wo_version = 1
  force_destroy  = true
}

resource "postmaster_dkim_key" %[2]q {%[3]s
  mail_domain_id = postmaster_mail_domain.%[2]s.id
}
`, domain, label, provider, users)
}

// What lives in a sandbox is not looked for elsewhere, nor the other way round: it would seem to be
// gone.
func TestSandboxObjectsStayThere(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	file := filepath.Join(t.TempDir(), "one.json")
	other := filepath.Join(t.TempDir(), "other.json")
	objects := firm("example.com", "f", "", 1)

	w := newWorkspace(t, world.SandboxBlock(file, "")+objects)
	w.mustApply(t)
	w.mustPlanNothing(t)
	configure := func(provider string) { w.write(t, "main.tf", terraformcli.RequiredProviders+provider+objects) }

	configure(s.Provider(t))
	w.mustRefuse(t, "This object lives in the sandbox", "plan", "-no-color", "-input=false")
	w.mustRefuse(t, "This object lives in the sandbox", "apply", "-auto-approve", "-no-color", "-input=false")
	w.mustRefuse(t, "This object lives in the sandbox", "destroy", "-refresh=false", "-auto-approve", "-no-color", "-input=false")

	configure(world.SandboxBlock(other, ""))
	w.mustRefuse(t, "This object lives in another sandbox", "plan", "-no-color", "-input=false")

	configure(world.SandboxBlock(file, ""))
	w.mustPlanNothing(t)

	real := newWorkspace(t, s.Provider(t)+objects)
	real.mustApply(t)
	real.write(t, "main.tf", terraformcli.RequiredProviders+world.SandboxBlock(file, "")+objects)
	real.mustRefuse(t, "This object is not the sandbox's", "plan", "-no-color", "-input=false")
}

// Two provider processes of one apply, and two applies beside each other, work on one sandbox file.
func TestSandboxIsShared(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shared.json")
	const users = 8
	aliases := newWorkspace(t, world.SandboxBlock(file, "")+world.SandboxBlock(file, "second")+
		firm("one.example.com", "one", "", users)+firm("two.example.com", "two", "postmaster.second", users))
	beside := newWorkspace(t, world.SandboxBlock(file, "")+firm("three.example.com", "three", "", users))

	var wg sync.WaitGroup
	for _, w := range []*workspace{aliases, beside} {
		wg.Go(func() {
			if out, ok := w.apply(t); !ok {
				t.Errorf("apply failed:\n%s", out)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	state := world.MailServerState(t, file)
	if n := len(state.Domains); n != 3 {
		t.Errorf("%d domains are left of 3", n)
	}
	if n := len(state.Accounts); n != 3*(users+1) {
		t.Errorf("%d accounts are left of %d", n, 3*(users+1))
	}
	if n := len(state.DKIM.KeyTable); n != 3 {
		t.Errorf("%d DKIM keys are left of 3", n)
	}
	aliases.mustPlanNothing(t)
	beside.mustPlanNothing(t)
}
