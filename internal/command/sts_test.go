package command

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// In the sandbox, the policy of MTA-STS is fetched and judged like a real one.
func TestPolicyInTheSandbox(t *testing.T) {
	file := sandboxFile(t, "shop.example", "@ MX 10 mx.yandex.net.", `_mta-sts TXT "v=STSv1; id=20260701"`, "mta-sts A 192.0.2.81")
	for _, test := range []struct {
		policy string // "" for none
		want   map[string]check.Status
	}{
		{"", map[string]check.Status{"sts_record": check.Pass, "sts_fetch": check.Fail, "sts_policy": check.Skip}},
		{"version: STSv1\nmode: enforce\nmx: mx.yandex.net\nmax_age: 604800\n", map[string]check.Status{
			"sts_record": check.Pass, "sts_fetch": check.Pass, "sts_type": check.Pass, "sts_policy": check.Pass, "sts_mode": check.Pass, "sts_age": check.Pass, "sts_mx": check.Pass, "sts_certs": check.Pass}},
		{"version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 60\n", map[string]check.Status{"sts_policy": check.Pass, "sts_age": check.Warn, "sts_mx": check.Fail}},
		{"version: STSv1\nmode: testing\nmx: mx.yandex.net\nmax_age: 604800\n", map[string]check.Status{"sts_mode": check.Warn, "sts_mx": check.Pass}},
		{"<html>", map[string]check.Status{"sts_fetch": check.Pass, "sts_policy": check.Fail}},
	} {
		if test.policy != "" {
			box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
			if err != nil {
				t.Fatal(err)
			}
			if err := box.PutPolicy("shop.example", test.policy); err != nil {
				t.Fatal(err)
			}
			if err := box.Close(); err != nil {
				t.Fatal(err)
			}
		}
		got := call("", "check", "shop.example", "--sandbox", file, "--only", "sts", "--format", "json")
		var r check.Report
		if err := json.Unmarshal([]byte(got.out), &r); err != nil {
			t.Fatalf("%v\n%s%s", err, got.out, got.err)
		}
		for id, want := range test.want {
			if result, _ := r.Result(id); result.Status != want {
				t.Errorf("%.30q: %s is %s (%s), want %s", test.policy, id, result.Status, result.Found, want)
			}
		}
	}
}

// A service that takes the mail for postmaster@ and abuse@ itself is no reason to miss mailboxes of that
// name.
func TestStatusKnowsReservedMailboxes(t *testing.T) {
	box := sandboxFile(t, "shop.example", "@ MX 10 mx.yandex.net.")
	for service, want := range map[string]string{"yandex": "1 domain, 1 all right", "mailserver": "missing: postmaster, abuse"} {
		state := strings.NewReplacer("EXTRA", `, {"mode": "managed", "type": "postmaster_mail_user", "values": {"mail_domain_id": "`+service+`/shop.example", "local_part": "anna"}}`, "example.com", "shop.example", "mailserver/", service+"/").Replace(stateOfGood)
		if got := call(strings.ReplaceAll(state, "mail.shop.example", "mx.yandex.net"), "status", "--sandbox", box, "--only", "roles,mx"); !strings.Contains(got.out, want) {
			t.Errorf("%s: the report lacks %q:\n%s%s", service, want, got.out, got.err)
		}
	}
}
