package googleapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// needed are the permissions without which a zone cannot be edited here.
var needed = []string{
	"dns.changes.create", "dns.resourceRecordSets.create", "dns.resourceRecordSets.delete",
	"dns.resourceRecordSets.list", "dns.resourceRecordSets.update",
}

// CheckAccess implements [dns.Host] by the service's own test of permissions, which changes nothing.
// It needs a permission itself. Without that, nothing is known.
func (h *Host) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	const op = "check access to"
	at, err := h.place(op, zone)
	if err != nil {
		return "", err
	}
	var got struct {
		Permissions []string `json:"permissions"`
	}
	request := call{
		op: op, object: zone.Apex, method: http.MethodPost, path: at.path(), verb: "testIamPermissions", repeat: api.Safely,
		body: map[string]any{"permissions": needed}, needs: at.needs("dns.managedZones.list"),
	}
	err = h.send(ctx, request, &got)
	var fail *api.Error
	switch {
	case errors.As(err, &fail) && fail.Status == http.StatusForbidden && fail.Code == reasonForbidden:
		return dns.WriteUnknown, nil
	case err != nil:
		return "", err
	}
	missing := slices.DeleteFunc(slices.Clone(needed), func(permission string) bool { return slices.Contains(got.Permissions, permission) })
	if len(missing) == 0 {
		return dns.WriteProven, nil
	}
	return "", &api.Error{
		Service: service, Op: op, Object: zone.Apex, Kind: api.ErrAuth,
		Answer: "the credentials lack " + strings.Join(missing, ", ") + " on the managed zone " + at.zone + " of the project " + at.project,
		Advice: "Grant the role roles/dns.admin, or a role of your own with these permissions, on the zone or on the project",
	}
}
