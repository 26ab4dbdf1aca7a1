package mailrecord

import (
	"strings"
	"testing"
)

func TestIsSPF(t *testing.T) {
	tests := map[string]bool{
		"v=spf1":            true,
		"v=spf1 -all":       true,
		"V=Spf1 nonsense":   true,
		"v=spf10 -all":      false,
		"v=spf1;a":          false,
		"v=spf1\t-all":      false,
		" v=spf1 -all":      false,
		`"v=spf1 -all"`:     false,
		"spf2.0/pra -all":   false,
		"v=DMARC1; p=none":  false,
		"":                  false,
		"v=sp":              false,
		"v=spf1  a   -all ": true,
	}
	for text, want := range tests {
		if got := IsSPF(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindSPF(t *testing.T) {
	others := []string{"google-site-verification=x", "v=DMARC1; p=none"}
	if got, err := FindSPF(others); got != "" || err != nil {
		t.Errorf("none: got %q, %v", got, err)
	}
	if got, err := FindSPF(append(others, "v=spf1 -all")); got != "v=spf1 -all" || err != nil {
		t.Errorf("one: got %q, %v", got, err)
	}
	_, err := FindSPF([]string{"v=spf1 -all", "x", "V=SPF1 a ~all"})
	checkError(t, err, []string{"2 SPF records", `"v=spf1 -all"`, `"V=SPF1 a ~all"`})
}

func TestBuildSPF(t *testing.T) {
	got, err := BuildSPF("Mail.Example.COM.")
	if err != nil || got != "v=spf1 a:mail.example.com ~all" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, host := range []string{"", "mail", "192.0.2.1", "my_mail.example.com", "a b.example.com", "bücher.example", "%{d}.example.com", "mail..example.com"} {
		if text, err := BuildSPF(host); err == nil {
			t.Errorf("%q: no error but %q", host, text)
		}
	}
}

func TestParseSPFTerms(t *testing.T) {
	text := "v=spf1  A MX:Mail.Example.Com./24//64 +ip4:192.0.2.0/24 ~ip6:2001:db8::/32 ?exists:%{ir}.%{v}._spf.%{d2} Include:x.example.com ptr:example.org future=%{c}/ok -ALL "
	spf, err := ParseSPF(text)
	if err != nil {
		t.Fatal(err)
	}
	if spf.text != text {
		t.Errorf("the text became %q", spf.text)
	}
	want := []struct {
		qualifier   byte
		name, value string
	}{
		{'+', "a", ""},
		{'+', "mx", "Mail.Example.Com."},
		{'+', "ip4", "192.0.2.0"},
		{'~', "ip6", "2001:db8::"},
		{'?', "exists", "%{ir}.%{v}._spf.%{d2}"},
		{'+', "include", "x.example.com"},
		{'+', "ptr", "example.org"},
		{0, "future", "%{c}/ok"},
		{'-', "all", ""},
	}
	if len(spf.Terms) != len(want) {
		t.Fatalf("%d terms: %+v", len(spf.Terms), spf.Terms)
	}
	for i, term := range spf.Terms {
		if term.Qualifier != want[i].qualifier || term.Name != want[i].name || term.Value != want[i].value {
			t.Errorf("term %d: got %+v, want %+v", i, term, want[i])
		}
		if !strings.HasPrefix(text[term.Offset:], term.Text) {
			t.Errorf("%q is not at byte %d", term.Text, term.Offset)
		}
	}
}

func TestParseSPFAccepts(t *testing.T) {
	for _, term := range []string{
		"a", "a/0", "a//0", "a/32//128", "a:x.example.com//64", "mx/24", "ptr", "ip4:0.0.0.0/0", "ip6:::ffff:192.0.2.1/120",
		"include:_spf.example.com", "include:x.1-2", "include:example.com.", "exists:%{l1r+-}.example.com", "exists:x%{d}", "include:%%.%_x.example",
		"redirect=%{d3r}", "exp=_explain.%{D}", "a.b-c_d=", "unknown=a=b:c/d", "exists:a/b.example.com",
	} {
		if _, err := ParseSPF("v=spf1 " + term); err != nil {
			t.Error(err)
		}
	}
}

func TestParseSPFErrors(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"v=DMARC1; p=none", []string{`"v=spf1"`, "v=DMARC1"}},
		{"v=spf1 a  ip4:300.1.1.1 -all", []string{"term 2", `"ip4:300.1.1.1" at byte 10`, "IPv4 address"}},
		{"v=spf1 ip4:2001:db8::1", []string{"IPv4 address"}},
		{"v=spf1 ip6:192.0.2.1", []string{"IPv6 address"}},
		{"v=spf1 ip6:fe80::1%eth0", []string{"IPv6 address"}},
		{"v=spf1 ip4:192.0.2.1/33", []string{`"33"`, "0 to 32"}},
		{"v=spf1 ip4:192.0.2.1/", []string{`""`, "CIDR"}},
		{"v=spf1 ip4:192.0.2.1/08", []string{`"08"`}},
		{"v=spf1 ip4=192.0.2.1 ip4", []string{"term 2", "ip4:ADDRESS"}},
		{"v=spf1 a/33", []string{`"33"`}},
		{"v=spf1 a//129", []string{`"129"`}},
		{"v=spf1 a/", []string{`"/" is no CIDR length`}},
		{"v=spf1 a:", []string{"domain name is missing"}},
		{"v=spf1 a:192.0.2.1", []string{"ends in a number", "ip4:"}},
		{"v=spf1 mx:localhost", []string{`"localhost"`, "complete domain name"}},
		{"v=spf1 include", []string{"include:NAME"}},
		{"v=spf1 include:", []string{"domain name is missing"}},
		{"v=spf1 include:example.com,", []string{`"com,"`}},
		{"v=spf1 include:example.c_m", []string{`"c_m"`}},
		{"v=spf1 include: example.com", []string{"term 1", "missing"}},
		{"v=spf1 include:bücher.example", []string{"0xC3", "punycode"}},
		{"v=spf1 a\t-all", []string{"0x09", "only blanks"}},
		{"v=spf1 all:x", []string{"all takes no argument"}},
		{"v=spf1 ptr/24", []string{`"/24"`}},
		{"v=spf1 spf.example.com -all", []string{`"spf.example.com"`, "not a mechanism"}},
		{"v=spf1 - -all", []string{`term 1, "-"`}},
		{"v=spf1 -redirect=example.com", []string{`"-redirect"`}},
		{"v=spf1 =x", []string{"without a name"}},
		{"v=spf1 redirect=", []string{"missing"}},
		{"v=spf1 redirect=a.example redirect=b.example", []string{"term 2", "redirect= is there twice"}},
		{"v=spf1 exp=a.example EXP=b.example", []string{"exp= is there twice"}},
		{"v=spf1 exists:%{x}.example.com", []string{`"%{x}"`}},
		{"v=spf1 exists:%{c}.example.com", []string{`"%{c}"`}},
		{"v=spf1 exists:%{}.example.com", []string{`"%{}"`}},
		{"v=spf1 exists:%{d0}.example.com", []string{"0 labels"}},
		{"v=spf1 exists:%{dr2}.example.com", []string{`"r2"`}},
		{"v=spf1 exists:%{d.example.com", []string{"begins no macro"}},
		{"v=spf1 exists:100%.example.com", []string{"begins no macro"}},
		{"v=spf1 exists:a.b%{d}com", []string{"complete domain name"}},
		{"v=spf1 x=%", []string{"begins no macro"}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, err := ParseSPF(test.text)
			checkError(t, err, append(test.want, "SPF record: "))
		})
	}
}

