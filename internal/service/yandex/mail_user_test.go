package yandex_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// verified is a domain that is connected to Yandex already.
func verified(t *testing.T, w *world.World, domain string) {
	t.Helper()
	w.RegisterAtYandex(t, yandexsim.Token, domain)
	w.EditYandexDomain(t, domain, func(d *yandexsim.Domain) { d.Status = yandexsim.StatusAdded })
}

// yandexUserConfig is a mailbox of example.com, which exists.
func yandexUserConfig(password, more string) string {
	return fmt.Sprintf(`
resource "postmaster_mail_user" "u" {
  mail_domain_id = "yandex/example.com"
  local_part     = "Alice"
  password       = %q
  force_destroy  = true
  %s
}
`, password, more)
}

const yandexUserAddress = "postmaster_mail_user.u"

// Names and whether a mailbox is enabled are changed in place, in one call; what is not set is left
// to whoever sets it elsewhere, and what is set is put right again.
func TestYandexMailboxProfile(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	const password, another = "Correct-Horse-1", "Correct-Horse-2"
	config := func(password, more string) string { return w.Provider() + yandexUserConfig(password, more) }
	byHand := func(change func(*yandexsim.Account)) func() {
		return func() {
			w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { change(&d.Accounts[0]) })
			w.Forget()
		}
	}
	is := func(first, last string, enabled bool) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(yandexUserAddress, tfjsonpath.New("first_name"), knownvalue.StringExact(first)),
			statecheck.ExpectKnownValue(yandexUserAddress, tfjsonpath.New("last_name"), knownvalue.StringExact(last)),
			statecheck.ExpectKnownValue(yandexUserAddress, tfjsonpath.New("enabled"), knownvalue.Bool(enabled)),
		}
	}
	w.Run(t,
		resource.TestStep{
			PreConfig:         w.Forget,
			Config:            config(password, `first_name = "Alice"`),
			Check:             w.YandexChanges("email/add", "email/edit"),
			ConfigStateChecks: is("Alice", "", true),
		},
		resource.TestStep{Config: config(password, `first_name = "Alice"`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    config(another, "first_name = \"Alicia\"\n  enabled = false"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(yandexUserAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(yandexUserAddress, tfjsonpath.New("last_name"), knownvalue.StringExact("")),
			}},
			Check:             w.YandexChanges("email/edit"),
			ConfigStateChecks: is("Alicia", "", false),
		},
		resource.TestStep{
			PreConfig:         byHand(func(a *yandexsim.Account) { a.LastName, a.Enabled = "Liddell", true }),
			Config:            config(another, "first_name = \"Alicia\"\n  enabled = false"),
			Check:             w.YandexChanges("email/edit"),
			ConfigStateChecks: is("Alicia", "Liddell", false),
		},
		resource.TestStep{ // what is no longer set stays
			Config:            config(another, ""),
			ConfigPlanChecks:  world.EmptyPlan,
			ConfigStateChecks: is("Alicia", "Liddell", false),
		},
		resource.TestStep{
			ResourceName: yandexUserAddress, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"local_part", "password", "force_destroy"},
		},
	)
	service := yandexsim.New(yandexsim.Config{Store: w.Store(t)})
	if welcome, err := service.LogIn("alice@example.com", another); welcome || err != nil {
		t.Errorf("the mailbox has outlived its resource: %v", err)
	}
}

// Passwords reach the service, and no message.
func TestYandexMailboxPassword(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	const first, second = "Correct-Horse-1", "Correct-Horse-2"
	service := yandexsim.New(yandexsim.Config{Store: w.Store(t)})
	opens := func(password string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			welcome, err := service.LogIn("alice@example.com", password)
			if err == nil && !welcome {
				return errors.New("the password does not open the mailbox")
			}
			return err
		}
	}
	refuse := func(call string) func() {
		return func() { w.YandexUnder(t, yandexSays(call, `{"success": "error", "error": "blocked"}`, 0)) }
	}
	w.Run(t,
		resource.TestStep{PreConfig: refuse("email/add"), Config: w.Provider() + yandexUserConfig(first, ""), ExpectError: world.Saying("blocked")},
		resource.TestStep{
			PreConfig: func() { w.YandexUnder(t, fault.Conditions{}) },
			Config:    w.Provider() + yandexUserConfig(first, ""),
			Check:     opens(first),
		},
		resource.TestStep{PreConfig: refuse("email/edit"), Config: w.Provider() + yandexUserConfig(second, ""), ExpectError: world.Saying("blocked")},
		resource.TestStep{
			PreConfig: func() { w.YandexUnder(t, fault.Conditions{}) },
			Config:    w.Provider() + yandexUserConfig(second, ""),
			Check:     opens(second),
		},
	)
	if said := strings.Join(w.Heard(), "\n"); strings.Contains(said, first) || strings.Contains(said, second) {
		t.Errorf("a password was said:\n%s", said)
	}
}

