package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

var domainIsUpdated = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
	plancheck.ExpectResourceAction("postmaster_mail_domain.d", plancheck.ResourceActionUpdate),
}}

// deleteAccount deletes an account as somebody else would.
func (s *MailServer) deleteAccount(t *testing.T, email string) {
	t.Helper()
	if err := s.Client(t).DeleteAccount(t.Context(), email); err != nil {
		t.Fatal(err)
	}
}

// A first account that somebody has deleted is created again, and not only missed when
// its password is to be changed.
func TestFirstAccountDeletedByHand(t *testing.T) {
	t.Parallel()
	s := StartMailServer(t)
	config := s.Provider(t) + DomainConfig("example.com", "")
	without := s.Provider(t) + strings.Replace(config, "password_wo_version = 1", "", 1)
	without = strings.Replace(without, `password_wo         = "correct horse"`, "", 1)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:        func() { s.deleteAccount(t, "postmaster@example.com") },
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
				ConfigPlanChecks: EmptyPlan,
			},
			{
				PreConfig:   func() { s.deleteAccount(t, "postmaster@example.com") },
				Config:      strings.Replace(without, s.Provider(t), "", 1),
				ExpectError: Saying("The first account does not exist"),
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
	s := StartMailServer(t)
	config := s.Provider(t) + DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { s.With(t, emptyAccountLists) },
				Config:      config,
				ExpectError: Saying("lists 0 of 1 accounts"),
			},
			{
				PreConfig:        func() { s.With(t, noConditions) },
				Config:           config,
				ConfigPlanChecks: EmptyPlan,
			},
		},
	})
}

// The first account is its domain's: a mailbox of that address is refused, and is not told
// to be imported beside it.
func TestMailUserThatIsTheFirstAccount(t *testing.T) {
	t.Parallel()
	s := StartMailServer(t)
	domain := s.Provider(t) + DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps: []resource.TestStep{
			{
				Config: domain + strings.Replace(UserConfig("Postmaster", WriteOnly), `"mailserver/example.com"`, "postmaster_mail_domain.d.id", 1),
				// At plan: nothing has been created.
				ExpectError: Saying("is the first account of its domain"),
			},
			{Config: domain},
			{Config: domain + UserConfig("alice", WriteOnly)},
			{ // in a configuration without the domain only the server can tell
				Config:      domain + UserConfig("alice", WriteOnly) + strings.Replace(UserConfig("postmaster", WriteOnly), `"u"`, `"p"`, 1),
				ExpectError: Saying("if it is the first_account of mailserver/example.com"),
			},
		},
	})
	if n := s.Count("POST /domains"); n != 1 {
		t.Errorf("%d domains were created, want 1", n)
	}
}