func TestSPFWarnings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"good", "v=spf1 include:x.example.com ip4:192.0.2.1 ~all", nil},
		{"redirect alone", "v=spf1 redirect=x.example.com", nil},
		{"ptr", "v=spf1 ptr -all", []string{`"ptr" at byte 7`}},
		{"everyone", "v=spf1 all", []string{"everyone"}},
		{"behind all", "v=spf1 ~all a -all exp=x.example.com", []string{`"a"`, `"-all" at byte 14`}},
		{"redirect beside all", "v=spf1 redirect=x.example.com -all", []string{`"redirect=x.example.com"`}},
		{"long", "v=spf1" + strings.Repeat(" ip4:192.0.2.1", 40), []string{"566 bytes"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			spf, err := ParseSPF(test.text)
			if err != nil {
				t.Fatal(err)
			}
			checkWarnings(t, spf.Warnings(), test.want)
		})
	}
}

func FuzzSPF(f *testing.F) {
	f.Add("v=spf1  include:a.example.com ?exists:%{ir}.b.example -all ", "v=spf1 a:mail.example.com ~all")
	f.Add("v=spf1 redirect=x.example.com a", "v=spf1 ip4:192.0.2.1/24 a//64")
	f.Add("v=spf1", "v=spf1 -all")
	f.Add("v=spf1 -all", "v=spf1 mx exp=x.example.com")
	f.Add("", "v=spf1 a a mx/24//64 ")
	f.Fuzz(func(t *testing.T, existing, ours string) {
		if spf, err := ParseSPF(existing); err == nil && spf.text != existing {
			t.Fatalf("%q became %q", existing, spf.text)
		}
		checkMerge(t, existing, ours)
	})
}
