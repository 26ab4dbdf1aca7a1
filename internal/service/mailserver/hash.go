package mailserver

import (
	"regexp"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

// dovecotPrefix matches the scheme, perhaps with an encoding, that Dovecot writes before a hash:
// {MD5-CRYPT}, {SHA512-CRYPT}, {SSHA.HEX}.
var dovecotPrefix = regexp.MustCompile(`^\{([A-Za-z0-9-]{1,20})(\.[A-Za-z0-9]{1,6})?\}`)

// dovecotSchemes lists the schemes that Dovecot documents. Messages name only these, because other
// text in braces may be part of a password that was given by mistake.
var dovecotSchemes = strings.Fields("MD5-CRYPT MD5 CRYPT DES-CRYPT BLF-CRYPT SHA256-CRYPT SHA512-CRYPT ARGON2I ARGON2ID PBKDF2 " +
	"PLAIN CLEARTEXT PLAIN-TRUNC SHA SHA1 SHA256 SHA512 SSHA SSHA256 SSHA512 SMD5 LDAP-MD5 PLAIN-MD4 PLAIN-MD5 " +
	"CRAM-MD5 HMAC-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 NTLM LANMAN LM RPA SKEY OTP")

// modularSchemes are the prefixes of hashes that are not md5-crypt, with the usual names of their
// schemes.
var modularSchemes = []struct{ prefix, name string }{
	{"$apr1$", "Apache's variant of md5-crypt (htpasswd)"},
	{"$2a$", "bcrypt"}, {"$2b$", "bcrypt"}, {"$2y$", "bcrypt"},
	{"$5$", "SHA-256-crypt"}, {"$6$", "SHA-512-crypt"},
	{"$y$", "yescrypt"}, {"$7$", "scrypt"}, {"$argon2", "Argon2"},
}

// hashProblem says why the mail server would not store a hash, and what to do. It returns "" if the
// mail server would store it. The only part of the value that it quotes is the name of a scheme.
func hashProblem(value string) string {
	if mailserverapi.IsPasswordHash(value) {
		return ""
	}
	const wanted = "The mail server stores only md5-crypt hashes ($1$, a salt of up to 8 characters, $, 22 characters): " +
		"others do not fit into its database, and it does not say so."
	const advice = " Make one with, for example, openssl passwd -1."
	if match := dovecotPrefix.FindStringSubmatch(value); match != nil && isDovecotScheme(match[1]) {
		prefix := strings.ToUpper(match[0])
		if mailserverapi.IsPasswordHash(value[len(match[0]):]) {
			return "The hash begins with " + prefix + ", by which Dovecot (doveadm pw) names the scheme. The mail server would store that as a part of the hash, " +
				"which then does not fit into its database. Remove the prefix: what is left begins with $1$."
		}
		return "The hash begins with " + prefix + ", by which Dovecot (doveadm pw) names the scheme, and without the prefix it is not an md5-crypt hash either. " + wanted + advice
	}
	for _, scheme := range modularSchemes {
		if strings.HasPrefix(value, scheme.prefix) {
			return "The hash begins with " + scheme.prefix + ": it is one of " + scheme.name + ", not an md5-crypt hash. " + wanted + advice
		}
	}
	if trimmed := strings.TrimSpace(value); trimmed != value && mailserverapi.IsPasswordHash(trimmed) {
		return "There is white space around the hash, such as a line break at its end. Remove it, for example with trimspace()."
	}
	if _, hash, found := strings.Cut(value, ":"); found && (mailserverapi.IsPasswordHash(hash) || mailserverapi.IsPasswordHash(strings.SplitN(hash, ":", 2)[0])) {
		return "There is a user's name before the hash, as in a line of a password file. Give only the part that begins with $1$, up to the next colon."
	}
	return "The value is not an md5-crypt hash. " + wanted
}

func isDovecotScheme(name string) bool {
	for _, scheme := range dovecotSchemes {
		if strings.EqualFold(scheme, name) {
			return true
		}
	}
	return false
}
