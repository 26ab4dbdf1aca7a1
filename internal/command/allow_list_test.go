package command

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// planted begins every text that no report may show.
const planted = "Planted-Secret"

// shown are the attributes that a report may use, with values. Everything else in a state gets a
// planted text.
var shown = map[string]any{
	"postmaster_mail_domain.id": "mailserver/example.com", "postmaster_mail_domain.domain": "example.com",
	"postmaster_mail_domain.first_account.local_part": "postmaster",
	"postmaster_mail_user.mail_domain_id":             "mailserver/example.com", "postmaster_mail_user.local_part": "anna",
	"postmaster_sender_domain.id": "sendgrid/42", "postmaster_sender_domain.domain": "news.example.com",
	"postmaster_dkim_key.mail_domain_id": "mailserver/example.com", "postmaster_dkim_key.selector": "mail", "postmaster_dkim_key.key_type": "rsa", "postmaster_dkim_key.key_bits": 2048,
	"postmaster_dns_authorization.id": "cloudflare/example.com", "postmaster_dns_authorization.domain": "example.com", "postmaster_dns_authorization.dns_provider": "cloudflare", "postmaster_dns_authorization.zone": "example.com",
	"postmaster_dns_records.dns_authorization_id": "cloudflare/example.com", "postmaster_dns_records.zone": "example.com",
	"postmaster_dns_records.published.name": "seen.example.com", "postmaster_dns_records.published.type": "TXT", "postmaster_dns_records.published.value": "a public text", "postmaster_dns_records.published.priority": nil,
	"postmaster_domain_verification.domain_id": "sendgrid/42", "postmaster_domain_verification.valid": true, "postmaster_domain_verification.verified_at": "2026-05-04T03:02:01Z",
	"postmaster_letsencrypt_cert.hostname": "mail.example.com", "postmaster_letsencrypt_cert.issuer": "CN=Invented", "postmaster_letsencrypt_cert.not_before": "2026-05-01T00:00:00Z", "postmaster_letsencrypt_cert.not_after": "2099-07-30T00:00:00Z",
	"postmaster_tls_certificate.hostname": "mail.example.com", "postmaster_tls_certificate.not_after": "2099-07-30T00:00:00Z",
}

// planter makes values for attributes, and counts the planted texts.
type planter struct {
	used  map[string]bool
	texts int
}

func (p *planter) value(path string, kind tftypes.Type) any {
	if value, found := shown[path]; found {
		p.used[path] = true
		return value
	}
	switch {
	case kind.Is(tftypes.String):
		p.texts++
		return fmt.Sprintf("%s %s", planted, path)
	case kind.Is(tftypes.Bool):
		return true
	case kind.Is(tftypes.Number):
		p.texts++
		return 918273645546
	}
	switch kind := kind.(type) {
	case tftypes.Map:
		return map[string]any{planted: p.value(path, kind.ElementType)}
	case tftypes.List:
		return []any{p.value(path, kind.ElementType)}
	case tftypes.Set:
		return []any{p.value(path, kind.ElementType)}
	}
	panic("a type that this test does not know: " + kind.String())
}

func (p *planter) attributes(path string, attributes []*tfprotov6.SchemaAttribute) map[string]any {
	values := map[string]any{}
	for _, a := range attributes {
		at := path + "." + a.Name
		if a.NestedType == nil {
			values[a.Name] = p.value(at, a.Type)
			continue
		}
		one := p.attributes(at, a.NestedType.Attributes)
		switch a.NestedType.Nesting {
		case tfprotov6.SchemaObjectNestingModeMap:
			values[a.Name] = map[string]any{planted: one}
		case tfprotov6.SchemaObjectNestingModeList, tfprotov6.SchemaObjectNestingModeSet:
			values[a.Name] = []any{one}
		default:
			values[a.Name] = one
		}
	}
	return values
}

