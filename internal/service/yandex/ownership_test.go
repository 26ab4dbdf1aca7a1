package yandex_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// unproven is a mail service in whose sandbox example.com is registered, and the record that proves
// it published, but not seen yet; each check takes a time.
func unproven(t *testing.T, w *world.World, check string) (*kit.Run, mail.Mail) {
	t.Helper()
	d, err := w.YandexUser(t, yandexsim.Token).Register(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	name, target := d.Secrets.CNAME(d.Name)
	w.Stranger(t, "cloudflare", "example.com").Add(t, testkit.DNSRecordOf(name, "CNAME", target))
	w.YandexUnder(t, fault.Conditions{Settings: map[string]string{yandexsim.SettingCheckDelay: check}})
	return w.YandexMail(t)
}

func tryMailbox(ctx context.Context, client mail.Mail, email string) error {
	_, err := client.CreateMailbox(ctx, email, mail.Passwords{Password: types.StringValue("Correct-Horse-1")}, mail.Profile{})
	return err
}

// A slow check holds up all mailboxes of a domain, and is asked for by one of them.
func TestYandexMailboxesShareOneWait(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	_, client := unproven(t, w, "100ms")
	w.Forget()
	const mailboxes = 50
	var made errgroup.Group
	for i := range mailboxes {
		made.Go(func() error { return tryMailbox(t.Context(), client, fmt.Sprintf("user%d@example.com", i)) })
	}
	if err := made.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.YandexState(t).Domains[0].Accounts); n != mailboxes {
		t.Errorf("there are %d mailboxes", n)
	}
	checks := 0
	for _, call := range w.YandexCalls("GET") {
		if call == "domain/registration_status" {
			checks++
		}
	}
	if checks < 2 || checks > mailboxes/2 {
		t.Errorf("the domain was checked %d times", checks)
	}
}

// A mailbox that is given up ends its own wait and says so, and not that of the others. When the
// wait ends in vain although the record is there, nobody is told to publish it.
func TestYandexMailboxWaitsInVain(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	s, client := unproven(t, w, "1h")
	kit.PartOf[*yandex.Account](s).SetPatience(2 * time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error, 1)
	go func() { given <- tryMailbox(ctx, client, "alice@example.com") }()
	patient := make(chan error, 1)
	go func() { patient <- tryMailbox(t.Context(), client, "bob@example.com") }()
	cancel()
	if err := <-given; err == nil || !strings.Contains(err.Error(), "the run was stopped after it had waited") {
		t.Errorf("given up: %v", err)
	}
	err := <-patient
	if err == nil || !strings.Contains(err.Error(), "has not verified example.com within 2s") || !strings.Contains(err.Error(), "the next apply goes on") ||
		strings.Contains(err.Error(), "depends_on") || errors.Is(err, context.Canceled) {
		t.Errorf("waited: %v", err)
	}
	if n := len(w.YandexState(t).Domains[0].Accounts); n > 0 {
		t.Errorf("there are %d mailboxes", n)
	}
}

// A wait is long once for each domain, and where the proof is published.
func TestYandexOwnershipTimeouts(t *testing.T) {
	var o yandex.Ownerships
	for i, c := range []struct {
		domain    string
		published bool
		want      time.Duration
	}{
		{"example.com", false, yandex.OwnershipImpatience},
		{"example.com", true, yandex.OwnershipPatience},
		{"example.com", true, yandex.OwnershipImpatience},
		{"example.org", true, yandex.OwnershipPatience},
	} {
		if got := o.Timeout(c.domain, c.published); got != c.want {
			t.Errorf("%d: %v for %s", i, got, c.domain)
		}
	}
}

// That it could not be found out whose a domain is, is an error, and is not remembered.
func TestYandexOwnershipIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	_, client := unproven(t, w, "0s")
	w.YandexUnder(t, yandexSays("domain/details", `{"success": "error", "error": "unknown"}`, 0))
	if err := tryMailbox(t.Context(), client, "alice@example.com"); !errors.Is(err, api.ErrUnavailable) {
		t.Errorf("it is %v", err)
	}
	w.YandexUnder(t, fault.Conditions{})
	if err := tryMailbox(t.Context(), client, "alice@example.com"); err != nil {
		t.Error(err)
	}
	if err := tryMailbox(t.Context(), client, "alice@nowhere.example"); !kit.IsNotFound(err) {
		t.Errorf("in a domain that is not connected it is %v", err)
	}
}
