package service_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// A setting that a simulated service does not know, or whose value it cannot use, is an error that names
// the setting. Otherwise, it would be a condition that never comes true.
func TestUnusableSettings(t *testing.T) {
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range []struct{ service, setting, value, says string }{
		{"route53", "requests", "x", `setting requests is "x", not a number from 0 upwards`},
		{"route53", "pending", "soon", `setting pending is "soon", not a duration like "30m"`},
		{"google", "page", "0", `setting page is "0", not a number from 1 upwards`},
		{"google", "additions", "-1", "not a number from 0 upwards"},
		{"azure", "page", "0", `setting page is "0", not a number from 1 upwards`},
		{"azure", "writes", "", `setting writes is "", not a number`},
		{"azure", "write", "1", `unknown setting "write"; there are ["writes"`},
		{"cloudflare", "batch", "0", "not a number from 1 upwards"},
		{"cloudflare", "requests", "x", "not a number from 0 upwards"},
		{"godaddy", "calls_per_minute", "x", "not a number from 0 upwards"},
		{"namecheap", "calls_per_hour", "x", "not a number from 0 upwards"},
		{"sendgrid", "window", "1ms", "shorter than a second"},
		{"yandex", "recheck", "often", "not a duration"},
		{"mailserver", "dkim_bits", "512", "not a number from 1024 upwards"},
		{"octeth", "api_version", "newest", "setting api_version"},
		{"octeth", "calls_per_minute", "x", "not a number from 0 upwards"},
		{"rfc2136", "requests", "1", `unknown setting "requests"; the service has none`},
	} {
		err := box.SetConditions(c.service, fault.Conditions{Settings: map[string]string{c.setting: c.value}})
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.service) {
			t.Errorf("%s: %s=%s: %v, want %q", c.service, c.setting, c.value, err, c.says)
		}
	}
	if err := box.SetConditions("azure", fault.Conditions{Settings: map[string]string{"page": "1", "writes": "0"}}); err != nil {
		t.Error(err)
	}
}
