package mailserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// hasty serves the provider with a client that pauses for milliseconds where the real one pauses
// for seconds.
func hasty(t *testing.T, s *world.MailServer) map[string]func() (tfprotov6.ProviderServer, error) {
	t.Helper()
	adjust := func(run *kit.Run) {
		run.Haste = kit.Haste{RetryWaitMin: time.Millisecond, Timeout: 2 * time.Second, Grace: 100 * time.Millisecond}
	}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": providerserver.NewProtocol6WithError(provider.NewWith("test", provider.Hooks{Adjust: adjust})()),
	}
}

// brokenAnswer is one way in which calls fail for as long as it lasts.
type brokenAnswer struct {
	name  string
	fault fault.Fault
	says  string // what the error says of it
	done  bool   // the server has done what it was asked to, which a read shows
}

// brokenAnswers are those that may stand between a client and a service. stranger is where a
// redirect leads.
func brokenAnswers(stranger string) []brokenAnswer {
	away := map[string]string{"Location": stranger + "/login"}
	return []brokenAnswer{
		{name: "429 for too long", fault: fault.Fault{Kind: fault.Status, Status: 429, RetryAfter: fault.Duration(time.Hour)}, says: "HTTP 429"},
		{name: "502 with a page", fault: fault.Fault{Kind: fault.StatusAfter}, says: "HTTP 502", done: true},
		{name: "empty 500", fault: fault.Fault{Kind: fault.EmptyError}, says: "HTTP 500"},
		{name: "cut connection", fault: fault.Fault{Kind: fault.Cut}, says: "closed without an answer"},
		{name: "cut after the deed", fault: fault.Fault{Kind: fault.CutAfter}, says: "closed without an answer", done: true},
		{name: "half an answer", fault: fault.Fault{Kind: fault.TruncatedBody}, says: "cut in the middle", done: true},
		{name: "no answer", fault: fault.Fault{Kind: fault.Hang}, says: "no complete answer within the time limit of 2s"},
		{name: "endless answer", fault: fault.Fault{Kind: fault.EndlessBody}, says: "larger than any that the API documents"},
		{name: "invalid JSON", fault: fault.Fault{Kind: fault.InvalidJSON}, says: "is not what the API documents", done: true},
		{name: "redirect", fault: fault.Fault{Kind: fault.Redirect, Status: 307, Header: away}, says: "HTTP 307"},
	}
}

// strangerServer is another host, which nobody should turn to.
func strangerServer(t *testing.T) *httptest.Server {
	t.Helper()
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(func() {
		server.Close()
		if n := calls.Load(); n > 0 {
			t.Errorf("%d calls, credentials included, have followed a redirect to another host", n)
		}
	})
	return server
}

// Whatever comes back while the state is refreshed, it is an error that says so, and nothing leaves
// the state.
func TestBrokenAnswersToARefresh(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	steps := []resource.TestStep{{Config: config}}
	for _, broken := range brokenAnswers(strangerServer(t).URL) {
		broken.fault.Method = http.MethodGet
		steps = append(steps, resource.TestStep{
			PreConfig:   func() { s.With(t, fault.Conditions{Faults: []fault.Fault{broken.fault}}) },
			Config:      config,
			ExpectError: world.Saying(broken.says),
		})
	}
	steps = append(steps, resource.TestStep{
		PreConfig:        func() { s.With(t, fault.Conditions{}) },
		Config:           config,
		ConfigPlanChecks: world.EmptyPlan,
	})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: hasty(t, s), Steps: steps})
}

