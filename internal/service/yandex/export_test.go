package yandex

import (
	"net/url"
	"time"
)

// What the tests of this package use of its insides.
type Ownerships = ownerships

const (
	OwnershipPatience   = ownershipPatience
	OwnershipImpatience = ownershipImpatience
)

// Configured returns the token and the address.
func (a *Account) Configured() (token string, address *url.URL) { return a.token.Value, a.address }

// SetPatience sets how long mailboxes wait for a proof that is published.
func (a *Account) SetPatience(d time.Duration) { a.owned.Patience = d }
