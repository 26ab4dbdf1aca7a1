package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// spfZone answers lookups: values by "name TYPE", "!" for an error.
type spfZone map[string][]string

func (z spfZone) lookup(_ context.Context, name, recordType string) ([]string, error) {
	values := z[name+" "+recordType]
	if len(values) == 1 && values[0] == "!" {
		return nil, errors.New("SERVFAIL")
	}
	return values, nil
}

func TestEvaluateSPF(t *testing.T) {
	zone := spfZone{
		"host.example A": {"192.0.2.7", "2001:db8::7"}, "mx.example A": {"192.0.2.8"}, "six.example A": {"2001:db8::8"},
		"mail.example MX": {"mx.example", "six.example"}, "pass.example TXT": {"v=spf1 ip4:192.0.2.0/24 -all"}, "neutral.example TXT": {"v=spf1 ?all"},
		"wrong.example TXT": {"v=spf1 nonsense"}, "fails.example TXT": {"!"}, "fails.example A": {"!"}, "loop.example TXT": {"v=spf1 include:loop.example"},
		"7.2.0.192.in-addr.arpa PTR": {"other.example", "host.example", "forged.example"}, "other.example A": {"192.0.2.7"}, "forged.example A": {"203.0.113.1"},
		"two.example TXT": {"v=spf1 -all", "v=spf1 +all"}, "none.example TXT": {"text"},
		"7.2.0.192.in-addr.macro.example A": {"127.0.0.2"}, "joe-bar.l.macro.example A": {"127.0.0.2"}, "bar.l.macro.example A": {"127.0.0.2"}, "a%20b.macro.example A": {"127.0.0.2"},
		"7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.macro.example A": {"127.0.0.2"},
		"hello.example.macro.example A": {"127.0.0.2"}, "other.example.ptr.macro.example A": {"127.0.0.2"}, "7-2-0-192.macro.example A": {"127.0.0.2"},
	}
	for i := range 11 {
		zone["many.example MX"] = append(zone["many.example MX"], fmt.Sprintf("mx%d.example", i))
	}
	tests := []struct {
		name, record, address, from string
		want                        SPFResult
		reason                      string
	}{
		{"qualifiers", "-all", "192.0.2.7", "", SPFFail, `"-all" of example.com`},
		{"softfail", "ip4:198.51.100.1 ~all", "192.0.2.7", "", SPFSoftFail, "~all"},
		{"neutral at the end", "ip4:198.51.100.1", "192.0.2.7", "", SPFNeutral, "nothing"},
		{"the first match counts", "?ip4:192.0.2.7 -ip4:192.0.2.0/24 +all", "192.0.2.7", "", SPFNeutral, "?ip4"},
		{"a network", "ip4:192.0.2.0/28 -all", "192.0.2.15", "", SPFPass, ""},
		{"beside the network", "ip4:192.0.2.0/28 -all", "192.0.2.16", "", SPFFail, ""},
		{"IPv6", "ip6:2001:db8::/32 -all", "2001:db8:1::1", "", SPFPass, ""},
		{"IPv4 in IPv6", "ip4:192.0.2.7 -all", "::ffff:192.0.2.7", "", SPFPass, ""},
		{"a host", "a:host.example -all", "192.0.2.7", "", SPFPass, ""},
		{"a host, by IPv6", "a:host.example -all", "2001:db8::7", "", SPFPass, ""},
		{"a host of the other family", "a:six.example/0 -all", "192.0.2.7", "", SPFFail, ""},
		{"lengths of both families", "a:host.example/24//64 -all", "2001:db8::ffff", "", SPFPass, ""},
		{"MX", "mx:mail.example -all", "192.0.2.8", "", SPFPass, ""},
		{"MX, by IPv6", "mx:mail.example -all", "2001:db8::8", "", SPFPass, ""},
		{"too many MX", "mx:many.example -all", "192.0.2.7", "", SPFPermError, "11 hosts"},
		{"include that passes", "include:pass.example -all", "192.0.2.7", "", SPFPass, "include:pass.example"},
		{"include that fails is no match", "include:pass.example ?all", "198.51.100.1", "", SPFNeutral, "?all"},
		{"include that is neutral is no match", "include:neutral.example -all", "192.0.2.7", "", SPFFail, ""},
		{"include of nothing", "include:none.example -all", "192.0.2.7", "", SPFPermError, "none.example has no SPF record"},
		{"include of a record that is wrong", "include:wrong.example -all", "192.0.2.7", "", SPFPermError, "wrong.example"},
		{"include of two", "include:two.example -all", "192.0.2.7", "", SPFPermError, "there are 2 SPF records"},
		{"include that cannot be looked up", "include:fails.example -all", "192.0.2.7", "", SPFTempError, "fails.example TXT: SERVFAIL"},
		{"a host that cannot be looked up", "a:fails.example -all", "192.0.2.7", "", SPFTempError, "fails.example A: SERVFAIL"},
		{"a match before the failure", "ip4:192.0.2.7 a:fails.example", "192.0.2.7", "", SPFPass, ""},
		{"a mistake behind the match", "ip4:192.0.2.7 nonsense", "192.0.2.7", "", SPFPermError, "nonsense"},
		{"redirect", "redirect=pass.example", "192.0.2.7", "", SPFPass, "of pass.example"},
		{"redirect, without match", "redirect=pass.example", "198.51.100.1", "", SPFFail, "of pass.example"},
		{"redirect beside all", "?all redirect=pass.example", "198.51.100.1", "", SPFNeutral, "?all"},
		{"redirect to nothing", "redirect=none.example", "192.0.2.7", "", SPFPermError, "no SPF record"},
		{"a loop", "include:loop.example", "192.0.2.7", "", SPFPermError, "give up after 10"},
		{"ten lookups", strings.Repeat("a:six.example ", 10) + "-all", "192.0.2.7", "", SPFFail, ""},
		{"eleven lookups", strings.Repeat("a:six.example ", 11) + "-all", "192.0.2.7", "", SPFPermError, "number 11"},
		{"two lookups of nothing", "a:no1.example mx:no2.example ip4:192.0.2.7", "192.0.2.7", "", SPFPass, ""},
		{"three", "a:no1.example mx:no2.example exists:no3.example ip4:192.0.2.7", "192.0.2.7", "", SPFPermError, "finds nothing"},
		{"names of the address", "ptr:host.example -all", "192.0.2.7", "", SPFPass, ""},
		{"a name that does not lead back", "ptr:forged.example -all", "192.0.2.7", "", SPFFail, ""},
		{"no names", "ptr -all", "192.0.2.9", "", SPFFail, ""},
		{"the reversed address", "exists:%{ir}.%{v}.macro.example -all", "192.0.2.7", "", SPFPass, ""},
		{"the reversed address of IPv6", "exists:%{ir}.%{v}.macro.example -all", "2001:db8::7", "", SPFPass, ""},
		{"the local part", "exists:%{l}.l.macro.example -all", "192.0.2.7", "joe-bar@example.com", SPFPass, ""},
		{"a part of it", "exists:%{l1-}.l.macro.example -all", "192.0.2.7", "joe-bar@example.com", SPFPass, ""},
		{"the address with another delimiter", "exists:%{ir}.x exists:%{i4r.}.y exists:%{l2r-}.l.macro.example exists:%{i}.z", "192.0.2.7", "bar-joe@example.com", SPFPermError, "finds nothing"},
		{"escaped", "exists:%{L}.macro.example -all", "192.0.2.7", `a b@example.com`, SPFPass, ""},
		{"the name that was said", "exists:%{h}.macro.example -all", "192.0.2.7", "", SPFPass, ""},
		{"the validated name", "exists:%{p}.ptr.macro.example -all", "192.0.2.7", "", SPFPass, ""},
		{"a name with only IPv6 does not exist", "exists:six.example -all", "192.0.2.7", "", SPFFail, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			zone["example.com TXT"] = []string{"other", "v=spf1 " + test.record}
			from := test.from
			if from == "" {
				from = "info@example.com"
			}
			got, err := EvaluateSPF(t.Context(), SPFSender{Address: netip.MustParseAddr(test.address), MailFrom: from, HELO: "hello.example"}, zone.lookup)
			if err != nil || got.Result != test.want || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("%+v, %v; want %s because of %q", got, err, test.want, test.reason)
			}
		})
	}
}

