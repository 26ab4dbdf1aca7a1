package yandexsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "yandex"

// What a domain's Status can be.
const (
	// StatusDomainActivate: nobody has shown yet that the domain is the user's.
	StatusDomainActivate = "domain-activate"
	// StatusMXActivate: that has been shown, but mail for the domain goes elsewhere.
	StatusMXActivate = "mx-activate"
	// StatusAdded: mail for the domain goes to the service.
	StatusAdded = "added"
)

// stages are what the second member for the status is for each status.
var stages = map[string]string{StatusDomainActivate: "owner-check", StatusMXActivate: "mx-check", StatusAdded: "added"}

// What the web server of a domain has for the verification file, which the sandbox cannot fetch:
// see [Domain].
const (
	FileAbsent = ""
	FileWrong  = "wrong"
	FileRight  = "right"
)

// State is everything that the service keeps but private keys. Tests look at it by [store.View].
type State struct {
	// Registrations counts the domains that have ever been registered: no two have the same secrets
	// and DKIM key.
	Registrations uint64 `json:"registrations"`
	// LastUID and LastRecord count the ids of mailboxes and of DNS records.
	LastUID    uint64 `json:"last_uid"`
	LastRecord uint64 `json:"last_record"`
	// Changes counts the changes of Zones: what was made from them is good as long as the number
	// stays.
	Changes uint64 `json:"changes"`
	// Domains are in the order in which they were registered.
	Domains []Domain `json:"domains"`
	// Zones are those that are delegated to the service, registered or not.
	Zones []Zone `json:"zones,omitempty"`
}

// Domain is a registered domain.
type Domain struct {
	Registration uint64 `json:"registration"`
	Name         string `json:"name"` // canonical
	User         string `json:"user"` // whose it is
	Status       string `json:"status"`
	// Delegated is whether the last check found the name servers to be the service's.
	Delegated bool   `json:"delegated,omitempty"`
	Country   string `json:"country"`
	// File is what the domain's web server answers for the verification file.
	File string `json:"file,omitempty"`

	RegisteredAt time.Time `json:"registered_at"`
	// CheckDue is when the check that a call has started ends; zero if none is under way.
	CheckDue time.Time `json:"check_due,omitzero"`
	// CheckedAt and CheckResults are of the last check.
	CheckedAt    time.Time `json:"checked_at,omitzero"`
	CheckResults string    `json:"check_results,omitempty"`

	DKIM DKIM `json:"dkim"`
	// Accounts are in the order in which they were added.
	Accounts []Account `json:"accounts,omitempty"`
}

// DKIM is how mail of a domain is signed.
type DKIM struct {
	Enabled bool `json:"enabled,omitempty"`
	// Text is the record with the public key, empty before the first time that signing was enabled.
	Text string `json:"text,omitempty"`
}

// Account is a mailbox.
type Account struct {
	UID      uint64   `json:"uid"`
	Login    string   `json:"login"` // the local part, in lower case
	Password Password `json:"password"`
	Enabled  bool     `json:"enabled"`
	// Ready is whether its owner has logged in once.
	Ready     bool   `json:"ready"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	BirthDate string `json:"birth_date,omitempty"`
	Sex       int    `json:"sex,omitempty"`
	Question  string `json:"question,omitempty"`
	Unread    int    `json:"unread,omitempty"`
	New       int    `json:"new,omitempty"`
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error {
	return store.View(s.config.Store, Section, fn)
}

// update calls fn with the state to change.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.config.Store, Section, fn)
}

// change calls fn with the domain of a call, to change. A domain that the user does not have is a
// refusal.
func (s *Service) change(c *call, fn func(st *State, d *Domain) error) error {
	return s.update(func(st *State) error {
		d, err := st.of(c)
		if err != nil {
			return err
		}
		return fn(st, d)
	})
}

// SetDomain changes a domain, or puts on its web server what no call of the API can; nothing is
// checked. It returns false if nobody has registered the domain.
func (s *Service) SetDomain(name string, change func(d *Domain)) (found bool, err error) {
	err = s.update(func(st *State) error {
		if d := st.domain(name); d != nil {
			change(d)
			found = true
		}
		return nil
	})
	return found, err
}

// domain returns a domain of any user, nil if nobody has registered it.
func (st *State) domain(name string) *Domain {
	i := slices.IndexFunc(st.Domains, func(d Domain) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &st.Domains[i]
}

// of returns the domain that a call is about. It is the same refusal whether another user has it or
// nobody.
func (st *State) of(c *call) (*Domain, error) {
	d := st.domain(c.domain)
	if d == nil || d.User != c.user {
		return nil, codeNotAllowed
	}
	return d, nil
}

// all returns a user's domains, as they are in the state.
func (st *State) all(user string) []*Domain {
	var all []*Domain
	for i := range st.Domains {
		if st.Domains[i].User == user {
			all = append(all, &st.Domains[i])
		}
	}
	return all
}

// snapshot returns what the domain of a call is at this moment, without its accounts. A domain that
// the user does not have is a refusal.
func (s *Service) snapshot(c *call) (d Domain, err error) {
	err = s.view(func(st *State) error {
		found, err := st.of(c)
		if err == nil {
			d = found.brief()
		}
		return err
	})
	return d, err
}

// brief returns a copy without the accounts, which can be kept when the state is let go of.
func (d *Domain) brief() Domain {
	copied := *d
	copied.Accounts = nil
	return copied
}

// secrets are what the user has to publish: the part of names, and the content of the file.
func (d *Domain) secrets() (name, content string) {
	digest := func(of string) string {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s of registration %d, %s", of, d.Registration, d.Name))
		return hex.EncodeToString(sum[:6])
	}
	return digest("name"), digest("content")
}

// show answers how far a domain is. The secrets are no secret but the way to prove who may publish
// them; they are told as long as that has not been proved.
func (d *Domain) show() object {
	answer := object{"status": d.Status, "stage": stages[d.Status]}
	if d.Status == StatusDomainActivate {
		name, content := d.secrets()
		answer["secrets"] = object{"name": name, "content": content}
	}
	return answer
}
