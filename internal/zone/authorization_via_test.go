package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// An authorization from before there was a choice was direct: a refresh notes it, or an update
// without one.
func TestAuthorizationFromBeforeVia(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	resolver, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	s := world.NewRun()
	s.SetResolvers([]string{resolver}, false)
	var unread diag.Diagnostics
	if world.ReadHosts(s, map[string]types.Object{"cloudflare": world.HostObject(cloudflare.Service{}, map[string]attr.Value{
		"api_token": types.StringValue(cloudflaresim.Token), "base_url": types.StringValue(w.Serve(t) + "/cloudflare" + cloudflaresim.BasePath),
	})}, types.MapNull(world.AccountType()), false, &unread); unread.HasError() {
		t.Fatal(unread)
	}
	r := world.Authorizations(s)
	var schema frameworkresource.SchemaResponse
	r.Schema(t.Context(), frameworkresource.SchemaRequest{}, &schema)
	state := func(via types.String) tfsdk.State {
		s := tfsdk.State{Schema: schema.Schema}
		if diags := s.Set(t.Context(), &zone.AuthorizationModel{
			ID: types.StringValue("cloudflare/example.com"), Via: via, NameServers: types.ListNull(types.StringType), WriteAccess: types.StringValue("proven"),
		}); diags.HasError() {
			t.Fatal(diags)
		}
		return s
	}
	direct, old := types.StringValue(zone.ViaDirect), types.StringNull()
	via := func(after tfsdk.State, diags diag.Diagnostics) {
		t.Helper()
		var m zone.AuthorizationModel
		if diags.Append(after.Get(t.Context(), &m)...); diags.HasError() || !m.Via.Equal(direct) {
			t.Errorf("via is %s: %v", m.Via, diags)
		}
	}
	read := frameworkresource.ReadResponse{State: state(old)}
	r.Read(t.Context(), frameworkresource.ReadRequest{State: state(old)}, &read)
	via(read.State, read.Diagnostics)
	updated := frameworkresource.UpdateResponse{State: state(old)}
	r.Update(t.Context(), frameworkresource.UpdateRequest{State: state(old), Plan: tfsdk.Plan(state(direct))}, &updated)
	via(updated.State, updated.Diagnostics)

	for planned, replaces := range map[string]bool{zone.ViaDirect: false, "octeth": true} {
		var resp planmodifier.StringResponse
		req := planmodifier.StringRequest{StateValue: old, PlanValue: types.StringValue(planned), State: state(old), Plan: tfsdk.Plan(state(types.StringValue(planned)))}
		zone.ReplaceUnlessSameWay().PlanModifyString(t.Context(), req, &resp)
		if resp.RequiresReplace != replaces {
			t.Errorf("that %s replaces it is %t", planned, resp.RequiresReplace)
		}
	}
}

func TestImportOfAWay(t *testing.T) {
	for text, want := range map[string]string{
		"cloudflare/example.com":                                 "cloudflare/example.com direct",
		"cloudflare@agency/a.example.com/example.com#via=octeth": "cloudflare@agency/a.example.com/example.com octeth",
		"cloudflare/example.com#via=direct":                      "cloudflare/example.com direct",
		"cloudflare/example.com#via=pigeon":                      `"pigeon" is not a value of via`,
		"cloudflare/example.com#octeth":                          "example.com#octeth",
		"nobody/example.com#via=octeth":                          "the hosts are",
	} {
		id, via, err := world.Authorizations(world.NewRun()).ParseImport(text)
		got := id.String() + " " + via
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%s: got %s; want %s", text, got, want)
		}
	}
}
