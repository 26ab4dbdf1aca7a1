package yandex_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// connected is a world in which Yandex's user has a domain that is delegated to Yandex. Its zone is
// set up for mail.
func connected(t *testing.T, domain string) *world.World {
	t.Helper()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{domain: yandexsim.Section}); err != nil {
		t.Fatal(err)
	}
	run := world.NewRun()
	run.EnterSandbox(w.Box, w.File)
	if err := (yandex.Service{}).ConnectSimulated(t.Context(), run, domain); err != nil {
		t.Fatal(err)
	}
	return w
}

// The host is found by the name servers, and records stand beside those of the mail service: the SPF
// record is merged, and everything else stays as it was, also after the destroy.
func TestRecordsAtYandex(t *testing.T) {
	t.Parallel()
	w := connected(t, "workshop.example")
	s := w.Stranger(t, "yandex", "workshop.example")
	before := s.Read(t).Records
	config := w.Provider() + world.AuthorizationVia("workshop.example", "") + world.RecordsConfig("r", `
    spf   = { name = "workshop.example", type = "TXT", value = "v=spf1 include:spf.example.net ~all" }
    dkim  = { name = "s1._domainkey.workshop.example", type = "CNAME", value = "s1.domainkey.example.net" }
    dmarc = { name = "_dmarc.workshop.example", type = "TXT", value = "v=DMARC1; p=none" }`, "")
	const address = "postmaster_dns_authorization.a"
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("yandex/workshop.example")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("write_access"), knownvalue.StringExact("proven")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("delegated"), knownvalue.Bool(true)),
			},
			Check: s.HoldsTexts(t, map[string]string{
				"workshop.example":        "v=spf1 include:spf.example.net redirect=_spf.yandex.net",
				"_dmarc.workshop.example": "v=DMARC1; p=none",
			}),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: strings.Replace(config, "p=none", "p=reject", 1), Check: s.HoldsTexts(t, map[string]string{"_dmarc.workshop.example": "v=DMARC1; p=reject"})},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "yandex/workshop.example", ImportStateVerify: true},
	)
	after := s.Read(t).Records
	if len(after) != len(before) {
		t.Errorf("the zone has %v; it had %v", after, before)
	}
	for _, r := range before {
		if r.Type == "TXT" && s.Only(t, s.Read(t), r.Name, "TXT").Value != r.Value {
			t.Errorf("%s was changed", r)
		}
	}
}

// A user's list of zones has the domains whose zone is at Yandex, and their mail records.
func TestListOfZonesAtYandex(t *testing.T) {
	w := connected(t, "workshop.example")
	w.RegisterAtYandex(t, yandexsim.Token, "example.com") // its zone is at another host
	var ids []string
	for _, found := range w.Client(t).List(t, "postmaster_dns_authorization", world.Attributes{"host": "yandex", "services": true}, false, 0) {
		ids = append(ids, found.Name)
	}
	if len(ids) != 1 || !strings.HasPrefix(ids[0], "workshop.example") {
		t.Errorf("the zones are %q", ids)
	}
}

// A domain that is connected for its mail alone has no zone at Yandex, and the plan says so.
func TestDomainWithItsZoneElsewhere(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("yandex", "example.com"), ExpectError: world.SayingInTurn("The zone cannot be edited", "dns1.yandex.net")},
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("yandex", "example.org"), ExpectError: world.Saying("Connect the domain to Yandex")},
	)
}

// Mail service and DNS host are one user in one block, or in one of dns_accounts. With the same token
// they have one client, so that a domain which the run connects is found at once.
func TestOneBlockForMailAndZones(t *testing.T) {
	t.Parallel()
	w := connected(t, "workshop.example")
	url := w.Serve(t) + "/" + yandexsim.Section + strings.TrimSuffix(yandexsim.AdminPath, "/")
	block := "{\n    pdd_token = \"" + yandexsim.Token + "\"\n    base_url  = \"" + url + "\"\n  }"
	objects := strings.Replace(world.AuthorizationAt("yandex", "workshop.example"), "domain ", "account = ACCOUNT\n  domain ", 1) +
		world.RecordsConfig("r", `note = { name = "note.workshop.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false") +
		"data \"postmaster_mail_domains\" \"all\" {\n  service = \"yandex\"\n}\n"
	for account, blocks := range map[string]string{
		"null":       "yandex = " + block,
		`"customer"`: "yandex = " + block + "\n  dns_accounts = { customer = { yandex = " + block + " } }",
	} {
		config := w.RealProvider(t, blocks) + strings.Replace(objects, "ACCOUNT", account, 1)
		w.Forget()
		w.Run(t,
			resource.TestStep{Config: config, Check: func(*terraform.State) error { return nil }},
			resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
		)
	}
}

// The token of the block is missing for both roles alike.
func TestMissingTokenOfTheHost(t *testing.T) {
	t.Setenv("YANDEX_PDD_TOKEN", "")
	w := world.New(t)
	w.Run(t, resource.TestStep{
		Config:      w.RealProvider(t, "") + world.AuthorizationAt("yandex", "workshop.example"),
		ExpectError: world.Saying("Set yandex.pdd_token (environment: YANDEX_PDD_TOKEN)"),
	})
}
