package mailserversim

import (
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "mailserver"

// State is everything that the server keeps but private keys. Tests look at it by [store.View];
// only the service changes it.
type State struct {
	// LastDomainID and LastAccountID count the ids given out: none is ever used again.
	LastDomainID  uint64 `json:"last_domain_id"`
	LastAccountID uint64 `json:"last_account_id"`
	// Domains and Accounts are in the order of their ids.
	Domains  []Domain  `json:"domains"`
	Accounts []Account `json:"accounts"`
	// PasswordChanges have been answered with success and wait for the background to carry them
	// out.
	PasswordChanges []PasswordChange `json:"password_changes,omitempty"`
	DKIM            DKIMTables       `json:"dkim"`
	// Archives are the files that exports left on the server, the newest last; one of the same day
	// and domain was overwritten by the next.
	Archives []Archive `json:"archives,omitempty"`
	// WorkingDirectory is where the program's process is: the folder that an export or a call for a
	// DKIM key went to last.
	WorkingDirectory string `json:"working_directory,omitempty"`
	// LostMail are the domains whose mail was deleted although their rows, for want of the
	// database, stayed.
	LostMail     []string     `json:"lost_mail,omitempty"`
	Certificates Certificates `json:"certificates"`
}

// Domain is a row of the server's table of domains. Nothing keeps two rows from having one name.
type Domain struct {
	ID   uint64 `json:"id"`
	Name string `json:"name"` // as sent, case kept
}

// Account is a row of the server's table of mailboxes.
type Account struct {
	ID       uint64 `json:"id"`
	DomainID uint64 `json:"domain_id"`
	Email    string `json:"email"` // as sent: not checked at all
	// PasswordHash is an md5-crypt hash, empty if the program failed to make one, or whatever was
	// sent as a hash.
	PasswordHash string `json:"password_hash"`
}

// PasswordChange is a new password that is not in force yet.
type PasswordChange struct {
	AccountID    uint64    `json:"account_id"`
	DomainID     uint64    `json:"domain_id"`
	PasswordHash string    `json:"password_hash"`
	Due          time.Time `json:"due"`
}

// Archive is one export of a domain.
type Archive struct {
	Domain      string    `json:"domain"`
	Path        string    `json:"path"`
	GeneratedAt time.Time `json:"generated_at"`
}

// The widths of database columns, in characters.
const (
	domainNameWidth   = 50
	emailWidth        = 100
	passwordHashWidth = 36
)

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error {
	return store.View(s.store, Section, fn)
}

// update calls fn with the state to change, after what was due in the background has been done. No
// process needs to be there when it falls due.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.store, Section, func(st *State) error {
		st.changeDuePasswords(s.now())
		return fn(st)
	})
}

// settlePasswords carries out the password changes that are due, or loses them where the database
// is down by now: the program does not look whether a change was stored.
func (s *Service) settlePasswords(databaseDown bool) error {
	due := false
	if err := s.view(func(st *State) error {
		due = slices.ContainsFunc(st.PasswordChanges, func(change PasswordChange) bool { return !change.Due.After(s.now()) })
		return nil
	}); err != nil || !due {
		return err
	}
	return store.Update(s.store, Section, func(st *State) error {
		if databaseDown {
			st.PasswordChanges = slices.DeleteFunc(st.PasswordChanges, func(change PasswordChange) bool { return !change.Due.After(s.now()) })
		}
		st.changeDuePasswords(s.now())
		return nil
	})
}

func (st *State) changeDuePasswords(now time.Time) {
	st.PasswordChanges = slices.DeleteFunc(st.PasswordChanges, func(change PasswordChange) bool {
		if change.Due.After(now) {
			return false
		}
		for i := range st.Accounts {
			if account := &st.Accounts[i]; account.ID == change.AccountID && account.DomainID == change.DomainID {
				account.PasswordHash = change.PasswordHash
			}
		}
		return true
	})
}

// domain returns the oldest row of that name: the database compares names without regard to case.
func (st *State) domain(name string) (Domain, bool) {
	for _, domain := range st.Domains {
		if strings.EqualFold(domain.Name, name) {
			return domain, true
		}
	}
	return Domain{}, false
}

func (st *State) insertDomain(name string) (id uint64) {
	st.LastDomainID++
	st.Domains = append(st.Domains, Domain{ID: st.LastDomainID, Name: name})
	return st.LastDomainID
}

// deleteDomain deletes the oldest row of that name and, by the foreign key, its accounts.
func (st *State) deleteDomain(name string) {
	domain, found := st.domain(name)
	if !found {
		return
	}
	st.Domains = slices.DeleteFunc(st.Domains, func(d Domain) bool { return d.ID == domain.ID })
	st.Accounts = slices.DeleteFunc(st.Accounts, func(a Account) bool { return a.DomainID == domain.ID })
}

// accounts returns the accounts of a domain, newest first, as the program lists them; nil if there
// are none.
func (st *State) accounts(domainID uint64) []Account {
	var accounts []Account
	for _, account := range slices.Backward(st.Accounts) {
		if account.DomainID == domainID {
			accounts = append(accounts, account)
		}
	}
	return accounts
}

func (st *State) emailTaken(email string) bool {
	return slices.ContainsFunc(st.Accounts, func(a Account) bool { return sameText(a.Email, email) })
}

// insertAccount inserts a row unless the database refuses it: for an unknown domain, an email that
// is taken, or an email or a hash that does not fit into its column. The program does not look at
// the outcome, so there is none.
func (st *State) insertAccount(domainID uint64, email, passwordHash string) {
	known := slices.ContainsFunc(st.Domains, func(d Domain) bool { return d.ID == domainID })
	if !known || st.emailTaken(email) || !fits(email, emailWidth) || !fits(passwordHash, passwordHashWidth) {
		return
	}
	st.LastAccountID++
	st.Accounts = append(st.Accounts, Account{
		ID: st.LastAccountID, DomainID: domainID, Email: email, PasswordHash: passwordHash,
	})
}

func (st *State) deleteAccount(email string) {
	st.Accounts = slices.DeleteFunc(st.Accounts, func(a Account) bool { return sameText(a.Email, email) })
}
