package mail_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

var domainIsUpdated = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
	plancheck.ExpectResourceAction("postmaster_mail_domain.d", plancheck.ResourceActionUpdate),
}}

// deleteAccount deletes an account as somebody else would.
func deleteAccount(t *testing.T, s *world.MailServer, email string) {
	t.Helper()
	if err := s.Client(t).DeleteAccount(t.Context(), email); err != nil {
		t.Fatal(err)
	}
}

// A first account that somebody has deleted is created again, and not only missed when its password
// is to be changed.
func TestFirstAccountDeletedByHand(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	config := s.Provider(t) + world.DomainConfig("example.com", "")
	without := s.Provider(t) + strings.Replace(config, "password_wo_version = 1", "", 1)
	without = strings.Replace(without, `password_wo         = "correct horse"`, "", 1)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:        func() { deleteAccount(t, s, "postmaster@example.com") },
				Config:           config,
				ConfigPlanChecks: domainIsUpdated,
			},
			{
				PreConfig: func() {
					if s.HashOf(t, "postmaster@example.com") == "" {
						t.Error("the account was not created")
					}
				},
				Config:           config,
				ConfigPlanChecks: world.EmptyPlan,
			},
			{
				PreConfig:   func() { deleteAccount(t, s, "postmaster@example.com") },
				Config:      strings.Replace(without, s.Provider(t), "", 1),
				ExpectError: world.Saying("The first account does not exist"),
			},
			{ // its password is changed in the same apply
				Config:           strings.Replace(config, "password_wo_version = 1", "password_wo_version = 2", 1),
				ConfigPlanChecks: domainIsUpdated,
			},
		},
	})
}

// An account list that proves nothing does not make the account look deleted.
func TestFirstAccountWithShortList(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	config := s.Provider(t) + world.DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { s.With(t, emptyAccountLists) },
				Config:      config,
				ExpectError: world.Saying("lists 0 of 1 accounts"),
			},
			{
				PreConfig:        func() { s.With(t, noConditions) },
				Config:           config,
				ConfigPlanChecks: world.EmptyPlan,
			},
		},
	})
}

// The first account is its domain's: a mailbox of that address is refused, and is not told to be
// imported beside it.
func TestMailUserThatIsTheFirstAccount(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	domain := s.Provider(t) + world.DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: domain + strings.Replace(world.UserConfig("Postmaster", world.WriteOnly), `"mailserver/example.com"`, "postmaster_mail_domain.d.id", 1),
				// At plan: nothing has been created.
				ExpectError: world.Saying("is the first account of its domain"),
			},
			{Config: domain},
			{Config: domain + world.UserConfig("alice", world.WriteOnly)},
			{ // in a configuration without the domain only the server can tell
				Config:      domain + world.UserConfig("alice", world.WriteOnly) + strings.Replace(world.UserConfig("postmaster", world.WriteOnly), `"u"`, `"p"`, 1),
				ExpectError: world.Saying("if it is the first_account of mailserver/example.com"),
			},
		},
	})
	if n := s.Count("POST /domains"); n != 1 {
		t.Errorf("%d domains were created, want 1", n)
	}
}
