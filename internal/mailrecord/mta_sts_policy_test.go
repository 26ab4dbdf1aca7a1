package mailrecord

import (
	"slices"
	"strings"
	"testing"
)

func TestParseMTASTSPolicy(t *testing.T) {
	got, err := ParseMTASTSPolicy("version: STSv1\r\nmode: enforce\r\nmx: Mail.Example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\nx-own: y z\r\nmode: none\r\n")
	if err != nil || got.Mode != "enforce" || got.MaxAge != 604800 || !slices.Equal(got.MX, []string{"mail.example.com", "*.example.net"}) {
		t.Errorf("%+v, %v", got, err)
	}
	for host, want := range map[string]bool{"mail.example.com": true, "MX.example.net.": true, "example.net": false, "a.b.example.net": false, "x.example.com": false} {
		if got.Matches(host) != want {
			t.Errorf("%s matches: %t", host, !want)
		}
	}
	for _, text := range []string{"version: STSv1\nmode: none\nmax_age: 0", "version:STSv1\nmode:none\nmax_age:0\n"} {
		if got, err := ParseMTASTSPolicy(text); err != nil || got.Mode != "none" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestParseMTASTSPolicyErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "version is missing",
		"<!DOCTYPE html>\n<html>":  "line 1",
		"mode: none\nmax_age: 1\n": "version is missing",
		"version: STSv2\nmode: none\nmax_age: 1\n":                              `"STSv2"`,
		"version: STSv1\nmax_age: 1\n":                                          "mode is missing",
		"version: STSv1\nmode: enforced\nmax_age: 1\n":                          `"enforced"`,
		"version: STSv1\nmode: none\n":                                          "max_age is missing",
		"version: STSv1\nmode: none\nmax_age: 1d\n":                             `"1d"`,
		"version: STSv1\nmode: none\nmax_age: -1\n":                             `"-1"`,
		"version: STSv1\nmode: none\nmax_age: 31557601\n":                       "a year",
		"version: STSv1\nmode: testing\nmax_age: 1\n":                           "mx is missing",
		"version: STSv1\nmode: testing\nmx: *.*.example.com\nmax_age: 1\n":      "wildcard",
		"version: STSv1\nmode: testing\nmx: mx_1.example.com\nmax_age: 1\n":     "mx",
		"version: STSv1\nmode: testing\nmx: mx.example.com.\nmax_age: 1\n":      `write "mx.example.com"`,
		"version: STSv1\n\nmode: none\nmax_age: 1\n":                            "line 2",
		"version: STSv1\nmode: none\nmax_age: 1\nown: \x01\n":                   "line 4",
		strings.Repeat("x", 40) + ": 1\nversion: STSv1\nmode: none\nmax_age: 1": "line 1",
	} {
		if _, err := ParseMTASTSPolicy(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v does not say %q", text, err, want)
		}
	}
}
