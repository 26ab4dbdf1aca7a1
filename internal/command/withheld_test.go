package command

import (
	"fmt"
	"strings"
	"testing"
)

// Where the configuration marks the names of all domains, nothing was looked at, and the state is not
// said to have none.
func TestAllDomainsAreWithheld(t *testing.T) {
	const object = `{"mode": "managed", "type": "postmaster_mail_domain", "sensitive_values": {"domain": true}, "values": {"id": "mailserver/hidden.example", "domain": "hidden.example"}}`
	box := sandboxFile(t, "shown.example", "@ MX 10 mail", "mail A 192.0.2.25")
	state := func(objects ...string) string {
		return fmt.Sprintf(`{"format_version": "1.0", "values": {"root_module": {"resources": [%s]}}}`, strings.Join(objects, ","))
	}
	for _, format := range []string{"table", "json", "markdown", "html"} {
		got := call(state(object), "status", "--sandbox", box, "--dns-only", "--format", format)
		if got.exit != exitNotRun || strings.Contains(got.out, "has no domain") || strings.Contains(got.out+got.err, "hidden.example") || !strings.Contains(got.err, "sensitive") {
			t.Errorf("%s: exit code %d\n%s%s", format, got.exit, got.out, got.err)
		}
	}
	shown := `{"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "mailserver/shown.example", "domain": "shown.example"}}`
	got := call(state(object, shown), "status", "--sandbox", box, "--dns-only", "--only", "mx")
	if got.exit != exitFine || !strings.Contains(got.out, "are not looked at") {
		t.Errorf("one of two: exit code %d\n%s%s", got.exit, got.out, got.err)
	}
}
