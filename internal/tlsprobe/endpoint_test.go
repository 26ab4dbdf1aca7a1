package tlsprobe

import (
	"strings"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
	for text, want := range map[string]string{
		"https://mail.example.com":           "https://mail.example.com:443",
		"HTTPS://Mail.Example.COM./":         "https://mail.example.com:443",
		"https://mail.example.com:8443":      "https://mail.example.com:8443",
		"smtps://mail.example.com":           "smtps://mail.example.com:465",
		"imaps://mail.example.com":           "imaps://mail.example.com:993",
		"smtp://mail.example.com":            "smtp://mail.example.com:25",
		"smtp://mail.example.com:587":        "smtp://mail.example.com:587",
		"imap://mail.example.com":            "imap://mail.example.com:143",
		"https://пошта.example":              "https://xn--80a1acn3a.example:443",
		"https://192.0.2.25":                 "https://192.0.2.25:443",
		"smtp://[2001:DB8::25]":              "smtp://[2001:db8::25]:25",
		"imap://[2001:db8::25]:10143":        "imap://[2001:db8::25]:10143",
		"https://xn--80a1acn3a.example:0443": "https://xn--80a1acn3a.example:443",
	} {
		e, err := ParseEndpoint(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if e.String() != want {
			t.Errorf("%q is %q, want %q", text, e, want)
		}
		if again, err := ParseEndpoint(e.String()); err != nil || again != e {
			t.Errorf("%q does not stay what it is: %v, %v", e, again, err)
		}
	}
}

func TestParseEndpointRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "looks like",
		"mail.example.com:443":                "looks like",
		"ftp://mail.example.com":              `"ftp" is none of`,
		"https://":                            "empty",
		"https://:443":                        "empty",
		"https://mail.example.com/path":       "no user, path or query",
		"https://mail.example.com?x=1":        "no user, path or query",
		"https://joe:sesame@mail.example.com": "no user, path or query",
		"https://mail.example.com:":           "not a port",
		"https://mail.example.com:0":          "not a port",
		"https://mail.example.com:65536":      "not a port",
		"https://mail.example.com:https":      "not a port",
		"https://2001:db8::25":                "in brackets",
		"https://mail..example.com":           "dots in a row",
		"https://mail example.com":            "not a domain name",
	} {
		_, err := ParseEndpoint(text)
		switch {
		case err == nil:
			t.Errorf("%q is taken for an endpoint", text)
		case !strings.Contains(err.Error(), want):
			t.Errorf("%q: %q does not say %q", text, err, want)
		case strings.Contains(err.Error(), "sesame"):
			t.Errorf("%q: %q shows the password", text, err)
		}
	}
}
