package mailserversim

import (
	"regexp"
	"testing"
)

// The hashes come from "openssl passwd -1 -salt SALT PASSWORD"; the first is the example of its
// manual page.
func TestMD5Crypt(t *testing.T) {
	tests := map[string]struct{ password, salt, want string }{
		"manual page":                {"password", "xxxxxxxx", "$1$xxxxxxxx$UYCIxa628.9qXjpQCjM4a."},
		"empty":                      {"", "deadbeef", "$1$deadbeef$/mnyJuKq4u1H3AURZkwqo0"},
		"longer than a digest, UTF8": {"a much longer pass phrase, of more than sixteen bytes é", "12345678", "$1$12345678$oKiFfYBpTtj0UNzpkcCBn0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := md5Crypt(test.password, test.salt); got != test.want {
				t.Errorf("md5Crypt(%q, %q) = %q, want %q", test.password, test.salt, got, test.want)
			}
		})
	}
}

func TestNewSalt(t *testing.T) {
	first, second := newSalt(), newSalt()
	if first == second {
		t.Errorf("two salts are equal: %q", first)
	}
	if !regexp.MustCompile(`^[./0-9A-Za-z]{8}$`).MatchString(first) {
		t.Errorf("salt %q is not eight characters of the crypt alphabet", first)
	}
}
