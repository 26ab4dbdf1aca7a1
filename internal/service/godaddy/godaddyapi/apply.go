package godaddyapi

import (
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
)

// PartialError is a change of a zone of which only a part was made.
type PartialError = stepwise.PartialError

// labels are the names of records in a list.
func labels(entries []entry) string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = stepwise.Label(e.record)
	}
	return strings.Join(all, ", ")
}
