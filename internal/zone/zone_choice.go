package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// OpenZone finds the zone of an authorization.
func (z *Zones) OpenZone(ctx context.Context, id AuthorizationID) (*dns.Editor, dns.HostedZone, error) {
	editor, zone, _, err := z.choose(ctx, id)
	return editor, zone, err
}

// openOwn is OpenZone for records that were written before. It is the zone in which they were published,
// also if the name leads to another one now, or to several: the others have records of somebody else. If
// that zone is gone, the error is a [replacedZoneError], or says which zones there are. The ID that it
// returns leads to the zone.
func (z *Zones) openOwn(ctx context.Context, id AuthorizationID) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	recorded, _ := z.recorded.Load(id)
	zoneID, _ := recorded.(string)
	return z.openKnown(ctx, id, zoneID)
}

// openNew is openOwn for records that are new, also if they replace others. It does not matter where
// those were: Terraform does not tell it to the apply, which would then fail after they are deleted.
func (z *Zones) openNew(ctx context.Context, id AuthorizationID) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	return z.openKnown(ctx, id, "")
}

// openKnown is openOwn with the ID of the zone in which the records were published; "" if it is not
// known.
func (z *Zones) openKnown(ctx context.Context, id AuthorizationID, recorded string) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	editor, err := z.Editor(AccountKey{id.Host, id.Account})
	if err != nil {
		return nil, dns.HostedZone{}, id, err
	}
	_, kept := z.kept.Load(id)
	if _, chooses := editor.Host().(dns.ZoneChooser); !chooses || id.ZoneID != "" || kept {
		return z.choose(ctx, id)
	}
	var ambiguous *dns.AmbiguousZoneError
	named, err := editor.Zone(ctx, id.within())
	several := errors.As(err, &ambiguous)
	if !several && (err != nil || recorded == "" || named.ID == recorded) {
		return z.choose(ctx, id)
	}
	if recorded != "" {
		own := id
		own.ZoneID = recorded
		editor, zone, chosen, err := z.choose(ctx, own)
		switch {
		case err == nil && !several && zone.ID == named.ID: // recorded is another form of the ID
			return z.choose(ctx, id)
		case err == nil:
			z.opened.Store(id, zone)
		case !several && errors.Is(err, api.ErrNotFound):
			err = &replacedZoneError{error: err, named: named}
		}
		return editor, zone, chosen, err
	}
	return nil, dns.HostedZone{}, id, &undecidedZoneError{AmbiguousZoneError: ambiguous, title: z.Title(id.Host),
		why: fmt.Sprintf("the id %q does not say which one is meant. If the postmaster_dns_authorization was made while there was one zone, plan again, "+
			"without a saved plan and without -refresh=false: its id then names the zone that it has", id)}
}

// replacedZoneError says that the zone of records is gone, and that the account has another zone for
// the domain: one that was created later with the same name, or the zone above.
type replacedZoneError struct {
	error                // of the host, about the zone that is gone
	named dns.HostedZone // to which the name leads now
}

// Unwrap returns the error of the host.
func (e *replacedZoneError) Unwrap() error { return e.error }

// another says which zone the name leads to now.
func (e *replacedZoneError) another() string {
	return fmt.Sprintf("The account now has the zone %s with the id %s for this name", e.named.Apex, e.named.ID)
}

// choose is OpenZone. It also returns the ID that leads to this zone: if the name of the zone does
// not, because the account has several zones with that name, the ID has the zone's own ID, in the
// host's form.
func (z *Zones) choose(ctx context.Context, id AuthorizationID) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	editor, err := z.Editor(AccountKey{id.Host, id.Account})
	if err != nil {
		return nil, dns.HostedZone{}, id, err
	}
	zone, chosen, err := z.find(ctx, editor, id)
	if err == nil {
		err = z.refuseOther(id, zone)
	}
	if err != nil {
		return nil, dns.HostedZone{}, id, err
	}
	z.opened.Store(id, zone)
	z.opened.Store(chosen, zone)
	return editor, zone, chosen, nil
}

