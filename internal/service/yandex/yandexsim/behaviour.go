package yandexsim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The switches of [fault.Conditions] that the service knows.
const (
	// SwitchWithoutSuccess leaves the member "success" out of every answer.
	SwitchWithoutSuccess = "without_success"
	// SwitchDetailedCodes refuses logins and passwords of mailboxes with the codes that clients of
	// the service have to handle, such as "passwd-tooshort", where the documentation knows only
	// "bad_login" and "bad_passwd".
	SwitchDetailedCodes = "detailed_codes"
	// SwitchOwnOccupied makes the service refuse the registration of a domain that the user has
	// already, as "occupied". Otherwise it answers with a success and the domain as it is.
	SwitchOwnOccupied = "own_occupied"
	// SwitchYesNo writes the flags in the list of domains as "yes" and "no", not as booleans.
	SwitchYesNo = "yes_no"
)

// The settings of [fault.Conditions] that the service knows. Durations are written like "2s".
const (
	// SettingCheckDelay is how long a check takes that a call has started. With 0s, the default,
	// the results are in that call's answer.
	SettingCheckDelay = "check_delay"
	// SettingRecheck is how long after a check the service makes the next by itself; 20m by
	// default. "0s" switches that off.
	SettingRecheck = "recheck"
	// SettingDomains is how many domains a user may have; 50 by default.
	SettingDomains = "domains"
	// SettingDomainsPage and SettingAccountsPage are the most domains and mailboxes on a page of
	// their lists; 20 and 1000 by default. A call for more gets that many.
	SettingDomainsPage  = "domains_page"
	SettingAccountsPage = "accounts_page"
	// SettingBlocked is the names of domains that are blocked, with commas between them.
	SettingBlocked = "blocked"
	// SettingDKIMBits is the size of a new RSA key for DKIM; 2048 by default.
	SettingDKIMBits = "dkim_bits"
)

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	withoutSuccess, detailedCodes, ownOccupied, yesNoFlags bool

	checkDelay, recheck time.Duration

	domains, domainsPage, accountsPage, dkimBits int

	blocked []string // canonical
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{
		withoutSuccess: c.Switches[SwitchWithoutSuccess],
		detailedCodes:  c.Switches[SwitchDetailedCodes],
		ownOccupied:    c.Switches[SwitchOwnOccupied],
		yesNoFlags:     c.Switches[SwitchYesNo],
		recheck:        20 * time.Minute,
		domains:        50,
		domainsPage:    20,
		accountsPage:   1000,
		dkimBits:       2048,
	}
	if err := c.Durations(map[string]*time.Duration{SettingCheckDelay: &b.checkDelay, SettingRecheck: &b.recheck}); err != nil {
		return behaviour{}, err
	}
	for least, numbers := range map[int]map[string]*int{
		0:    {SettingDomains: &b.domains},
		1:    {SettingDomainsPage: &b.domainsPage, SettingAccountsPage: &b.accountsPage},
		1024: {SettingDKIMBits: &b.dkimBits},
	} {
		if err := c.Numbers(least, numbers); err != nil {
			return behaviour{}, err
		}
	}
	for name := range strings.SplitSeq(c.Settings[SettingBlocked], ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		canonical, err := dns.Canonical(name)
		if err != nil {
			return behaviour{}, fmt.Errorf("setting %s: %w", SettingBlocked, err)
		}
		b.blocked = append(b.blocked, canonical)
	}
	return b, nil
}

func (b behaviour) isBlocked(domain string) bool { return slices.Contains(b.blocked, domain) }
