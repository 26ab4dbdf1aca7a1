package octeth

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// If Octeth's answer leaves a label out, it is the installation's own only if the answer includes
// options, and if no record contains the label from before.
func TestOctethLabelsAsTheyAreTold(t *testing.T) {
	t.Parallel()
	records := recordsValue(recordsOf("example.com", map[string]octethapi.Record{"em.example.com": {Type: "CNAME", Value: "mfrom.octeth.example."}}))
	yes, em := true, "em"
	for name, c := range map[string]struct {
		before types.String
		told   octethapi.Options
		want   types.String
	}{
		"told":                       {types.StringValue("sl"), octethapi.Options{Subdomain: &em}, types.StringValue("em")},
		"told, spelt otherwise":      {types.StringValue("EM"), octethapi.Options{Subdomain: &em}, types.StringValue("EM")},
		"left out, and in use":       {types.StringValue("em"), octethapi.Options{LinkTracking: &yes}, types.StringValue("em")},
		"left out, and gone":         {types.StringValue("sl"), octethapi.Options{LinkTracking: &yes}, types.StringValue("")},
		"left out, and never known":  {types.StringUnknown(), octethapi.Options{LinkTracking: &yes}, types.StringValue("")},
		"not told":                   {types.StringValue("sl"), octethapi.Options{}, types.StringValue("sl")},
		"not told, and never chosen": {types.StringUnknown(), octethapi.Options{}, types.StringNull()},
	} {
		got := domainBlock{Subdomain: c.before}.from(octethapi.SenderDomain{Options: c.told}, records)
		if !got.Subdomain.Equal(c.want) {
			t.Errorf("%s: %s, not %s", name, got.Subdomain, c.want)
		}
	}
}
