package mailrecord

import (
	"strings"
	"testing"
)

// Texts that are nearly a record of mail. Each of them was published by somebody who meant the real
// one; receivers make nothing of it.
func TestUselessTexts(t *testing.T) {
	const spf, dkim, dmarc = "example.com", "s1._domainkey.example.com", "_dmarc.example.com"
	const sts, tlsrpt, bimi = "_mta-sts.example.com", "_smtp._tls.example.com", "default._bimi.example.com"
	tests := []struct{ what, name, text, says string }{
		// As zone files, web interfaces and APIs write texts.
		{"quotes", spf, `"v=spf1 mx -all"`, `without quotes and escapes, in one piece: "v=spf1 mx -all"`},
		{"quotes and blanks around", spf, ` "v=spf1 mx -all" `, "without quotes and escapes"},
		{"the first quote alone", spf, `"v=spf1 mx -all`, "a quote at byte 0"},
		{"the last quote alone", spf, `v=spf1 mx -all"`, "a quote at byte 14"},
		{"single quotes", spf, `'v=spf1 mx -all'`, `in quotes (')`},
		{"backticks", spf, "`v=spf1 mx -all`", "in quotes (`)"},
		{"typographic quotes", spf, "“v=spf1 mx -all”", `in quotes (“)`},
		{"German quotes", dmarc, "„v=DMARC1; p=none“", `in quotes („)`},
		{"strings", dkim, `"v=DKIM1; k=rsa; p=" "MIGf"`, "several quoted strings"},
		{"strings in parentheses", dkim, `( "v=DKIM1; k=rsa; " "p=MIGf" )`, `in one piece: "v=DKIM1; k=rsa; p=MIGf"`},
		{"strings, joined by hand", dkim, `v=DKIM1; k=rsa; p=MIGf" "AAAA`, "a quote at byte 22"},
		{"a key without its version in quotes", dkim, `"k=rsa; p=MIGf"`, "without quotes and escapes"},
		{"escaped semicolons", dmarc, `v=DMARC1\; p=none`, `the escape \; at byte 8`},
		{"escaped semicolons of a key", dkim, `v=DKIM1\; k=rsa\; p=MIGf`, `the escape \;`},
		{"escaped semicolons of a key without its version", dkim, `k=rsa\; p=MIGf`, `the escape \;`},
		{"escaped semicolons in quotes", dmarc, `"v=DMARC1\; p=none"`, `in one piece: "v=DMARC1; p=none"`},
		{"escaped quotes", spf, `\"v=spf1 mx -all\"`, `the escape \"`},
		{"an escaped blank", spf, `v=spf1\032mx -all`, `the escape \032`},
		{"a line of a zone file", spf, `example.com. 3600 IN TXT "v=spf1 mx -all"`, "a whole line of a zone file"},
		{"a line of a zone file for the apex", spf, `@ IN TXT v=spf1 mx -all`, `"v=spf1 mx -all"`},
		{"type and text", dmarc, `TXT "v=DMARC1; p=none"`, "a whole line of a zone file"},
		// What cannot be seen, or looks like something else.
		{"a leading blank", spf, " v=spf1 mx -all", "begins with a blank"},
		{"a leading tab", dmarc, "\tv=DMARC1; p=none", "begins with a blank"},
		{"a leading blank of a policy", dmarc, " v=DMARC1; p=none", "begins with a blank"},
		{"a no-break space in front", spf, "\u00a0v=spf1 mx -all", "no-break space (U+00A0) at byte 0"},
		{"a no-break space", spf, "v=spf1\u00a0mx -all", "no-break space (U+00A0) at byte 6"},
		{"a no-break space at the end", spf, "v=spf1 mx -all\u00a0", "no-break space"},
		{"a no-break space in a policy", dmarc, "v=DMARC1;\u00a0p=none", "no-break space (U+00A0) at byte 9"},
		{"a thin space", dmarc, "v=DMARC1;\u2009p=none", "U+2009"},
		{"a zero-width space", dkim, "\u200bv=DKIM1; p=MIGf", "zero-width space (U+200B)"},
		{"a zero-width space in a key", dkim, "v=DKIM1; p=MI\u200bGf", "zero-width space (U+200B)"},
		{"a byte order mark", spf, "\ufeffv=spf1 mx -all", "byte order mark (U+FEFF)"},
		{"a soft hyphen", spf, "v=spf1 include:_spf.ex\u00adample.com -all", "soft hyphen (U+00AD)"},
		{"a right-to-left mark", dmarc, "v=DMARC1; p=none\u200f", "right-to-left mark"},
		{"a tab", spf, "v=spf1\tmx -all", "a tab at byte 6"},
		{"a tab between mechanisms", spf, "v=spf1 mx\t-all", "a tab at byte 9"},
		{"the end of a heredoc", spf, "v=spf1 mx -all\n", "trimspace()"},
		{"the end of a heredoc with a policy", dmarc, "v=DMARC1; p=none\n", "a line break at byte 16"},
		{"a heredoc of several lines", dkim, "v=DKIM1;\n  p=MIGf\n", "a line break at byte 8"},
		{"a line end of Windows", tlsrpt, "v=TLSRPTv1; rua=mailto:a@example.com\r\n", "a line break"},
		{"a line break in front", sts, "\nv=STSv1; id=1;", "a line break"},
		{"a NUL", spf, "v=spf1 mx -all\x00", "U+0000"},
		{"a dash for a minus", spf, "v=spf1 mx –all", "where a hyphen is meant"},
		{"typographic quotes inside", dmarc, "v=DMARC1; p=“none”", "a typographic quote"},
		{"full-width letters", dmarc, "ｖ＝DMARC1; p=none", "looks like one of ASCII"},
		{"a full-width semicolon", dmarc, "v=DMARC1； p=none", "looks like one of ASCII"},
		// The version.
		{"a semicolon behind the version", spf, "v=spf1; mx -all", `a blank has to follow "v=spf1", and not ";"`},
		{"nothing behind the version", spf, "v=spf1include:_spf.example.com -all", `and not "i"`},
		{"a comma behind the version", spf, "v=spf1, mx, -all", `and not ","`},
		{"blanks in the version", spf, "v = spf1 mx -all", "without blanks"},
		{"no v=", spf, "spf1 include:_spf.example.com -all", `begins with "spf1" instead of "v=spf1"`},
		{"v: for v=", spf, "v:spf1 mx -all", `begins with "v:spf1"`},
		{"twice v=", spf, "v=v=spf1 mx -all", `"v=" is there twice`},
		{"another version", spf, "v=spf2 mx -all", `begins with "v=spf2"`},
		{"no version number", spf, "v=spf mx -all", `begins with "v=spf"`},
		{"a longer version", spf, "v=spf10 mx -all", `and not "0"`},
		{"the version is not first", dmarc, "p=none; v=DMARC1", "does not come first"},
		{"the version of a key is not first", dkim, "k=rsa; p=MIGf; v=DKIM1", "does not come first"},
		{"the version of an id is not first", sts, "id=20260101; v=STSv1", "does not come first"},
		{"no semicolon", dmarc, "v=DMARC1 p=none", "a semicolon is missing behind \"v=DMARC1\""},
		{"a comma for a semicolon", dmarc, "v=DMARC1, p=none", "a semicolon is missing"},
		{"no semicolon in a key", dkim, "v=DKIM1 k=rsa p=MIGf", "a semicolon is missing"},
		{"no semicolon in MTA-STS", sts, "v=STSv1 id=20260101", "a semicolon is missing"},
		{"no semicolon in TLS-RPT", tlsrpt, "v=TLSRPTv1 rua=mailto:a@example.com", "a semicolon is missing"},
		{"no semicolon in BIMI", bimi, "v=BIMI1 l=https://example.com/l.svg", "a semicolon is missing"},
		{"an upper-case tag", dmarc, "V=DMARC1; p=none", `"V" instead of "v"`},
		{"a lower-case value", dmarc, "v=dmarc1; p=none", "upper and lower case matter"},
		{"a lower-case key", dkim, "v=dkim1; k=rsa; p=MIGf", `written "v=DKIM1"`},
		{"an upper-case STS", sts, "v=STSV1; id=1", `written "v=STSv1"`},
		{"an upper-case TLSRPT", tlsrpt, "v=TLSRPTV1; rua=mailto:a@example.com", `written "v=TLSRPTv1"`},
		{"a lower-case BIMI", bimi, "v=bimi1; l=", `written "v=BIMI1"`},
		{"no version number of DMARC", dmarc, "v=DMARC; p=none", `begins with "v=DMARC" instead of "v=DMARC1"`},
		{"another version of DMARC", dmarc, "v=DMARC2; p=none", `begins with "v=DMARC2"`},
		{"another version of a key", dkim, "v=DKIM2; p=MIGf", `begins with "v=DKIM2"`},
		{"no equals sign in a key's version", dkim, "DKIM1; k=rsa; p=MIGf", `begins with "DKIM1"`},
		{"a version that is none", dkim, "v=1; p=MIGf", `begins with "v=1"`},
		{"STS for STSv1", sts, "v=STS1; id=1", `begins with "v=STS1"`},
		{"MTA-STS for STS", sts, "v=MTA-STSv1; id=1", `begins with "v=MTA-STSv1"`},
		{"TLSRPT without version number", tlsrpt, "v=TLSRPT; rua=mailto:a@example.com", `begins with "v=TLSRPT"`},
		{"TLS-RPT for TLSRPT", tlsrpt, "v=TLS-RPTv1; rua=mailto:a@example.com", `begins with "v=TLS-RPTv1"`},
		{"no version of a policy", dmarc, "p=none; rua=mailto:a@example.com", `begin with "v=DMARC1;"`},
		{"no version of an id", sts, "id=20260101", `begin with "v=STSv1;"`},
		{"no version of a consent", "example.com._report._dmarc.example.net", "V=DMARC1", `DMARC report authorization, but`},
		{"MTA-STS allows no blanks around the equals sign", sts, "v = STSv1; id=1", "without blanks"},
		// Mail records at any name.
		{"a policy somewhere", "policy.example.net", "v=DMARC1 p=none", "a semicolon is missing"},
		{"a key somewhere", "key.example.net", `"v=DKIM1; p=MIGf"`, "without quotes"},
		// Terms of SPF that the grammar allows, or not.
		{"an equals sign for a colon", spf, "v=spf1 include=_spf.example.com -all", "include:_spf.example.com"},
		{"an equals sign for the colon of an address", spf, "v=spf1 ip4=192.0.2.1 -all", "ip4:192.0.2.1"},
		{"a, too", spf, "v=spf1 a=mail.example.com -all", "a:mail.example.com"},
		{"in any case", spf, "v=spf1 Include=_spf.example.com -all", "include:_spf.example.com"},
		{"ip= for ip4:", spf, "v=spf1 ip=192.0.2.1 -all", "ip4 or ip6 is meant"},
		{"ip: for ip4:", spf, "v=spf1 ip:192.0.2.1 -all", "ip4 or ip6 is meant"},
		{"ipv6: for ip6:", spf, "v=spf1 ipv6:2001:db8::1 -all", "ip6 is meant"},
		{"redirect with a colon", spf, "v=spf1 redirect:_spf.example.com", "redirect=NAME"},
		{"the version twice", spf, "v=spf1 v=spf1 mx -all", "the version is there once"},
		{"two records in one", spf, "v=spf1 a -all v=spf1 mx -all", "the version is there once"},
		{"a semicolon at the end", spf, "v=spf1 mx -all;", `";" has to go`},
		{"commas", spf, "v=spf1 mx, -all", `"," has to go`},
		{"a blank behind the qualifier", spf, "v=spf1 mx - all", "no blank stands between"},
		{"a blank behind the colon", spf, "v=spf1 include: _spf.example.com -all", "the domain name is missing"},
		{"no blank in front of all", spf, "v=spf1 include:_spf.example.com-all", `a blank is missing in front of "-all"`},
		{"no blank in front of all, with another qualifier", spf, "v=spf1 include:_spf.example.com~all", "com~all"},
		{"a web address", spf, "v=spf1 include:https://_spf.example.com -all", "is not a domain name"},
		{"a mail address", spf, "v=spf1 a:mail@example.com -all", "is not a domain name"},
		{"an empty label", spf, "v=spf1 include:.example.com -all", "is not a domain name"},
		{"a mail address behind redirect", spf, "v=spf1 redirect=mail@example.com", "is not a domain name"},
		// Not mail, but wholly in quotes.
		{"a quoted token", spf, `"site-verification=abc"`, "without quotes and escapes"},
		{"two quoted strings", "token.example.com", `"one" "two"`, "several quoted strings"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			faults := CheckText(test.name, test.text)
			for _, fault := range faults {
				if fault.Useless && strings.Contains(fault.Reason, test.says) {
					return
				}
			}
			t.Errorf("%q at %s: %+v, and nothing says %q", test.text, test.name, faults, test.says)
		})
	}
}

