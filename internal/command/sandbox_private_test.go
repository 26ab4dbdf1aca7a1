package command

import (
	"encoding/json"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// A private address is as private in the sandbox as anywhere, unless a flag allows its network.
func TestPrivateAddressesInTheSandbox(t *testing.T) {
	box := sandboxFile(t, "example.com", "@ MX 10 mail", "mail A 10.1.2.3")
	status := func(arguments ...string) (public, connect check.Status) {
		t.Helper()
		got := call("", append([]string{"check", "example.com", "--sandbox", box, "--only", "mx_public,smtp_connect", "--format", "json", "--fail-on", "never"}, arguments...)...)
		var report check.Report
		if err := json.Unmarshal([]byte(got.out), &report); err != nil {
			t.Fatalf("%v: %s%s", err, got.out, got.err)
		}
		results := map[string]check.Status{}
		for _, result := range report.Results {
			results[result.ID] = result.Status
		}
		return results["mx_public"], results["smtp_connect"]
	}
	if public, connect := status(); public != check.Fail || connect != check.Skip {
		t.Errorf("a private address: %s and %s", public, connect)
	}
	if public, connect := status("--allow", "10.0.0.0/8"); public != check.Pass || connect != check.Pass {
		t.Errorf("an allowed one: %s and %s", public, connect)
	}
}
