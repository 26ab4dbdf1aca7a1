package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// YandexUser is the client of a user of the simulated Yandex.
func (w *World) YandexUser(t *testing.T, token string) *yandexapi.Client {
	t.Helper()
	s := NewRun()
	s.EnterSandbox(w.Box, w.File)
	address, err := s.SimulatedURL(yandexsim.Section, yandexsim.AdminPath)
	if err != nil {
		t.Fatal(err)
	}
	return yandexapi.New(yandexapi.Config{Token: token, BaseURL: address, Transport: w.Box.Transport(), RetryWaitMin: time.Millisecond})
}

// YandexMail is Yandex as a mail service of a run that is configured for the sandbox.
func (w *World) YandexMail(t *testing.T) (*kit.Run, mail.Mail) {
	t.Helper()
	s := NewRun()
	s.EnterSandbox(w.Box, w.File)
	w.Adjust(s)
	client, err := yandex.Service{}.Mail(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// RegisterAtYandex is somebody else who registers a domain, by the token of a user.
func (w *World) RegisterAtYandex(t *testing.T, token, domain string) {
	t.Helper()
	if _, err := w.YandexUser(t, token).Register(t.Context(), domain); err != nil {
		t.Fatal(err)
	}
}

// YandexUnder puts Yandex under conditions.
func (w *World) YandexUnder(t *testing.T, c fault.Conditions) {
	t.Helper()
	if err := w.Box.SetConditions(yandexsim.Section, c); err != nil {
		t.Fatal(err)
	}
}

// EditYandexDomain changes a domain as no call of the API does.
func (w *World) EditYandexDomain(t *testing.T, name string, change func(*yandexsim.Domain)) {
	t.Helper()
	service := yandexsim.New(yandexsim.Config{Store: w.Store(t)})
	if found, err := service.SetDomain(name, change); err != nil || !found {
		t.Fatalf("there is no domain %s: %v", name, err)
	}
}

// YandexState is what Yandex holds at this moment.
func (w *World) YandexState(t *testing.T) yandexsim.State {
	t.Helper()
	var state yandexsim.State
	if err := store.View(w.Store(t), yandexsim.Section, func(v *yandexsim.State) error {
		state = *v
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return state
}

// YandexCalls are the calls of Yandex with a method since forget: "email/add".
func (w *World) YandexCalls(method string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []string
	for _, call := range w.calls {
		if path, ok := strings.CutPrefix(call, yandexsim.Section+" "+method+" "+yandexsim.AdminPath); ok {
			found = append(found, path)
		}
	}
	return found
}

// YandexChanges checks which calls have changed anything at Yandex since forget.
func (w *World) YandexChanges(want ...string) func(*terraform.State) error {
	return func(*terraform.State) error {
		if got := w.YandexCalls("POST"); !slices.Equal(got, want) {
			return fmt.Errorf("the calls %q were made, not %q", got, want)
		}
		return nil
	}
}

// YandexDomainConfig is a domain "d" at Yandex.
func YandexDomainConfig(domain, more string) string {
	return fmt.Sprintf(`
resource "postmaster_mail_domain" "d" {
  domain        = %q
  service       = "yandex"
  force_destroy = true
  %s
}
`, domain, more)
}
