package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/yandex"
)

// How long the first mailbox of a domain waits for Yandex to see whose the domain is:
// with patience where the record that proves it is published, which the service's
// resolvers may take minutes to see, and hardly at all where it is not. A mailbox that
// waited for a record that comes after it would take the place of that record's write.
const (
	ownershipPatience            = 5 * time.Minute
	ownershipPatienceUnpublished = 3 * time.Second
)

// yandexOwnership is the first half of a domain's verification at Yandex: that it is ours.
// Mailboxes can be made from then on, so that they are there before the MX record sends
// them mail.
type yandexOwnership struct{ yandexVerification }

func (v *yandexOwnership) valid() bool { return v.found.Status != yandex.DomainActivate }

func (v *yandexOwnership) records() map[string]dns.Record {
	out := v.yandexVerification.records()
	delete(out, yandexMXKey)
	return out
}

func (v *yandexOwnership) verify(ctx context.Context) (bool, map[string]string, error) {
	_, reasons, err := v.yandexVerification.verify(ctx)
	return err == nil && v.valid(), reasons, err
}

// awaitOwnership returns as soon as Yandex knows that a domain is ours. All mailboxes of a
// domain share one wait. A domain that is not there at all is left to the call that
// needs it.
func (s yandexMailService) awaitOwnership(ctx context.Context, name string) error {
	_, err := s.services.yandexOwned.Get(ctx, name, func(ctx context.Context) (owned struct{}, err error) {
		d, err := s.client.Domain(ctx, name)
		if err != nil || d.Status != yandex.DomainActivate {
			return owned, nil
		}
		if d, err = s.client.RegistrationStatus(ctx, name); err != nil {
			return owned, err
		}
		lookup, err := s.services.Lookup()
		if err != nil {
			return owned, err
		}
		w := wait{domain: &yandexOwnership{yandexVerification{client: s.client, found: d}}, lookup: lookup, timeout: ownershipPatience}
		if arrivals, _ := w.look(ctx); len(missingOf(arrivals)) > 0 {
			w.timeout = ownershipPatienceUnpublished
		}
		failing, err := w.run(ctx)
		if err == nil && failing != "" {
			err = fmt.Errorf("there are no mailboxes in %s before %s has seen that it is ours. %s\n\nLet the mailboxes come after the record that proves it: "+
				"publish dns_records[%q] of the postmaster_mail_domain in a postmaster_dns_records of its own, and name that in depends_on of the mailboxes", name, yandexTitle, failing, yandexProofKey)
		}
		return owned, err
	})
	return err
}
