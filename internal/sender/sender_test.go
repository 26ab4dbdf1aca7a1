package sender

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// sendingService is a minimal sender.
type sendingService struct {
	kit.Service
	name             string
	begun, inherited bool
}

func (s sendingService) Name() string { return s.name }

func (s sendingService) Title() string { return strings.ToUpper(s.name) }

func (s sendingService) SenderWords() Words {
	return Words{ImportID: s.name + "/1 or " + s.name + "/example.com"}
}

func (s sendingService) DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Validators: validators,
		Attributes: map[string]schema.Attribute{"of_" + s.name: schema.StringAttribute{Optional: true}},
	}
}

func (s sendingService) Sender(*kit.Run) Sender { return quietSender{service: s} }

// blockWith returns a block of the service.
func (s sendingService) blockWith(value string) types.Object {
	return types.ObjectValueMust(s.blockTypes(), map[string]attr.Value{"of_" + s.name: types.StringValue(value)})
}

func (s sendingService) blockTypes() map[string]attr.Type {
	return map[string]attr.Type{"of_" + s.name: types.StringType}
}

type quietSender struct {
	Sender
	service sendingService
}

func (s quietSender) Configured() (begun, inherited bool) {
	return s.service.begun, s.service.inherited
}

// The block that is set decides the sender. If no block is set, the only unknown one does.
func TestSenderOfADomain(t *testing.T) {
	t.Parallel()
	one, other := sendingService{name: "one"}, sendingService{name: "other"}
	all := senders{one, other}
	null, late := types.ObjectNull(one.blockTypes()), types.ObjectUnknown(one.blockTypes())
	noOther, lateOther := types.ObjectNull(other.blockTypes()), types.ObjectUnknown(other.blockTypes())
	for name, c := range map[string]struct {
		one, other types.Object
		want       string
	}{
		"the first":              {one.blockWith("a"), noOther, "one"},
		"the second":             {null, other.blockWith("a"), "other"},
		"the first, later":       {late, noOther, "one"},
		"the second, later":      {null, lateOther, "other"},
		"the first, or both":     {one.blockWith("a"), lateOther, "one"},
		"either of them":         {late, lateOther, ""},
		"both":                   {one.blockWith("a"), other.blockWith("a"), ""},
		"none":                   {null, noOther, ""},
		"none, as far as is set": {want: ""},
	} {
		var m Domain
		m.SetBlock("one", c.one)
		m.SetBlock("other", c.other)
		got, ok := all.of(m)
		if ok != (c.want != "") || ok && got.Name() != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Without a name, the list is that of the only configured sender.
func TestSenderToList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begun, inherited []string
		named            types.String
		want, says       string
	}{
		"none":                     {want: "one"}, // which then says what is missing
		"the first":                {begun: []string{"one"}, want: "one"},
		"the second":               {begun: []string{"other"}, want: "other"},
		"a variable's":             {begun: []string{"other"}, inherited: []string{"other"}, want: "other"},
		"both":                     {begun: []string{"one", "other"}, says: "both ONE and OTHER are configured: set service to one of one, other and third"},
		"both by variables":        {begun: []string{"one", "other"}, inherited: []string{"one", "other"}, says: "both ONE and OTHER are configured"},
		"the first by a variable":  {begun: []string{"one", "other"}, inherited: []string{"one"}, want: "other"},
		"one is not by a variable": {begun: []string{"one", "other", "third"}, inherited: []string{"one", "third"}, want: "other"},
		"three":                    {begun: []string{"one", "other", "third"}, says: "ONE, OTHER and THIRD are configured"},
		"both, and named":          {begun: []string{"one", "other"}, named: types.StringValue("other"), want: "other"},
		"named, and unknown":       {named: types.StringValue("fourth"), says: `"fourth" is none of one, other and third`},
	} {
		var all senders
		for _, service := range []string{"one", "other", "third"} {
			all = append(all, sendingService{name: service, begun: slices.Contains(c.begun, service), inherited: slices.Contains(c.inherited, service)})
		}
		got, err := all.toList(kit.NewRun("test", nil), c.named)
		switch {
		case c.want != "" && (err != nil || got.Name() != c.want):
			t.Errorf("%s: %v, %v", name, got, err)
		case c.want == "" && (err == nil || !strings.HasPrefix(err.Error(), c.says)):
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// The error for an unusable import ID shows the import IDs of each sender.
func TestRefusedSenderImport(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	senders{sendingService{name: "one"}, sendingService{name: "other"}}.refuseImport("x", &diags)
	const want = `"x" is not a valid import id: at ONE it looks like one/1 or one/example.com; at OTHER like other/1 or other/example.com.`
	if len(diags) != 1 || diags[0].Summary() != "Unusable import id" || diags[0].Detail() != want {
		t.Errorf("it says %v", diags)
	}
}

// A domain is read from a state as it was written, with null for the blocks of other senders.
// Copies do not change each other.
func TestSenderDomainInAState(t *testing.T) {
	t.Parallel()
	one, other := sendingService{name: "one"}, sendingService{name: "other"}
	all := senders{one, other}
	var described resource.SchemaResponse
	NewDomainResource(all)().Schema(t.Context(), resource.SchemaRequest{}, &described)
	state := tfsdk.State{Schema: described.Schema, Raw: tftypes.NewValue(described.Schema.Type().TerraformType(t.Context()), nil)}

	m := Domain{ID: types.StringValue("other/1"), Domain: types.StringValue("example.com"), DNSRecords: kit.DNSRecordsValue(nil)}
	m.SetBlock("other", other.blockWith("a"))
	changed := m
	changed.SetBlock("other", other.blockWith("b"))
	var diags diag.Diagnostics
	m.write(t.Context(), &state, described.Schema.Type(), &diags)
	got := all.read(t.Context(), state, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	if !got.ID.Equal(m.ID) || !got.Domain.Equal(m.Domain) || !got.DNSRecords.Equal(m.DNSRecords) {
		t.Errorf("it is %+v", got)
	}
	if !got.Block("other").Equal(other.blockWith("a")) || !got.Block("one").Equal(types.ObjectNull(one.blockTypes())) {
		t.Errorf("its blocks are %s and %s", got.Block("one"), got.Block("other"))
	}
	if service, ok := all.of(got); !ok || service.Name() != "other" {
		t.Errorf("it is the domain of %v", service)
	}
	if !changed.Block("other").Equal(other.blockWith("b")) {
		t.Errorf("the copy has %s", changed.Block("other"))
	}
}

// Exactly one of the blocks has to be set. The validator is on one of them and checks all.
func TestOneBlockOfASenderDomainChecksAll(t *testing.T) {
	t.Parallel()
	var described resource.SchemaResponse
	NewDomainResource(senders{sendingService{name: "one"}, sendingService{name: "other"}})().Schema(t.Context(), resource.SchemaRequest{}, &described)
	var checks int
	for _, name := range []string{"one", "other"} {
		block, ok := described.Schema.Attributes[name].(schema.SingleNestedAttribute)
		if !ok {
			t.Fatalf("there is no block %s", name)
		}
		checks += len(block.Validators)
	}
	if checks != 1 {
		t.Errorf("there are %d checks", checks)
	}
}

// defaultService is a sender with a default domain.
type defaultService struct{ sendingService }

func (defaultService) DefaultDomains() {}

// Whoever has no default domain is named where the list describes it.
func TestSendersWithoutDefaultDomain(t *testing.T) {
	t.Parallel()
	with, one, other := defaultService{sendingService{name: "with"}}, sendingService{name: "one"}, sendingService{name: "other"}
	for want, all := range map[string]senders{
		"": {with}, "; null at ONE, which has no such domain": {one, with}, "; null at ONE and OTHER, which have no such domain": {one, with, other},
	} {
		if got := all.withoutDefault(); got != want {
			t.Errorf("it says %q, and not %q", got, want)
		}
	}
}
