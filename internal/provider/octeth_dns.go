package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// The ways to a DNS host, as `via` has them.
const (
	viaDirect = "direct" // this provider asks the DNS, and the host
	viaOcteth = "octeth" // Octeth does
)

// octethAccess is how Octeth comes into an account at a DNS host.
type octethAccess struct {
	// credentials are the account's, as Octeth takes them.
	credentials octeth.Credentials
	// unusable is why there are none for it, although there may be some that
	// serve here; nil if there are.
	unusable error
}

// octethCredentials are the credentials of an authorization's account, as Octeth
// takes them to edit the zone by itself, with what it calls the DNS host. The error
// says which attributes have to be set, or that Octeth cannot write there at all.
// While [services.pending] says that the account is not known yet, it is an
// api.ErrNotConfigured.
func (r *Run) octethCredentials(id authorizationID) (provider string, c octeth.Credentials, err error) {
	kind := hostNamed(id.Host)
	if kind == nil {
		return "", c, unknownHost(id.Host)
	}
	if kind.octeth == "" {
		return "", c, &api.Error{Service: octethTitle, Op: "edit the zone of", Object: id.Domain,
			Answer: fmt.Sprintf("Octeth writes records only at %s, and this zone is at %s", strings.Join(octethHostTitles(), ", "), kind.title),
			Advice: `Publish the records with postmaster_dns_records, and leave Octeth out of it: no via = "octeth", no octeth.dns_authorization_id`}
	}
	key := accountKey{id.Host, id.Account}
	if r.Sandbox() != nil {
		// Nobody needs credentials there; but who gives some of a form that Octeth
		// cannot use learns it there.
		if settings, ok := zonesOf(r).hostSettings(key); ok && settings.missing == nil && settings.octeth.unusable != nil {
			return "", c, settings.octeth.unusable
		}
		return kind.octeth, kind.simulatedOcteth, nil
	}
	settings, err := zonesOf(r).settingsOf(kind, id.Account)
	switch {
	case err != nil:
		return "", c, err
	case settings.pending:
		return "", c, settings.missing
	case settings.octeth.unusable != nil:
		return "", c, settings.octeth.unusable
	case settings.missing != nil:
		return "", c, settings.missing
	}
	return kind.octeth, settings.octeth.credentials, nil
}

// checkOctethCredentials is octethCredentials at plan: credentials that are not
// known yet are no error until apply.
func (r *Run) checkOctethCredentials(id authorizationID) error {
	_, _, err := r.octethCredentials(id)
	if errors.Is(err, api.ErrNotConfigured) && zonesOf(r).pending(id) {
		return nil
	}
	return err
}

// octethHosts are the hosts that Octeth writes records at.
func octethHosts() []*hostKind {
	var kinds []*hostKind
	for _, kind := range hostKinds {
		if kind.octeth != "" {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func octethHostTitles() []string {
	var titles []string
	for _, kind := range octethHosts() {
		titles = append(titles, kind.title)
	}
	return titles
}

// octethAtGoDaddy is what Octeth needs there, where it knows the API of version 1
// alone: a token of version 3 does not serve it.
func octethAtGoDaddy(key, keySecret setting) octethAccess {
	access := octethAccess{credentials: octeth.Credentials{Key: key.value, Secret: keySecret.value}}
	var lacking *api.Error
	if errors.As(missing(octethTitle, key, keySecret), &lacking) {
		lacking.Op, lacking.Object = "edit zones at", "GoDaddy"
		lacking.Answer = "Octeth takes an API key with its secret (API v1) there, and no token"
		access.unusable = lacking
	}
	return access
}

// octethDNSProvider asks Octeth who hosts the DNS of a domain. The error matches
// api.ErrNotFound where it cannot tell.
func (r *Run) octethDNSProvider(ctx context.Context, domain string) (string, error) {
	name, err := dns.Canonical(domain)
	if err != nil {
		return "", err
	}
	client, err := PartOf[*octethAccount](r).Client()
	if err != nil {
		return "", err
	}
	return client.DNSProvider(ctx, name)
}

// authorizeOcteth has Octeth try the credentials of an authorization's account.
func (r *Run) authorizeOcteth(ctx context.Context, id authorizationID) error {
	host, credentials, err := r.octethCredentials(id)
	if err != nil {
		return err
	}
	client, err := PartOf[*octethAccount](r).Client()
	if err != nil {
		return err
	}
	return client.DNSAuthorize(ctx, host, id.Domain, credentials)
}

// hostOfOcteth is the host that Octeth calls by a name; nil if it is none that it
// writes records at with credentials of ours.
func hostOfOcteth(name string) *hostKind {
	for _, kind := range octethHosts() {
		if kind.octeth == name {
			return kind
		}
	}
	return nil
}