// find finds the zone by its ID or by its name, unless an authorization in the state knows better; see
// reopen.
func (z *Zones) find(ctx context.Context, editor *dns.Editor, id AuthorizationID) (dns.HostedZone, AuthorizationID, error) {
	chosen := id
	if _, chooses := editor.Host().(dns.ZoneChooser); chooses && id.ZoneID != "" {
		zone, err := editor.ZoneByID(ctx, id.ZoneID)
		chosen.ZoneID = zone.ID
		return zone, chosen, err
	}
	if kept, ok := z.kept.Load(id); ok {
		zone := kept.(dns.HostedZone) //nolint:forcetypeassert // nothing else is kept
		chosen.ZoneID = zone.ID
		return zone, chosen, nil
	}
	zone, err := editor.Zone(ctx, id.within())
	var ambiguous *dns.AmbiguousZoneError
	switch {
	case errors.As(err, &ambiguous):
		zone, err = z.oneOf(ctx, id, ambiguous)
		chosen.ZoneID = zone.ID
	case err == nil && id.ZoneID != "":
		chosen.ZoneID = ""
		if zone.ID != id.ZoneID {
			err = &api.Error{Service: z.Title(id.Host), Op: "find the zone with the id", Object: id.ZoneID,
				Answer: fmt.Sprintf("zones are found by name only here, and the zone %s has the id %s", zone.Apex, zone.ID),
				Advice: "Leave zone_id out: this host has one zone of each name"}
		}
	}
	return zone, chosen, err
}

// refuseOther returns an error if a zone is not that of the authorization.
func (z *Zones) refuseOther(id AuthorizationID, zone dns.HostedZone) error {
	wrong := &api.Error{Service: z.Title(id.Host), Op: "find the zone"}
	switch {
	case id.Zone != "" && zone.Apex != id.Zone && id.ZoneID != "":
		wrong.Object, wrong.Answer = id.Zone, fmt.Sprintf("the zone with the id %s is %s", id.ZoneID, zone.Apex)
		wrong.Advice = "Correct zone or zone_id of the postmaster_dns_authorization"
	case id.Zone != "" && zone.Apex != id.Zone:
		wrong.Object, wrong.Kind, wrong.Answer = id.Zone, api.ErrNotFound, "the account has no such zone, only "+zone.Apex
		wrong.Advice = "Remove zone from the postmaster_dns_authorization, or correct it"
	case !zone.Holds(id.Domain) && id.ZoneID != "":
		wrong.Object, wrong.Answer = id.Domain, fmt.Sprintf("%s is not in the zone %s, which has the id %s", id.Domain, zone.Apex, id.ZoneID)
		wrong.Advice = "Correct zone_id of the postmaster_dns_authorization"
	case !zone.Holds(id.Domain):
		wrong.Object, wrong.Answer = id.Domain, fmt.Sprintf("%s is not in the zone %s", id.Domain, zone.Apex)
		wrong.Advice = "Correct zone of the postmaster_dns_authorization"
	default:
		return nil
	}
	return wrong
}

// reopen is choose for an authorization in the state, which knows the ID of its zone. If the name
// does not lead to this zone any more, the zone stays the same: another zone with that name may have
// come, or one below it, or the permission to list zones may have gone. The resources of this run that
// refer to the authorization by its earlier ID then get that zone, too. If the zone is gone and the name
// leads to another one, it is that one.
func (z *Zones) reopen(ctx context.Context, id AuthorizationID, known string) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	editor, err := z.Editor(AccountKey{id.Host, id.Account})
	if err != nil || id.ZoneID != "" || known == "" {
		return z.choose(ctx, id)
	}
	if _, chooses := editor.Host().(dns.ZoneChooser); !chooses {
		return z.choose(ctx, id)
	}
	named, err := editor.Zone(ctx, id.within())
	var ambiguous *dns.AmbiguousZoneError
	several, another := errors.As(err, &ambiguous), err == nil && named.ID != known
	if !several && !another && !errors.Is(err, api.ErrAuth) {
		return z.choose(ctx, id)
	}
	same := id
	same.ZoneID = known
	editor, zone, chosen, byID := z.choose(ctx, same)
	switch {
	case byID == nil && another && zone.ID == named.ID: // known is another form of the ID
		return z.choose(ctx, id)
	case byID != nil && (several || another && errors.Is(byID, api.ErrNotFound)):
		return z.choose(ctx, id) // the zone is not there any more, but others are
	case byID != nil && another:
		return nil, dns.HostedZone{}, id, byID
	case byID != nil:
		return nil, dns.HostedZone{}, id, err
	}
	z.kept.Store(id, zone)
	return editor, zone, chosen, nil
}

// deeper returns the zone to which the name of an authorization leads, if that is not its zone.
func (z *Zones) deeper(ctx context.Context, id AuthorizationID, own dns.HostedZone) (dns.HostedZone, bool) {
	editor, err := z.Editor(AccountKey{id.Host, id.Account})
	if err != nil {
		return dns.HostedZone{}, false
	}
	named, err := editor.Zone(ctx, id.within()) // it was asked before, so this is no call
	return named, err == nil && named.Apex != own.Apex
}

