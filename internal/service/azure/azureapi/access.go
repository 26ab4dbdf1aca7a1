package azureapi

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// permissionsVersion is the version of the call for permissions.
const permissionsVersion = "2022-04-01"

// permission is what a role assignment allows.
type permission struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions"`
	// Condition limits the assignment in ways that cannot be judged here.
	Condition string `json:"condition"`
}

// CheckAccess implements [dns.Host]. It asks for the permissions that the identity has on the zone,
// which the role DNS Zone Contributor allows. If they include writing and deleting sets of all types,
// access is proven. If not, nothing is known: a role can also be assigned on single record sets.
func (h *Host) CheckAccess(ctx context.Context, of dns.HostedZone) (dns.WriteAccess, error) {
	r := api.Request{Op: "check access to", Object: of.Apex}
	id, err := idOf(r, of)
	if err != nil {
		return dns.WriteUnknown, err
	}
	may, err := h.may.Get(ctx, id.String(), func(ctx context.Context) ([]string, error) {
		r.Path, r.Query = id.path(providersElement, "Microsoft.Authorization", "permissions"), version(permissionsVersion)
		all, err := listAll[permission](ctx, h, r)
		if isDenied(err) {
			return nil, nil // it may not be allowed to ask
		}
		return writableTypes(all), err
	})
	if err != nil {
		return dns.WriteUnknown, reporter.Stopped(r, err)
	}
	for _, recordType := range writable() {
		if !slices.Contains(may, recordType) {
			return dns.WriteUnknown, nil
		}
	}
	return dns.WriteProven, nil
}

// writableTypes returns the record types whose sets may be written and deleted.
func writableTypes(all []permission) []string {
	var types []string
	for _, recordType := range writable() {
		allowed := func(verb string) bool {
			action := "Microsoft.Network/dnszones/" + recordType + "/" + verb
			return slices.ContainsFunc(all, func(p permission) bool {
				return p.Condition == "" && matches(p.Actions, action) && !matches(p.NotActions, action)
			})
		}
		if allowed("write") && allowed("delete") {
			types = append(types, recordType)
		}
	}
	return types
}

// matches is whether one of the patterns, in which "*" is any text, matches an action.
func matches(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
		matched, err := regexp.MatchString("(?i)^"+expression+"$", action)
		return err == nil && matched
	})
}