// plantedState returns a state with an object of each type of the provider's schema, and of others,
// in which everything that is not shown is a planted text.
func plantedState(t *testing.T) (state map[string]any, p *planter) {
	t.Helper()
	p = &planter{used: map[string]bool{}}
	schema, err := providerserver.NewProtocol6(provider.New("test")())().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var managed, data []any
	object := func(mode, kind string, values map[string]any) map[string]any {
		return map[string]any{"address": planted, "mode": mode, "type": kind, "name": planted, "index": planted, "provider_name": planted, "schema_version": 0, "values": values,
			"sensitive_values": map[string]any{}, "depends_on": []any{planted}, "tainted": true, "deposed_key": planted}
	}
	for kind, s := range schema.ResourceSchemas {
		if len(s.Block.BlockTypes) > 0 {
			t.Fatalf("%s has blocks, which this test does not plant in", kind)
		}
		managed = append(managed, object("managed", kind, p.attributes(kind, s.Block.Attributes)))
	}
	for kind, s := range schema.DataSourceSchemas {
		data = append(data, object("data", kind, p.attributes("data."+kind, s.Block.Attributes)))
		// A data source that has the name of a resource.
		for resource, s := range schema.ResourceSchemas {
			data = append(data, object("data", resource, p.attributes("data."+resource, s.Block.Attributes)))
		}
	}
	if len(managed) < 10 || len(data) < 5 {
		t.Fatalf("the schema has %d resources and %d data sources", len(managed), len(data))
	}
	for _, kind := range []string{"postmaster_unknown", "aws_ses_domain_identity", "postmaster_mail_domains"} {
		managed = append(managed, object("managed", kind, map[string]any{"domain": planted, "id": planted, "password": planted, "name": planted}))
	}
	secret := map[string]any{"sensitive": true, "type": "string", "value": planted}
	module := map[string]any{"address": planted, "resources": append(data, managed[:len(managed)/2]...),
		"child_modules": []any{map[string]any{"address": planted, "resources": managed[len(managed)/2:]}}}
	return map[string]any{
		"format_version": "1.0", "terraform_version": planted,
		"values":           map[string]any{"outputs": map[string]any{"domains": secret, planted: secret}, "root_module": map[string]any{"resources": []any{}, "child_modules": []any{module}}},
		"checks":           []any{map[string]any{"address": planted, "problems": []any{planted}}},
		"variables":        map[string]any{"password": map[string]any{"value": planted}},
		"configuration":    map[string]any{"provider_config": map[string]any{"postmaster": planted}},
		"resource_changes": []any{map[string]any{"change": map[string]any{"after": planted}}},
	}, p
}

// A report shows the attributes of the list, and nothing else of a state or a plan.
func TestStatusReadsAnAllowList(t *testing.T) {
	state, p := plantedState(t)
	for path := range shown {
		if !p.used[path] {
			t.Errorf("the schema has no attribute %s", path)
		}
	}
	if p.texts < 100 {
		t.Errorf("only %d secrets were planted", p.texts)
	}
	plan := map[string]any{"format_version": "1.2", "prior_state": state, "planned_values": state["values"], "variables": state["variables"], "configuration": state["configuration"]}
	box := sandboxFile(t, "example.com", `seen TXT "a public text"`)
	for name, document := range map[string]any{"state": state, "plan": plan} {
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"table", "json", "markdown", "html"} {
			got := call(string(text), "status", "--sandbox", box, "--format", format, "--dns-only", "--only", "mx,dkim")
			all := got.out + got.err
			if strings.Contains(all, planted) || strings.Contains(all, "918273645546") {
				t.Errorf("%s of a %s shows a secret:\n%s", format, name, all)
			}
			for _, want := range []string{"example.com", "news.example.com", "mailserver", "sendgrid", "cloudflare", "2026-05-04", "2048", "2099-07-30"} {
				if !strings.Contains(got.out, want) {
					t.Errorf("%s of a %s does not show %s:\n%s", format, name, want, all)
				}
			}
		}
	}
}

// An error about a state shows nothing of it.
func TestStatusQuotesNoState(t *testing.T) {
	for _, text := range []string{
		`{"format_version": "1.0", "values": {"root_module": {"resources": [{"mode": "managed", "type": "postmaster_mail_user", "values": {"local_part": {"x": "` + planted + `"}}}]}}}`,
		planted, `{"password": "` + planted + `"`, `{"format_version": "` + planted + `"}`,
	} {
		got := call(text, "status", "--resolver", "127.0.0.1:1")
		if got.exit != exitNotRun || got.err == "" || strings.Contains(got.out+got.err, planted) && !strings.Contains(text, "format_version\": \"P") {
			t.Errorf("%s: exit code %d, %s%s", text, got.exit, got.out, got.err)
		}
	}
}
