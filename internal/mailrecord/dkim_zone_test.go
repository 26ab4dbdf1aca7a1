package mailrecord

import (
	"strings"
	"testing"
)

// genkeyText is a key in the form in which the mail server API returns it.
func genkeyText(t testing.TB) string {
	key := rsaText(t, 2048)
	return "mail._domainkey\tIN\tTXT\t( \"v=DKIM1; h=sha256; k=rsa; \"\n" +
		"\t  \"p=" + key[:250] + "\"\n" +
		"\t  \"" + key[250:] + "\" )  ; ----- DKIM key mail for one.example.com\n"
}

func TestParseZoneText(t *testing.T) {
	key := rsaText(t, 2048)
	text := "v=DKIM1; h=sha256; k=rsa; p=" + key
	tests := []struct {
		name     string
		zone     string
		selector string
		domain   string
		text     string
	}{
		{"as the mail server API returns it", genkeyText(t), "mail", "", text},
		{"with CRLF line ends", strings.ReplaceAll(genkeyText(t), "\n", "\r\n"), "mail", "", text},
		{"one line, absolute name, TTL", `S1._DomainKey.Example.COM. 1h30m IN TXT "` + text[:200] + `" "` + text[200:] + `"`, "s1", "example.com", text},
		{"TTL after the class", `s1._domainkey in 3600 txt ("` + text[:200] + `""` + text[200:] + `")`, "s1", "", text},
		{"comment lines before and behind", "; made by \"hand\" (\n\n" + `a.b._domainkey TXT "p=` + key + `" ; it's )` + "\n; end\n", "a.b", "", "p=" + key},
		{"escapes", `mail._domainkey TXT "v=DKIM1\; n=\\\"\065; p=` + key + `"`, "mail", "", `v=DKIM1; n=\"A; p=` + key},
		{"semicolons in a string begin no comment", `mail._domainkey TXT "k=rsa;p=` + key + `;"`, "mail", "", "k=rsa;p=" + key + ";"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseZoneText(test.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got.Selector != test.selector || got.Domain != test.domain {
				t.Errorf("selector %q, domain %q; want %q, %q", got.Selector, got.Domain, test.selector, test.domain)
			}
			if got.Text != test.text {
				t.Errorf("text %q\nwant %q", got.Text, test.text)
			}
			if got.Key.PublicKey != key || got.Key.Bits != 2048 {
				t.Errorf("key of %d bits: %s", got.Key.Bits, got.Key.PublicKey)
			}
		})
	}
}

func TestParseZoneTextErrors(t *testing.T) {
	key := "\"p=" + rsaText(t, 2048) + "\""
	whole := genkeyText(t)
	tests := []struct {
		name string
		zone string
		want []string
	}{
		{"empty", "", []string{"no record"}},
		{"only a comment", "; nothing\n", []string{"no record"}},
		{"an error message instead", "Domain already exist!", []string{`"Domain"`, "not a TXT record"}},
		{"another type", "mail._domainkey IN CNAME x.example.com.", []string{"not a TXT record"}},
		{"another class", "mail._domainkey CH TXT " + key, []string{`"CH"`}},
		{"no strings", "mail._domainkey IN TXT ( )", []string{"no strings"}},
		{"not a DKIM name", "mail.example.com. IN TXT " + key, []string{"SELECTOR._domainkey", `"mail.example.com."`}},
		{"no selector", "_domainkey IN TXT " + key, []string{"SELECTOR._domainkey"}},
		{"a name that is none", "ma$il._domainkey IN TXT " + key, []string{"domain name", "'$'"}},
		{"no quotes", "mail._domainkey IN TXT p=abc", []string{"not a TXT record"}},
		{"the second string without quotes", "mail._domainkey IN TXT \"p=\" abc", []string{`"abc"`, "not in quotes"}},
		{"cut off in the string", whole[:200], []string{"closing quote"}},
		{"cut off between the strings", whole[:strings.Index(whole, "\t  \"p=")], []string{"not closed", "cut off"}},
		{"closed twice", "mail._domainkey TXT " + key + " )", []string{"not opened"}},
		{"two records", whole + whole, []string{"more than one record"}},
		{"bad escape", `mail._domainkey TXT "\256"`, []string{`\256`}},
		{"bad key", `mail._domainkey TXT "v=DKIM1; p=abcd"`, []string{"tag p="}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseZoneText(test.zone)
			checkError(t, err, append(test.want, "DKIM zone-file text: "))
		})
	}
}

func FuzzZoneText(f *testing.F) {
	f.Add(genkeyText(f))
	f.Add(`s1._domainkey.example.com. 300 IN TXT "k=ed25519; p=` + ed25519Text() + `" ; end`)
	f.Add("a._domainkey TXT (\n\"p=\"\n)")
	f.Add(`a._domainkey TXT "\"`)
	f.Fuzz(func(t *testing.T, text string) {
		record, err := ParseZoneText(text)
		if err != nil {
			return
		}
		owner := record.Selector + "._domainkey"
		if record.Domain != "" {
			owner += "." + record.Domain + "."
		}
		written := owner + " IN TXT ( " + QuoteTXT(record.Text) + " )"
		again, err := ParseZoneText(written)
		if err != nil {
			t.Fatalf("%q, written anew from %q: %v", written, text, err)
		}
		if again.Selector != record.Selector || again.Domain != record.Domain || again.Text != record.Text {
			t.Fatalf("%q reads as %+v, written anew as %+v", text, record, again)
		}
	})
}
