package provider

import (
	"context"
	"errors"
	"strings"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// publishedKey is a DKIM key record as the DNS gives it.
type publishedKey struct {
	text string
	ttl  time.Duration
}

// findPublishedKey returns a key record that is in force at name; nil without an
// error means that there verifiably is none. It asks the authoritative servers;
// where a firewall allows no questions but to a resolver, the resolver's answer
// has to do.
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
			return findResolvedKey(ctx, lookup, name) // published somewhere else, as senders have it done
		}
	}
	return nil, nil
}

func findResolvedKey(ctx context.Context, lookup *dns.Lookup, name string) (*publishedKey, error) {
	answer, err := lookup.Recursive(ctx, name, miekg.TypeTXT)
	if err != nil {
		return nil, err
	}
	return keyAmong(answer.Records), nil
}

// keyAmong returns the first record that a receiver would take for a key in
// force. A revoked one (an empty p=, RFC 6376 section 3.6.1) is none; neither is
// what a wildcard answers for every name, such as an SPF record. A key that only
// we cannot read is one.
func keyAmong(records []miekg.RR) *publishedKey {
	for _, rr := range records {
		txt, ok := rr.(*miekg.TXT)
		if !ok {
			continue
		}
		text := strings.Join(txt.Txt, "")
		key, err := mailrecord.ParseDKIM(text)
		if err == nil && key.Revoked() || err != nil && !strings.Contains(text, "p=") {
			continue
		}
		return &publishedKey{text: text, ttl: time.Duration(txt.Hdr.Ttl) * time.Second}
	}
	return nil
}
