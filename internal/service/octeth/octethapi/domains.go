package octethapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// commands are the platform's names for the commands of a kind, and other differences between the
// kinds.
type commands struct {
	list, get, create, update, remove, verify string

	name             string // the parameter for the name of a new domain
	notFoundAtUpdate int64  // the code of update for a missing domain; the other commands have 2
	full             int64  // the code for a domain beyond the user's limit
	badLabel         int64  // the code of create for a refused label; update has 6
}

var commandsOf = map[Kind]commands{
	Campaign: {
		list: "user.senderdomain.list", get: "user.senderdomain.get", create: "user.senderdomain.create",
		update: "user.senderdomain.update", remove: "user.senderdomain.delete", verify: "user.senderdomain.verify",
		name: "SenderDomain", notFoundAtUpdate: 2, full: 5, badLabel: 6,
	},
	EmailGateway: {
		list: "EmailGateway.GetDomains", get: "EmailGateway.GetDomain", create: "EmailGateway.AddDomain",
		update: "EmailGateway.UpdateDomain", remove: "EmailGateway.DeleteDomain", verify: "EmailGateway.VerifyDomain",
		name: "DomainName", notFoundAtUpdate: 5, full: 3, badLabel: 4,
	},
}

// notFound has the code of a command that did not find its domain.
var notFound = meanings{2: {kind: api.ErrNotFound, advice: notFoundAdvice}}

const notFoundAdvice = "It has been deleted, or belongs to another user"

// known refuses unknown kinds.
func known(r api.Request, kind Kind) error {
	if _, found := commandsOf[kind]; !found {
		return report.Problem(r, nil, fmt.Sprintf("there is no kind %q of sender domains", kind), "")
	}
	return nil
}

// Registers refuses an operation, such as a creation or an import, if the platform's version has no
// calls for domains of that kind. The error matches api.ErrNotConfigured. A domain with a known
// number can be read all the same: the platform gave the number, so it is new enough, whatever the
// configuration says.
func (c *Client) Registers(op string, kind Kind, object string) error {
	if kind == Campaign && !c.RegistersCampaigns() {
		return report.Problem(api.Request{Op: op, Object: object}, api.ErrNotConfigured,
			fmt.Sprintf("Octeth %s has no calls for campaign domains; %s is the first that has", c.version, campaignCalls), setVersion)
	}
	return nil
}

// Domains returns all sender domains of a kind. The slice and its elements are shared and must not
// be changed.
func (c *Client) Domains(ctx context.Context, kind Kind) ([]SenderDomain, error) {
	return c.lists.Get(ctx, string(kind), func(ctx context.Context) ([]SenderDomain, error) { return c.list(ctx, kind) })
}

func (c *Client) list(ctx context.Context, kind Kind) ([]SenderDomain, error) {
	command := commandsOf[kind]
	r := c.command(command.list, nil)
	r.Op, r.Repeat = fmt.Sprintf("list the %s domains", kind), api.Safely
	if err := known(r, kind); err != nil {
		return nil, err
	}
	var got struct {
		SenderDomains, Domains *api.List[domain]
	}
	if err := c.call(ctx, r, nil, &got); err != nil {
		return nil, err
	}
	rows := got.SenderDomains
	if kind == EmailGateway {
		rows = got.Domains
	}
	if rows == nil {
		// Without the list, an empty one cannot be told from an answer to another call.
		return nil, report.Unintelligible(r)
	}
	all := make([]SenderDomain, 0, len(rows.Rows))
	for _, row := range rows.Rows {
		d := row.model(kind)
		if d.ID == 0 || d.Domain == "" {
			return nil, report.Unintelligible(r)
		}
		if d.Status != Deleted {
			all = append(all, d)
		}
	}
	c.looked.see(kind, all)
	return all, nil
}

// Domain returns one sender domain. If the list does not have it, the platform is asked for it
// alone; the error is api.ErrNotFound if it then says that there is none.
func (c *Client) Domain(ctx context.Context, kind Kind, id int64) (SenderDomain, error) {
	all, err := c.Domains(ctx, kind)
	if err != nil {
		return SenderDomain{}, err
	}
	if i := slices.IndexFunc(all, func(d SenderDomain) bool { return d.ID == id }); i >= 0 {
		return all[i], nil
	}
	return c.Details(ctx, kind, id)
}

// DomainByName returns the sender domain of that name. If the platform lists none, the error is
// api.ErrNotFound.
func (c *Client) DomainByName(ctx context.Context, kind Kind, name string) (SenderDomain, error) {
	all, err := c.Domains(ctx, kind)
	if err != nil {
		return SenderDomain{}, err
	}
	if i := slices.IndexFunc(all, func(d SenderDomain) bool { return strings.EqualFold(d.Domain, name) }); i >= 0 {
		return all[i], nil
	}
	return SenderDomain{}, &api.Error{Service: service, Op: "read", Object: label(kind, name), Kind: api.ErrNotFound,
		Answer: fmt.Sprintf("it is not among the %d %s domains of this user", len(all), kind)}
}

