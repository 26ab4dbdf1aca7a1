package yandex

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

// How long the mailboxes of a domain wait for Yandex to see whose the domain is: with
// patience where the record that proves it is published, which the service's resolvers may
// take minutes to see, and hardly at all where it is not. A mailbox that waited for a record
// that comes after it would take the place of that record's write.
const (
	OwnershipPatience   = 5 * time.Minute
	OwnershipImpatience = 3 * time.Second
)

// proofAdvice is for mailboxes that come before the record.
const proofAdvice = "Let the mailboxes come after it: publish dns_records[\"" + yandexProofKey + "\"] of the postmaster_mail_domain " +
	"in a postmaster_dns_records of its own, and name that in depends_on of the mailboxes."

// YandexOwnerships are the domains that Yandex knows to be ours. The zero value knows of none.
type YandexOwnerships struct {
	known    api.Cache[struct{}]
	awaited  sync.Map      // the domains that were waited for with patience
	Patience time.Duration // default ownershipPatience
}

// Timeout is how long the next wait for a domain is. Mailboxes that begin after a wait in
// vain, as there are more of them than begin together, do not repeat it one after the other.
func (o *YandexOwnerships) Timeout(domain string, published bool) time.Duration {
	if published {
		if _, again := o.awaited.LoadOrStore(domain, true); !again {
			return cmp.Or(o.Patience, OwnershipPatience)
		}
	}
	return OwnershipImpatience
}

// yandexOwnership is the first half of a domain's verification at Yandex: that it is ours.
// Mailboxes can be made from then on, so that they are there before the MX record sends
// them mail.
type yandexOwnership struct{ yandexVerification }

func (v *yandexOwnership) Valid() bool { return v.found.Status != yandexapi.DomainActivate }

func (v *yandexOwnership) Records() map[string]dns.Record {
	out := v.yandexVerification.Records()
	delete(out, yandexMXKey)
	return out
}

func (v *yandexOwnership) Verify(ctx context.Context) (bool, map[string]string, error) {
	_, reasons, err := v.yandexVerification.Verify(ctx)
	return err == nil && v.Valid(), reasons, err
}

// awaitOwnership returns as soon as Yandex knows that a domain is ours. All mailboxes of a
// domain share one wait, which goes on for the others where one of them gives up.
func (s yandexMail) awaitOwnership(ctx context.Context, name string) error {
	begun := time.Now()
	_, err := kit.PartOf[*Account](s.run).Owned.known.Get(ctx, name, func(ctx context.Context) (owned struct{}, err error) {
		return owned, s.proveOwnership(ctx, name)
	})
	if ctx.Err() != nil {
		return fmt.Errorf("the run was stopped after it had waited %s for %s to see that %s is ours; the next apply goes on", kit.WaitedSince(begun), yandexTitle, name)
	}
	return err
}

// proveOwnership has Yandex look for the proof where it has not seen it yet.
func (s yandexMail) proveOwnership(ctx context.Context, name string) error {
	d, err := s.client.Details(ctx, name)
	if err == nil && d.Status == yandexapi.DomainActivate {
		d, err = s.client.RegistrationStatus(ctx, name)
	}
	if err != nil || d.Status != yandexapi.DomainActivate {
		return err
	}
	lookup, err := s.run.Lookup()
	if err != nil {
		return err
	}
	w := verify.Wait{Domain: &yandexOwnership{yandexVerification{client: s.client, found: d}}, Lookup: lookup, Advice: proofAdvice}
	w.Timeout = kit.PartOf[*Account](s.run).Owned.Timeout(name, w.Published(ctx))
	failing, err := w.Run(ctx)
	if err == nil && failing != "" {
		err = fmt.Errorf("there are no mailboxes in %s before %s has seen that it is ours. %s\n\nThe domain is left as it is, and the next apply goes on from here", name, yandexTitle, failing)
	}
	return err
}