// Texts that may be wanted as they are, of which something is said all the same.
func TestQuestionableTexts(t *testing.T) {
	tests := []struct{ what, name, text, says string }{
		{"an escape", "token.example.com", `a\;b`, `the escape \;`},
		{"quotes around a part", "token.example.com", `'token'`, "in quotes (')"},
		{"a quote at the beginning", "token.example.com", `"token`, "begins or ends with a quote"},
		{"a quote at the end", "token.example.com", `token"`, "begins or ends with a quote"},
		{"a blank at the end", "token.example.com", "token ", "begins or ends with a blank"},
		{"a line break", "token.example.com", "token\n", "trimspace()"},
		{"a no-break space", "token.example.com", "to\u00a0ken", "U+00A0"},
		{"a byte order mark", "token.example.com", "\ufefftoken", "U+FEFF"},
		{"a version inside", "token.example.com", "the former one: v=spf1 mx -all", "an SPF record"},
		{"a blank at the end of a record", "example.com", "v=spf1 mx -all ", "ends in a blank"},
		{"a policy that is not at _dmarc", "example.com", "v=DMARC1; p=none", "_dmarc.DOMAIN"},
		{"a key that is not below _domainkey", "s1.example.com", "v=DKIM1; p=", "SELECTOR._domainkey.DOMAIN"},
		{"a key where a policy is looked for", "_dmarc.example.com", "v=DKIM1; p=", "SELECTOR._domainkey.DOMAIN"},
		{"an id in the wrong place", "mta-sts.example.com", "v=STSv1; id=1", "_mta-sts.DOMAIN"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			faults := CheckText(test.name, test.text)
			if len(faults) != 1 || faults[0].Useless || !strings.Contains(faults[0].Reason, test.says) {
				t.Errorf("%q at %s: %+v, not one that says %q", test.text, test.name, faults, test.says)
			}
		})
	}
}

