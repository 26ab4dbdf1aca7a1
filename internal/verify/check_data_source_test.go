package verify_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const checkAddress = "data.postmaster_domain_check.c"

func checkConfig(more string) string {
	return `
data "postmaster_domain_check" "c" {
  domain = "Example.COM"
  ` + more + `
}
`
}

// putMailDomain puts a zone whose SPF record is wrong.
func putMailDomain(t *testing.T, w *world.World) {
	t.Helper()
	w.PutZone(t, "example.com", "@ IN MX 10 mail", "mail IN A 192.0.2.25", `@ IN TXT "v=spf1 mx +all"`,
		`_mta-sts IN TXT "v=STSv1; id=1"`, "mta-sts IN A 192.0.2.80",
		`_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"`, `s1._domainkey IN TXT "v=DKIM1; p="`)
}

func TestDomainCheck(t *testing.T) {
	w := world.NewHasty(t)
	putMailDomain(t, w)
	at := func(id, field string) tfjsonpath.Path { return tfjsonpath.New("results").AtMapKey(id).AtMapKey(field) }
	text := knownvalue.StringExact
	w.Run(t,
		resource.TestStep{
			Config: w.Provider() + checkConfig(`selectors = ["s1"]
  silence = ["ns_*", "soa", "sts_record"]`) + `
check "mail" {
  assert {
    condition     = data.postmaster_domain_check.c.results["mx_present"].status == "pass"
    error_message = "No MX."
  }
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(checkAddress, at("mx_present", "status"), text("pass")),
				statecheck.ExpectKnownValue(checkAddress, at("mx_public", "status"), text("pass")),
				statecheck.ExpectKnownValue(checkAddress, at("spf_all", "status"), text("fail")),
				statecheck.ExpectKnownValue(checkAddress, at("spf_all", "severity"), text("critical")),
				statecheck.ExpectKnownValue(checkAddress, at("smtp_connect", "status"), text("pass")),
				statecheck.ExpectKnownValue(checkAddress, at("sts_fetch", "found"), knownvalue.StringRegexp(world.Saying("senders refuse its certificate: it is issued for localhost"))),
				statecheck.ExpectKnownValue(checkAddress, at("dnssec_valid", "status"), text("unknown")),
				statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("failed"), knownvalue.ListExact([]knownvalue.Check{text("spf_all"), text("dkim_revoked"), text("sts_fetch")})),
				statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("dmarc_policy"), text("quarantine")),
				statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("ok"), knownvalue.Bool(false)),
			},
		},
		resource.TestStep{
			Config:      w.Provider() + checkConfig(`fail_on = ["critical"]`),
			ExpectError: world.SayingInTurn("fails checks of its mail", "example.com fails", "spf_all (fail, critical)", "everybody"),
		},
		resource.TestStep{
			Config: w.Provider() + checkConfig(`fail_on = ["critical"]
  only = ["mx", "spf_single"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("ok"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("results"), knownvalue.MapSizeExact(7)),
			},
		},
	)
}

// Terraform refuses what names no check before it asks anybody.
func TestDomainCheckIsValidated(t *testing.T) {
	for more, want := range map[string]string{
		`only = ["spf_lookup"]`:                     `no check and no group of checks "spf_lookup"`,
		"only = [\"spf\"]\n  silence = [\"spf_*\"]": "silence (spf_*) leaves out all that only (spf) asks for",
		`silence = ["*"]`:                           "silence (*) leaves out all of them",
		`fail_on = ["fatal"]`:                       `"fatal"`,
		`sending_addresses = ["mail"]`:              `"mail" is not an IP address`,
		`allowed_networks = ["10.0.0.1"]`:           `"10.0.0.1" is not a network`,
	} {
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: world.Factories, Steps: []resource.TestStep{{
			Config:      checkConfig(more),
			PlanOnly:    true,
			ExpectError: world.Saying(strings.ReplaceAll(want, `\`, ``)),
		}}})
	}
}

// A private address is as private in the sandbox as anywhere, unless its network is allowed. The key
// of another domain is refused before anything is looked at.
func TestDomainCheckOfPrivateAddresses(t *testing.T) {
	w := world.NewHasty(t)
	w.PutZone(t, "example.com", "@ IN MX 10 mail", "mail IN A 10.1.2.3")
	status := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(checkAddress, tfjsonpath.New("results").AtMapKey("mx_public").AtMapKey("status"), knownvalue.StringExact(want))}
	}
	w.Run(t,
		resource.TestStep{Config: w.Provider() + checkConfig(`selectors = ["s1._domainkey.example.net"]`), ExpectError: world.SayingInTurn("selectors", `is the key of example.net, and not of example.com`)},
		resource.TestStep{Config: w.Provider() + checkConfig(`only = ["mx_public"]`), ConfigStateChecks: status("fail")},
		resource.TestStep{Config: w.Provider() + checkConfig("only = [\"mx_public\"]\n  allowed_networks = [\"10.0.0.0/8\"]"), ConfigStateChecks: status("pass")},
	)
}
