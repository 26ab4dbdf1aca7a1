package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// SandboxTarget is where the records of the sandbox's own account point.
const SandboxTarget = "u7770001.wl001.sendgrid.net"

// SendGridUnder puts SendGrid under conditions.
func (w *World) SendGridUnder(t *testing.T, c fault.Conditions) {
	t.Helper()
	if err := w.Box.SetConditions(sendgridsim.Section, c); err != nil {
		t.Fatal(err)
	}
}

// EditSendGrid changes the domains at SendGrid as no call of the API does.
func (w *World) EditSendGrid(t *testing.T, change func(*sendgridsim.State)) {
	t.Helper()
	if err := store.Update(w.Store(t), sendgridsim.Section, func(st *sendgridsim.State) error {
		change(st)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// SendGridCalls are the calls of SendGrid with one of these methods since forget, without their
// ids: "POST domains/ID/ips".
func (w *World) SendGridCalls(methods ...string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []string
	for _, call := range w.calls {
		call, ok := strings.CutPrefix(call, sendgridsim.Section+" ")
		method, path, _ := strings.Cut(call, " ")
		if !ok || !slices.Contains(methods, method) {
			continue
		}
		elements := strings.Split(strings.TrimPrefix(path, "/v3/whitelabel/"), "/")
		if len(elements) > 1 && strings.Trim(elements[1], "0123456789") == "" {
			elements[1] = "ID"
		}
		found = append(found, method+" "+strings.Join(elements, "/"))
	}
	return found
}

// ChangingMethods are the HTTP methods of calls that change something.
var ChangingMethods = []string{"POST", "PATCH", "PUT", "DELETE"}

// SendGridChanges checks which calls have changed anything at SendGrid since forget.
func (w *World) SendGridChanges(want ...string) func(*terraform.State) error {
	return func(*terraform.State) error {
		if got := w.SendGridCalls(ChangingMethods...); !slices.Equal(got, want) {
			return fmt.Errorf("the calls %q were made, not %q", got, want)
		}
		return nil
	}
}

// ExistingSender is a domain that somebody has made at SendGrid by hand.
func ExistingSender(change func(*sendgridsim.Domain)) func(*sendgridsim.State) {
	return func(st *sendgridsim.State) {
		d := &sendgridsim.Domain{
			ID: 45000007, Region: "global", Target: "global", Owner: sendgridsim.User, Subdomain: "em7", Domain: "example.com", AutomaticSecurity: true,
		}
		change(d)
		st.LastID = d.ID
		st.Domains = append(st.Domains, d)
	}
}
