package cloudflareapi

import (
	"context"
	"errors"
	"strings"

	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/user"
	"github.com/cloudflare/cloudflare-go/v7/zones"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// opByID names the search for a zone by its ID in messages.
const opByID = "find the zone with the id"

// ZoneByID implements [hosted.ZoneChooser]. An ID has 32 hexadecimal digits, in lower case in the
// API's answers. A zone is asked for once in the life of the Host.
func (h *Host) ZoneByID(ctx context.Context, id string) (hosted.HostedZone, error) {
	id = strings.ToLower(id)
	if !isZoneID(id) {
		return hosted.HostedZone{}, &api.Error{
			Service: "Cloudflare", Op: opByID, Object: id, Kind: api.ErrNotFound,
			Answer: "no zone can have such an id", Advice: "The id of a zone has 32 hexadecimal digits; Cloudflare shows it on the zone's overview page, under API",
		}
	}
	z, err := h.single.Get(ctx, id, func(ctx context.Context) (zone, error) {
		got, err := h.getZone(ctx, opByID, id, id)
		if err != nil {
			return zone{}, h.hidden(ctx, err)
		}
		return newZone(&got), nil
	})
	return z.HostedZone, err
}

// isZoneID reports whether a text has the form of a zone's ID.
func isZoneID(text string) bool {
	return len(text) == 32 && strings.Trim(text, "0123456789abcdef") == ""
}

// getZone asks for a zone. The object is how messages call it.
func (h *Host) getZone(ctx context.Context, op, object, id string) (wireZone, error) {
	var got struct {
		Success bool
		Result  wireZone
	}
	err := h.transport.Call(ctx, op, object, func(ctx context.Context) error {
		var p zones.ZoneGetParams
		p.ZoneID.Value, p.ZoneID.Present = id, true
		_, err := h.zones.Get(ctx, p, option.WithResponseBodyInto(&got))
		if err == nil && (!got.Success || got.Result.ID != id) {
			err = errNoZone
		}
		return err
	})
	return got.Result, err
}

// hidden returns the error for a zone that was not found by its ID. Cloudflare gives the same code
// for a zone that the token may not see, whether there is one or not, and for a token that it does
// not know. So the token is verified.
func (h *Host) hidden(ctx context.Context, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) || fail.Code != codeNoAccess {
		return h.refused(ctx, err)
	}
	if status, _ := h.tokenStatus(ctx); status != user.TokenVerifyResponseStatusActive {
		return h.refused(ctx, err)
	}
	of := *fail
	of.Kind = api.ErrNotFound
	of.Advice = "The API token is good, so there is no zone with this id, or the token does not include it. Correct zone_id. " + needed
	return &of
}
