package yandexapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The service's rules for passwords, by the documentation of email/add.
const (
	passwordShortest = 6
	passwordLongest  = 20
	passwordSymbols  = "!@#$%^&*()_-+:;,."
	passwordRules    = "it has 6 to 20 characters, which are Latin letters, digits or " + passwordSymbols + " and is not the local part itself"
)

// CheckPassword returns why the service would refuse the password of an account, by the documented
// rules: it has 6 to 20 characters, which are Latin letters, digits or one of !@#$%^&*()_-+:;,. and
// is not the local part itself. The error does not show the password.
func CheckPassword(localPart, password string) error {
	switch {
	case utf8.RuneCountInString(password) < passwordShortest:
		return errors.New("the password is too short: " + passwordRules)
	case utf8.RuneCountInString(password) > passwordLongest:
		return errors.New("the password is too long: " + passwordRules)
	case strings.ContainsFunc(password, func(r rune) bool { return !isLetterOrDigit(r) && !strings.ContainsRune(passwordSymbols, r) }):
		return errors.New("the password has a character that the service does not take: " + passwordRules)
	case strings.EqualFold(password, localPart):
		return errors.New("the password is the local part: " + passwordRules)
	}
	return nil
}

// The service's rules for names of mailboxes, by its help
// (https://yandex.com/support/domain/domain/mail.html). The help is stricter about the first and
// last character: the API accepts names that begin with a digit, and underscores.
const (
	localPartLongest = 30
	localPartSymbols = ".-_"
	localPartRules   = "it has at most 30 characters, which are Latin letters, digits, dots, hyphens and underscores, and begins with a letter or a digit"
)

// reservedLocalParts are the names that every domain has (RFC 2142) and that the service reserves
// for itself.
var reservedLocalParts = []string{"abuse", "postmaster"}

// CheckLocalPart returns why the service would refuse the name of a new mailbox: it has more than
// 30 characters, or others than Latin letters, digits, dots, hyphens and underscores, or is abuse
// or postmaster, whose mail goes to the service's support.
func CheckLocalPart(localPart string) error {
	first, _ := utf8.DecodeRuneInString(localPart)
	switch {
	case slices.Contains(reservedLocalParts, strings.ToLower(localPart)):
		return fmt.Errorf("mail to %s@ goes to the support of the service. To receive it too, make a mailing list of that name at the service", localPart)
	case utf8.RuneCountInString(localPart) > localPartLongest:
		return errors.New("the local part is too long: " + localPartRules)
	case strings.ContainsFunc(localPart, func(r rune) bool { return !isLetterOrDigit(r) && !strings.ContainsRune(localPartSymbols, r) }):
		return errors.New("the local part has a character that the service does not take: " + localPartRules)
	case !isLetterOrDigit(first):
		return errors.New("the local part has another beginning than the service takes: " + localPartRules)
	}
	return nil
}

func isLetterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
