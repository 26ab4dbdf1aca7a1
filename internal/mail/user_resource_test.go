package mail_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestMailUserLifecycle(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	const address = "postmaster_mail_user.u"
	var hash string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + world.UserConfig("Alice+news", world.WriteOnly),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(address, tfjsonpath.New("email"), knownvalue.StringExact("alice+news@example.com")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/alice+news@example.com")),
				},
			},
			{
				PreConfig:        func() { hash = s.HashOf(t, "alice+news@example.com") },
				Config:           s.Provider(t) + strings.Replace(world.UserConfig("ALICE+News", world.WriteOnly), "mailserver/example.com", "mailserver/Example.com", 1),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{ // another version sets the password anew
				Config: s.Provider(t) + world.UserConfig("alice+news", strings.Replace(world.WriteOnly, "= 1", "= 2", 1)),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				}},
			},
			{
				PreConfig: func() {
					if s.HashOf(t, "alice+news@example.com") == hash {
						t.Error("the password has not been set again")
					}
				},
				Config:      s.Provider(t) + world.UserConfig("bob", strings.Replace(world.WriteOnly, "= 1", "= 2", 1)),
				ExpectError: world.Saying("A mailbox cannot be renamed"),
			},
			{
				Config:      s.Provider(t) + strings.Replace(world.UserConfig("alice+news", world.WriteOnly), "mailserver/example.com", "mailserver/example.org", 1),
				ExpectError: world.Saying("A mailbox cannot be renamed"),
			},
			{
				ResourceName:            address,
				ImportState:             true,
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: []string{"local_part", "mail_domain_id", "password_wo_version", "force_destroy"},
			},
		},
	})
}

func TestMailUserPasswordForms(t *testing.T) {
	t.Parallel()
	const hash = "$1$abcdefgh$irWbblnpmw.5z7wgBnprh0"
	cases := map[string]string{
		"password":           `password = "correct horse"`,
		"write-only":         world.WriteOnly,
		"hash":               `password_hash = "` + hash + `"`,
		"hash as write-only": "password_hash_wo = \"" + hash + "\"\n  password_hash_wo_version = 1",
	}
	for name, password := range cases {
		t.Run(name, func(t *testing.T) {
			s := world.StartMailServer(t)
			s.CreateDomain(t, "example.com", "info")
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{{
					Config: s.Provider(t) + world.UserConfig("alice", password),
					Check: func(*terraform.State) error {
						stored := s.HashOf(t, "alice@example.com")
						if stored == "" || strings.Contains(name, "hash") != (stored == hash) {
							return fmt.Errorf("stored as %q", stored)
						}
						return nil
					},
				}},
			})
		})
	}
}

// A password is needed for a new mailbox only, so it is asked for when that is planned.
func TestMailUserWithoutPassword(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: s.Provider(t) + world.UserConfig("alice", ""), PlanOnly: true, ExpectError: world.Saying("needs a password")}},
	})
	if calls := s.CallsSoFar(); len(calls) > 0 {
		t.Errorf("the mail server was called: %q", calls)
	}
}

func TestMailUserDestroyNeedsForce(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	guarded := strings.Replace(world.UserConfig("alice", world.WriteOnly), "force_destroy  = true", "", 1)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: s.Provider(t) + guarded},
			{Config: s.Provider(t) + guarded, Destroy: true, ExpectError: world.Saying("Refused to delete what holds mail")},
			{Config: s.Provider(t), ExpectError: world.Saying("force_destroy = true")},
			{ // a replacement that a person asks for is refused as well
				Config:      s.Provider(t) + guarded,
				Taint:       []string{"postmaster_mail_user.u"},
				ExpectError: world.Saying("terraform untaint"),
			},
			{
				PreConfig: func() {
					if s.HashOf(t, "alice@example.com") == "" {
						t.Error("the mailbox is gone")
					}
					if err := s.Client(t).DeleteAccount(t.Context(), "alice@example.com"); err != nil { // or it stays tainted
						t.Fatal(err)
					}
				},
				Config: s.Provider(t) + guarded,
			},
			{Config: s.Provider(t) + world.UserConfig("alice", world.WriteOnly)},
		},
	})
	if s.HashOf(t, "alice@example.com") != "" {
		t.Error("the mailbox is still there")
	}
}

