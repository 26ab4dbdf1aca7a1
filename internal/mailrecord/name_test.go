package mailrecord

import (
	"strings"
	"testing"
)

func TestCheckHostname(t *testing.T) {
	label := strings.Repeat("a", 63)
	long := strings.Join([]string{label, label, label, strings.Repeat("b", 61)}, ".")
	for _, name := range []string{"mail.example.com", "Mail.Example.COM.", "1.a-b.example", "xn--bcher-kva.example", label + ".example", long, long + "."} {
		if err := checkHostname(name); err != nil {
			t.Error(err)
		}
	}
	tests := []struct{ name, want string }{
		{"", "empty"},
		{".", "empty"},
		{"a..example", "empty label"},
		{label + "a.example", "more than 63 bytes"},
		{long + "b", "254 bytes"},
		{"-a.example", "hyphen"},
		{"a-.example", "hyphen"},
		{"a b.example", "' '"},
		{"*.example", "'*'"},
		{"bücher.example", "punycode"},
		{"a_b.example", "underscore"},
		{"localhost", "complete"},
		{"300.1.1.1", "number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkError(t, checkHostname(test.name), []string{test.want})
		})
	}
}
