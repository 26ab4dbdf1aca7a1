package e2e

import (
	"sync/atomic"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const crowd = `
locals {
  domains = [for i in range(30) : "d${i}.example.com"]
}

resource "postmaster_mail_domain" "d" {
  for_each      = toset(local.domains)
  domain        = each.key
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "u" {
  count               = 50
  mail_domain_id      = postmaster_mail_domain.d[local.domains[count.index % 30]].id
  local_part          = "user${count.index}"
  password_wo         = "battery staple"
  password_wo_version = 1
  force_destroy       = true
}

resource "postmaster_dkim_key" "k" {
  for_each       = toset(local.domains)
  mail_domain_id = postmaster_mail_domain.d[each.key].id
}
`

// Thirty resources at the same time, on a server that loses DKIM entries and duplicates domains if
// calls overlap, and whose tokens expire during the run.
func TestCrowd(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	if err := s.SetConditions(mailserversim.Section, fault.Conditions{Settings: map[string]string{
		mailserversim.SettingDKIMBits:      "1024",
		mailserversim.SettingTokenLifetime: "1s",
	}}); err != nil {
		t.Fatal(err)
	}
	var logins atomic.Int32
	s.OnCall(func(call string) {
		if call == "POST /auth" {
			logins.Add(1)
		}
	})
	w := newWorkspace(t, s.Provider(t)+crowd)
	w.mustApply(t, "-parallelism=30")
	if logins.Load() < 2 {
		t.Error("no token ended in the middle")
	}
	state := s.State(t)
	names := map[string]int{}
	for _, d := range state.Domains {
		names[d.Name]++
	}
	if len(names) != 30 || len(state.Domains) != 30 {
		t.Errorf("%d domains of %d names, not 30", len(state.Domains), len(names))
	}
	if n := len(state.Accounts); n != 80 {
		t.Errorf("%d accounts, not 80", n)
	}
	if n := len(state.DKIM.KeyTable); n != 30 {
		t.Errorf("the DKIM key table has %d entries, not 30", n)
	}
	if n := len(state.DKIM.SigningTable); n != 30 {
		t.Errorf("the DKIM signing table has %d entries, not 30", n)
	}
	w.mustPlanNothing(t)
}