func TestTextsWithoutFault(t *testing.T) {
	for name, texts := range map[string][]string{
		"example.com": {
			"", "v=spf1", "V=SPF1 MX -ALL", "v=spf1 include:_spf.example.com ip6:2001:db8::/32 ~all", "v=spf1  mx  -all",
			"v=spf1 exists:%{i}._spf.%{d2} redirect=%{d}._spf.example.com", "v=spf1 a:%{ir}.%{v}.example.com/24//64 -all",
			"v=spf1 mx op=auth ra=postmaster rp=10 -all", "v=spf1 exp=explain.%{d} -all", "spf2.0/pra include:example.com -all",
			"site-verification=abc", `{"key": "value", "list": ["a", "b"]}`, `name="value"`, `"key"="value"`, "say \"hello\"", "v=verifydomain MS=123",
			"grüße, 日本", "👩‍👩‍👧", "MS=ms12345678", "a=b; c=d;", `C:\temp`, "dmarc-verification=1", "spf-check=1", "the TXT record", "v=1", "don't", "dkim=unknown",
			"k=rsa; p=MIGf", "“”",
		},
		"s1._domainkey.example.com": {
			"v=DKIM1; k=rsa; p=MIGf", "v = DKIM1;\tp=MIGf", " v=DKIM1; p=", "k=rsa; t=s; p=MIGf", "p=", "hello", "verification", `v=DKIM1; n=say "hello"; p=MIGf`,
		},
		"_dmarc.example.com":                     {"v=DMARC1; p=none", "v = DMARC1 ;p=none;", "v=DMARC1", "verification", "site-verification=abc"},
		"example.com._report._dmarc.example.net": {"v=DMARC1", "v=DMARC1; rua=mailto:a@example.net"},
		"_mta-sts.example.com":                   {"v=STSv1; id=20260101T000000", "v=STSv1;id=1;", "x"},
		"_smtp._tls.example.com":                 {"v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1;rua=https://example.com/r"},
		"default._bimi.example.com":              {"v=BIMI1; l=https://example.com/logo.svg; a=", "v=BIMI1; l=; a=;"},
		"_adsp._domainkey.example.com":           {"dkim=all"},
		"_policy._domainkey.example.com":         {"t=y; o=~;"},
		"_domainkey.example.com":                 {"o=-"},
	} {
		for _, text := range texts {
			if faults := CheckText(name, text); faults != nil {
				t.Errorf("%q at %s: %+v", text, name, faults)
			}
		}
	}
}

