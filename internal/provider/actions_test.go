package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Each action does what it says, prints lines meanwhile, and says why it failed.
func TestActions(t *testing.T) {
	w := world.NewHasty(t)
	w.Run(t, resource.TestStep{
		Config: w.Provider() + estate + `
resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.s.dns_records
}
resource "postmaster_letsencrypt_cert" "c" {
  hostname = "mail.example.com"
}
`,
		Check: func(state *terraform.State) error {
			c := w.Client(t)
			sender := state.RootModule().Resources["postmaster_sender_domain.s"].Primary.ID
			tried := map[string]bool{}
			for _, test := range []struct {
				action string
				config world.Attributes
				lines  []string // parts of the lines, in order
				says   string   // a part of the errors
			}{
				{"postmaster_verify_domain", world.Attributes{"domain_id": sender}, []string{"are published. Asking SendGrid", "SendGrid has verified example.com."}, ""},
				{"postmaster_verify_domain", world.Attributes{"domain_id": sender, "timeout": "soon"}, nil, "not a duration"},
				{"postmaster_verify_domain", world.Attributes{"domain_id": "sendgrid/1"}, nil, "Unable to verify the domain"},
				{"postmaster_export_mail_domain", world.Attributes{"mail_domain_id": "mailserver/example.com"}, []string{"writes an archive of mailserver/example.com", "with 3 mailboxes"}, ""},
				{"postmaster_export_mail_domain", world.Attributes{"mail_domain_id": "mailserver/example.org"}, []string{"writes an archive"}, "does not list it"},
				{"postmaster_renew_certificate", world.Attributes{"hostname": "mail.example.com"}, []string{"serves a certificate that is valid until", "was asked for a certificate", "serves a new certificate"}, ""},
				{"postmaster_renew_certificate", world.Attributes{"hostname": "nowhere.example.net", "timeout": "1s"}, nil, "nowhere.example.net"},
			} {
				tried[test.action] = true
				lines, said := c.Invoke(t, t.Context(), test.action, test.config)
				if test.says == "" && said != "" || !strings.Contains(said, test.says) {
					t.Errorf("%s with %v says %s", test.action, test.config, said)
				}
				at := 0
				for _, line := range lines {
					if at < len(test.lines) && strings.Contains(line, test.lines[at]) {
						at++
					}
				}
				if at < len(test.lines) {
					t.Errorf("%s with %v prints\n%s\nwithout %q", test.action, test.config, strings.Join(lines, "\n"), test.lines[at])
				}
			}
			for action := range c.Schema.ActionSchemas {
				if !tried[action] {
					t.Errorf("there is no test of %s", action)
				}
			}
			return nil
		},
	})
}
