package mail_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Which service a new domain goes to that names none follows from what is configured, and from
// nothing that is not known yet.
func TestOnlyMailService(t *testing.T) {
	const server, token = "https://mail.example.com", "INVENTED0TOKEN"
	mailServer, yandex := world.Attributes{"url": server}, world.Attributes{"pdd_token": token}
	sandbox := func() world.Attributes { return world.Attributes{"path": filepath.Join(t.TempDir(), "sandbox.json")} }
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      string // the service; "" while it is not known
		says      string // the error, if it is one
	}{
		"mail server":                          {set: world.Attributes{"mailserver": mailServer}, want: "mailserver"},
		"Yandex":                               {set: world.Attributes{"yandex": yandex}, want: "yandex"},
		"both":                                 {set: world.Attributes{"mailserver": mailServer, "yandex": yandex}, says: `Set service to "mailserver" or "yandex"`},
		"none":                                 {says: "Set " + settingsOfAll()},
		"by the environment":                   {variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "yandex"},
		"by an address alone":                  {variables: map[string]string{"YANDEX_PDD_BASE_URL": server, "MAILSERVER_URL": server}, want: "mailserver"},
		"block and environment":                {set: world.Attributes{"mailserver": mailServer}, variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "mailserver"},
		"both by the environment":              {variables: map[string]string{"YANDEX_PDD_TOKEN": token, "MAILSERVER_URL": server}, says: "Set service to"},
		"unknown block and another's variable": {set: world.Attributes{"yandex": world.Unknown{}}, variables: map[string]string{"MAILSERVER_URL": server}},
		"block, rest by variables":             {set: world.Attributes{"yandex": world.Attributes{}}, want: "yandex"},
		"unknown attribute":                    {set: world.Attributes{"yandex": world.Attributes{"pdd_token": world.Unknown{}}}, want: "yandex"},
		"unknown block":                        {set: world.Attributes{"yandex": world.Unknown{}}},
		"unknown block beside one":             {set: world.Attributes{"yandex": world.Unknown{}, "mailserver": mailServer}},
		"unknown sandbox":                      {set: world.Attributes{"sandbox": world.Unknown{}, "yandex": yandex}},
		"sandbox":                              {set: world.Attributes{"sandbox": sandbox()}, variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "mailserver"},
		"sandbox with Yandex":                  {set: world.Attributes{"sandbox": sandbox(), "yandex": world.Attributes{}}, want: "yandex"},
		"sandbox with both":                    {set: world.Attributes{"sandbox": sandbox(), "yandex": world.Attributes{}, "mailserver": world.Attributes{}}, says: "Set service to"},
		"sandbox with unknown ones":            {set: world.Attributes{"sandbox": sandbox(), "yandex": world.Unknown{}}},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			service, err := mail.Of(s).OnlyService()
			got := ""
			if service != nil {
				got = service.Name()
			}
			if got != c.want || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("it is %q, %v", got, err)
			}
		})
	}
}

// bothMailServices is a provider's block for the mail server and, if one is given, for Yandex, at
// the sockets of one sandbox.
func bothMailServices(t *testing.T, s *world.MailServer, yandexToken string) string {
	t.Helper()
	config := s.Provider(t)
	if yandexToken == "" {
		return config
	}
	at := strings.TrimSuffix(s.URL, "/mailserver") + "/" + yandexsim.Section + yandexsim.AdminPath
	return strings.Replace(config, "provider \"postmaster\" {", fmt.Sprintf("provider \"postmaster\" {\n  yandex = {\n    pdd_token = %q\n    base_url  = %q\n  }", yandexToken, at), 1)
}

// Without service a domain goes to the only service that is configured. A second one that is
// configured later changes no plan of what is there, while what is new has to say where it belongs.
func TestSecondMailServiceIsConfiguredLater(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	one, both := bothMailServices(t, s, ""), bothMailServices(t, s, yandexsim.Token)
	second := func(service string) string {
		return fmt.Sprintf("\nresource \"postmaster_mail_domain\" \"second\" {\n  domain = \"example.org\"\n  force_destroy = true\n  %s\n}\n", service)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: one + world.DomainConfig("example.com", "")},
			{Config: both + world.DomainConfig("example.com", ""), ConfigPlanChecks: world.EmptyPlan},
			{Config: both + world.DomainConfig("example.com", "") + second(""), PlanOnly: true, ExpectError: world.Saying(`Set service to "mailserver" or "yandex"`)},
			{Config: both + world.DomainConfig("example.com", "") + "data \"postmaster_mail_domains\" \"all\" {}\n", PlanOnly: true, ExpectError: world.Saying("Unable to choose the mail service")},
			{
				Config: both + world.DomainConfig("example.com", "") + second(`service = "yandex"`) + "data \"postmaster_mail_domains\" \"all\" {\n  service = \"yandex\"\n  depends_on = [postmaster_mail_domain.second]\n}\n",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("service"), knownvalue.StringExact("mailserver")),
					statecheck.ExpectKnownValue("data.postmaster_mail_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact([]knownvalue.Check{
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("yandex/example.org"), "domain": knownvalue.StringExact("example.org"), "user_count": knownvalue.Int64Exact(0)}),
					})),
				},
			},
			{ // what is in the state says where it is, and so does what is imported
				PreConfig: func() { s.CreateDomain(t, "example.net", "info") },
				Config: both + world.DomainConfig("example.com", "") + second("") + `
resource "postmaster_mail_domain" "third" {
  domain = "example.net"
}
import {
  to = postmaster_mail_domain.third
  id = "mailserver/example.net"
}
`,
				PlanOnly: true,
			},
		},
	})
}

// A token that the service refuses is named as an attribute, and never shown.
func TestYandexWrongToken(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	const token = "INVENTED0PDD0TOKEN0THAT0NOBODY0HAS"
	w := &world.World{}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config:      bothMailServices(t, s, token) + world.YandexDomainConfig("example.com", ""),
			ExpectError: world.Saying("pdd_token"),
		}},
	})
	said := strings.Join(w.Heard(), "\n")
	if strings.Contains(said, token) || !strings.Contains(said, "bad_token") {
		t.Errorf("this was said:\n%s", said)
	}
}

// Where it follows from something that is yet to be made which service is configured, the plan
// leaves that open, and the apply goes to it.
func TestMailServiceKnownLate(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(more string) string {
		return fmt.Sprintf(`
resource "terraform_data" "late" {
  input = "INVENTED0TOKEN"
}

provider "postmaster" {
  sandbox = {
    path = %q
  }
  yandex = terraform_data.late.output == null ? null : { pdd_token = terraform_data.late.output }
}

resource "postmaster_mail_domain" "d" {
  domain        = "example.com"
  force_destroy = true
  %s
}
`, w.File, more)
	}
	w.Run(t,
		resource.TestStep{
			Config: config(""),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("id"), knownvalue.StringExact("yandex/example.com")),
				statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
			},
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: world.EmptyPlan},
	)
}

// settingsOfAll lists the blocks and variables of all mail services, as the error does.
func settingsOfAll() string {
	var settings []string
	for _, s := range kit.With[mail.Service](service.All) {
		settings = append(settings, fmt.Sprintf("%s (environment: %s)", s.Name(), s.MailRules().Variable))
	}
	return kit.List(settings, "or")
}