func TestKindAt(t *testing.T) {
	for name, want := range map[string]TextKind{
		"example.com":                            OtherText,
		"s1._domainkey.example.com":              DKIMText,
		"mail.2026._domainkey.example.com":       DKIMText,
		"*._domainkey.example.com":               DKIMText,
		"_domainkey.example.com":                 OtherText,
		"s1._domainkey":                          OtherText,
		"_adsp._domainkey.example.com":           OtherText,
		"_policy._domainkey.example.com":         OtherText,
		"_report._domainkey.example.com":         OtherText,
		"_asp._domainkey.example.com":            OtherText,
		"_ssp._domainkey.example.com":            OtherText,
		"_dmarc.example.com":                     DMARCText,
		"_dmarc":                                 OtherText,
		"x._dmarc.example.com":                   OtherText,
		"example.com._report._dmarc.example.net": DMARCReports,
		"*._report._dmarc.example.net":           DMARCReports,
		"_report._dmarc.example.net":             OtherText,
		"_mta-sts.example.com":                   MTASTSText,
		"mta-sts.example.com":                    OtherText,
		"_smtp._tls.example.com":                 TLSRPTText,
		"_tls.example.com":                       OtherText,
		"default._bimi.example.com":              BIMIText,
		"brand.default._bimi.example.com":        BIMIText,
		"_bimi.example.com":                      OtherText,
	} {
		if got := KindAt(name); got != want {
			t.Errorf("%s: %d, not %d", name, got, want)
		}
	}
}

