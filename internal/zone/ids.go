package zone

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// AuthorizationID is the ID of a DNS authorization. It holds all that is needed to work on the
// zone. Its forms are "HOST/DOMAIN", "HOST@ACCOUNT/DOMAIN" with an account of dns_accounts, and
// either followed by "/ZONE" if the zone is configured, and by "#zone_id=ID" if the zone is known by
// its ID: because that is configured, or because the account has several zones with that name.
type AuthorizationID struct {
	Host    string
	Account string
	Domain  string
	Zone    string
	ZoneID  string
}

// idZoneID begins the part of an ID that names the zone by the host's own ID. What follows is escaped
// as in URLs, so that it has no "/" and no "#".
const idZoneID = "#zone_id="

// String returns the ID as the state has it.
func (id AuthorizationID) String() string {
	var b strings.Builder
	b.WriteString(id.Host)
	if id.Account != "" {
		b.WriteString("@" + id.Account)
	}
	b.WriteString("/" + id.Domain)
	if id.Zone != "" {
		b.WriteString("/" + id.Zone)
	}
	if id.ZoneID != "" {
		b.WriteString(idZoneID + url.PathEscape(id.ZoneID))
	}
	return b.String()
}

// within returns the name by which the zone is found.
func (id AuthorizationID) within() string {
	if id.Zone != "" {
		return id.Zone
	}
	return id.Domain
}

// authorizationIDWhat names such an ID in messages.
const authorizationIDWhat = "the id of a DNS authorization"

// ParseAuthorizationID parses an ID, in any spelling of its names. It does not check whether the
// host exists; see [Hosts.ParseID].
func ParseAuthorizationID(text string) (AuthorizationID, error) {
	return readAuthorizationID(text, "HOST")
}

// parseID parses the ID of an authorization at one of the hosts.
func (h Hosts) parseID(text string) (AuthorizationID, error) {
	id, err := readAuthorizationID(text, h.example())
	if err != nil {
		return AuthorizationID{}, err
	}
	if _, ok := kit.Named(h, id.Host); !ok {
		return AuthorizationID{}, fmt.Errorf("%q is not %s: the hosts are %s", text, authorizationIDForm(h.example()), h.names())
	}
	return id, nil
}

// IDSpelling returns the spelling for attributes that hold the ID of an authorization at one of the
// hosts.
func (h Hosts) IDSpelling() kit.Spelling {
	return kit.Spelling{What: authorizationIDWhat, Canonical: func(s string) (string, error) {
		id, err := h.parseID(s)
		return id.String(), err
	}}
}

var _ planmodifier.String = keepAuthorization{}

// authorizationIDSpelling compares IDs of authorizations at any host.
var authorizationIDSpelling = kit.Spelling{What: authorizationIDWhat, Canonical: func(s string) (string, error) {
	id, err := ParseAuthorizationID(s)
	return id.String(), err
}}

// keepAuthorization is a plan modifier for an attribute that holds the ID of an authorization. Another
// spelling plans no change. Neither does an ID that is the prior one without the zone's own ID: the
// state knows which of several zones with that name is meant, and the zone stays.
type keepAuthorization struct{}

// Description implements planmodifier.Describer.
func (keepAuthorization) Description(context.Context) string {
	return "an id that does not say which zone is meant keeps the zone"
}

// MarkdownDescription implements planmodifier.Describer.
func (k keepAuthorization) MarkdownDescription(ctx context.Context) string {
	return k.Description(ctx)
}

// PlanModifyString implements planmodifier.String.
func (keepAuthorization) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsUnknown() || req.PlanValue.IsNull() {
		return
	}
	before, err := ParseAuthorizationID(req.StateValue.ValueString())
	planned, plannedErr := ParseAuthorizationID(req.PlanValue.ValueString())
	if err != nil || plannedErr != nil {
		return
	}
	if planned.ZoneID == "" {
		planned.ZoneID = before.ZoneID
	}
	if planned == before {
		resp.PlanValue = req.StateValue
	}
}

// authorizationIDForm shows the forms of an ID.
func authorizationIDForm(host string) string {
	return fmt.Sprintf("%s, such as %[2]s/example.com or %[2]s@ACCOUNT/example.com", authorizationIDWhat, host)
}

// readAuthorizationID parses an ID without checking the host. Example is the name of a host for
// messages.
func readAuthorizationID(text, example string) (AuthorizationID, error) {
	names, zoneID, err := cutZoneID(text)
	if err != nil {
		return AuthorizationID{}, fmt.Errorf("%q is not %s: %w", text, authorizationIDForm(example), err)
	}
	parts := strings.Split(names, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return AuthorizationID{}, fmt.Errorf("%q is not %s", text, authorizationIDForm(example))
	}
	host, account, hasAccount := strings.Cut(parts[0], "@")
	id := AuthorizationID{Host: host, Account: account, ZoneID: zoneID}
	if hasAccount {
		if err := checkAccountName(account); err != nil {
			return AuthorizationID{}, fmt.Errorf("%q is not %s: the account %q %w", text, authorizationIDForm(example), account, err)
		}
	}
	if id.Domain, err = dns.Canonical(parts[1]); err != nil {
		return AuthorizationID{}, err
	}
	if len(parts) == 3 {
		if id.Zone, err = dns.Canonical(parts[2]); err != nil {
			return AuthorizationID{}, err
		}
	}
	return id, nil
}

// cutZoneID separates the names in an ID from the host's ID of the zone, which may be missing.
func cutZoneID(text string) (names, zoneID string, err error) {
	names, escaped, has := strings.Cut(text, idZoneID)
	if !has {
		return text, "", nil
	}
	zoneID, err = url.PathUnescape(escaped)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("what comes after %s is not escaped as in URLs", idZoneID)
	case zoneID == "":
		return "", "", fmt.Errorf("after %s comes the host's id of the zone", idZoneID)
	}
	return names, zoneID, nil
}

// cutRecords separates, in the import ID of a set of records, the authorization's ID from what says
// which records are meant. Found is false if nothing says so.
func cutRecords(text string) (authorization, records string, found bool) {
	authorization, records, found = strings.Cut(text, "#")
	if zoneID := strings.TrimPrefix(idZoneID, "#"); found && strings.HasPrefix(records, zoneID) {
		zoneID, records, found = strings.Cut(records, "#")
		authorization += "#" + zoneID
	}
	return authorization, records, found
}
