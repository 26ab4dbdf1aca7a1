package zone

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// zoneGone is the summary of the warning that an account does not show a zone any more.
const zoneGone = "The zone is not in the account any more"

// madeAgain says, in sentences, what happens if the zone of an authorization is created again.
func madeAgain(id AuthorizationID) string {
	if id.ZoneID == "" {
		return "If the zone is created again, the next plan finds it by its name."
	}
	return "The authorization names the zone by the host's own id. If the zone is created again and has another id then, correct zone_id of the postmaster_dns_authorization, " +
		"or, if zone_id is not configured, plan with -replace=ADDRESS of the authorization."
}

// withoutZone says what becomes of records whose zone is gone. err is why it counts as gone. remaining
// are the published records.
func withoutZone(err error, remaining types.Map) string {
	text := "No record was removed: " + api.Brief(err) + ". If the zone was deleted, its records went with it, and nothing is left to do."
	var lines []string
	for _, key := range kit.SortedKeys(remaining.Elements()) {
		object, ok := remaining.Elements()[key].(types.Object)
		if !ok {
			continue
		}
		if r, known, err := RecordOf(object); err == nil && known {
			lines = append(lines, api.Shorten(r.String()))
		}
	}
	const most = 20
	if len(lines) > most {
		lines = append(lines[:most], fmt.Sprintf("and %d more", len(lines)-most))
	}
	if len(lines) == 0 {
		return text
	}
	return text + " If it is still served, for example from another account, remove by hand what is no longer needed of these:\n\n    " + strings.Join(lines, "\n    ")
}
