package function_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// neverFails are the functions without wrong arguments.
var neverFails = map[string]bool{"txt_chunks": true}

// Each function of the provider has an example that shows its output, and the tests of this package
// call it with right and with wrong arguments, and with unknown ones.
func TestEachFunctionIsTestedAndShown(t *testing.T) {
	good, bad := results(t), faults(t)
	names := functions(t)
	for name, f := range names {
		if len(good[name]) == 0 {
			t.Errorf("%s: no test calls it", name)
		}
		if len(bad[name]) == 0 && !neverFails[name] {
			t.Errorf("%s: no test calls it with wrong arguments", name)
		}
		if len(unknownCalls()[name]) == 0 {
			t.Errorf("%s: no test calls it with unknown arguments", name)
		}
		if throughTerraform(t)[name].expression == "" {
			t.Errorf("%s: no test calls it by Terraform", name)
		}
		example := filepath.Join("..", "..", "examples", "functions", name, "function.tf")
		text, err := os.ReadFile(example)
		if err != nil || !strings.Contains(string(text), "provider::postmaster::"+name+"(") {
			t.Errorf("%s: the example does not call it: %v", name, err)
		}
		checkDescribed(t, name, f)
	}
	folders, err := os.ReadDir(filepath.Join("..", "..", "examples", "functions"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if names[folder.Name()] == nil {
			t.Errorf("the example %s is of no function", folder.Name())
		}
	}
}

// checkDescribed expects what the documentation is made of. A function that does not take unknown
// arguments would not check what is known when a configuration is validated.
func checkDescribed(t *testing.T, name string, f *tfprotov6.Function) {
	t.Helper()
	if f.Summary == "" || f.Description == "" || strings.HasSuffix(f.Summary, ".") {
		t.Errorf("%s: the summary is %q, and the description %q", name, f.Summary, f.Description)
	}
	for _, p := range append(f.Parameters, f.VariadicParameter) {
		if p != nil && (p.Description == "" || !p.AllowUnknownValues) {
			t.Errorf("%s: the parameter %s has no description, or takes no unknown values", name, p.Name)
		}
	}
}

// What functions return as records is what postmaster_dns_records takes, and is a valid record in
// its one form.
func TestRecordsFitDNSRecords(t *testing.T) {
	response, err := server().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var element tftypes.Type
	for _, attribute := range response.ResourceSchemas["postmaster_dns_records"].Block.Attributes {
		if attribute.Name == "records" {
			element = attribute.NestedType.ValueType().(tftypes.Map).ElementType
		}
	}
	checked := 0
	for name, f := range functions(t) {
		returned := f.Return.Type
		if m, isMap := returned.(tftypes.Map); isMap {
			returned = m.ElementType
		}
		if o, isObject := returned.(tftypes.Object); !isObject || o.AttributeTypes["priority"] == nil {
			continue
		}
		checked++
		if !returned.Equal(element) {
			t.Errorf("%s returns %s, and records has %s", name, returned, element)
		}
		for _, c := range results(t)[name] {
			records := map[string]any{"": c.want}
			if f.Return.Type.Is(tftypes.Map{}) {
				records = c.want.(map[string]any)
			}
			for key, r := range records {
				fields := r.(map[string]any)
				canonical, err := dns.NewRecord(fields["name"].(string), fields["type"].(string), fields["value"].(string))
				if err != nil {
					t.Errorf("%s, %s, %s: %v", name, c.name, key, err)
				} else if canonical.Name != fields["name"] || canonical.Value != fields["value"] {
					t.Errorf("%s, %s, %s: %v is published as %q %q", name, c.name, key, fields, canonical.Name, canonical.Value)
				}
			}
		}
	}
	if checked != 5 {
		t.Errorf("%d functions return records; want 5", checked)
	}
	for name, kind := range map[string]string{"tlsa": "TLSA"} {
		for _, c := range results(t)[name] {
			if _, err := dns.NewRecord("_25._tcp.mail.example.com", kind, c.want.(string)); err != nil {
				t.Errorf("%s, %s: %v", name, c.name, err)
			}
		}
	}
}