// oneOf chooses between zones with one name by the public DNS. The resources in a zone share the
// answer.
func (z *Zones) oneOf(ctx context.Context, id AuthorizationID, ambiguous *dns.AmbiguousZoneError) (dns.HostedZone, error) {
	return z.choices.Get(ctx, id.Host+"@"+id.Account+"/"+ambiguous.Apex, func(ctx context.Context) (dns.HostedZone, error) {
		public, found, err := z.delegation(ctx, ambiguous.Apex)
		undecided := &undecidedZoneError{AmbiguousZoneError: ambiguous, title: z.Title(id.Host), unanswered: err != nil}
		switch {
		case err != nil:
			undecided.why = "the public DNS, which could tell, was not asked successfully: " + err.Error()
		case !found:
			undecided.why = "the public DNS, which could tell, does not know " + ambiguous.Apex
		default:
			if zone, ok := ambiguous.Delegated(public.NameServers); ok {
				return zone, nil
			}
			undecided.why = fmt.Sprintf("the public DNS does not tell, because %s is delegated to %s: these are not the name servers of exactly one of them",
				ambiguous.Apex, strings.Join(public.NameServers, ", "))
		}
		return dns.HostedZone{}, undecided
	})
}

// undecidedZoneError says that a zone could not be chosen, and lists the candidates.
type undecidedZoneError struct {
	*dns.AmbiguousZoneError
	title string // of the host
	why   string // the public DNS did not decide, in the middle of a sentence
	// unanswered says that the DNS was not asked successfully, so that it may decide later.
	unanswered bool
}

// Error lists the candidates, and says what to do.
func (e *undecidedZoneError) Error() string {
	lines := make([]string, len(e.Zones))
	for i, zone := range e.Zones {
		lines[i] = "    " + zone.ID
		if len(zone.NameServers) > 0 {
			lines[i] += ", with the name servers " + strings.Join(zone.NameServers, ", ")
		}
	}
	return fmt.Sprintf("%s: the account has several zones called %s, and %s. The zones are:\n\n%s\n\n"+
		"Set zone_id of the postmaster_dns_authorization to one of these ids. Where the id of an authorization is written by hand, put %sID behind it",
		e.title, e.Apex, e.why, strings.Join(lines, "\n"), idZoneID)
}

// Unwrap returns the error of the host.
func (e *undecidedZoneError) Unwrap() error { return e.AmbiguousZoneError }

// delegation asks the public DNS for a zone. Found is false if the DNS reliably answers that there
// is no zone with that name.
func (z *Zones) delegation(ctx context.Context, apex string) (zone dns.Zone, found bool, err error) {
	lookup, err := z.run.Lookup()
	if err != nil {
		return zone, false, err
	}
	zone, err = lookup.Apex(ctx, apex)
	var none *dns.NoSuchZoneError
	switch {
	case errors.As(err, &none):
		return zone, false, nil
	case err != nil:
		return zone, false, err
	}
	return zone, zone.Apex == apex, nil
}

// zoneOf returns what is known, without a call, of the zone with an apex in which an authorization's
// records are. The ID is empty if it is not known yet.
func (z *Zones) zoneOf(id AuthorizationID, apex string) dns.HostedZone {
	if zone, ok := z.opened.Load(id); ok && zone.(dns.HostedZone).Apex == apex { //nolint:forcetypeassert // nothing else is kept
		return zone.(dns.HostedZone) //nolint:forcetypeassert // nothing else is kept
	}
	return dns.HostedZone{Apex: apex, ID: id.ZoneID}
}

// toldProblem is a problem that was reported about a zone.
type toldProblem struct {
	zone string // its ID
	dns.Problem
}

// said notes problems that were reported to the person.
func (z *Zones) said(zone dns.HostedZone, problems []dns.Problem) {
	for _, p := range problems {
		z.told.Store(toldProblem{zone.ID, p}, nil)
	}
}

// unsaid leaves out problems that were already reported. The first changes of an apply are
// previewed like a plan (see [protocol.Applying]) and then published, so they would report the same
// problem twice.
func (z *Zones) unsaid(zone dns.HostedZone, problems []dns.Problem) []dns.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p dns.Problem) bool {
		_, told := z.told.Load(toldProblem{zone.ID, p})
		return told
	})
}