// Details reads one sender domain by itself, because versions before 5.9.1 list no options. If the
// platform does not find it, the error is api.ErrNotFound.
func (c *Client) Details(ctx context.Context, kind Kind, id int64) (SenderDomain, error) {
	r := c.command(commandsOf[kind].get, map[string]any{"DomainID": id})
	r.Op, r.Object, r.Repeat = "read", label(kind, id), api.Safely
	if err := known(r, kind); err != nil {
		return SenderDomain{}, err
	}
	var got answer
	if err := c.call(ctx, r, notFound, &got); err != nil {
		return SenderDomain{}, err
	}
	d := got.one().model(kind)
	switch {
	case d.ID != id || d.Domain == "":
		return SenderDomain{}, report.Unintelligible(r)
	case d.Status == Deleted:
		return SenderDomain{}, report.Problem(r, api.ErrNotFound, "it has been deleted", "")
	}
	return d, nil
}

// Update changes options of a sender domain; nil leaves an option as it is. regenerated is whether
// the platform has made new records: the old ones are then useless, and the domain has to be
// verified again. If the domain is gone, the error is api.ErrNotFound.
func (c *Client) Update(ctx context.Context, kind Kind, id int64, change Options) (d SenderDomain, regenerated bool, err error) {
	command := commandsOf[kind]
	params := change.params(kind)
	params["DomainID"] = id
	r := c.command(command.update, params)
	r.Op, r.Object = "update", label(kind, id)
	if err := known(r, kind); err != nil {
		return SenderDomain{}, false, err
	}
	if err := c.takes(r, kind, change); err != nil {
		return SenderDomain{}, false, err
	}
	var got answer
	err = c.call(ctx, r, meanings{
		command.notFoundAtUpdate: {kind: api.ErrNotFound, advice: notFoundAdvice},
		6:                        {advice: labelAdvice},
		10:                       {advice: "Verify the domain first"},
	}, &got)
	c.lists.Forget(string(kind))
	if err != nil {
		return SenderDomain{}, false, err
	}
	if d = got.one().model(kind); d.ID != 0 && d.ID != id {
		return SenderDomain{}, false, otherDomain(r, label(kind, d.ID))
	}
	// Older versions do not say so. But a label is only sent to change it.
	regenerated = bool(got.DNSRegenerated) || bool(got.SubdomainChanged) || change.Subdomain != nil && c.version.before(gatewayLabels)
	d.ID, d.Kind = id, kind
	if d, err = c.whole(ctx, d, regenerated && d.Records == nil); err != nil {
		return SenderDomain{}, regenerated, fmt.Errorf("the platform says that the update was made, but what has come of it cannot be read: %w", err)
	}
	if lacking := change.lackingIn(d); len(lacking) > 0 {
		return SenderDomain{}, regenerated, report.Problem(r, api.ErrUnavailable,
			"the platform says that it was done, but shows the domain without it: "+strings.Join(lacking, ", "), "Look at the domain in Octeth, and run again")
	}
	return d, regenerated, nil
}

// usesTracking is whether tracking has a name of its own. Answers mention it only if there is none.
func (o Options) usesTracking() *bool {
	if o.UseTrackingSubdomain == nil {
		return new(true)
	}
	return o.UseTrackingSubdomain
}

// lackingIn names the options of a change that an answer about the domain does not show. If the
// answer has no options at all, it returns nothing. An answer may leave out a label that the
// records have.
func (o Options) lackingIn(d SenderDomain) []string {
	shown := d.Options
	if shown.LinkTracking == nil && shown.OpenTracking == nil && shown.UnsubscribeLink == nil {
		return nil
	}
	var lacking []string
	for name, pair := range map[string][2]*bool{
		"link tracking": {o.LinkTracking, shown.LinkTracking}, "open tracking": {o.OpenTracking, shown.OpenTracking},
		"link to unsubscribe": {o.UnsubscribeLink, shown.UnsubscribeLink}, "name for tracking": {o.UseTrackingSubdomain, shown.usesTracking()},
	} {
		if pair[0] != nil && pair[1] != nil && *pair[0] != *pair[1] {
			lacking = append(lacking, name)
		}
	}
	for name, pair := range map[string][2]*string{"subdomain": {o.Subdomain, shown.Subdomain}, "prefix for tracking": {o.TrackPrefix, shown.TrackPrefix}} {
		switch wanted, is := pair[0], pair[1]; {
		case wanted == nil:
		case is != nil && !strings.EqualFold(*wanted, *is), is == nil && *wanted != "" && !d.standsAt(*wanted):
			lacking = append(lacking, name)
		}
	}
	slices.Sort(lacking)
	return lacking
}

