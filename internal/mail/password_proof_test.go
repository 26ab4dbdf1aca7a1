package mail_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

var (
	noConditions      = fault.Conditions{}
	databaseDown      = fault.Conditions{Switches: map[string]bool{mailserversim.SwitchDatabaseDown: true}}
	emptyAccountLists = fault.Conditions{Faults: []fault.Fault{{Method: "GET", Path: "/users/*", Kind: fault.InvalidJSON, Body: `{"users":[]}`}}}
)

// The database stops right when the password is to be changed. The server says "success"; the new
// version is not recorded, and the next apply sets the password.
func TestPasswordChangeWithoutDatabase(t *testing.T) {
	t.Parallel()
	second := func(config string) string {
		return strings.NewReplacer("password_wo_version = 1", "password_wo_version = 2", `"correct horse"`, `"battery staple"`).Replace(config)
	}
	for name, c := range map[string]struct{ config, address, email string }{
		"mailbox":       {world.UserConfig("alice", world.WriteOnly), "postmaster_mail_user.u", "alice@example.com"},
		"first account": {world.DomainConfig("example.org", ""), "postmaster_mail_domain.d", "postmaster@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := world.StartMailServer(t)
			s.CreateDomain(t, "example.com", "info")
			before := ""
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{
					{Config: s.Provider(t) + c.config},
					{
						PreConfig: func() {
							before = s.HashOf(t, c.email)
							s.After("POST /user-change-password", func() { s.With(t, databaseDown) })
						},
						Config:      s.Provider(t) + second(c.config),
						ExpectError: world.Saying("It may or may not have been carried out"),
					},
					{
						PreConfig: func() {
							s.After("", func() {})
							s.With(t, noConditions)
							if got := s.HashOf(t, c.email); got != before {
								t.Errorf("the password was changed: %q", got)
							}
						},
						Config: s.Provider(t) + second(c.config),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
							plancheck.ExpectResourceAction(c.address, plancheck.ResourceActionUpdate),
						}},
					},
					{
						PreConfig: func() {
							if got := s.HashOf(t, c.email); got == before {
								t.Error("the password was not changed by the next apply")
							}
						},
						Config:           s.Provider(t) + second(c.config),
						ConfigPlanChecks: world.EmptyPlan,
					},
				},
			})
		})
	}
}

func TestMailUserRefusedAtPlan(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	long := strings.Repeat("p", 257)
	for name, c := range map[string]struct{ config, want string }{
		"password of 257":    {world.UserConfig("alice", "password = \""+long+"\""), "ends after 256"},
		"write-only of 257":  {world.UserConfig("alice", strings.Replace(world.WriteOnly, "correct horse", long, 1)), "ends after 256"},
		"address of 101":     {strings.Replace(world.UserConfig(strings.Repeat("a", 64), world.WriteOnly), "example.com", strings.Repeat("d", 28)+".example", 1), "at most 100"},
		"export of x.de":     {`resource "postmaster_mail_domain_export" "e" { mail_domain_id = "mailserver/x.de" }`, "at least two characters"},
		"export of m.x.test": {`resource "postmaster_mail_domain_export" "e" { mail_domain_id = "mailserver/m.example.com" }`, "at least two characters"},
	} {
		t.Run(name, func(t *testing.T) {
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps:                    []resource.TestStep{{Config: s.Provider(t) + c.config, PlanOnly: true, ExpectError: world.Saying(c.want)}},
			})
		})
	}
	if calls := s.CallsSoFar(); len(calls) > 0 {
		t.Errorf("the mail server was called: %q", calls)
	}
}
