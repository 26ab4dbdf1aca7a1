package mailserversim

import (
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The switches of [fault.Conditions] that the mail server knows.
const (
	// SwitchDatabaseDown stops the database. The program then lists no domains (null) and no
	// accounts and cannot create a domain. To a new account, every deletion and every change of a
	// password it answers "result": true, although nothing happens except that the mail of a
	// deleted domain is lost.
	SwitchDatabaseDown = "database_down"
	// SwitchSilentCreate makes the creation of an account a success that stores nothing.
	SwitchSilentCreate = "silent_create"
	// SwitchDocumentedUserPath makes the server create accounts as its documentation says: by POST
	// /user/:domain_id, without a form field for the domain's id. POST /users/:domain_id is unknown
	// then.
	SwitchDocumentedUserPath = "documented_user_path"
	// SwitchCertificatesNeverArrive makes every request for a certificate fail without a sign, as
	// with the released program, whose ACME endpoint no longer exists.
	SwitchCertificatesNeverArrive = "certificates_never_arrive"
)

// The settings of [fault.Conditions] that the mail server knows. Durations are written like "30m".
const (
	// SettingTokenLifetime is how long a new token is valid, counted in whole seconds; 30m by
	// default.
	SettingTokenLifetime = "token_lifetime"
	// SettingPasswordChangeDelay is how long after its answer a password is changed; 50ms by
	// default, which is what hashing and storing it take.
	SettingPasswordChangeDelay = "password_change_delay"
	// SettingDKIMBits is the size of a new RSA key for DKIM; 2048 by default.
	SettingDKIMBits = "dkim_bits"
	// SettingCertificateDelay is how long after its request a certificate is installed; 2s by
	// default.
	SettingCertificateDelay = "certificate_delay"
	// SettingCertificateLifetime is how long a new certificate is valid; 2160h, which is 90 days,
	// by default.
	SettingCertificateLifetime = "certificate_lifetime"
)

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	databaseDown, silentCreate, documentedUserPath, certificatesNeverArrive bool

	tokenLifetime, passwordChangeDelay, certificateDelay, certificateLifetime time.Duration

	dkimBits int
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{
		databaseDown:            c.Switches[SwitchDatabaseDown],
		silentCreate:            c.Switches[SwitchSilentCreate],
		documentedUserPath:      c.Switches[SwitchDocumentedUserPath],
		certificatesNeverArrive: c.Switches[SwitchCertificatesNeverArrive],

		tokenLifetime:       30 * time.Minute,
		passwordChangeDelay: 50 * time.Millisecond,
		certificateDelay:    2 * time.Second,
		certificateLifetime: 90 * 24 * time.Hour,

		dkimBits: 2048,
	}
	if err := c.Durations(map[string]*time.Duration{
		SettingTokenLifetime:       &b.tokenLifetime,
		SettingPasswordChangeDelay: &b.passwordChangeDelay,
		SettingCertificateDelay:    &b.certificateDelay,
		SettingCertificateLifetime: &b.certificateLifetime,
	}); err != nil {
		return behaviour{}, err
	}
	if err := c.Numbers(1024, map[string]*int{SettingDKIMBits: &b.dkimBits}); err != nil {
		return behaviour{}, err
	}
	if b.dkimBits > 8192 {
		return behaviour{}, fmt.Errorf("setting %s is %d, and a larger key than one of 8192 bits takes too long", SettingDKIMBits, b.dkimBits)
	}
	return b, nil
}
