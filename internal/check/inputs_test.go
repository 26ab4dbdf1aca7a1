package check

import (
	"net/netip"
	"strings"
	"testing"
)

// input is a text that somebody gives, and what it is read as, or why it is refused.
type input struct{ text, want, refused string }

func testInputs[T any](t *testing.T, parse func(string) (T, error), shown func(T) string, inputs ...input) {
	t.Helper()
	for _, in := range inputs {
		got, err := parse(in.text)
		switch {
		case in.refused == "" && err != nil:
			t.Errorf("%q: %v", in.text, err)
		case in.refused == "" && shown(got) != in.want:
			t.Errorf("%q is read as %q, want %q", in.text, shown(got), in.want)
		case in.refused == "":
			if again, err := parse(shown(got)); err != nil || shown(again) != in.want {
				t.Errorf("%q is read as %q, and that as %q (%v)", in.text, in.want, shown(again), err)
			}
		case err == nil:
			t.Errorf("%q is read as %q", in.text, shown(got))
		case !strings.Contains(err.Error(), in.refused) || !strings.Contains(err.Error(), `"`) || strings.HasSuffix(err.Error(), "."):
			t.Errorf("%q: %q does not say %q", in.text, err, in.refused)
		}
	}
}

func asIs(text string) string { return text }

