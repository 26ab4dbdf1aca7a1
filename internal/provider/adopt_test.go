package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// estate has an object of each resource that can be imported.
const estate = `
resource "postmaster_mail_domain" "d" {
  domain  = "example.com"
  service = "mailserver"
  mx_hostname = "mail.example.com"
  first_account = {
    local_part          = "postmaster"
    password_wo         = "correct horse battery"
    password_wo_version = 1
  }
  force_destroy = true
}
resource "postmaster_mail_user" "u" {
  count               = 2
  mail_domain_id      = postmaster_mail_domain.d.id
  local_part          = ["alice", "bob"][count.index]
  password_wo         = "correct horse battery"
  password_wo_version = 1
  force_destroy       = true
}
resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
}
resource "postmaster_dns_authorization" "a" {
  domain = "example.com"
}
resource "postmaster_dns_records" "mail" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_mail_domain.d.dns_records
}
resource "postmaster_dns_records" "key" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_dkim_key.k.dns_records
}
`

// What a list finds can be imported by its identity, and the configuration that Terraform generates
// from it plans nothing.
func TestListedObjectsAreAdopted(t *testing.T) {
	lists := map[string]struct {
		config world.Attributes
		names  []string
	}{
		"postmaster_mail_domain":       {world.Attributes{"service": "mailserver"}, []string{"example.com"}},
		"postmaster_mail_user":         {world.Attributes{"service": "mailserver"}, []string{"alice@example.com", "bob@example.com", "postmaster@example.com"}},
		"postmaster_dkim_key":          {world.Attributes{"service": "mailserver"}, []string{"example.com (selector mail)"}},
		"postmaster_sender_domain":     {world.Attributes{"service": "sendgrid"}, nil},
		"postmaster_dns_authorization": {world.Attributes{"host": "cloudflare"}, nil},
		"postmaster_dns_records":       {world.Attributes{"dns_authorization_id": "cloudflare/example.com"}, []string{"example.com mail-mx", "example.com mail-spf", "example.com mail-dkim-mail"}},
	}
	w := world.NewHasty(t)
	w.Run(t, resource.TestStep{
		Config: w.Provider() + estate,
		Check: func(*terraform.State) error {
			c := w.Client(t)
			for typeName := range c.Schema.ListResourceSchemas {
				if _, ok := lists[typeName]; !ok {
					t.Errorf("there is no test of the list of %s", typeName)
				}
			}
			for typeName, list := range lists {
				found := c.List(t, typeName, list.config, true, 0)
				var names []string
				for _, f := range found {
					names = append(names, f.Name)
					if err := adopts(t, c, typeName, f); err != nil {
						return fmt.Errorf("%s %s: %w", typeName, f.Name, err)
					}
				}
				if list.names != nil && !slices.Equal(names, list.names) {
					t.Errorf("the list of %s has %q", typeName, names)
				}
				if len(names) == 0 {
					t.Errorf("the list of %s is empty", typeName)
				}
				if limited := c.List(t, typeName, list.config, false, 1); len(limited) != 1 {
					t.Errorf("a list of %s of at most one has %d", typeName, len(limited))
				}
			}
			return nil
		},
	})
}

// adopts imports a result of a list.
func adopts(t *testing.T, c world.Client, typeName string, f world.Found) error {
	t.Helper()
	if len(f.Diagnostics) > 0 {
		return fmt.Errorf("it is said: %s", f.Diagnostics[0].Summary+" "+f.Diagnostics[0].Detail)
	}
	imported, said := c.ImportBy(t, typeName, "", f.Identity)
	if said != "" {
		return fmt.Errorf("the import fails: %s", said)
	}
	if !imported.Identity.Equal(f.Identity) {
		return fmt.Errorf("the identity is %s in the list and %s after the import", f.Identity, imported.Identity)
	}
	if !imported.State.Equal(f.Object) {
		return fmt.Errorf("the list has %s and the import %s", f.Object, imported.State)
	}
	planned, said := c.PlanAsGenerated(t, typeName, imported)
	if said != "" {
		return fmt.Errorf("the plan fails: %s", said)
	}
	if differences, err := planned.Diff(imported.State); err != nil || len(differences) > 0 {
		var texts []string
		for _, d := range differences {
			texts = append(texts, d.String())
		}
		return fmt.Errorf("the generated configuration plans %s", strings.Join(texts, "\n"))
	}
	return nil
}
