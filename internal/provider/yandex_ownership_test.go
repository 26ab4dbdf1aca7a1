package provider_test

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
)

// unproven is a mail service in whose sandbox example.com is registered, and the record that
// proves it published, but not seen yet; each check takes a time.
func (w *dnsWorld) unproven(t *testing.T, check string) (*kit.Run, mail.Mail) {
	t.Helper()
	d, err := w.yandexUser(t, yandexsim.Token).Register(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	name, target := d.Secrets.CNAME(d.Name)
	w.stranger(t, "cloudflare", "example.com").add(t, testkit.DNSRecordOf(name, "CNAME", target))
	w.yandexUnder(t, fault.Conditions{Settings: map[string]string{yandexsim.SettingCheckDelay: check}})
	return w.yandexMail(t)
}

func tryMailbox(ctx context.Context, client mail.Mail, email string) error {
	_, err := client.CreateMailbox(ctx, email, mail.Passwords{Password: types.StringValue("Correct-Horse-1")}, mail.MailProfile{})
	return err
}

// A slow check holds up all mailboxes of a domain, and is asked for by one of them.
func TestYandexMailboxesShareOneWait(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
	_, client := w.unproven(t, "100ms")
	w.forget()
	const mailboxes = 50
	var made errgroup.Group
	for i := range mailboxes {
		made.Go(func() error { return tryMailbox(t.Context(), client, fmt.Sprintf("user%d@example.com", i)) })
	}
	if err := made.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.yandexState(t).Domains[0].Accounts); n != mailboxes {
		t.Errorf("there are %d mailboxes", n)
	}
	checks := 0
	for _, call := range w.yandexCalls("GET") {
		if call == "domain/registration_status" {
			checks++
		}
	}
	if checks < 2 || checks > mailboxes/2 {
		t.Errorf("the domain was checked %d times", checks)
	}
}

// A mailbox that is given up ends its own wait and says so, and not that of the others. When
// the wait ends in vain although the record is there, nobody is told to publish it.
func TestYandexMailboxWaitsInVain(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
	s, client := w.unproven(t, "1h")
	kit.PartOf[*yandex.Account](s).Owned.Patience = 2 * time.Second
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
	if n := len(w.yandexState(t).Domains[0].Accounts); n > 0 {
		t.Errorf("there are %d mailboxes", n)
	}
}

// A wait is long once for each domain, and where the proof is published.
func TestYandexOwnershipTimeouts(t *testing.T) {
	var o yandex.YandexOwnerships
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
	w := newYandexWorld(t)
	_, client := w.unproven(t, "0s")
	w.yandexUnder(t, yandexSays("domain/details", `{"success": "error", "error": "unknown"}`, 0))
	if err := tryMailbox(t.Context(), client, "alice@example.com"); !errors.Is(err, api.ErrUnavailable) {
		t.Errorf("it is %v", err)
	}
	w.yandexUnder(t, fault.Conditions{})
	if err := tryMailbox(t.Context(), client, "alice@example.com"); err != nil {
		t.Error(err)
	}
	if err := tryMailbox(t.Context(), client, "alice@nowhere.example"); !kit.IsNotFound(err) {
		t.Errorf("in a domain that is not connected it is %v", err)
	}
}
