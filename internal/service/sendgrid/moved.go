package sendgrid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// MoveSources implements [sender.Successor].
func (Service) MoveSources() []sender.MoveSource {
	return []sender.MoveSource{
		{Type: "sendgrid_sender_authentication", Provider: "sendgrid", Known: "kenzo0107/sendgrid"},
		{Type: "sendgrid_domain_authentication", Provider: "sendgrid", Known: "trois-six/sendgrid and its forks"},
	}
}

// MovedHelp implements [sender.Successor].
func (Service) MovedHelp() string {
	return "At " + serviceTitle + ", the import id is sendgrid/NUMBER, or sendgrid/SUBUSER/NUMBER for a domain that is managed on behalf of a subuser. NUMBER is the id in the old state."
}

// authentication is the state of a domain in other providers. Of what both providers store, it has
// what identifies the domain, and what SendGrid does not return. All else is read from SendGrid:
// some versions of these providers do not keep it up to date.
type authentication struct {
	ID       *string `json:"id"`
	Domain   *string `json:"domain"`
	Username *string `json:"username"`
	UserID   *int64  `json:"user_id"`

	IPs                []string `json:"ips"`
	CustomDKIMSelector *string  `json:"custom_dkim_selector"`
	Region             *string  `json:"region"`
}

// MovedDomain implements [sender.Successor]. The owner goes into the note: a domain that SendGrid
// does not show to this provider's key counts as gone only if the key is the owner's. The other
// provider may have worked for a subuser, which its states do not tell.
func (Service) MovedDomain(ctx context.Context, state []byte, diags *diag.Diagnostics) (m sender.Domain, err error) {
	var old authentication
	if err := json.Unmarshal(state, &old); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return m, fmt.Errorf("its attribute %s is a %s", wrong.Field, wrong.Value)
		}
		return m, errors.New("it is not a JSON object")
	}
	for _, required := range []struct {
		name  string
		value *string
	}{{"id", old.ID}, {"domain", old.Domain}, {"username", old.Username}} {
		if required.value == nil || *required.value == "" {
			return m, fmt.Errorf("its attribute %s is missing or empty", required.name)
		}
	}
	number, err := strconv.ParseInt(*old.ID, 10, 64)
	if err != nil || number <= 0 {
		return m, fmt.Errorf("its id is %q, and not the number of a domain at %s", *old.ID, serviceTitle)
	}
	if _, err := kit.CanonicalMailDomain(*old.Domain); err != nil {
		return m, fmt.Errorf("its attribute domain is unusable: %w", err)
	}

	block := nullDomainBlock()
	block.Username = types.StringValue(*old.Username)
	if selector := old.CustomDKIMSelector; selector != nil && *selector != "" {
		block.CustomDKIMSelector = types.StringValue(*selector)
	}
	if len(old.IPs) > 0 {
		block.IPs = kit.TextSet(old.IPs)
	}
	// The other providers store "global" for every domain of which they do not know the region.
	if region := old.Region; region != nil && *region == string(sendgridapi.EU) {
		block.Region = types.StringValue(*region)
	}
	note := domainNote{Username: *old.Username, RegionAssumed: true}
	if old.UserID != nil {
		note.UserID = *old.UserID
	}
	m = sender.Domain{
		ID:         types.StringValue(domainID{Service: serviceName, Number: number}.String()),
		Domain:     types.StringValue(*old.Domain),
		DNSRecords: types.MapNull(kit.DNSRecordType),
		Note:       note.Text(),
	}
	m.SetBlock(serviceName, block.object(ctx, diags))
	return m, nil
}
