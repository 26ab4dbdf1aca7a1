package mailserver

import (
	"strings"
	"testing"
)

// A hash that the mail server does not store is refused with the reason. No message shows the hash,
// or what may be a password.
func TestPasswordHashRefused(t *testing.T) {
	const salt, digest = "abcdefgh", "irWbblnpmw.5z7wgBnprh0"
	const good = "$1$" + salt + "$" + digest
	for name, c := range map[string]struct{ value, says string }{
		"good":                  {good, ""},
		"short salt":            {"$1$a$" + digest, ""},
		"Dovecot":               {"{MD5-CRYPT}" + good, "begins with {MD5-CRYPT}, by which Dovecot (doveadm pw) names the scheme. The mail server would store that as a part of the hash, which then does not fit into its database. Remove the prefix"},
		"Dovecot, lower case":   {"{md5-crypt}" + good, "Remove the prefix"},
		"Dovecot, CRYPT":        {"{CRYPT}" + good, "begins with {CRYPT}"},
		"Dovecot, MD5":          {"{MD5}" + good, "Remove the prefix"},
		"Dovecot, encoding":     {"{MD5-CRYPT.B64}" + digest, "begins with {MD5-CRYPT.B64}, by which Dovecot (doveadm pw) names the scheme, and without the prefix it is not an md5-crypt hash either"},
		"Dovecot, SHA512-CRYPT": {"{SHA512-CRYPT}$6$" + salt + "$" + digest, "begins with {SHA512-CRYPT}"},
		"Dovecot, BLF-CRYPT":    {"{BLF-CRYPT}$2y$05$" + digest, "openssl passwd -1"},
		"Dovecot, SSHA":         {"{SSHA}" + digest, "begins with {SSHA}"},
		"Dovecot, SCRAM":        {"{SCRAM-SHA-256}4096," + digest, "begins with {SCRAM-SHA-256}"},
		"Dovecot, plain":        {"{PLAIN}" + digest, "begins with {PLAIN}"},
		"braces of a password":  {"{hunter2}" + digest, "is not an md5-crypt hash"},
		"password":              {"correct horse", "is not an md5-crypt hash"},
		"Apache":                {"$apr1$" + salt + "$" + digest, "begins with $apr1$: it is one of Apache's variant"},
		"bcrypt":                {"$2y$05$" + digest, "bcrypt"},
		"SHA-256":               {"$5$" + salt + "$" + digest, "SHA-256-crypt"},
		"SHA-512":               {"$6$" + salt + "$" + digest, "SHA-512-crypt"},
		"yescrypt":              {"$y$j9T$" + salt + "$" + digest, "yescrypt"},
		"Argon2":                {"$argon2id$v=19$" + digest, "Argon2"},
		"line break":            {good + "\n", "trimspace()"},
		"htpasswd":              {"hunter2:" + good, "user's name before the hash"},
		"shadow":                {"hunter2:" + good + ":19000:0:99999:7:::", "user's name before the hash"},
		"prefix and line break": {"{MD5-CRYPT}" + good + "\n", "begins with {MD5-CRYPT}"},
		"long salt":             {"$1$abcdefghi$" + digest, "is not an md5-crypt hash"},
	} {
		t.Run(name, func(t *testing.T) {
			text := hashProblem(c.value)
			if c.says == "" {
				if text != "" {
					t.Errorf("it says %q", text)
				}
				return
			}
			if !strings.Contains(text, c.says) {
				t.Errorf("it says %q", text)
			}
			for _, secret := range []string{digest, salt, "hunter2", "correct"} {
				if strings.Contains(text, secret) {
					t.Errorf("it shows %q: %q", secret, text)
				}
			}
		})
	}
}