// A mailbox whose name cannot be set is not left behind.
func TestYandexMailboxHalfMade(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	w.YandexUnder(t, yandexSays("email/edit", `{"success": "error", "error": "blocked"}`, 0))
	w.Run(t, resource.TestStep{Config: w.Provider() + yandexUserConfig("Correct-Horse-1", `first_name = "Alice"`), ExpectError: world.Saying("has been deleted again")})
	if accounts := w.YandexState(t).Domains[0].Accounts; len(accounts) > 0 {
		t.Errorf("%d mailboxes are left", len(accounts))
	}
}

// A mailbox that is there is told by its import id; in a domain that is not proven, and whose proof
// is not published either, there can be none yet: the error names the record.
func TestYandexMailboxRefused(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	config := w.Provider() + yandexUserConfig("Correct-Horse-1", "")
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: world.Saying("Create the mailboxes after the record")},
		resource.TestStep{
			PreConfig: func() {
				if said := strings.Join(w.Heard(), "\n"); !strings.Contains(said, "CNAME yamail-") {
					t.Errorf("this was said:\n%s", said)
				}
				w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
				if _, err := w.YandexUser(t, yandexsim.Token).CreateAccount(t.Context(), "alice@example.com", "Correct-Horse-0", yandexapi.Profile{}); err != nil {
					t.Fatal(err)
				}
			},
			Config: config, ExpectError: world.Saying(`id = "yandex/alice@example.com"`),
		},
	)
}

// A name that the service would give to no new mailbox is that of one which has it: it is managed
// like any other.
func TestYandexMailboxOfAReservedName(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) {
		d.Accounts = append(d.Accounts, yandexsim.Account{UID: 1, Login: "postmaster", Enabled: true})
	})
	config := w.Provider() + "\nresource \"postmaster_mail_user\" \"u\" {\n  mail_domain_id = \"yandex/example.com\"\n  local_part = \"postmaster\"\n  force_destroy = true\n}\n"
	w.Run(t,
		resource.TestStep{Config: config + "import {\n  to = postmaster_mail_user.u\n  id = \"yandex/postmaster@example.com\"\n}\n"},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// A refresh reads lists, a page of mailboxes at a time, however many resources there are.
func TestYandexRefreshCalls(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	w.YandexUnder(t, fault.Conditions{Settings: map[string]string{yandexsim.SettingAccountsPage: "10"}})
	config := w.Provider() + `
resource "postmaster_mail_user" "u" {
  count          = 25
  mail_domain_id = "yandex/example.com"
  local_part     = "user${count.index}"
  password       = "Correct-Horse-1"
  force_destroy  = true
}

data "postmaster_mail_users" "all" {
  mail_domain_id = "yandex/example.com"
  depends_on     = [postmaster_mail_user.u]
}
`
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.postmaster_mail_users.all", tfjsonpath.New("users"), knownvalue.ListSizeExact(25)),
			},
		},
		resource.TestStep{PreConfig: w.Forget, Config: config, PlanOnly: true},
		resource.TestStep{
			PreConfig: func() {
				calls := w.YandexCalls("GET")
				others := slices.DeleteFunc(slices.Clone(calls), func(call string) bool { return call == "email/list" })
				// The test framework makes several refreshes. Each of them reads three pages, and
				// some again to see that nothing has moved between them.
				if len(calls) == 0 || len(calls) >= 25 || len(others) > 0 {
					t.Errorf("refreshing made the calls %q", calls)
				}
			},
			Config: config,
		},
	)
}

// A mailing list is listed among the mailboxes and is none: nothing shows it, and nothing can take
// it over.
func TestYandexMailingList(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	verified(t, w, "example.com")
	w.YandexUnder(t, yandexSays("email/list", `{"success": "ok", "page": 1, "pages": 1, "total": 2, "accounts": [
		{"uid": 1, "login": "alice@example.com", "maillist": "no"}, {"uid": 2, "login": "team@example.com", "maillist": "yes"}]}`, 0))
	_, client := w.YandexMail(t)

	found, err := client.Mailboxes(t.Context(), "example.com")
	if err != nil || len(found) != 1 || found[0].Email != "alice@example.com" {
		t.Errorf("the mailboxes are %v, %v", found, err)
	}
	if _, err := client.Mailbox(t.Context(), "alice@example.com"); err != nil {
		t.Error(err)
	}
	if _, err := client.Mailbox(t.Context(), "team@example.com"); !kit.IsNotFound(err) || !strings.Contains(err.Error(), "mailing list") {
		t.Errorf("as a mailbox the mailing list is %v", err)
	}
	if err := tryMailbox(t.Context(), client, "team@example.com"); err == nil || errors.Is(err, api.ErrConflict) || !strings.Contains(err.Error(), "a mailing list of this address") {
		t.Errorf("in place of the mailing list: %v", err)
	}
	if err := tryMailbox(t.Context(), client, "alice@example.com"); !errors.Is(err, api.ErrConflict) {
		t.Errorf("in place of the mailbox: %v", err)
	}
}
