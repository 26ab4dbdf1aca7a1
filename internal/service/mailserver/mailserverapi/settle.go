package mailserverapi

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// The server answers "success" even if it stored nothing, so each creation and each deletion is
// proven by a list. One list proves many changes: it waits until the changes under way have ended,
// all of them share it, and no change begins before it has ended. If the number of accounts in a
// domain is what our own changes since the last such list make it, all of them were stored. If not,
// the accounts of that domain are listed as well.

// settled is what a list showed while none of our changes was under way.
type settled struct {
	domains []Domain
	proofs  map[string]proof // of each domain that had changes to prove, by name in lower case
}

// proof is what a settled read shows about the changes to one domain's accounts.
type proof struct {
	counted  bool      // the number is what the changes make it; nothing else is known
	accounts []Account // otherwise: all accounts
	err      error     // or why they are not known
	ours     bool      // all accounts whose creation has an unknown outcome and that exist are new
}

// account finds an account in a proof that lists the accounts.
func (p proof) account(email string) (Account, bool) { return findAccount(p.accounts, email) }

// ledger holds what the last settled read showed, and what was changed since.
type ledger struct {
	mu      sync.Mutex
	known   bool            // there was a settled read
	present map[string]bool // domains there, minus those deleted since, plus those created
	counts  map[string]int  // accounts by domain, as counted then
	changes map[string]*changes
}

// changes are the changes to one domain's accounts since the last settled read.
type changes struct {
	balance   int      // acknowledged creations minus acknowledged deletions
	listed    bool     // the count cannot prove it: the accounts have to be listed
	uncertain []string // emails of creations with an unknown outcome
}

func (l *ledger) of(domain string) *changes {
	if l.changes == nil {
		l.changes = map[string]*changes{}
	}
	key := strings.ToLower(domain)
	if l.changes[key] == nil {
		l.changes[key] = &changes{}
	}
	return l.changes[key]
}

// note calls record with the lock held.
func (l *ledger) note(record func(*ledger)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	record(l)
}

func (l *ledger) domainCreated(name string) {
	if l.present == nil {
		l.present = map[string]bool{}
	}
	l.present[strings.ToLower(name)] = true
}

func (l *ledger) domainDeleted(name string) { delete(l.present, strings.ToLower(name)) }

func (l *ledger) accountCreated(domain string) { l.of(domain).balance++ }

func (l *ledger) accountDeleted(domain string) { l.of(domain).balance-- }

// passwordChanged makes the next settled read count the domain's accounts, or list them: nothing is
// known to have changed but the account itself.
func (l *ledger) passwordChanged(domain string) { l.of(domain) }

func (l *ledger) toBeListed(domain string) { l.of(domain).listed = true }

func (l *ledger) accountUncertain(domain, email string) {
	c := l.of(domain)
	c.listed = true
	c.uncertain = append(c.uncertain, email)
}

// emptied is whether a null domain list is expected: this client has deleted every domain that the
// last settled read showed.
func (l *ledger) emptied() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known && len(l.present) == 0
}

// due is what a settled read has to show of one domain.
type due struct {
	changes
	counted bool
	surplus int // accounts beyond those that the acknowledged changes explain
	known   bool
}

// settle starts a new ledger from a domain list, and returns the changes since the list before.
func (l *ledger) settle(rows []Domain) map[string]due {
	l.mu.Lock()
	defer l.mu.Unlock()
	present, counts := make(map[string]bool, len(rows)), make(map[string]int, len(rows))
	for _, d := range rows {
		key := strings.ToLower(d.Name)
		present[key] = true
		counts[key] += d.Accounts
	}
	all := make(map[string]due, len(l.changes))
	for key, c := range l.changes {
		before, known := l.counts[key]
		d := due{changes: *c, known: known, surplus: counts[key] - before - c.balance}
		d.counted = known && !c.listed && d.surplus == 0
		all[key] = d
	}
	l.known, l.present, l.counts, l.changes = true, present, counts, nil
	return all
}

