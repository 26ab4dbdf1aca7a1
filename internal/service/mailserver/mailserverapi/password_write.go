package mailserverapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// SetPassword changes the password of an account (POST /user-change-password). For an account that
// does not exist, the error is api.ErrNotFound.
//
// The server answers "success" first and then changes the password, without reporting the outcome,
// and only the costly export shows a password. So success here means: the account existed before,
// the server accepted the request, and a while later its database answers and the account still
// exists. If the database does not answer, the error matches api.ErrOutcomeUnknown.
func (c *Client) SetPassword(ctx context.Context, email string, credential Credential) error {
	r := api.Request{Op: "change the password of", Object: email}
	domain, err := splitEmail(email)
	if err == nil {
		err = credential.check()
	}
	if err != nil {
		return report.Unsendable(r, err)
	}
	a, err := c.locate(ctx, domain, email)
	if err != nil {
		return err
	}
	r = post(http.MethodPost, []string{"user-change-password"}, append([][2]string{
		{"id", strconv.FormatInt(a.ID, 10)}, {"domain_id", strconv.FormatInt(a.DomainID, 10)},
	}, credential.fields()...)...)
	r.Op, r.Object, r.Secrets = "change the password of", email, []string{credential.Value}
	r.Repeat = api.Safely // the same password once more
	read, sendErr, readErr := c.change(ctx, domain,
		func(ctx context.Context) error {
			err := c.carryOut(ctx, r)
			c.passwords.accepted()
			return err
		},
		func(l *ledger, _ error) { l.passwordChanged(domain) })
	switch {
	case sendErr != nil:
		return advisePasswordRepeat(unansweredIsUnsure(sendErr))
	case readErr != nil:
		return advisePasswordRepeat(unproven(r, nil, readErr))
	}
	return changedPassword(r, read.proofs[strings.ToLower(domain)], a)
}

// changedPassword checks whether the account still exists after the server said that it changed the
// password.
func changedPassword(r api.Request, p proof, changed Account) error {
	if p.counted {
		return nil
	}
	if p.err != nil && !errors.Is(p.err, api.ErrNotFound) {
		return advisePasswordRepeat(unproven(r, nil, p.err))
	}
	now, there := p.account(r.Object)
	switch {
	case !there:
		return report.Problem(r, api.ErrNotFound, "the account was deleted at the same time", "Run again")
	case now.ID != changed.ID:
		failed := report.Problem(r, api.ErrUnavailable, "the account was deleted and created again at the same time", "Run again, which sets the password")
		failed.Unsure = true
		return failed
	}
	return nil
}

// advisePasswordRepeat adds the advice for a change of unknown outcome.
func advisePasswordRepeat(err error) error {
	if !isUncertain(err) {
		return err
	}
	return api.Advise(err, "Look at the mail server and its database, and run again, which sets the password once more")
}

// background is work that the server does after its answer.
type background struct {
	takes time.Duration // how long it is given

	mu   sync.Mutex
	last time.Time // when it last accepted work
}

func (b *background) accepted() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = time.Now()
}

// wait returns when the server has had its time for all accepted work.
func (b *background) wait() {
	for {
		b.mu.Lock()
		left := b.takes - time.Since(b.last)
		b.mu.Unlock()
		if left <= 0 {
			return
		}
		time.Sleep(left)
	}
}
