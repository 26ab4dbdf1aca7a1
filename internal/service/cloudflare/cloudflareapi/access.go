package cloudflareapi

import (
	"context"
	"errors"
	"slices"

	"github.com/cloudflare/cloudflare-go/v7/user"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	hosted "github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// The permissions of the calling token, as a zone lists them.
const (
	permissionRead = "#dns_records:read"
	permissionEdit = "#dns_records:edit"
)

// CheckAccess implements [hosted.Host]. A zone lists the token's permissions. The API's
// documentation calls that list outdated: if it is missing, nothing is known. The list of zones has
// the permissions too, and so has a zone that was found by its ID, so that no call is needed for each
// zone that the token may edit. For any other zone, the zone itself is asked.
func (h *Host) CheckAccess(ctx context.Context, zone hosted.HostedZone) (hosted.WriteAccess, error) {
	const op = "check access to"
	if h.knownEditable(ctx, zone) {
		return hosted.WriteProven, nil
	}
	got, err := h.getZone(ctx, op, zone.Apex, zone.ID)
	if err != nil {
		return "", h.refused(ctx, err)
	}
	permissions := got.Permissions
	fail := &api.Error{Service: "Cloudflare", Op: op, Object: zone.Apex, Kind: api.ErrAuth}
	switch {
	case slices.Contains(permissions, permissionEdit):
		return hosted.WriteProven, nil
	case len(permissions) == 0:
		return hosted.WriteUnknown, nil
	case slices.Contains(permissions, permissionRead):
		fail.Answer = "the API token may read the zone's DNS records, but not edit them"
	default:
		fail.Answer = "the API token may see the zone, but neither read nor edit its DNS records"
	}
	fail.Advice = needed
	return "", fail
}

// knownEditable is whether what was read before says that the token may edit a zone. If nothing does,
// the zone itself tells the reason.
func (h *Host) knownEditable(ctx context.Context, of hosted.HostedZone) bool {
	z, err := h.seen(ctx, of)
	return err == nil && slices.Contains(z.permissions, permissionEdit)
}

var errNoZone = errors.New("the answer is not what the API documents: it is not the zone that was asked for")

// needed says which permissions a token needs.
const needed = "Give the token the permissions Zone / Zone / Read and Zone / DNS / Edit for this zone (My Profile, API Tokens, or for a token of an account Manage Account, API Tokens)"

// tokenStatus asks Cloudflare what the token is worth.
func (h *Host) tokenStatus(ctx context.Context) (status user.TokenVerifyResponseStatus, err error) {
	err = h.transport.Call(ctx, "verify the API token", "", func(ctx context.Context) error {
		got, err := h.tokens.Verify(ctx)
		if err == nil {
			status = got.Status
		}
		return err
	})
	return status, err
}

// tokenTrouble finds out why Cloudflare refuses the token, and returns the advice. It makes a call
// that any token of a user may make.
func (h *Host) tokenTrouble(ctx context.Context) string {
	status, err := h.tokenStatus(ctx)
	var fail *api.Error
	switch {
	case status == user.TokenVerifyResponseStatusActive:
		return "The API token itself is good, so it lacks a permission, or the zone is in another account. " + needed
	case status == user.TokenVerifyResponseStatusExpired:
		return "The API token has expired: prolong it or make a new one, and configure that"
	case status == user.TokenVerifyResponseStatusDisabled:
		return "The API token has been disabled: enable it again, or configure another one"
	case errors.As(err, &fail) && fail.Code == codeUnknownToken:
		return "Cloudflare knows no user's API token like this: either it is mistyped, revoked or a Global API Key, or it is a token of an account that lacks a permission. " + needed
	}
	return needed
}
