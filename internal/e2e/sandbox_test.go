package e2e

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/terraformcli"
)

// sandboxProvider returns the provider block of a sandbox.
func sandboxProvider(file, alias string) string {
	if alias != "" {
		alias = fmt.Sprintf("\n  alias = %q", alias)
	}
	return fmt.Sprintf("\nprovider \"postmaster\" {%s\n  sandbox = {\n    path = %q\n  }\n}\n", alias, file)
}

// firm returns the configuration of a domain with mailboxes and a key. label is part of the
// resource names, so that a configuration can have several firms. provider is a provider reference,
// or empty.
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

// The provider does not look for objects of a sandbox elsewhere, nor for other objects in a
// sandbox. They would seem to be gone.
func TestSandboxObjectsStayThere(t *testing.T) {
	t.Parallel()
	s := startMailServer(t)
	file := filepath.Join(t.TempDir(), "one.json")
	other := filepath.Join(t.TempDir(), "other.json")
	objects := firm("example.com", "f", "", 1)

	w := newWorkspace(t, sandboxProvider(file, "")+objects)
	w.mustApply(t)
	w.mustPlanNothing(t)
	configure := func(provider string) { w.write(t, "main.tf", terraformcli.RequiredProviders+provider+objects) }

	configure(s.provider(t))
	w.mustRefuse(t, "This object lives in the sandbox", "plan", "-no-color", "-input=false")
	w.mustRefuse(t, "This object lives in the sandbox", "apply", "-auto-approve", "-no-color", "-input=false")
	w.mustRefuse(t, "This object lives in the sandbox", "destroy", "-refresh=false", "-auto-approve", "-no-color", "-input=false")

	configure(sandboxProvider(other, ""))
	w.mustRefuse(t, "This object lives in another sandbox", "plan", "-no-color", "-input=false")

	configure(sandboxProvider(file, ""))
	w.mustPlanNothing(t)

	real := newWorkspace(t, s.provider(t)+objects)
	real.mustApply(t)
	real.write(t, "main.tf", terraformcli.RequiredProviders+sandboxProvider(file, "")+objects)
	real.mustRefuse(t, "This object is not the sandbox's", "plan", "-no-color", "-input=false")
}

// Two provider processes of one apply, and two parallel applies, share one sandbox file.
func TestSandboxIsShared(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shared.json")
	const users = 8
	aliases := newWorkspace(t, sandboxProvider(file, "")+sandboxProvider(file, "second")+
		firm("one.example.com", "one", "", users)+firm("two.example.com", "two", "postmaster.second", users))
	beside := newWorkspace(t, sandboxProvider(file, "")+firm("three.example.com", "three", "", users))

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
	state := stateOf(t, file)
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