func TestInputs(t *testing.T) {
	t.Parallel()
	testInputs(t, ParseSelector, asIs,
		input{"S1", "s1", ""}, input{"s1.", "s1", ""}, input{"2026.mail_x", "2026.mail_x", ""}, input{"s1._domainkey", "s1", ""}, input{"ключ", "xn--j1ac0b1a", ""},
		input{"s1._domainkey.News.example.com.", "s1._domainkey.news.example.com", ""},
		input{"", "", "is empty"}, input{"s 1", "", "not a domain name"}, input{"a..b", "", "two dots"}, input{"a@b", "", "a selector is what stands"},
		input{"*", "", "many names"}, input{"_domainkey", "", "has no selector"}, input{"_domainkey.example.com", "", "has no selector"}, input{"v=DKIM1; p=", "", "not a domain name"})
	testInputs(t, ParseSender, netip.Addr.String,
		input{"192.0.2.25", "192.0.2.25", ""}, input{"2001:DB8::25", "2001:db8::25", ""}, input{"::ffff:192.0.2.25", "192.0.2.25", ""},
		input{"", "", "not an IP address"}, input{"192.0.2.25/32", "", "not an IP address"}, input{"192.0.2.256", "", "not an IP address"}, input{"mail.example.com", "", "not an IP address"},
		input{"fe80::1%eth0", "", "not an IP address"}, input{"0.0.0.0", "", "not the address of a host"}, input{"224.0.0.1", "", "not the address of a host"}, input{"255.255.255.255", "", "not the address of a host"}, input{"::", "", "not the address of a host"})
	testInputs(t, ParseHELO, asIs,
		input{"Mail.Example.COM.", "mail.example.com", ""}, input{"localhost", "localhost", ""}, input{"пошта.example", "xn--80a1acn3a.example", ""},
		input{"[192.0.2.25]", "[192.0.2.25]", ""}, input{"[IPv6:2001:db8::25]", "[IPv6:2001:db8::25]", ""}, input{"192.0.2.25", "192.0.2.25", ""},
		input{"", "", "is empty"}, input{"mail example", "", "not a domain name"}, input{"mail.example.com:25", "", "not a domain name"}, input{"https://mail.example.com", "", "the name in a greeting"},
		input{"anna@example.com", "", "not a domain name"}, input{"*.example.com", "", "many names"}, input{"[192.0.2.25", "", "not an address in brackets"}, input{"[mail]", "", "not an address in brackets"})
	testInputs(t, ParseBlockList, asIs,
		input{"DNSBL.example.", "dnsbl.example", ""}, input{"блок.example", "xn--90ascm.example", ""},
		input{"", "", "is empty"}, input{"dnsbl", "", "one label"}, input{"https://dnsbl.example", "", "not a domain name"}, input{"192.0.2.1", "", "is an address"}, input{"*.dnsbl.example", "", "many names"})
	testInputs(t, ParseNetwork, netip.Prefix.String,
		input{"10.0.0.0/8", "10.0.0.0/8", ""}, input{"10.1.2.3/8", "10.0.0.0/8", ""}, input{"FD00::/8", "fd00::/8", ""}, input{"::ffff:10.0.0.0/104", "10.0.0.0/8", ""}, input{"0.0.0.0/0", "0.0.0.0/0", ""},
		input{"", "", "not a network"}, input{"10.0.0.1", "", "this address alone is 10.0.0.1/32"}, input{"10.0.0.0/33", "", "not a network"}, input{"10.0.0.0/255.0.0.0", "", "not a network"}, input{"::ffff:0.0.0.0/80", "", "leave out ::ffff:"})
	testInputs(t, ParseControlHost, asIs,
		input{"Mail.example.", "mail.example:25", ""}, input{"mail.example.:2525", "mail.example:2525", ""}, input{"192.0.2.25", "192.0.2.25:25", ""}, input{"2001:db8::25", "[2001:db8::25]:25", ""}, input{"пошта.example", "xn--80a1acn3a.example:25", ""},
		input{"", "", "has no host"}, input{"mail.example:", "", "not a port"}, input{"mail.example:smtp", "", "not a port"}, input{"smtp://mail.example", "", "is a URL"}, input{"anna@mail.example", "", "not a domain name"})
	testInputs(t, ParseProofZone, asIs,
		input{".", ".", ""}, input{"Example.COM.", "example.com", ""}, input{"de", "de", ""}, input{"рф", "xn--p1ai", ""},
		input{"", "", "the root as"}, input{"192.0.2.1", "", "is an address"}, input{"*.example.com", "", "many names"}, input{"example com", "", "not a domain name"})
	testInputs(t, func(text string) (string, error) {
		local, domain, err := ParseMailbox(text)
		if domain != "" {
			local += "@" + domain
		}
		return local, err
	}, asIs,
		input{"postmaster", "postmaster", ""}, input{"Anna.B+x@Example.COM.", "Anna.B+x@example.com", ""}, input{"anna@пошта.example", "anna@xn--80a1acn3a.example", ""}, input{"анна", "анна", ""},
		input{"", "", "nothing before the @"}, input{"@example.com", "", "nothing before the @"}, input{"anna@", "", "is empty"}, input{"anna@b@example.com", "", "a second @"}, input{"anna berg", "", "a blank"},
		input{"Anna <anna@example.com>", "", "not a domain name"}, input{"anna,berg", "", "a comma"}, input{"mailto:anna@example.com", "", "no mailbox has"}, input{"a..b", "", "two in a row"}, input{".a@example.com", "", "a dot at the beginning"},
		input{strings.Repeat("x", 65), "", "65 bytes"}, input{"anna@192.0.2.1", "", "is an address"})
}

func TestSelectorOfAnotherDomain(t *testing.T) {
	t.Parallel()
	for selector, fits := range map[string]bool{"s1": true, "s1.x": true, "s1._domainkey.example.com": true, "s1._domainkey.news.example.com": true,
		"s1._domainkey.example.net": false, "s1._domainkey.badexample.com": false, "s1._domainkey.com": false} {
		if err := CheckSelector(selector, "example.com"); (err == nil) != fits {
			t.Errorf("%s: %v", selector, err)
		}
	}
}

// Run refuses what the commands and the data source refuse, all of it at once.
func TestRunRefusesInputs(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.options.Lookup = s.world.serve(t)
	s.options.Selectors, s.options.BlockLists, s.options.HELOName = []string{"a..b"}, []string{"dnsbl"}, "a b"
	s.options.ControlHost, s.options.ProofZone, s.options.SendingAddresses = "mail:x", "*.example.com", []netip.Addr{netip.IPv4Unspecified()}
	_, err := Run(t.Context(), s.options)
	for _, want := range []string{"selector: ", "block list: ", "HELO name: ", "control host: ", "proof zone: ", "sending address: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
