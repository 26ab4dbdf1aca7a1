package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// A label that Octeth's answer leaves out is the installation's own only where nothing
// stands at the one of before any more, and where the answer tells options at all.
func TestOctethLabelsAsTheyAreTold(t *testing.T) {
	t.Parallel()
	records := octethRecordsValue(octethRecords("example.com", map[string]octeth.Record{"em.example.com": {Type: "CNAME", Value: "mfrom.octeth.example."}}))
	yes, em := true, "em"
	for name, c := range map[string]struct {
		before types.String
		told   octeth.Options
		want   types.String
	}{
		"told":                       {types.StringValue("sl"), octeth.Options{Subdomain: &em}, types.StringValue("em")},
		"told, spelt otherwise":      {types.StringValue("EM"), octeth.Options{Subdomain: &em}, types.StringValue("EM")},
		"left out, and in use":       {types.StringValue("em"), octeth.Options{LinkTracking: &yes}, types.StringValue("em")},
		"left out, and gone":         {types.StringValue("sl"), octeth.Options{LinkTracking: &yes}, types.StringValue("")},
		"left out, and never known":  {types.StringUnknown(), octeth.Options{LinkTracking: &yes}, types.StringValue("")},
		"not told":                   {types.StringValue("sl"), octeth.Options{}, types.StringValue("sl")},
		"not told, and never chosen": {types.StringUnknown(), octeth.Options{}, types.StringNull()},
	} {
		got := octethModel{Subdomain: c.before}.from(octeth.SenderDomain{Options: c.told}, records)
		if !got.Subdomain.Equal(c.want) {
			t.Errorf("%s: %s, not %s", name, got.Subdomain, c.want)
		}
	}
}