// standsAt is whether a label is in the name of one of the records: alone, or followed by a hyphen
// as tracking prefixes are.
func (d SenderDomain) standsAt(label string) bool {
	for host := range d.Records {
		for part := range strings.SplitSeq(host, ".") {
			if part = strings.ToLower(part); part == strings.ToLower(label) || strings.HasPrefix(part, strings.ToLower(label)+"-") {
				return true
			}
		}
	}
	return false
}

// whole reads a domain again after an answer has shown part of it, with its records if they are
// wanted. Older versions show records only in a verification. What the read does not show is taken
// from the earlier answer.
func (c *Client) whole(ctx context.Context, shown SenderDomain, withRecords bool) (SenderDomain, error) {
	kind, id := shown.Kind, shown.ID
	d, err := c.Details(ctx, kind, id)
	if err != nil {
		return SenderDomain{}, err
	}
	if d.Options == (Options{}) {
		d.Options = shown.Options
	}
	if d.Records == nil {
		d.Records = shown.Records
	}
	if withRecords && d.Records == nil {
		verified, err := c.Verify(ctx, kind, id)
		if err != nil {
			return SenderDomain{}, err
		}
		d.Records, d.Status = verified.Records, verified.Status
	}
	return d, nil
}

const labelAdvice = "A subdomain and a tracking prefix consist of at most 32 letters, digits and hyphens, without a hyphen at either end"

// Delete deletes a sender domain. If it is gone already, the error is api.ErrNotFound.
func (c *Client) Delete(ctx context.Context, kind Kind, id int64) error {
	r := c.command(commandsOf[kind].remove, map[string]any{"DomainID": id})
	// A second call finds nothing to delete, which has the same meaning.
	r.Op, r.Object, r.Repeat = "delete", label(kind, id), api.Safely
	if err := known(r, kind); err != nil {
		return err
	}
	err := c.call(ctx, r, notFound, nil)
	c.lists.Forget(string(kind))
	if err == nil {
		err = c.proveGone(ctx, r, kind, id)
	}
	if err == nil || errors.Is(err, api.ErrNotFound) {
		c.looked.forget(kind, id)
	}
	return err
}

// proveGone checks that a domain is gone after the platform said that it has deleted it.
func (c *Client) proveGone(ctx context.Context, r api.Request, kind Kind, id int64) error {
	switch _, err := c.Details(ctx, kind, id); {
	case errors.Is(err, api.ErrNotFound):
		return nil
	case err != nil:
		return report.Unproven(r, nil, err, "the platform said that it was done", "Run again when the platform works: that shows whether it was done")
	}
	return report.Problem(r, api.ErrUnavailable, "the platform says that it was done, but still has the domain", "Look at the domain in Octeth, and run again")
}

// label is the name of a domain in messages, which is its import id.
func label[T int64 | string](kind Kind, which T) string {
	return fmt.Sprintf("octeth/%s/%v", kind, which)
}

// params returns the options by the parameter names of a kind. Campaigns have truth values, the
// gateway has numbers.
func (o Options) params(kind Kind) map[string]any {
	params := map[string]any{}
	set := func(name string, value *bool, negated bool) {
		if value == nil {
			return
		}
		on := *value != negated
		params[name] = on
		if kind == EmailGateway {
			params[name] = 0
			if on {
				params[name] = 1
			}
		}
	}
	set("LinkTracking", o.LinkTracking, false)
	set("OpenTracking", o.OpenTracking, false)
	set("UnsubscribeLink", o.UnsubscribeLink, false)
	subdomain, prefix := "CustomSubdomain", "CustomTrackPrefix"
	if kind == EmailGateway {
		subdomain, prefix = "Subdomain", "TrackPrefix"
		set("TrackPrefixDisabled", o.UseTrackingSubdomain, true)
	} else {
		set("UseTrackingSubdomain", o.UseTrackingSubdomain, false)
	}
	if o.Subdomain != nil {
		params[subdomain] = *o.Subdomain
	}
	if o.TrackPrefix != nil {
		params[prefix] = *o.TrackPrefix
	}
	return params
}

// takes refuses options that the platform's version would silently ignore.
func (c *Client) takes(r api.Request, kind Kind, o Options) error {
	if kind == EmailGateway && c.version.before(gatewayLabels) && (o.TrackPrefix != nil || o.UseTrackingSubdomain != nil) {
		return report.Problem(r, nil, "Octeth "+c.version.String()+" takes no tracking prefix for domains of the email gateway; 5.8 is the first that does",
			"Leave track_prefix and use_tracking_subdomain out, or set api_version of octeth in the provider configuration if the installation is newer")
	}
	return nil
}

// idOf returns the id in the answer to the creation of a domain.
func (a answer) idOf() int64 {
	for _, id := range []api.Number{a.NewSenderDomainID, a.DomainID, a.one().DomainID} {
		if id.Value != 0 {
			return id.Value
		}
	}
	return 0
}