// Whatever comes back when a mailbox is created, it is created once: what was done all the same is
// found, and what was not is an error without a trace in the state.
func TestBrokenAnswersToACreation(t *testing.T) {
	for _, broken := range brokenAnswers(strangerServer(t).URL) {
		t.Run(broken.name, func(t *testing.T) {
			t.Parallel()
			s := world.StartMailServer(t)
			s.CreateDomain(t, "example.com", "info")
			config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
			broken.fault.Method, broken.fault.Path = http.MethodPost, "/users/*"
			first := resource.TestStep{
				PreConfig: func() { s.With(t, fault.Conditions{Faults: []fault.Fault{broken.fault}}) },
				Config:    config,
			}
			action := plancheck.ResourceActionNoop
			if !broken.done {
				first.ExpectError, action = world.Saying(broken.says), plancheck.ResourceActionCreate
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: hasty(t, s),
				Steps: []resource.TestStep{first, {
					PreConfig: func() { s.With(t, fault.Conditions{}) },
					Config:    config,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction("postmaster_mail_user.u", action),
					}},
					Check: func(*terraform.State) error {
						if got := s.Accounts(t); !slices.Equal(got, []string{"alice@example.com", "info@example.com"}) {
							return fmt.Errorf("the server holds %q", got)
						}
						return nil
					},
				}},
			})
		})
	}
}

// Where neither the creation's answer nor any list arrives, nobody can tell: an error without
// state, and the next run names the import id to write.
func TestCreationThatCannotBeProven(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: hasty(t, s),
		Steps: []resource.TestStep{
			{
				PreConfig: func() {
					s.With(t, fault.Conditions{Faults: []fault.Fault{
						{Method: http.MethodPost, Path: "/users/*", Kind: fault.CutAfter},
						{Method: http.MethodGet, Skip: 4, Kind: fault.EmptyError}, // after the lists in which plan and apply look for the mailbox
					}})
				},
				Config:      config,
				ExpectError: world.Saying("may or may not have been carried out"),
			},
			{
				PreConfig:   func() { s.With(t, fault.Conditions{}) },
				Config:      config,
				ExpectError: world.Saying(`id = "mailserver/alice@example.com"`),
			},
			{
				Config: config + "\nimport {\n  to = postmaster_mail_user.u\n  id = \"mailserver/alice@example.com\"\n}\n",
			},
			{Config: config, ConfigPlanChecks: world.EmptyPlan},
		},
	})
}

// A service that asks for a pause gets it, and the run goes on.
func TestRetryAfterIsObeyed(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.With(t, fault.Conditions{Faults: []fault.Fault{
		{Method: http.MethodPost, Path: "/users/*", Count: 1, Kind: fault.Status, Status: 429, RetryAfter: fault.Duration(time.Second)},
		{Method: http.MethodGet, Count: 1, Kind: fault.Status, Status: 503, RetryAfter: fault.Duration(time.Second)},
	}})
	config := s.Provider(t) + world.UserConfig("alice", world.WriteOnly)
	begin := time.Now()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: hasty(t, s),
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: world.EmptyPlan}},
	})
	if took := time.Since(begin); took < 2*time.Second {
		t.Errorf("two pauses of a second each ended within %s", took)
	}
	if n := s.Count("POST /users/1"); n != 2 { // once refused, once carried out
		t.Errorf("the creation was sent %d times", n)
	}
}

// Tokens that end within the run are renewed, and nothing is lost or sent twice.
func TestTokenEndsInMidRun(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.With(t, fault.Conditions{
		Faults:   []fault.Fault{{Method: http.MethodPost, Path: "/users/*", Kind: fault.SlowBody, Delay: fault.Duration(40 * time.Millisecond)}},
		Settings: map[string]string{mailserversim.SettingTokenLifetime: "1s"},
	})
	s.ForgetCalls()
	config := s.Provider(t) + `
resource "postmaster_mail_user" "u" {
  count          = 40
  mail_domain_id = "mailserver/example.com"
  local_part     = "user${count.index}"
  password       = "correct horse"
  force_destroy  = true
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: hasty(t, s),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					if n := len(s.Accounts(t)); n != 41 {
						t.Errorf("%d accounts, not 41", n)
					}
					const creation = "POST /users/1"
					calls := s.CallsSoFar()
					begun := calls[slices.Index(calls, creation):]
					if ended := slices.Index(begun, "POST /auth"); ended < 0 || !slices.Contains(begun[ended:], creation) {
						t.Errorf("no token ended between the creations: %q", calls)
					}
				},
				Config: config, ConfigPlanChecks: world.EmptyPlan,
			},
		},
	})
}
