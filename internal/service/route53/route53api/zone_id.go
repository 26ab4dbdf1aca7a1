package route53api

import (
	"context"
	"fmt"
	"regexp"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// idPrefix is before the ID in the answers of the API.
const idPrefix = "/hostedzone/"

// idForm matches the ID of a zone as people copy it: alone, as the API writes it, or in an ARN of any
// partition.
var idForm = regexp.MustCompile(`^(?:(?:arn:aws[a-z-]*:route53:::)?/?hostedzone/)?(Z[A-Z0-9]{1,31})$`)

// ZoneByID implements [hosted.ZoneChooser]. The ID of the answer begins with Z. A private zone is an
// error.
func (h *Host) ZoneByID(ctx context.Context, id string) (hosted.HostedZone, error) {
	const op = "find the zone with the ID"
	form := idForm.FindStringSubmatch(id)
	if form == nil {
		return hosted.HostedZone{}, &api.Error{
			Service: serviceName, Op: op, Object: fmt.Sprintf("%q", id), Kind: api.ErrNotFound,
			Answer: "that is not the ID of a hosted zone",
			Advice: "An ID looks like Z0123456789ABCDEFGHIJ, /hostedzone/Z0123456789ABCDEFGHIJ or arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
		}
	}
	found, err := h.detailed(ctx, form[1])
	if err != nil {
		return hosted.HostedZone{}, err
	}
	found.NameServers = nil // as in the answers of FindZone
	return found.HostedZone, nil
}
