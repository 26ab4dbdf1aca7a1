package e2e

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/standin"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// registering returns a hook that registers domains with the simulated SendGrid at a URL.
func registering(t *testing.T, url string) func(context.Context, string) (standin.Registered, error) {
	t.Helper()
	address, err := api.ParseBaseURL(url, false)
	if err != nil {
		t.Fatal(err)
	}
	client := sendgridapi.New(sendgridapi.Config{BaseURL: address, APIKey: sendgridsim.Key})
	return func(_ context.Context, domain string) (standin.Registered, error) {
		d, err := client.Create(t.Context(), sendgridapi.NewDomain{Domain: domain})
		return standin.Registered{ID: d.ID, UserID: d.UserID, Subdomain: d.Subdomain, Username: d.Username}, err
	}
}

// A domain moves from each of the other providers into a postmaster_sender_domain. SendGrid's domain
// stays as it is, and the other provider can go afterwards.
func TestGuideReplacesSendGridProvider(t *testing.T) {
	t.Parallel()
	for source, resourceType := range map[string]string{"kenzo0107/sendgrid": "sendgrid_sender_authentication", "trois-six/sendgrid": "sendgrid_domain_authentication"} {
		t.Run(strings.ReplaceAll(source, "/", "-"), func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			url := w.Serve(t) + "/" + sendgridsim.Section
			g := openGuide(t, standin.Hooks{Register: registering(t, url)})
			g.Setenv("SENDGRID_BASE_URL", url)
			g.Setenv("SENDGRID_API_KEY", sendgridsim.Key)
			turnTo := func(folder string) {
				g.turnTo(t, folder)
				// The guide shows one of the providers. The other one has another name and type.
				g.write(t, "main.tf", strings.NewReplacer("kenzo0107/sendgrid", source, "sendgrid_sender_authentication", resourceType).Replace(g.read(t, "main.tf")))
				g.must(t, "init", "-no-color", "-input=false")
			}
			turnTo("replace/sendgrid/before")
			g.apply(t)
			w.Forget()

			turnTo("replace/sendgrid/moved")
			g.mustPlan(t, "Plan: 0 to add, 0 to change, 0 to destroy.")
			g.apply(t)
			g.mustHold(t, "postmaster_sender_domain.example")

			turnTo("replace/sendgrid/after")
			g.mustPlanNothing(t)
			if changes := w.SendGridCalls(world.ChangingMethods...); len(changes) > 0 {
				t.Errorf("the calls %q were made", changes)
			}
		})
	}
}

// What cannot be moved leaves the state as it is.
func TestMoveFromAnotherResourceIsRefused(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t) + "/" + sendgridsim.Section
	g := openGuide(t, standin.Hooks{Register: registering(t, url), Publish: func(context.Context, standin.Record) error { return nil }})
	g.Setenv("SENDGRID_BASE_URL", url)
	g.Setenv("SENDGRID_API_KEY", sendgridsim.Key)
	g.turnTo(t, "replace/records/before")
	g.apply(t)
	g.turnTo(t, "replace/sendgrid/moved")
	g.write(t, "main.tf", strings.NewReplacer("kenzo0107/sendgrid", "cloudflare/cloudflare", "sendgrid = {\n", "cloudflare = {\n",
		"from = sendgrid_sender_authentication.example", "from = cloudflare_dns_record.mx").Replace(g.read(t, "main.tf")))
	g.must(t, "init", "-no-color", "-input=false")
	g.mustRefuse(t, "cannot be moved from cloudflare_dns_record", "plan", "-no-color", "-input=false")
}

// The records of another provider's resources become those of one postmaster_dns_records. The zone
// stays as it is, down to the records' ids. Destroy then removes them.
func TestGuideReplacesRecordResources(t *testing.T) {
	t.Parallel()
	var zone *world.Stranger
	g := openGuide(t, standin.Hooks{
		Publish: func(_ context.Context, r standin.Record) error {
			value := strings.Trim(r.Values[0], `"`)
			record := dns.Record{Name: r.Name, Type: r.Type, Value: value, TTL: 3600}
			if r.Type == "MX" {
				record.Priority = uint16(r.Priority)
			}
			zone.Add(t, record)
			return nil
		},
		Withdraw: func(_ context.Context, r standin.Record) error {
			return fmt.Errorf("the record %s %s was to be deleted", r.Name, r.Type)
		},
	})
	w := g.sandbox(t)
	zone = w.Stranger(t, "cloudflare", "example.com")

	g.turnTo(t, "replace/records/before")
	g.apply(t, "-parallelism=1")
	before := zone.Read(t).Records

	g.turnTo(t, "replace/records/moved")
	g.apply(t)
	g.mustHold(t, "postmaster_dns_authorization.example", "postmaster_dns_records.example")
	if after := zone.Read(t).Records; !reflect.DeepEqual(after, before) {
		t.Errorf("the zone held\n%v\nand now holds\n%v", before, after)
	}

	g.turnTo(t, "replace/records/after")
	g.mustPlanNothing(t)
	g.must(t, "destroy", "-auto-approve", "-no-color", "-input=false")
	for _, r := range zone.Read(t).Records {
		if r.Type == "CNAME" || r.Type == "MX" {
			t.Errorf("%s %s is still there", r.Name, r.Type)
		}
	}
}