func TestSameTags(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"v=STSv1; id=1", "v=STSv1;id=1;", true},
		{"v=BIMI1; l=https://example.com/l.svg; a=", "v=BIMI1; a=; l=https://example.com/l.svg", true},
		{"v=STSv1; id=1", "v=STSv1; id=2", false},
		{"v=STSv1; id=1", "id=1; v=STSv1", false},
		{"v=STSv1; id=1", "v=STSv1; id=1; x=y", false},
		{"v=STSv1; id=1", "broken", false},
	} {
		if got := SameTags(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: %v", test.a, test.b, got)
		}
	}
}

func TestPolicyWarnings(t *testing.T) {
	for _, test := range []struct {
		kind TextKind
		text string
		says string // "" for nothing
	}{
		{MTASTSText, "v=STSv1; id=20260101T000000;", ""},
		{MTASTSText, "v=STSv1", "id= has to be"},
		{MTASTSText, "v=STSv1; id=2026-01-01", `not "2026-01-01"`},
		{MTASTSText, "v=STSv1; id=" + strings.Repeat("1", 33), "1 to 32"},
		{MTASTSText, "v=STSv1; id=1; id=2", "twice"},
		{MTASTSText, "v=STSv1; id=1; 1.x-y_z=a:b", ""},
		{MTASTSText, "v=STSv1; id=1; _x=a", "not the name of a field"},
		{MTASTSText, "v=STSv1; id=1; " + strings.Repeat("x", 33) + "=a", "not the name of a field"},
		{MTASTSText, "v=STSv1; id=1; x==", "not a value"},
		{MTASTSText, "v=STSv1; id=1; x=", "not a value"},
		{MTASTSText, "v=STSv1; id=1;;", "field 3 is empty"},
		{MTASTSText, "v=STSv1; id", `no "="`},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@example.com, https://example.com/r", ""},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@example.com; rua=https://example.com/r", ""},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@example.com; rua=ftp://example.com/r", "neither a mailto:"},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@example.com b", "a blank in it"},
		{TLSRPTText, "v=TLSRPTv1", "rua= is missing"},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:", "no mail address"},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:@example.com", "no mail address"},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@", "a@"},
		{TLSRPTText, "v=TLSRPTv1; rua=mailto:a@example.com?subject=tls", ""},
		{TLSRPTText, "v=TLSRPTv1; rua=https:///reports", "no host"},
		{TLSRPTText, "v=TLSRPTv1; rua=a@example.com", "mailto:a@example.com"},
		{TLSRPTText, "v=TLSRPTv1; rua=ftp://example.com", "neither a mailto:"},
		{BIMIText, "v=BIMI1; l=https://example.com/l.svg; a=", ""},
		{BIMIText, "v=BIMI1; l=", ""},
		{BIMIText, "v=BIMI1", "l= is missing"},
		{BIMIText, "v=BIMI1; l=http://example.com/l.svg", "https://"},
		{BIMIText, "v=BIMI1; l=; a=x", "a=: \"x\""},
		{BIMIText, "v=BIMI1; l=; avp=personal; lps=news, help-desk", ""},
		{BIMIText, "v=BIMI1; l=; avp=logo", "avp=: \"logo\""},
		{BIMIText, "v=BIMI1; l=; lps=help_desk", "lps=: \"help_desk\""},
		{SPFText, "v=spf1", ""},
	} {
		got := strings.Join(PolicyWarnings(test.kind, test.text), "\n")
		if test.says == "" && got != "" || !strings.Contains(got, test.says) {
			t.Errorf("%s %q: %q, not %q", test.kind, test.text, got, test.says)
		}
	}
}

