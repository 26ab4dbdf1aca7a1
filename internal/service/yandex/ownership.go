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

// The times that the mailboxes of a domain wait for Yandex to see the proof of ownership. If the
// record that proves it is published, the wait is long, because Yandex's resolvers may take minutes
// to see it. If not, the wait is short: the record may be published after the mailbox, and then a
// waiting mailbox would delay that.
const (
	ownershipPatience   = 5 * time.Minute
	ownershipImpatience = 3 * time.Second
)

// proofAdvice says how to make mailboxes wait for the record.
const proofAdvice = "Create the mailboxes after the record: publish dns_records[\"" + proofKey + "\"] of the postmaster_mail_domain " +
	"in a separate postmaster_dns_records, and name that resource in depends_on of the mailboxes."

// ownerships are the domains whose ownership Yandex has seen proven. The zero value has none.
type ownerships struct {
	known    api.Cache[struct{}]
	awaited  sync.Map      // the domains for which there was a long wait
	Patience time.Duration // the long wait; 0 means ownershipPatience
}

// Timeout returns how long the next wait for a domain takes. Published says whether the proof is in
// the DNS. A domain gets one long wait: Terraform may create its mailboxes in several groups, and
// after a wait in vain the later groups must not repeat it.
func (o *ownerships) Timeout(domain string, published bool) time.Duration {
	if published {
		if _, again := o.awaited.LoadOrStore(domain, true); !again {
			return cmp.Or(o.Patience, ownershipPatience)
		}
	}
	return ownershipImpatience
}

// ownership is the first half of a domain's verification at Yandex, the proof of ownership. After
// it, mailboxes can be made, so that they exist before the MX record sends mail to them.
type ownership struct{ verification }

// Valid implements [verify.Verifiable].
func (v *ownership) Valid() bool { return v.found.Status != yandexapi.DomainActivate }

// Records implements [verify.Verifiable].
func (v *ownership) Records() map[string]dns.Record {
	out := v.verification.Records()
	delete(out, mxKey)
	return out
}

// Verify implements [verify.Verifiable].
func (v *ownership) Verify(ctx context.Context) (bool, map[string]string, error) {
	_, reasons, err := v.verification.Verify(ctx)
	return err == nil && v.Valid(), reasons, err
}

// awaitOwnership returns as soon as Yandex has seen the proof of a domain's ownership. All
// mailboxes of a domain share one wait. If one of them gives up, the wait goes on for the others.
func (s mailAccount) awaitOwnership(ctx context.Context, name string) error {
	begun := time.Now()
	_, err := kit.PartOf[*Account](s.run).owned.known.Get(ctx, name, func(ctx context.Context) (owned struct{}, err error) {
		return owned, s.proveOwnership(ctx, name)
	})
	if ctx.Err() != nil {
		return fmt.Errorf("the run was stopped after it had waited %s for %s to see the proof that you own %s; the next apply goes on", kit.WaitedSince(begun), serviceTitle, name)
	}
	return err
}

// proveOwnership makes Yandex check the proof if it has not seen it yet.
func (s mailAccount) proveOwnership(ctx context.Context, name string) error {
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
	w := verify.Wait{Domain: &ownership{verification{client: s.client, found: d}}, Lookup: lookup, Advice: proofAdvice}
	w.Timeout = kit.PartOf[*Account](s.run).owned.Timeout(name, w.Published(ctx))
	failing, err := w.Run(ctx)
	if err == nil && failing != "" {
		err = fmt.Errorf("no mailbox can be made in %s before %s has seen the proof that you own it. %s\n\nThe domain is left as it is, and the next apply goes on from here", name, serviceTitle, failing)
	}
	return err
}