func TestEvaluateSPFDomain(t *testing.T) {
	zone := spfZone{"example.com TXT": {"v=spf1 -all"}, "hello.example TXT": {"v=spf1 ip4:192.0.2.7 -all"}, "xn--bcher-kva.example TXT": {"v=spf1 +all"}}
	for _, test := range []struct {
		from, helo string
		want       SPFResult
	}{
		{"info@example.com", "hello.example", SPFFail},
		{"info@EXAMPLE.com.", "hello.example", SPFFail},
		{"", "hello.example", SPFPass},
		{"", "hello", SPFNone},
		{"", "[192.0.2.7]", SPFNone},
		{"info@[192.0.2.7]", "hello.example", SPFNone},
		{"info@none.example", "hello.example", SPFNone},
		{"a@b@example.com", "hello.example", SPFFail},
		{"info@example..com", "hello.example", SPFNone},
	} {
		got, err := EvaluateSPF(t.Context(), SPFSender{Address: netip.MustParseAddr("192.0.2.7"), MailFrom: test.from, HELO: test.helo}, zone.lookup)
		if err != nil || got.Result != test.want {
			t.Errorf("%q, %q: %+v, %v; want %s", test.from, test.helo, got, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := EvaluateSPF(ctx, SPFSender{Address: netip.MustParseAddr("192.0.2.7"), HELO: "hello.example"}, zone.lookup); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

// A record that any stranger may have written takes a bounded number of lookups.
func FuzzEvaluateSPF(f *testing.F) {
	for _, seed := range []string{"include:example.com", "mx ptr exists:%{ir}.%{p}.%{d} a/24//64 redirect=%{o}", "a:%{l3r+-}.%%.%_.%- ?all", "mx mx mx mx"} {
		f.Add(seed, "a+b@example.com")
	}
	f.Fuzz(func(t *testing.T, record, from string) {
		asked := 0
		lookup := func(_ context.Context, name, recordType string) ([]string, error) {
			asked++
			switch recordType {
			case "TXT":
				return []string{"v=spf1 " + record}, nil
			case "A":
				return []string{"192.0.2.9"}, nil
			}
			return strings.Split(strings.Repeat("a.example b.example ", 5)+"c.example", " ")[:10], nil
		}
		verdict, err := EvaluateSPF(t.Context(), SPFSender{Address: netip.MustParseAddr("192.0.2.7"), MailFrom: from, HELO: "hello.example"}, lookup)
		if err != nil || verdict.Result == "" || verdict.Reason == "" {
			t.Fatalf("%q: %+v, %v", record, verdict, err)
		}
		if asked > 150 {
			t.Fatalf("%q takes %d lookups", record, asked)
		}
	})
}