func TestMailUserExists(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "alice")
	bare := world.UserConfig("alice", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Provider(t) + world.UserConfig("alice", world.WriteOnly),
				ExpectError: regexp.MustCompile(`(?s)exists\s+already.*id = "mailserver/alice@example.com"`),
			},
			{
				Config: s.Provider(t) + strings.Replace(bare, "force_destroy  = true", "", 1) + `
import {
  to = postmaster_mail_user.u
  id = "mailserver/Alice@Example.com"
}
`,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_user.u", plancheck.ResourceActionNoop),
				}},
			},
			{ // a password that is given now is set
				Config: s.Provider(t) + world.UserConfig("alice", world.WriteOnly),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_user.u", plancheck.ResourceActionUpdate),
				}},
			},
			{Config: s.Provider(t) + world.UserConfig("alice", world.WriteOnly), ConfigPlanChecks: world.EmptyPlan},
		},
	})
}

// The server says "true" and stores nothing; the state must not believe it.
func TestMailUserStoredNothing(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.With(t, fault.Conditions{Switches: map[string]bool{mailserversim.SwitchSilentCreate: true}})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: s.Provider(t) + world.UserConfig("alice", world.WriteOnly), ExpectError: world.Saying("Unable to create mailbox")},
			{
				PreConfig: func() { s.With(t, fault.Conditions{}) },
				Config:    s.Provider(t) + world.UserConfig("alice", world.WriteOnly),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_user.u", plancheck.ResourceActionCreate),
				}},
			},
		},
	})
}

func TestMailUserDocumentedPath(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.With(t, fault.Conditions{Switches: map[string]bool{mailserversim.SwitchDocumentedUserPath: true}})
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: world.EmptyPlan}},
	})
}

// With the database down, account lists are empty and domain lists null; with some of an account
// list missing, users_count tells.
func TestMailUserListsThatProveNothing(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	empty := fault.Conditions{Faults: []fault.Fault{{Method: http.MethodGet, Path: "/users/*", Kind: fault.Status, Status: 200, Body: `{"users":[]}`}}}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { s.With(t, fault.Conditions{Switches: map[string]bool{mailserversim.SwitchDatabaseDown: true}}) },
				Config:      config,
				ExpectError: world.Saying("Unable to read mailbox"),
			},
			{
				PreConfig:   func() { s.With(t, empty) },
				Config:      config,
				ExpectError: world.Saying("Unable to read mailbox"),
			},
			{PreConfig: func() { s.With(t, fault.Conditions{}) }, Config: config, ConfigPlanChecks: world.EmptyPlan},
		},
	})
}

func TestMailUserRemovedByHand(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					if err := s.Client(t).DeleteAccount(t.Context(), "alice@example.com"); err != nil {
						t.Fatal(err)
					}
				},
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_user.u", plancheck.ResourceActionCreate),
				}},
			},
		},
	})
}

// A list serves all mailboxes of a domain: 1 login, 1 domain list, 1 account list.
func TestMailUserRefreshCalls(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := s.Provider(t) + `
resource "postmaster_mail_user" "u" {
  count          = 20
  mail_domain_id = "mailserver/example.com"
  local_part     = "user${count.index}"
  password       = "correct horse"
  force_destroy  = true
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: s.ForgetCalls,
				Config:    config,
				PlanOnly:  true,
			},
			{
				PreConfig: func() {
					calls := s.CallsSoFar()
					slices.Sort(calls)
					// As many refreshes as the test framework makes, each with three calls.
					n := len(calls) / 3
					want := slices.Concat(slices.Repeat([]string{"GET /domains"}, n), slices.Repeat([]string{"GET /users/1"}, n), slices.Repeat([]string{"POST /auth"}, n))
					if n == 0 || !slices.Equal(calls, want) {
						t.Errorf("refreshing made the calls %q", calls)
					}
				},
				Config: config,
			},
		},
	})
}
