package mailserver

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What the server does not check and has to be kept from it. The configuration
// is validated long before; these hold for whoever calls this package.

// What the server stores without loss.
const (
	// MaxPasswordBytes is how much of a password the server hashes. It ignores the rest.
	MaxPasswordBytes = 256
	// MaxAddress is how many characters an account's email may have. The server
	// answers that it has stored a longer one, and has not.
	MaxAddress = 100
	// MaxDomain is how many characters a domain's name may have.
	MaxDomain = 50
)

// hashPattern is an md5-crypt hash.
var hashPattern = regexp.MustCompile(`^\$1\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}$`)

// IsPasswordHash is whether a text is an md5-crypt hash. No other kind fits into the 36
// characters of the server's column, and the server drops a longer one without a word.
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

// checkDomain refuses what is no host name. A domain's name is a folder on the
// server, which deleting the domain deletes.
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

// hostLabel is a label of the names that the server creates, deletes and exports
// domains of.
var hostLabel = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{1,62}$`)

// CheckDomainName says why the server would not take a name in ASCII for a new
// domain; nil if it would.
func CheckDomainName(name string) error {
	if len(name) > MaxDomain {
		return fmt.Errorf("%s has %d characters, and the mail server stores at most %d", name, len(name), MaxDomain)
	}
	return checkHost(name)
}

// CheckExport says why the server would not export a domain of that name; nil if it
// would.
func CheckExport(name string) error { return checkHost(name) }

// checkHost refuses what the server refuses in its calls to create, delete and
// export a domain.
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

// checkNewEmail is splitEmail for an account that is to be created.
func checkNewEmail(email string) (domain string, err error) {
	domain, err = splitEmail(email)
	if err == nil && len(email) > MaxAddress {
		err = fmt.Errorf("the address has %d characters, and the mail server stores at most %d", len(email), MaxAddress)
	}
	return domain, err
}

// splitEmail gives the domain of an email whose parts are fit to be sent. The
// local part is a folder on the server, which deleting the account deletes: one
// that leads elsewhere would delete elsewhere.
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
