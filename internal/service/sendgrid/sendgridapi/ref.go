package sendgridapi

import (
	"errors"
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

var (
	// ErrOtherDomain is an answer about another domain than that of the call, or about one that has
	// another owner now. Nothing is recorded or deleted because of it.
	ErrOtherDomain = errors.New("the answer is about another domain")
	// ErrOtherAccount is a domain that SendGrid does not have for this API key, while the key is
	// not known to belong to the account of the domain. It does not tell whether the domain still
	// exists.
	ErrOtherAccount = errors.New("another account's API key")
)

// Owner is the account or subuser that a domain belongs to. SendGrid's user names are unique among
// all accounts, so either field is sufficient. The zero value is an unknown owner.
type Owner struct {
	UserID   int64
	Username string
}

// owner returns the owner of the domain.
func (d Domain) owner() Owner { return Owner{UserID: d.UserID, Username: d.Username} }

// Known is whether the owner is known.
func (o Owner) Known() bool { return o.UserID != 0 || o.Username != "" }

// same is whether two known owners are the same. Their numbers decide if both have one.
func (o Owner) same(other Owner) bool {
	if o.UserID != 0 && other.UserID != 0 {
		return o.UserID == other.UserID
	}
	return o.Username != "" && strings.EqualFold(o.Username, other.Username)
}

// String is the owner's name in messages.
func (o Owner) String() string {
	switch {
	case !o.Known():
		return "an account that is not known"
	case o.UserID == 0:
		return fmt.Sprintf("the account %q", o.Username)
	case o.Username == "":
		return fmt.Sprintf("the account with the user id %d", o.UserID)
	}
	return fmt.Sprintf("the account %q (user id %d)", o.Username, o.UserID)
}

// Ref refers to a known domain: its number, and what each answer about it has to match.
type Ref struct {
	ID     int64
	Domain string // its name; "" if it is not known
	Owner  Owner  // zero if it is not known
}

// Ref refers to the domain in later calls.
func (d Domain) Ref() Ref { return Ref{ID: d.ID, Domain: d.Domain, Owner: d.owner()} }

// check compares a domain with the right number with what is known of it. The error matches
// ErrOtherDomain.
func (c *Client) check(r api.Request, ref Ref, d Domain) error {
	var other string
	switch {
	case d.problem != "":
		return c.unreadable(r, d)
	case ref.Domain != "" && d.Domain != ref.Domain:
		other = fmt.Sprintf("SendGrid says that the domain %d is %s and not %s", ref.ID, d.Domain, ref.Domain)
	case ref.Owner.Known() && d.owner().Known() && !ref.Owner.same(d.owner()):
		other = fmt.Sprintf("SendGrid says that the domain %d belongs to %s and not to %s", ref.ID, d.owner(), ref.Owner)
	default:
		return nil
	}
	return &api.Error{
		Service: service, Op: r.Op, Object: c.account.seen.label(ref), Kind: ErrOtherDomain, Answer: other,
		Advice: "Nothing was done with that domain. If the number in the state is wrong, take the resource out of the state " +
			"by a removed block with destroy = false, and import the domain that is meant; if it is right, " + lowerFirst(checkURL),
	}
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }
