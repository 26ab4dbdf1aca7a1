package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// rotationWarning warns how long resolvers may keep the old record. What the DNS says appears only
// in the warning, because planned values must not depend on it.
func (r *dkimKeyResource) rotationWarning(ctx context.Context, state dkimKeyModel) string {
	service := "The mail service"
	d, ok := r.domainOf(state)
	if ok {
		service = kit.StartOfSentence(d.signer.Title())
	}
	text := service + " signs with the new key as soon as it is made, while resolvers keep the old record until its TTL has passed. " +
		"Mail sent in between fails DKIM at receivers that hold the old record, so choose a quiet hour and publish the new record in the same apply."
	if !ok || r.Run == nil {
		return text
	}
	name := d.recordName()
	published, err := r.publishedKey(ctx, name)
	if err != nil || published == nil {
		return text
	}
	return text + fmt.Sprintf(" The record at %s may be cached for up to %s.", name, published.ttl)
}

// publishedKey looks for a key at the selector.
func (r *dkimKeyResource) publishedKey(ctx context.Context, name string) (*publishedKey, error) {
	lookup, err := r.Run.Lookup()
	if err != nil {
		return nil, err
	}
	return findPublishedKey(ctx, lookup, name)
}

// refuseExisting adds an error if a key is in use. The published record decides. The service is
// asked only if the DNS gives no answer, because it then exports the domain and archives all its
// mail.
func (r *dkimKeyResource) refuseExisting(ctx context.Context, d signedDomain, maker DKIMMaker, diags *diag.Diagnostics) {
	name := d.recordName()
	wayOut := "If " + maker.Title() + " signs with that key, take it over by writing\n\n" + kit.ImportBlock(dkimKeyType, d.String()) +
		"\n\nTo make a new key nevertheless, set replace_existing = true and publish its record in the same apply."
	published, err := r.publishedKey(ctx, name)
	if err == nil {
		if published != nil {
			diags.AddError("A DKIM key is published at this selector",
				fmt.Sprintf("%s has the record\n\n%s\n\nand mail signed with another key would fail. %s", name, published.text, wayOut))
		}
		return
	}
	key, exportErr := r.readKey(ctx, d)
	switch {
	case exportErr != nil:
		diags.AddError("Unable to tell whether a DKIM key is in use",
			fmt.Sprintf("The name servers of %s could not be asked (%s), and neither could %s (%s). "+
				"Set dns_resolvers in the provider configuration to a resolver that can be reached, or replace_existing = true if no mail is signed yet.", d.Domain, err, maker.Title(), exportErr))
	case key != nil:
		diags.AddError("A DKIM key is in force",
			fmt.Sprintf("%s has a key for %s, and whether it is published could not be seen (%s). %s", kit.StartOfSentence(maker.Title()), d.Domain, err, wayOut))
	}
}

// publishedKey is a DKIM key record in the DNS.
type publishedKey struct {
	text string
	ttl  time.Duration
}

// findPublishedKey returns the key record in force at a name. A nil result without an error means
// that there certainly is none. It asks the authoritative name servers. If a firewall blocks them,
// it uses the answer of a resolver.
func findPublishedKey(ctx context.Context, lookup *dns.Lookup, name string) (*publishedKey, error) {
	authority, err := lookup.Authoritative(ctx, name, miekg.TypeTXT)
	var noZone *dns.NoSuchZoneError
	var unreachable *dns.UnreachableError
	switch {
	case errors.As(err, &noZone):
		return nil, nil
	case errors.As(err, &unreachable):
		return findResolvedKey(ctx, lookup, name)
	case err != nil:
		return nil, err
	}
	for _, answer := range authority.Responding() {
		if key := keyAmong(answer.Records); key != nil {
			return key, nil
		}
		if answer.Alias != "" {
			return findResolvedKey(ctx, lookup, name) // published under another name, as with many senders
		}
	}
	return nil, nil
}

// findResolvedKey asks the resolver for the key record at a name.
func findResolvedKey(ctx context.Context, lookup *dns.Lookup, name string) (*publishedKey, error) {
	answer, err := lookup.Recursive(ctx, name, miekg.TypeTXT)
	if err != nil {
		return nil, err
	}
	return keyAmong(answer.Records), nil
}

// keyAmong returns the first record that a receiver would accept as a key in force. A revoked key
// (an empty p=, RFC 6376, section 3.6.1) does not count. Neither does a wildcard's answer for every
// name, such as an SPF record. A key that only this provider cannot parse does count.
func keyAmong(records []miekg.RR) *publishedKey {
	for _, rr := range records {
		r, err := dns.RecordFromWire(rr)
		if err != nil || r.Type != "TXT" {
			continue
		}
		key, err := mailrecord.ParseDKIM(r.Value)
		if err == nil && key.Revoked() || err != nil && !strings.Contains(r.Value, "p=") {
			continue
		}
		return &publishedKey{text: r.Value, ttl: time.Duration(r.TTL) * time.Second}
	}
	return nil
}