// change makes a call that changes what lists show. It returns the call's own error and, unless the
// server refused the call, the settled read that followed it. Once begun, it ends even if its
// caller gives up.
//
// It calls done with the outcome of the call before any list can begin.
func (c *Client) change(ctx context.Context, domain string, send func(context.Context) error, done func(*ledger, error)) (read *settled, sendErr, readErr error) {
	c.writes.RLock()
	ctx, cancel := c.finishing(ctx)
	defer cancel()
	if err := ctx.Err(); err != nil {
		c.writes.RUnlock()
		return nil, report.Unsendable(api.Request{Op: "change what there is in", Object: domain}, err), nil
	}
	c.gathering.Arrive()
	sendErr = send(ctx)
	c.domains.Forget(allDomains)
	c.accounts.Forget(strings.ToLower(domain))
	if sendErr != nil && !isUncertain(sendErr) {
		c.writes.RUnlock()
		return nil, sendErr, nil
	}
	c.ledger.note(func(l *ledger) { done(l, sendErr) })
	wait := c.lists.Join(ctx, c.holdWrites, c.readSettled)
	c.writes.RUnlock()
	read, readErr = wait(ctx)
	return read, sendErr, report.Stopped(listDomainsCall, readErr)
}

// settle makes a settled read that begins after now.
func (c *Client) settle(ctx context.Context) (*settled, error) {
	read, err := c.lists.Do(ctx, c.holdWrites, c.readSettled)
	return read, report.Stopped(listDomainsCall, err)
}

// settleWith makes one that also lists the accounts of a domain.
func (c *Client) settleWith(ctx context.Context, domain string) (*settled, error) {
	c.writes.RLock() // so that the read that we join knows of it
	c.ledger.note(func(l *ledger) { l.toBeListed(domain) })
	wait := c.lists.Join(ctx, c.holdWrites, c.readSettled)
	c.writes.RUnlock()
	read, err := wait(ctx)
	return read, report.Stopped(listDomainsCall, err)
}

// holdWrites returns when no change is under way, and prevents new ones.
func (c *Client) holdWrites() {
	c.gathering.Wait()
	c.passwords.wait()
	c.writes.Lock()
}

// readSettled makes a settled read. The caller holds the write lock.
func (c *Client) readSettled(ctx context.Context) (*settled, error) {
	defer c.writes.Unlock()
	generation := c.domains.Generation(allDomains)
	rows, err := c.listDomains(ctx)
	if err != nil {
		return nil, err
	}
	c.domains.Put(allDomains, generation, rows)
	c.seen.replaceDomains(rows)
	read := &settled{domains: rows, proofs: map[string]proof{}}
	for key, d := range c.ledger.settle(rows) {
		if d.counted {
			read.proofs[key] = proof{counted: true}
			continue
		}
		read.proofs[key] = c.prove(ctx, rows, key, d)
	}
	return read, nil
}

// prove lists the accounts of one domain. The caller holds the write lock.
func (c *Client) prove(ctx context.Context, rows []Domain, name string, d due) proof {
	row, err := oneDomain(rows, name)
	if err != nil {
		return proof{err: err}
	}
	generation := c.accounts.Generation(name)
	accounts, err := c.listAccounts(ctx, row)
	if err != nil {
		return proof{err: err}
	}
	if len(accounts) < row.Accounts {
		return proof{err: shortList(row, len(accounts))}
	}
	c.accounts.Put(name, generation, accounts)
	there := 0
	for _, email := range d.uncertain {
		if _, ok := findAccount(accounts, email); ok {
			there++
		}
	}
	return proof{accounts: accounts, ours: d.known && d.surplus == there}
}

// shortList is the error of an account list with fewer accounts than the domain list counts. A
// server whose database is down also sends an empty list.
func shortList(d Domain, listed int) error {
	return &api.Error{
		Service: service, Op: "list the accounts of", Object: d.Name, Kind: api.ErrUnavailable,
		Answer: fmt.Sprintf("the server lists %d of %d accounts", listed, d.Accounts),
		Advice: "It answers so when its database is in trouble: look at the mail server's database, and run again",
	}
}
