package mailserverapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

// Whoever interrupts a run learns what was waited for, and not only that it was.
func TestInterruptionNamesWhatWasWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		call string
		do   func(context.Context, *mailserverapi.Client) error
	}{
		"list of domains": {"GET /domains", func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.Domains(ctx)
			return err
		}},
		"list of accounts": {"GET /users/2", func(ctx context.Context, c *mailserverapi.Client) error {
			_, err := c.Account(ctx, alice)
			return err
		}},
		"login": {"POST /auth", func(ctx context.Context, c *mailserverapi.Client) error { return c.Login(ctx) }},
		"deletion": {"GET /domains", func(ctx context.Context, c *mailserverapi.Client) error {
			return c.DeleteDomain(ctx, "example.com")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.says("GET /domains", oneDomain)
			hang := make(chan struct{})
			t.Cleanup(func() { close(hang) })
			s.does(c.call, func(http.ResponseWriter, *http.Request) { <-hang })
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			err := c.do(ctx, s.client())
			wantError(t, err, nil, "mail server: ", "the run was stopped")
			if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "context canceled") {
				t.Errorf("%v", err)
			}
		})
	}
}