func TestPoliciesThatReceiversIgnore(t *testing.T) {
	for _, text := range []string{"v=DMARC1; p=none rua=mailto:a@example.com", "v=DMARC1; p=none, rua=mailto:a@example.com", "v=DMARC1; sp=none p=none"} {
		if _, err := ParseDMARC(text); err == nil || !strings.Contains(err.Error(), "a semicolon is missing in front of") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ParseDKIM("v=DKIM1; k=rsa p=MIGf"); err == nil || !strings.Contains(err.Error(), `in front of "p="`) {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"v=DMARC1; p=perhaps":                                "receivers ignore the record",
		"v=DMARC1; p=none; sp=perhaps; rua=a@example.com":    "receivers ignore the record",
		"v=DMARC1; p=perhaps; rua=mailto:a@example.com":      "take the policy as none",
		"v=DMARC1; rua=mailto:a@example.com; p=none; np=all": "take the policy as none",
		"v=DMARC1; p=perhaps; rua=x, mailto:a@example.com":   "take the policy as none",
	} {
		if _, err := ParseDMARC(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
	if warnings := (DMARC{}).Warnings(); len(warnings) != 1 || !strings.Contains(warnings[0], "receivers ignore the record") {
		t.Errorf("of a policy without p= and rua=: %q", warnings)
	}
}

// Whatever is in a text, the check comes to an end, and what a parser accepts in its usual writing is not useless.
func FuzzCheckText(f *testing.F) {
	for _, seed := range []string{`"v=spf1 mx -all"`, "v=DMARC1; p=none", "\u00a0v=DKIM1\\; p=", "v=STSv1 id=1", "p=none; v=DMARC1", "spf1", "“”", "'", "v=", "v=v=spf1", "TXT (\"a\" \"b\")"} {
		f.Add("example.com", seed)
		f.Add("_dmarc.example.com", seed)
		f.Add("s1._domainkey.example.com", seed)
		f.Add("_mta-sts.example.com", seed)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, fault := range CheckText(name, text) {
			if fault.Reason == "" {
				t.Errorf("%q at %q: a fault without reason", text, name)
			}
		}
		accepted := map[string]string{}
		if policy, err := ParseDMARC(text); err == nil {
			accepted["_dmarc.example.com"] = policy.String()
		}
		if key, err := ParseDKIM(text); err == nil {
			key.Notes = ""
			accepted["s1._domainkey.example.com"] = key.String()
		}
		for name, text := range accepted {
			if strings.ContainsAny(text, "\"\\'`\r\n") {
				continue
			}
			for _, fault := range CheckText(name, text) {
				if fault.Useless {
					t.Errorf("%q at %s: %s", text, name, fault.Reason)
				}
			}
		}
	})
}
