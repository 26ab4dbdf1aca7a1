package apitest

import (
	"strings"
	"testing"
)

// programWords are words of the program's language and libraries, which say nothing to a user.
var programWords = []string{"%!", "<nil>", "EOF", "unmarshal", "json:", "xml:", "invalid character", "context canceled", "net/http", "interface {}", "retryablehttp"}

// CheckWords fails the test if an error has words that only a programmer knows, or sentences that do not
// fit together.
func CheckWords(t *testing.T, what string, err error) {
	t.Helper()
	for _, word := range append(programWords, ". .", "..", ": :", "  ", ":.") {
		if strings.Contains(err.Error(), word) {
			t.Errorf("%s: %q is in %v", what, word, err)
		}
	}
}
