package mail_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Lists are sorted and have the IDs that imports take; an empty one of the mail server is an answer
// only where it is said to be.
func TestMailDataSources(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	config := s.Provider(t) + `
data "postmaster_mail_domains" "all" {}
data "postmaster_mail_users" "all" {
  mail_domain_id = "mailserver/EXAMPLE.com"
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Provider(t) + `data "postmaster_mail_domains" "all" {}`,
				ExpectError: world.Saying("allow_empty = true"),
			},
			{
				Config: s.Provider(t) + "data \"postmaster_mail_domains\" \"all\" {\n allow_empty = true\n}",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.postmaster_mail_domains.all", tfjsonpath.New("domains"), knownvalue.ListSizeExact(0)),
				},
			},
			{
				PreConfig: func() {
					s.CreateDomain(t, "example.org", "info")
					s.CreateDomain(t, "example.com", "zoe")
					if err := s.Client(t).CreateAccount(t.Context(), "alice@example.com", world.Credential("correct horse")); err != nil {
						t.Fatal(err)
					}
				},
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.postmaster_mail_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact([]knownvalue.Check{
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("mailserver/example.com"), "domain": knownvalue.StringExact("example.com"), "user_count": knownvalue.Int64Exact(2)}),
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("mailserver/example.org"), "domain": knownvalue.StringExact("example.org"), "user_count": knownvalue.Int64Exact(1)}),
					})),
					statecheck.ExpectKnownValue("data.postmaster_mail_users.all", tfjsonpath.New("users"), knownvalue.ListExact([]knownvalue.Check{
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("mailserver/alice@example.com"), "email": knownvalue.StringExact("alice@example.com")}),
						knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.StringExact("mailserver/zoe@example.com"), "email": knownvalue.StringExact("zoe@example.com")}),
					})),
				},
			},
			{
				Config:      s.Provider(t) + "data \"postmaster_mail_users\" \"all\" {\n mail_domain_id = \"mailserver/example.net\"\n}",
				ExpectError: world.Saying("Unable to list mailboxes"),
			},
		},
	})
}

// Which service's domains are to be listed is not guessed while it is not known what is configured:
// the lists of the services differ.
func TestMailDomainsOfAServiceNotKnownYet(t *testing.T) {
	s, diags := world.Configured(t, world.Attributes{"yandex": world.Unknown{}})
	if diags.HasError() {
		t.Fatal(diags)
	}
	d := mail.NewDomainsDataSource(kit.With[mail.Service](service.All))()
	d.(datasource.DataSourceWithConfigure).Configure(t.Context(), datasource.ConfigureRequest{ProviderData: s}, &datasource.ConfigureResponse{})
	var schema datasource.SchemaResponse
	d.Schema(t.Context(), datasource.SchemaRequest{}, &schema)
	var resp datasource.ReadResponse
	d.Read(t.Context(), datasource.ReadRequest{Config: tfsdk.Config{
		Schema: schema.Schema, Raw: world.ValueOf(t, schema.Schema.Type().TerraformType(t.Context()), world.Attributes{}),
	}}, &resp)
	if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary() != "The mail service is not known yet" {
		t.Errorf("it said %v", resp.Diagnostics)
	}
}
