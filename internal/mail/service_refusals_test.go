package mail_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// validatedResource is what a resource itself finds wrong in a configuration.
func validatedResource(t *testing.T, r resource.Resource, set world.Attributes) diag.Diagnostics {
	t.Helper()
	var schema resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
	var resp resource.ValidateConfigResponse
	r.(resource.ResourceWithValidateConfig).ValidateConfig(t.Context(), resource.ValidateConfigRequest{Config: tfsdk.Config{
		Schema: schema.Schema, Raw: world.ValueOf(t, schema.Schema.Type().TerraformType(t.Context()), set),
	}}, &resp)
	return resp.Diagnostics
}

// refusals are the errors of all that the provider checks in a resource's block before it plans
// anything: values, attributes and what is said of them together.
func refusals(t *testing.T, typeName string, r resource.Resource, set world.Attributes) string {
	t.Helper()
	var schema resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
	of := schema.Schema.Type().TerraformType(t.Context())
	config, err := tfprotov6.NewDynamicValue(of, world.ValueOf(t, of, set))
	if err != nil {
		t.Fatal(err)
	}
	server, err := world.Factories["postmaster"]()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: &config,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, d := range resp.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			fmt.Fprintf(&said, "%s: %s: %s\n", d.Attribute, d.Summary, d.Detail)
		}
	}
	return said.String()
}

// What a service cannot do is refused before anything is called, with a sentence on the attribute;
// what the other cannot do is accepted there, and so is what is not known yet.
func TestWhatMailServicesCannotDo(t *testing.T) {
	const hash = "$1$abcdefgh$irWbblnpmw.5z7wgBnprh0"
	twenty := strings.Repeat("Aa1-", 5)
	services := kit.With[mail.Service](service.All)
	domain, mailbox, key := mail.NewDomainResource(services)(), mail.NewUserResource(services)(), mail.NewDKIMKeyResource(services)()
	for name, c := range map[string]struct {
		resource resource.Resource
		service  string
		set      world.Attributes
		at       string // the attribute that is refused; "" if nothing is
	}{
		"account with a domain":          {domain, "yandex", world.Attributes{"first_account": world.Attributes{"password": "correct1"}}, "first_account"},
		"MX host":                        {domain, "yandex", world.Attributes{"mx_hostname": "mail.example.com"}, "mx_hostname"},
		"unknown MX host":                {domain, "yandex", world.Attributes{"mx_hostname": world.Unknown{}}, ""},
		"of an unknown service":          {domain, "", world.Attributes{"mx_hostname": "mail.example.com"}, ""},
		"MX host at the mail server":     {domain, "mailserver", world.Attributes{"mx_hostname": "mail.example.com"}, ""},
		"hyphen in the first password":   {domain, "mailserver", world.Attributes{"first_account": world.Attributes{"password_wo": "-correct"}}, "first_account.password_wo"},
		"hyphen at the mail server":      {mailbox, "mailserver", world.Attributes{"password": "-correct"}, "password"},
		"hyphen at Yandex":               {mailbox, "yandex", world.Attributes{"password": "-correct"}, ""},
		"5 characters":                   {mailbox, "yandex", world.Attributes{"password_wo": "corr5"}, "password_wo"},
		"5 characters at the other":      {mailbox, "mailserver", world.Attributes{"password_wo": "corr5"}, ""},
		"6 characters":                   {mailbox, "yandex", world.Attributes{"password_wo": "corre6"}, ""},
		"20 characters":                  {mailbox, "yandex", world.Attributes{"password": twenty}, ""},
		"21 characters":                  {mailbox, "yandex", world.Attributes{"password": twenty + "!"}, "password"},
		"21 characters at the other":     {mailbox, "mailserver", world.Attributes{"password": twenty + "!"}, ""},
		"the local part as the password": {mailbox, "yandex", world.Attributes{"local_part": "correct", "password": "Correct"}, "password"},
		"unknown password":               {mailbox, "yandex", world.Attributes{"password": world.Unknown{}}, ""},
		"hash":                           {mailbox, "yandex", world.Attributes{"password_hash": hash}, "password_hash"},
		"write-only hash":                {mailbox, "yandex", world.Attributes{"password_hash_wo": hash}, "password_hash_wo"},
		"hash at the mail server":        {mailbox, "mailserver", world.Attributes{"password_hash": hash}, ""},
		"first name":                     {mailbox, "mailserver", world.Attributes{"first_name": "Alice"}, "first_name"},
		"last name":                      {mailbox, "mailserver", world.Attributes{"last_name": "Liddell"}, "last_name"},
		"enabled":                        {mailbox, "mailserver", world.Attributes{"enabled": true}, "enabled"},
		"profile":                        {mailbox, "yandex", world.Attributes{"first_name": "Alice", "last_name": "Liddell", "enabled": false}, ""},
		"keepers":                        {key, "yandex", world.Attributes{"keepers": map[string]any{"half_year": "2027-1"}}, "keepers"},
		"keepers at the mail server":     {key, "mailserver", world.Attributes{"keepers": map[string]any{"half_year": "2027-1"}}, ""},
		"no keepers":                     {key, "yandex", world.Attributes{"replace_existing": true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			switch {
			case c.resource != domain:
				c.set["mail_domain_id"] = c.service + "/example.com"
			case c.service == "":
				c.set["service"] = world.Unknown{}
			default:
				c.set["service"] = c.service
			}
			diags := validatedResource(t, c.resource, c.set)
			if c.at == "" {
				if len(diags) > 0 {
					t.Fatalf("it is refused: %v", diags)
				}
				return
			}
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics: %v", len(diags), diags)
			}
			d, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || d.Path().String() != c.at || d.Severity() != diag.SeverityError {
				t.Errorf("it is not an error at %s: %v", c.at, diags[0])
			}
			for _, secret := range []string{"correct1", "-correct", "corr5", twenty, hash} {
				if strings.Contains(diags[0].Detail(), secret) {
					t.Errorf("it shows the password: %s", diags[0].Detail())
				}
			}
		})
	}
}

