package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/standin"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// textsAt returns the values of the TXT records of a zone at a name.
func textsAt(t *testing.T, zone *world.Stranger, name string) (values []string) {
	t.Helper()
	for _, r := range zone.Read(t).Records {
		if r.Name == name && r.Type == "TXT" {
			values = append(values, r.Value)
		}
	}
	return values
}

// A customer leaves and takes the domain along, as it is.
func TestGuideCustomerLeavesWithDomain(t *testing.T) {
	t.Parallel()
	g := openGuide(t, standin.Hooks{})
	w := g.sandbox(t)
	zone := w.Stranger(t, "namecheap", "example.org")
	g.turnTo(t, "leave/start")
	g.apply(t)
	before := zone.Read(t).Records

	g.turnTo(t, "leave/leaving")
	g.mustPlan(t, "0 to add, 0 to change, 0 to destroy")
	g.apply(t)
	if held := g.addresses(t); strings.Contains(held, "example.org") || strings.Contains(held, "leaving") {
		t.Errorf("the state still holds\n%s", held)
	}
	g.turnTo(t, "leave/left")
	g.mustPlanNothing(t)
	if after := zone.Read(t).Records; len(after) != len(before) {
		t.Errorf("the zone held\n%v\nand now holds\n%v", before, after)
	}
}

// A customer leaves, and what was made for the domain is deleted.
func TestGuideCustomerLeavesAndIsDeleted(t *testing.T) {
	t.Parallel()
	g := openGuide(t, standin.Hooks{})
	w := g.sandbox(t)
	zone := w.Stranger(t, "namecheap", "example.org")
	before := len(zone.Read(t).Records)
	g.turnTo(t, "leave/start")
	g.apply(t)
	if got := textsAt(t, zone, "_dmarc.example.org"); len(got) != 1 {
		t.Fatalf("the DMARC records are %q", got)
	}
	g.turnTo(t, "leave/left")
	g.mustPlan(t, "Plan: 0 to add, 0 to change, 5 to destroy.")
	g.apply(t)
	if after := zone.Read(t).Records; len(after) != before {
		t.Errorf("the zone now holds\n%v", after)
	}
}

// A key of a for_each is renamed without touching the mailboxes. Without the moved blocks, the plan
// is an error: it would create a mailbox that exists, and delete one with mail.
func TestGuideKeyIsRenamed(t *testing.T) {
	t.Parallel()
	g := openGuide(t, standin.Hooks{})
	sandbox := g.sandbox(t)
	g.Setenv("TF_VAR_passwords", `{"postmaster@example.com": "invented-pw-12", "alice@example.com": "invented-pw-13", "bob@example.com": "invented-pw-14"}`)
	g.turnTo(t, "rename/start")
	g.apply(t)

	g.turnTo(t, "rename/renamed")
	renamed := g.read(t, "main.tf")
	before, rest, _ := strings.Cut(renamed, "moved {")
	_, after, _ := strings.Cut(rest, "resource ")
	g.write(t, "main.tf", before+"resource "+after)
	g.mustRefuse(t, "exists already", "plan", "-no-color", "-input=false")

	g.write(t, "main.tf", renamed)
	g.mustPlan(t, "Plan: 0 to add, 0 to change, 0 to destroy.")
	g.apply(t)
	g.mustHold(t, "postmaster_mail_domain.example", `postmaster_mail_user.staff["1001"]`, `postmaster_mail_user.staff["1002"]`)

	g.write(t, "main.tf", before+"resource "+after)
	g.mustPlanNothing(t)

	// One of them leaves. The error says how to forget one item of a for_each, and that works.
	without := strings.Replace(before+"resource "+after, `"1001" = "alice"`, "", 1)
	g.write(t, "main.tf", without)
	g.mustRefuse(t, "To forget one item of a for_each, remove its key", "apply", "-auto-approve", "-no-color", "-input=false")
	g.write(t, "main.tf", without+`
moved {
  from = postmaster_mail_user.staff["1001"]
  to   = postmaster_mail_user.gone
}
removed {
  from = postmaster_mail_user.gone
  lifecycle {
    destroy = false
  }
}
`)
	g.apply(t)
	g.mustHold(t, "postmaster_mail_domain.example", `postmaster_mail_user.staff["1002"]`)
	if accounts := world.MailServerState(t, sandbox.File).Accounts; len(accounts) != 3 {
		t.Errorf("the mail server has %d mailboxes, not the three that were made", len(accounts))
	}
}

// A domain moves to another mail service, until the old service is gone. There is exactly one MX
// record after each step.
func TestGuideMovesToAnotherMailService(t *testing.T) {
	t.Parallel()
	g := openGuide(t, standin.Hooks{})
	w := g.sandbox(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	g.Setenv("TF_VAR_initial_password", "invented-pw-12")
	mx := func(want string) {
		t.Helper()
		if err := zone.Holds(t, "example.com", "MX", want)(nil); err != nil {
			t.Error(err)
		}
	}
	g.turnTo(t, "move")
	g.apply(t)
	mx("mail.example.com")
	g.apply(t, "-var=switched=true")
	mx("mx.yandex.net")
	g.mustApply(t, "-var=switched=true", "-var=delete_old=true")

	g.turnTo(t, "move/after")
	g.apply(t)
	mx("mx.yandex.net")
	if spf := textsAt(t, zone, "example.com"); len(spf) != 1 || strings.Contains(spf[0], "mail.example.com") || !strings.Contains(spf[0], "include:_spf.yandex.net") {
		t.Errorf("the SPF records are %q", spf)
	}
	if keys := textsAt(t, zone, "mail._domainkey.example.com"); len(keys) != 1 {
		t.Errorf("the DKIM records are %q", keys)
	}
	if held := g.addresses(t); strings.Contains(held, ".old") {
		t.Errorf("the state still holds\n%s", held)
	}
}

// Octeth's records are published at a host that the provider does not support: first the domain, and
// then its records by that host's own provider.
func TestGuideForeignHost(t *testing.T) {
	t.Parallel()
	var w *world.World
	var lines []string
	g := openGuide(t, standin.Hooks{Publish: func(_ context.Context, r standin.Record) error {
		for _, value := range r.Values {
			switch r.Type {
			case "TXT":
				value = `"` + value + `"` // as the real resource does
			case "CNAME":
				value += "."
			case "MX":
				value = strings.TrimSuffix(value, ".") + "."
			}
			lines = append(lines, r.Name+". 3600 IN "+r.Type+" "+value)
		}
		return w.Box.PutZone("shop.example", lines)
	}})
	w = g.sandbox(t)
	w.PutZone(t, "shop.example")
	g.Setenv("TF_VAR_zone_id", "Z0123456789EXAMPLE")

	g.turnTo(t, "foreign-host")
	if _, err := g.Run(t.Context(), "plan", "-no-color", "-input=false"); err == nil || !strings.Contains(output(err), "Invalid for_each argument") {
		t.Errorf("a first plan of the whole configuration ends with %v", err)
	}
	g.mustApply(t, "-target=postmaster_sender_domain.newsletter")
	g.apply(t, "-parallelism=1")
	held := strings.Fields(g.addresses(t))
	if !slices.Contains(held, "postmaster_domain_verification.newsletter") || len(lines) == 0 {
		t.Errorf("the state holds %q, and the zone\n%s", held, strings.Join(lines, "\n"))
	}
}
