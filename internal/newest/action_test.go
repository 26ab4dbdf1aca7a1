//go:build terraform114

package newest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// An action runs after the resource that triggers it, and its error fails the run.
func TestActionTriggers(t *testing.T) {
	w := world.NewHasty(t)
	exported := `
action "postmaster_export_mail_domain" "backup" {
  config {
    mail_domain_id = "mailserver/example.com"
  }
}
resource "postmaster_mail_domain" "d" {
  domain  = "example.com"
  service = "mailserver"
  first_account = {
    local_part          = "postmaster"
    password_wo         = "correct horse battery"
    password_wo_version = 1
  }
  force_destroy = true
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.postmaster_export_mail_domain.backup]
    }
  }
}
`
	verify := `
action "postmaster_verify_domain" "again" {
  config {
    domain_id = postmaster_sender_domain.s.id
    timeout   = "1s"
  }
}
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = {}
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.postmaster_verify_domain.again]
    }
  }
}
`
	w.Run(t, resource.TestStep{Config: w.Provider() + exported, Check: func(*terraform.State) error {
		if n := count(w.CallsSoFar(), "mailserver GET /export/domain"); n != 1 {
			return fmt.Errorf("the domain was exported %d times", n)
		}
		return nil
	}})
	w.Run(t, resource.TestStep{Config: w.Provider() + verify, ExpectError: world.Saying("The domain is not verified")})
}

// count returns how many calls begin with a text.
func count(calls []string, begin string) (n int) {
	for _, call := range calls {
		if strings.HasPrefix(call, begin) {
			n++
		}
	}
	return n
}