// What no service could work with is refused before anything is called.
func TestMailUserRefused(t *testing.T) {
	const hash = "$1$abcdefgh$irWbblnpmw.5z7wgBnprh0"
	good := world.Attributes{"password_wo": "secret", "password_wo_version": 1}
	for name, c := range map[string]struct {
		localPart string
		set       world.Attributes
		want      string // "": nothing is refused
	}{
		"nothing wrong":    {"alice", good, ""},
		"longest":          {strings.Repeat("a", 64), good, ""},
		"slash":            {"a/b", good, "holds '/'"},
		"dots":             {"a..b", good, "two in a row"},
		"parent folder":    {"..", good, "begin or end with a dot"},
		"quote":            {`a"b`, good, `holds '"'`},
		"apostrophe":       {"o'hara", good, `holds '\''`},
		"space":            {"a b", good, "holds ' '"},
		"not ASCII":        {"jürgen", good, "holds 'ü'"},
		"whole address":    {"a@example.com", good, "whole address"},
		"65 characters":    {strings.Repeat("a", 65), good, "has 65 characters"},
		"empty":            {"", good, "is empty"},
		"option":           {"-rf", good, "begin with a hyphen"},
		"empty password":   {"alice", world.Attributes{"password": ""}, "password is empty"},
		"hyphen password":  {"alice", world.Attributes{"password": "-secret"}, "begins with a hyphen"},
		"line break":       {"alice", world.Attributes{"password": "secret\n"}, "control character"},
		"two passwords":    {"alice", world.Attributes{"password": "secret", "password_wo": "secret", "password_wo_version": 1}, "Invalid Attribute Combination"},
		"password, hash":   {"alice", world.Attributes{"password": "secret", "password_hash": hash}, "Invalid Attribute Combination"},
		"bcrypt":           {"alice", world.Attributes{"password_hash": "$2y$10$abcdefghijklmnopqrstuuN9Z0n1VnmYmUQbYQ1Vv5Vf6p1mR5m1C"}, "not an md5-crypt hash"},
		"version, no wo":   {"alice", world.Attributes{"password": "secret", "password_wo_version": 1}, "password_wo"},
		"write-only alone": {"alice", world.Attributes{"password_wo": "secret"}, "password_wo_version"},
	} {
		t.Run(name, func(t *testing.T) {
			set := maps.Clone(c.set)
			set["mail_domain_id"], set["local_part"] = "mailserver/example.com", c.localPart
			said := refusals(t, mail.UserType, mail.NewUserResource(kit.With[mail.Service](service.All))(), set)
			if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
				t.Errorf("it said %q", said)
			}
		})
	}
}

// Of a domain that is made in the same run, the service is known at plan, and what it cannot do is
// refused there.
func TestMailServiceRefusesAtPlan(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	domain := w.Provider() + world.YandexDomainConfig("example.com", "")
	for _, c := range []struct{ config, says string }{
		{domain + "\nresource \"postmaster_mail_user\" \"u\" {\n  mail_domain_id = postmaster_mail_domain.d.id\n  local_part = \"alice\"\n  password = \"corr5\"\n}\n", "6 to 20 characters"},
		{domain + "\nresource \"postmaster_mail_user\" \"u\" {\n  mail_domain_id = postmaster_mail_domain.d.id\n  local_part = \"alice\"\n}\n", "A new mailbox needs a password"},
		{domain + "\nresource \"postmaster_mail_user\" \"u\" {\n  mail_domain_id = postmaster_mail_domain.d.id\n  local_part = \"Postmaster\"\n  password = \"correct1\"\n}\n", "mail to postmaster@ goes to the support"},
		{domain + "\nresource \"postmaster_dkim_key\" \"k\" {\n  mail_domain_id = postmaster_mail_domain.d.id\n  keepers = { a = \"b\" }\n}\n", "can be enabled and disabled but not replaced"},
		{domain + "\nresource \"postmaster_mail_domain_export\" \"e\" {\n  mail_domain_id = postmaster_mail_domain.d.id\n}\n", "only domains of the mail server can be exported"},
		// Nobody has said that it is Yandex, but for the provider.
		{strings.Replace(w.Provider(), "sandbox =", "yandex = {}\n  sandbox =", 1) + "\nresource \"postmaster_mail_domain\" \"d\" {\n  domain = \"example.com\"\n  mx_hostname = \"mail.example.com\"\n}\n", "Not possible at Yandex.Mail for Domain"},
		{w.Provider() + "\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = \"mailserver/example.com\"\n}\n", "is not the id of a domain that a service verifies"},
	} {
		w.Run(t, acceptance.TestStep{Config: c.config, PlanOnly: true, ExpectError: world.Saying(c.says)})
	}
	isList := func(call string) bool { return call == "domain/domains" } // in which the plan looks whether the domain is there
	if calls := append(slices.DeleteFunc(w.YandexCalls("GET"), isList), w.YandexCalls("POST")...); len(calls) > 0 {
		t.Errorf("Yandex was called: %q", calls)
	}
}
