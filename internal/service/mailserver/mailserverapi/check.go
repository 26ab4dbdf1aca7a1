package mailserverapi

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Checks of input that the server does not make itself. The provider validates the configuration
// much earlier; these protect every caller of this package.

// What the server can store without loss.
const (
	// MaxPasswordBytes is how many bytes of a password the server hashes. It ignores the rest.
	MaxPasswordBytes = 256
	// MaxAddress is how many characters the email of an account may have. For a longer one, the
	// server answers with a success and stores nothing.
	MaxAddress = 100
	// MaxDomain is how many characters a domain's name may have.
	MaxDomain = 50
)

// hashPattern is an md5-crypt hash.
var hashPattern = regexp.MustCompile(`^\$1\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}$`)

// IsPasswordHash is whether a text is an md5-crypt hash. No other kind fits into the 36 characters
// of the server's column, and the server silently drops a longer one.
func IsPasswordHash(text string) bool { return hashPattern.MatchString(text) }

func (c Credential) check() error {
	switch {
	case c.Value == "":
		return errors.New("the password is empty")
	case c.Hashed && !IsPasswordHash(c.Value):
		return errors.New("the hash is not of the kind md5-crypt ($1$SALT$…), the only one that the mail server can store")
	case c.Hashed:
		return nil
	case len(c.Value) > MaxPasswordBytes:
		return fmt.Errorf("the password has %d bytes: the mail server would cut it after %d and store that", len(c.Value), MaxPasswordBytes)
	case c.Value[0] == '-':
		return errors.New(`the password begins with "-": the mail server would take it for an option of the program that hashes it, and store an empty hash`)
	case strings.ContainsRune(c.Value, 0):
		return errors.New("the password holds a null byte, which cannot be handed to the program that hashes it")
	}
	return nil
}

var labelPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// checkDomain refuses what is not a host name. The name of a domain is a folder on the server,
// which is deleted with the domain.
func checkDomain(name string) error {
	if len(name) > 253 {
		return fmt.Errorf("%q is longer than a domain name can be", name)
	}
	for label := range strings.SplitSeq(name, ".") {
		if !labelPattern.MatchString(label) {
			return fmt.Errorf("%q is not a domain name in ASCII", name)
		}
	}
	return nil
}

// hostLabel matches a label of a name for which the server creates, deletes and exports domains.
var hostLabel = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{1,62}$`)

// CheckDomainName returns why the server would refuse an ASCII name for a new domain; nil if it
// would accept it.
func CheckDomainName(name string) error {
	if len(name) > MaxDomain {
		return fmt.Errorf("%s has %d characters, and the mail server stores at most %d", name, len(name), MaxDomain)
	}
	return checkHost(name)
}

// CheckExport returns why the server would refuse to export a domain of that name; nil if it would
// not.
func CheckExport(name string) error { return checkHost(name) }

// checkHost refuses the names that the server refuses when it creates, deletes or exports a domain.
func checkHost(name string) error {
	if err := checkDomain(name); err != nil {
		return err
	}
	for label := range strings.SplitSeq(name, ".") {
		if !hostLabel.MatchString(label) {
			return fmt.Errorf("the mail server refuses to create, delete or export %s, as it wants at least two characters between the dots, and %q has one", name, label)
		}
	}
	return nil
}

// checkNewEmail is splitEmail for the email of a new account.
func checkNewEmail(email string) (domain string, err error) {
	domain, err = splitEmail(email)
	if err == nil && len(email) > MaxAddress {
		err = fmt.Errorf("the address has %d characters, and the mail server stores at most %d", len(email), MaxAddress)
	}
	return domain, err
}

// splitEmail returns the domain of an email, and refuses parts that are unsafe to send. The local
// part is a folder on the server, which is deleted with the account: a path to another folder would
// delete that one.
func splitEmail(email string) (domain string, err error) {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return "", fmt.Errorf("%q is not an email address", email)
	}
	local, domain := email[:at], email[at+1:]
	outside := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/\"'`+"`", r) }
	if local == "" || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") ||
		strings.Contains(local, "..") || strings.ContainsFunc(local, outside) {
		return "", fmt.Errorf("%q cannot be the local part of an email address: it is a folder name on the mail server", local)
	}
	return domain, checkDomain(domain)
}

// same is whether two names or emails are one to the server, which compares
// them without regard to case.
func same(a, b string) bool { return strings.EqualFold(a, b) }
