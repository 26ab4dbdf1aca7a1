package azuresim

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

const (
	// Subscription is that of zones which [Service.AddZone] adds, and Group their resource group.
	Subscription = "00000000-0000-0000-0000-00000000a001"
	Group        = "Postmaster-Sandbox"
	// OtherSubscription is another one, which the holder of Token may see too.
	OtherSubscription = "00000000-0000-0000-0000-00000000a002"

	// Token is an access token of an identity with the role DNS Zone Contributor in both
	// subscriptions.
	Token = "sandbox0azure0token0of0nobody0000000000"
	// ReaderToken is one of an identity that may read everything and change nothing.
	ReaderToken = "sandbox0azure0token0that0only0reads0000"
	// ZoneToken is one of an identity with the role on zones alone: it may not list the zones of a
	// subscription, nor ask for its permissions.
	ZoneToken = "sandbox0azure0token0of0one0zone00000000"
	// TextToken is one of an identity that may read zones and change only TXT record sets.
	TextToken = "sandbox0azure0token0for0texts0000000000"
	// ExpiredToken was valid once.
	ExpiredToken = "sandbox0azure0token0that0has0expired000"
	// StrangerToken is one of an identity without a role.
	StrangerToken = "sandbox0azure0token0of0a0stranger000000"
)

// identity is who makes a call.
type identity struct {
	name    string
	expired bool
	actions []string // patterns of what it may do
	hidden  []string // patterns of what it may not do all the same
}

// contributor is what the role DNS Zone Contributor allows, as far as it matters here.
var contributor = []string{"Microsoft.Authorization/*/read", "Microsoft.Network/dnsZones/*"}

var identities = map[string]identity{
	Token:       {name: "contributor", actions: contributor},
	ReaderToken: {name: "reader", actions: []string{"*/read"}},
	ZoneToken: {
		name: "zone", actions: []string{"Microsoft.Network/dnsZones/*"}, hidden: []string{listAction},
	},
	TextToken: {
		name:    "texts",
		actions: []string{"Microsoft.Authorization/*/read", "Microsoft.Network/dnsZones/read", "Microsoft.Network/dnsZones/*/read", "Microsoft.Network/dnsZones/TXT/*"},
	},
	ExpiredToken:  {name: "expired", expired: true, actions: contributor},
	StrangerToken: {name: "stranger"},
}

// listAction is the name that this service gives to listing the zones of a subscription, which Azure
// does not tell from reading a zone but by where the role is assigned.
const listAction = "list"

// authenticate finds out who makes the call.
func (c *call) authenticate() error {
	token, found := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	known, is := identities[token]
	switch {
	case !found || token == "":
		return resourceError(http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
	case !is:
		return resourceError(http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid.")
	case known.expired || c.behaviour.expired:
		return resourceError(http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry UTC time '1/1/2030 1:00:00 AM' is earlier than current UTC time '1/1/2030 2:00:00 AM'.")
	}
	c.identity = known
	return nil
}

// may refuses a call that the identity may not make.
func (c *call) may(action, scope string) error {
	if c.identity.may(action) && (c.subscription == Subscription || c.subscription == OtherSubscription) {
		return nil
	}
	shown := action
	if action == listAction {
		shown = "Microsoft.Network/dnszones/read"
	}
	return resourceError(http.StatusForbidden, "AuthorizationFailed", fmt.Sprintf(
		"The client '%s' with object id '00000000-0000-0000-0000-00000000c001' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
		c.identity.name, shown, scope))
}

func (i identity) may(action string) bool {
	if action == listAction {
		return !slices.Contains(i.hidden, listAction) && i.may("Microsoft.Network/dnszones/read")
	}
	return slices.ContainsFunc(i.actions, func(pattern string) bool { return covers(pattern, action) })
}

// covers is whether a pattern, in which "*" is any text, matches an action.
func covers(pattern, action string) bool {
	// In a path, "*" ends at a slash, and so there must be none.
	flat := func(text string) string { return strings.ReplaceAll(strings.ToLower(text), "/", ":") }
	matched, err := path.Match(flat(pattern), flat(action))
	return err == nil && matched
}

// permissions is GET of the permissions that the identity has on a zone.
func (s *Service) permissions(c *call) (int, any, error) {
	if err := c.may("Microsoft.Authorization/permissions/read", c.scope()); err != nil {
		return 0, nil, err
	}
	err := s.view(func(st *State) error {
		_, err := st.zone(c)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"value": []any{map[string]any{
		"actions": c.identity.actions, "notActions": []string{}, "dataActions": []string{}, "notDataActions": []string{},
	}}}, nil
}

// scope is the ID of what the call is about, for refusals.
func (c *call) scope() string {
	scope := "/subscriptions/" + c.subscription
	if c.group != "" {
		scope += "/resourceGroups/" + c.group
	}
	if c.zone != "" {
		scope += "/providers/Microsoft.Network/dnszones/" + c.zone
	}
	if c.record != "" {
		scope += "/" + c.recordType + "/" + c.record
	}
	return scope
}
