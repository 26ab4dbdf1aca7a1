package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What is there already is found by the plan, before anything is changed. The advice names a moved
// block before the import, which deletes what was only renamed.
func TestExistingObjectsAreFoundAtPlan(t *testing.T) {
	found := func(t *testing.T, c resource.TestCase, config, name, id string) {
		t.Helper()
		c.Steps = []resource.TestStep{{
			Config: config, PlanOnly: true,
			ExpectError: world.SayingInTurn("The object exists already", name+" exists already", "Do not import it then", "moved {", "to   = NEW_ADDRESS", "import {", fmt.Sprintf("id = %q", id)),
		}}
		resource.Test(t, c)
	}
	t.Run("mail server", func(t *testing.T) {
		t.Parallel()
		s := world.StartMailServer(t)
		s.CreateDomain(t, "example.com", "alice")
		c := resource.TestCase{ProtoV6ProviderFactories: world.Factories}
		found(t, c, s.Provider(t)+world.DomainConfig("Example.COM.", ""), "The domain example.com", "mailserver/example.com")
		found(t, c, s.Provider(t)+world.UserConfig("ALICE", world.WriteOnly), "The mailbox alice@example.com", "mailserver/alice@example.com")
	})
	t.Run("Yandex", func(t *testing.T) {
		t.Parallel()
		w := world.NewHasty(t)
		w.RegisterAtYandex(t, yandexsim.Token, "example.com")
		w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusAdded })
		if _, err := w.YandexUser(t, yandexsim.Token).CreateAccount(t.Context(), "alice@example.com", "correct-horse", yandexapi.Profile{}); err != nil {
			t.Fatal(err)
		}
		c := resource.TestCase{ProtoV6ProviderFactories: w.Factories()}
		found(t, c, w.Provider()+world.YandexDomainConfig("example.com", ""), "The domain example.com", "yandex/example.com")
		found(t, c, w.Provider()+strings.NewReplacer("mailserver/", "yandex/", "correct horse", "correct-horse").Replace(world.UserConfig("alice", world.WriteOnly)), "The mailbox alice@example.com", "yandex/alice@example.com")
	})
	t.Run("SendGrid", func(t *testing.T) {
		t.Parallel()
		w := world.NewHasty(t)
		s := world.NewRun()
		s.EnterSandbox(w.Box, w.File)
		w.Adjust(s)
		client, err := kit.PartOf[*sendgrid.Account](s).Client()
		if err != nil {
			t.Fatal(err)
		}
		made, err := client.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "em1"})
		if err != nil {
			t.Fatal(err)
		}
		c := resource.TestCase{ProtoV6ProviderFactories: w.Factories()}
		id := fmt.Sprintf("sendgrid/%d", made.ID)
		found(t, c, w.Provider()+world.SenderConfig("example.com", ""), "The domain example.com", id)
		found(t, c, w.Provider()+world.SenderConfig("Example.COM", `subdomain = "em1"`), "The domain example.com", id)
		// Beside it there is room for one with another subdomain, and for another domain.
		for _, config := range []string{world.SenderConfig("example.com", `subdomain = "em2"`), world.SenderConfig("example.org", "")} {
			c.Steps = []resource.TestStep{{Config: w.Provider() + config, PlanOnly: true, ExpectNonEmptyPlan: true}}
			resource.Test(t, c)
		}
	})
	t.Run("Octeth", func(t *testing.T) {
		t.Parallel()
		w := world.NewOcteth(t)
		made, err := w.Client(t).Create(t.Context(), octethapi.Campaign, "example.com", octethapi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := resource.TestCase{ProtoV6ProviderFactories: w.Factories()}
		found(t, c, w.Provider()+world.OctethConfigOf("example.com", world.Campaign), "The domain example.com", fmt.Sprintf("octeth/campaign/%d", made.ID))
		c.Steps = []resource.TestStep{{Config: w.Provider() + world.OctethConfigOf("example.com", world.EmailGateway), PlanOnly: true, ExpectNonEmptyPlan: true}}
		resource.Test(t, c)
	})
}

// A resource that is renamed without a moved block is found at plan, whichever of the two addresses
// Terraform shows first. With the block nothing is to be done.
func TestRenamedResources(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := func(label, more string) string {
		return s.Provider(t) + strings.Replace(world.UserConfig("alice", world.WriteOnly), `"u"`, fmt.Sprintf("%q", label), 1) + more
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config("old", "")},
			{Config: config("new", ""), PlanOnly: true, ExpectError: world.SayingInTurn("The mailbox alice@example.com exists already", "moved {")},
			{
				PreConfig: func() {
					if s.HashOf(t, "alice@example.com") == "" {
						t.Error("the mailbox is gone")
					}
				},
				Config:           config("new", "moved {\n  from = postmaster_mail_user.old\n  to   = postmaster_mail_user.new\n}\n"),
				ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction("postmaster_mail_user.new", plancheck.ResourceActionNoop)),
			},
		},
	})
}

