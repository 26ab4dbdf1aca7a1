package provider_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// Which service a new domain goes to that names none follows from what is configured,
// and from nothing that is not known yet.
func TestOnlyMailService(t *testing.T) {
	const server, token = "https://mail.example.com", "INVENTED0TOKEN"
	mailServer, yandex := attributes{"url": server}, attributes{"pdd_token": token}
	sandbox := func() attributes { return attributes{"path": filepath.Join(t.TempDir(), "sandbox.json")} }
	for name, c := range map[string]struct {
		set       attributes
		variables map[string]string
		want      string // the service; "" while it is not known
		says      string // the error, if it is one
	}{
		"mail server":                          {set: attributes{"mailserver": mailServer}, want: "mailserver"},
		"Yandex":                               {set: attributes{"yandex": yandex}, want: "yandex"},
		"both":                                 {set: attributes{"mailserver": mailServer, "yandex": yandex}, says: `Set service to "mailserver" or "yandex"`},
		"none":                                 {says: "Set mailserver (environment: MAILSERVER_URL) or yandex (environment: YANDEX_PDD_TOKEN)"},
		"by the environment":                   {variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "yandex"},
		"by an address alone":                  {variables: map[string]string{"YANDEX_PDD_BASE_URL": server, "MAILSERVER_URL": server}, want: "mailserver"},
		"block and environment":                {set: attributes{"mailserver": mailServer}, variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "mailserver"},
		"both by the environment":              {variables: map[string]string{"YANDEX_PDD_TOKEN": token, "MAILSERVER_URL": server}, says: "Set service to"},
		"unknown block and another's variable": {set: attributes{"yandex": unknown{}}, variables: map[string]string{"MAILSERVER_URL": server}},
		"block, rest by variables":             {set: attributes{"yandex": attributes{}}, want: "yandex"},
		"unknown attribute":                    {set: attributes{"yandex": attributes{"pdd_token": unknown{}}}, want: "yandex"},
		"unknown block":                        {set: attributes{"yandex": unknown{}}},
		"unknown block beside one":             {set: attributes{"yandex": unknown{}, "mailserver": mailServer}},
		"unknown sandbox":                      {set: attributes{"sandbox": unknown{}, "yandex": yandex}},
		"sandbox":                              {set: attributes{"sandbox": sandbox()}, variables: map[string]string{"YANDEX_PDD_TOKEN": token}, want: "mailserver"},
		"sandbox with Yandex":                  {set: attributes{"sandbox": sandbox(), "yandex": attributes{}}, want: "yandex"},
		"sandbox with both":                    {set: attributes{"sandbox": sandbox(), "yandex": attributes{}, "mailserver": attributes{}}, says: "Set service to"},
		"sandbox with unknown ones":            {set: attributes{"sandbox": sandbox(), "yandex": unknown{}}},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			service, err := mail.MailOf(s).OnlyService()
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

// bothMailServices is a provider's block for the mail server and, if one is given, for
// Yandex, at the sockets of one sandbox.
func (s *testServer) bothMailServices(t *testing.T, yandexToken string) string {
	t.Helper()
	config := s.provider(t)
	if yandexToken == "" {
		return config
	}
	at := strings.TrimSuffix(s.url, "/mailserver") + "/" + yandexsim.Section + yandexsim.AdminPath
	return strings.Replace(config, "provider \"postmaster\" {", fmt.Sprintf("provider \"postmaster\" {\n  yandex = {\n    pdd_token = %q\n    base_url  = %q\n  }", yandexToken, at), 1)
}

// Without service a domain goes to the only service that is configured. A second one
// that is configured later changes no plan of what is there, while what is new has to
// say where it belongs.
func TestSecondMailServiceIsConfiguredLater(t *testing.T) {
	t.Parallel()
	s := startMailServer(t)
	one, both := s.bothMailServices(t, ""), s.bothMailServices(t, yandexsim.Token)
	second := func(service string) string {
		return fmt.Sprintf("\nresource \"postmaster_mail_domain\" \"second\" {\n  domain = \"example.org\"\n  force_destroy = true\n  %s\n}\n", service)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: one + domainConfig("example.com", "")},
			{Config: both + domainConfig("example.com", ""), ConfigPlanChecks: emptyPlan},
			{Config: both + domainConfig("example.com", "") + second(""), PlanOnly: true, ExpectError: saying(`Set service to "mailserver" or "yandex"`)},
			{Config: both + domainConfig("example.com", "") + "data \"postmaster_mail_domains\" \"all\" {}\n", PlanOnly: true, ExpectError: saying("Unable to choose the mail service")},
			{
				Config: both + domainConfig("example.com", "") + second(`service = "yandex"`) + "data \"postmaster_mail_domains\" \"all\" {\n  service = \"yandex\"\n  depends_on = [postmaster_mail_domain.second]\n}\n",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("service"), knownvalue.StringExact("mailserver")),
					statecheck.ExpectKnownValue("data.postmaster_mail_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact([]knownvalue.Check{
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("yandex/example.org"), "domain": knownvalue.StringExact("example.org"), "user_count": knownvalue.Int64Exact(0)}),
					})),
				},
			},
			{ // what is in the state says where it is, and so does what is imported
				PreConfig: func() { s.createDomain(t, "example.net", "info") },
				Config: both + domainConfig("example.com", "") + second("") + `
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
	s := startMailServer(t)
	const token = "INVENTED0PDD0TOKEN0THAT0NOBODY0HAS"
	w := &dnsWorld{}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.factories(),
		Steps: []resource.TestStep{{
			Config:      s.bothMailServices(t, token) + yandexDomainConfig("example.com", ""),
			ExpectError: saying("pdd_token"),
		}},
	})
	said := strings.Join(w.heard(), "\n")
	if strings.Contains(said, token) || !strings.Contains(said, "bad_token") {
		t.Errorf("this was said:\n%s", said)
	}
}

// Where it follows from something that is yet to be made which service is configured, the
// plan leaves that open, and the apply goes to it.
func TestMailServiceKnownLate(t *testing.T) {
	t.Parallel()
	w := newYandexWorld(t)
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
`, w.file, more)
	}
	w.Run(t,
		resource.TestStep{
			Config: config(""),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("id"), knownvalue.StringExact("yandex/example.com")),
				statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
			},
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: emptyPlan},
	)
}