// What a plan has shown of an object so far decides what it says, in whatever order that comes. An
// import is never offered for what is known to be deleted in the same run.
func TestWhereaboutsInAnyOrder(t *testing.T) {
	o := kit.Object{ResourceType: "postmaster_mail_user", ID: "mailserver/alice@example.com"}
	const name = "The mailbox alice@example.com"
	read := func(_ context.Context, s *kit.Run, _ *diag.Diagnostics) { s.Holds(o) }
	deleted := func(_ context.Context, s *kit.Run, diags *diag.Diagnostics) { s.PlanDelete(o, name, diags) }
	created := func(ctx context.Context, s *kit.Run, diags *diag.Diagnostics) {
		s.PlanCreate(ctx, "mailserver", "postmaster_mail_user", name, func(context.Context) (string, error) { return o.ID, nil }, nil, diags)
	}
	type step = func(context.Context, *kit.Run, *diag.Diagnostics)
	for order, c := range map[string]struct {
		steps           []step
		moved, imported bool
	}{
		"nobody has it":                      {[]step{created}, true, true},
		"read, deleted, created":             {[]step{read, deleted, created}, true, false},
		"read, created, deleted":             {[]step{read, created, deleted}, true, false},
		"deleted without a refresh, created": {[]step{deleted, created}, true, false},
		"replaced at its own address":        {[]step{read, created}, false, false},
		"deleted alone":                      {[]step{read, deleted}, false, false},
	} {
		t.Run(order, func(t *testing.T) {
			s := world.NewRun()
			var diags diag.Diagnostics
			for _, do := range c.steps {
				do(t.Context(), s, &diags)
			}
			text := testkit.ErrorText(diags)
			if strings.Contains(text, "moved {") != c.moved || strings.Contains(text, "import {") != c.imported || diags.HasError() != c.moved {
				t.Errorf("it says %q", text)
			}
		})
	}
	t.Run("created, then deleted", func(t *testing.T) { // the one whose address was not known yet is told by the other
		s := world.NewRun()
		var first, second diag.Diagnostics
		created(t.Context(), s, &first)
		deleted(t.Context(), s, &second)
		if text := testkit.ErrorText(second); !first.HasError() || !strings.Contains(text, "moved {") || strings.Contains(text, "import {") {
			t.Errorf("it says %q", text)
		}
	})
	t.Run("at apply", func(t *testing.T) {
		s := world.NewRun()
		s.Deletes(o)
		var diags diag.Diagnostics
		s.AddExists(&diags, "postmaster_mail_user", name, o.ID, errors.New("the account exists: import it"))
		if text := testkit.ErrorText(diags); !strings.Contains(text, "moved {") || strings.Contains(strings.ToLower(text), "import") {
			t.Errorf("it says %q", text)
		}
	})
}

// A service that does not answer holds up no plan: it is asked once, not for each object, and for a
// limited time. What it does not have is created.
func TestPlansDoNotWaitForServices(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		looks int // how often two creations look
	}{
		"down":  {&api.Error{Kind: api.ErrUnavailable}, 1},
		"slow":  {context.DeadlineExceeded, 1},
		"empty": {&api.Error{Kind: api.ErrNotFound}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, looks := world.NewRun(), 0
			find := func(ctx context.Context) (string, error) {
				looks++
				if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 10*time.Second {
					t.Error("it may look for ever")
				}
				return "mailserver/alice@example.com", c.err
			}
			var diags diag.Diagnostics
			for range 2 {
				s.PlanCreate(t.Context(), "mailserver", "postmaster_mail_user", "The mailbox", find, nil, &diags)
			}
			if looks != c.looks || len(diags) > 0 {
				t.Errorf("it looked %d times: %v", looks, diags)
			}
		})
	}
}

// New mailboxes of a domain share the lists in which a plan looks for them, and the domain's own
// creation is no reason to look for what is in it.
func TestPlanOfNewMailboxesCalls(t *testing.T) {
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
	s.ForgetCalls()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true}},
	})
	calls := s.CallsSoFar()
	slices.Sort(calls)
	n := len(calls) / 3
	want := slices.Concat(slices.Repeat([]string{"GET /domains"}, n), slices.Repeat([]string{"GET /users/1"}, n), slices.Repeat([]string{"POST /auth"}, n))
	if n == 0 || n > 3 || !slices.Equal(calls, want) {
		t.Errorf("the plans made the calls %q", calls)
	}
}

// A mail server that fails, as one whose database is down or that is not there yet, does not keep a
// plan from being made.
func TestPlanWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.With(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodGet, Path: "/domains", Kind: fault.Status, Status: 200, Body: `{"domains":null}`}}})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: s.Provider(t) + world.DomainConfig("example.com", "") + world.UserConfig("alice", world.WriteOnly), PlanOnly: true, ExpectNonEmptyPlan: true}},
	})
}

// A name that another resource gives up in the same run, before, is free for a new one.
func TestNameThatAnotherResourceGivesUp(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	second := "\nresource \"postmaster_sender_domain\" \"second\" {\n  domain     = \"example.com\"\n  sendgrid   = {}\n  depends_on = [postmaster_sender_domain.s]\n}\n"
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", "")},
		resource.TestStep{Config: w.Provider() + world.SenderConfig("example.org", "") + second},
		resource.TestStep{Config: w.Provider() + world.SenderConfig("example.org", "") + second, ConfigPlanChecks: world.EmptyPlan},
	)
}
