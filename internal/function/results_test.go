package function_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// record is an element of records.
func record(name, kind, value string) map[string]any {
	return map[string]any{"name": name, "type": kind, "value": value, "priority": nil}
}

// mail is a Domain Connect template.
const mail = `{"providerId": "example.net", "serviceId": "mail", "records": [
	{"type": "MX", "groupId": "mx", "host": "@", "pointsTo": "%mx%.example.net", "priority": "%preference%", "ttl": 3600},
	{"type": "SPFM", "groupId": "spf", "host": "@", "spfRules": "include:spf.example.net"},
	{"type": "CNAME", "groupId": "dkim", "host": "s1._domainkey", "pointsTo": "s1.%fqdn%.example.net", "ttl": 3600},
	{"type": "REDIR301", "groupId": "web", "host": "@", "target": "https://example.net"}
]}`

// result is a call that succeeds.
type result struct {
	name      string
	arguments []any
	want      any
}

func of(arguments ...any) []any { return arguments }

// results are calls of each function that succeed.
func results(t *testing.T) map[string][]result {
	t.Helper()
	k := keys()
	rsaPEM, edPEM := publicPEM(k.rsa.Public()), publicPEM(k.ed.Public())
	rsaKey, edKey := base64Of(rsaPEM), base64.StdEncoding.EncodeToString(k.ed[32:])
	server, authority := certificate(t, false), certificate(t, true)
	ecKey, _ := pem.Decode([]byte(publicPEM(k.ec.Public())))
	keyHash := sha256.Sum256(ecKey.Bytes)
	whole, _ := pem.Decode([]byte(authority))
	wholeHash := sha256.Sum256(whole.Bytes)
	long := strings.Repeat("0123456789", 30)
	const policy = "version: STSv1\r\nmode: enforce\r\nmx: *.example.net\r\nmx: mx.example.com\r\nmax_age: 604800\r\n"
	sum := sha256.Sum256([]byte(policy))
	id := hex.EncodeToString(sum[:10])
	return map[string][]result{
		"spf": {
			{"all kinds of mechanisms", of(object{"mechanisms": tuple{"mx", "a:mail.example.com", "ip4:192.0.2.0/24", "ip6:2001:db8::1", "include:spf.example.net", "?exists:%{i}.example.net"}, "all": "-"}),
				"v=spf1 mx a:mail.example.com ip4:192.0.2.0/24 ip6:2001:db8::1 include:spf.example.net ?exists:%{i}.example.net -all"},
			{"all by itself", of(object{"mechanisms": list{"mx"}}), "v=spf1 mx ~all"},
			{"one mechanism without a list", of(object{"mechanisms": "mx", "all": nil, "redirect": nil}), "v=spf1 mx ~all"},
			{"a map", of(dictionary{"mechanisms": "mx", "all": "?all"}), "v=spf1 mx ?all"},
			{"a set", of(object{"mechanisms": set{"mx"}}), "v=spf1 mx ~all"},
			{"nulls are not given", of(object{"mechanisms": tuple{nil, "mx", nil}}), "v=spf1 mx ~all"},
			{"nobody", of(object{"all": "-"}), "v=spf1 -all"},
			{"redirect", of(object{"mechanisms": tuple{}, "redirect": "spf.example.net"}), "v=spf1 redirect=spf.example.net"},
			{"names in Unicode", of(object{"mechanisms": tuple{"a:bücher.example/24", "include:_spf.Bücher.example", "mx"}}), "v=spf1 a:xn--bcher-kva.example/24 include:_spf.xn--bcher-kva.example mx ~all"},
			{"ten lookups", of(object{"mechanisms": tuple{"a", "mx", "a:a.example", "a:b.example", "a:c.example", "a:d.example", "a:e.example", "a:f.example", "a:g.example", "a:h.example", "ip4:192.0.2.1"}}),
				"v=spf1 a mx a:a.example a:b.example a:c.example a:d.example a:e.example a:f.example a:g.example a:h.example ip4:192.0.2.1 ~all"},
			{"longer than one string", of(object{"mechanisms": "include:" + strings.Repeat("a.", 120) + "example"}), "v=spf1 include:" + strings.Repeat("a.", 120) + "example ~all"},
		},
		"spf_merge": {
			{"into the first one", of("v=spf1 mx -all", "v=spf1 include:spf.example.net ~all", "v=spf1 mx a ?all"), "v=spf1 mx include:spf.example.net a -all"},
			{"nothing to merge", of("v=spf1 mx"), "v=spf1 mx ~all"},
			{"none yet", of(nil, "v=spf1 mx -all", nil, ""), "v=spf1 mx -all"},
			{"before a redirect", of("v=spf1 redirect=spf.example.net", "v=spf1 mx ~all"), "v=spf1 mx redirect=spf.example.net"},
		},
		"dmarc": {
			{"everything", of(object{"p": "reject", "sp": "quarantine", "np": "reject", "rua": tuple{"mailto:dmarc@example.com", "mailto:d@bücher.example?subject=x"}, "ruf": "mailto:dmarc@example.com",
				"adkim": "s", "aspf": "r", "fo": tuple{"1", "d"}, "t": true, "psd": "n"}),
				"v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=r; fo=1:d; rua=mailto:dmarc@example.com,mailto:d@xn--bcher-kva.example?subject=x; ruf=mailto:dmarc@example.com; psd=n; t=y"},
			{"the least", of(object{"p": "none"}), "v=DMARC1; p=none"},
			{"a map", of(dictionary{"p": "none", "rua": "mailto:a@example.com", "t": "true"}), "v=DMARC1; p=none; rua=mailto:a@example.com; t=y"},
			{"nulls", of(object{"p": "none", "sp": nil, "rua": nil, "fo": nil, "t": nil}), "v=DMARC1; p=none"},
			{"a list of nulls", of(object{"p": "none", "rua": tuple{nil}}), "v=DMARC1; p=none"},
			{"an empty list", of(object{"p": "none", "rua": tuple{}, "t": false}), "v=DMARC1; p=none"},
			{"fo as a number", of(object{"p": "none", "ruf": "mailto:a@example.com", "fo": 1}), "v=DMARC1; p=none; fo=1; ruf=mailto:a@example.com"},
		},
		"dmarc_authorization": {
			{"another domain", of("Example.COM.", "reports.example.net"), record("example.com._report._dmarc.reports.example.net", "TXT", "v=DMARC1;")},
			{"all domains", of("*", "reports.example.net"), record("*._report._dmarc.reports.example.net", "TXT", "v=DMARC1;")},
			{"Unicode", of("bücher.example", "straße.example"), record("xn--bcher-kva.example._report._dmarc.xn--strae-oqa.example", "TXT", "v=DMARC1;")},
		},
		"dkim_record": {
			{"PEM", of(object{"p": rsaPEM}), "v=DKIM1; k=rsa; p=" + rsaKey},
			{"PEM in an indented heredoc", of(object{"p": "  " + strings.ReplaceAll(rsaPEM, "\n", "\r\n  ")}), "v=DKIM1; k=rsa; p=" + rsaKey},
			{"base64 with line breaks", of(object{"p": rsaKey[:64] + "\n " + rsaKey[64:] + "\n"}), "v=DKIM1; k=rsa; p=" + rsaKey},
			{"PKCS #1", of(object{"p": pemText("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&k.rsa.PublicKey))}), "v=DKIM1; k=rsa; p=" + rsaKey},
			{"Ed25519 as PEM", of(object{"p": edPEM}), "v=DKIM1; k=ed25519; p=" + edKey},
			{"Ed25519 alone", of(object{"p": edKey, "k": "ed25519"}), "v=DKIM1; k=ed25519; p=" + edKey},
			{"Ed25519 with ASN.1", of(object{"p": base64Of(edPEM)}), "v=DKIM1; k=ed25519; p=" + edKey},
			{"all tags", of(object{"p": rsaPEM, "k": "rsa", "t": tuple{"y", "s"}, "s": "email", "h": list{"sha256"}}), "v=DKIM1; h=sha256; k=rsa; s=email; t=y:s; p=" + rsaKey},
			{"a map", of(dictionary{"p": rsaKey, "t": "y:s"}), "v=DKIM1; k=rsa; t=y:s; p=" + rsaKey},
			{"revoked", of(object{"p": ""}), "v=DKIM1; k=rsa; p="},
		},
		"tls_rpt": {
			{"one", of("mailto:tls@example.com"), "v=TLSRPTv1; rua=mailto:tls@example.com"},
			{"several", of(tuple{"mailto:tls@bücher.example", "https://reports.example.net/tls?a=b"}), "v=TLSRPTv1; rua=mailto:tls@xn--bcher-kva.example,https://reports.example.net/tls?a=b"},
			{"a set", of(set{"mailto:tls@example.com"}), "v=TLSRPTv1; rua=mailto:tls@example.com"},
		},
		"mta_sts": {
			{"enforce", of(object{"mode": "enforce", "mx": tuple{"MX.example.com.", "*.example.net"}, "max_age": 604800}), map[string]any{"policy": policy, "id": id, "txt": "v=STSv1; id=" + id}},
			{"another order, and the usual age", of(object{"mode": "enforce", "mx": set{"*.example.net", "mx.example.com"}}), map[string]any{"policy": policy, "id": id, "txt": "v=STSv1; id=" + id}},
			{"none", of(dictionary{"mode": "none", "max_age": "86400"}), map[string]any{
				"policy": "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n", "id": "94815eb6141fb6e55268", "txt": "v=STSv1; id=94815eb6141fb6e55268"}},
		},
		"tlsa": {
			{"the key of a server", of(server, "3 1 1"), "3 1 1 " + hex.EncodeToString(keyHash[:])},
			{"indented", of("    "+strings.ReplaceAll(server, "\n", "\n    "), "3 1 1"), "3 1 1 " + hex.EncodeToString(keyHash[:])},
			{"of a chain", of(server+authority, "3 1 1"), "3 1 1 " + hex.EncodeToString(keyHash[:])},
			{"a public key", of(publicPEM(k.ec.Public()), "3 1 1"), "3 1 1 " + hex.EncodeToString(keyHash[:])},
			{"an authority", of(authority, " 2  0 1 "), "2 0 1 " + hex.EncodeToString(wholeHash[:])},
			{"the whole", of(authority, "2 0 0"), "2 0 0 " + hex.EncodeToString(whole.Bytes)},
		},
		"bimi": {
			{"a logo", of(object{"l": "https://example.com/logo.svg"}), "v=BIMI1; l=https://example.com/logo.svg"},
			{"everything", of(object{"l": "https://bücher.example/a;b.svg", "a": "https://example.com/vmc.pem", "avp": "personal"}), "v=BIMI1; l=https://xn--bcher-kva.example/a%3Bb.svg; a=https://example.com/vmc.pem; avp=personal"},
			{"no logo", of(dictionary{"l": ""}), "v=BIMI1; l=; a="},
		},
		"caa": {
			{"everything", of("Example.com", object{"issue": tuple{"letsencrypt.org", "letsencrypt.org;validationmethods=dns-01", "ca.example.net"}, "issuewild": tuple{}, "issuemail": "ca.example.net", "issuevmc": list{}, "iodef": "mailto:caa@example.com"}), map[string]any{
				"caa-issue-letsencrypt.org":    record("example.com", "CAA", `0 issue "letsencrypt.org"`),
				"caa-issue-letsencrypt.org-2":  record("example.com", "CAA", `0 issue "letsencrypt.org; validationmethods=dns-01"`),
				"caa-issue-ca.example.net":     record("example.com", "CAA", `0 issue "ca.example.net"`),
				"caa-issuewild-nobody":         record("example.com", "CAA", `0 issuewild ";"`),
				"caa-issuemail-ca.example.net": record("example.com", "CAA", `0 issuemail "ca.example.net"`),
				"caa-issuevmc-nobody":          record("example.com", "CAA", `0 issuevmc ";"`),
				"caa-iodef-caa@example.com":    record("example.com", "CAA", `0 iodef "mailto:caa@example.com"`),
			}},
			{"a map", of("bücher.example", dictionary{"issue": "letsencrypt.org"}), map[string]any{"caa-issue-letsencrypt.org": record("xn--bcher-kva.example", "CAA", `0 issue "letsencrypt.org"`)}},
		},
		"mail_srv": {
			{"some", of("example.com", object{"imaps": "mail.example.com", "submissions": "Mail.Example.com.:4465", "pop3": nil}), map[string]any{
				"srv-imaps":       record("_imaps._tcp.example.com", "SRV", "0 1 993 mail.example.com."),
				"srv-imap":        record("_imap._tcp.example.com", "SRV", "0 0 0 ."),
				"srv-pop3s":       record("_pop3s._tcp.example.com", "SRV", "0 0 0 ."),
				"srv-pop3":        record("_pop3._tcp.example.com", "SRV", "0 0 0 ."),
				"srv-submission":  record("_submission._tcp.example.com", "SRV", "0 0 0 ."),
				"srv-submissions": record("_submissions._tcp.example.com", "SRV", "0 1 4465 mail.example.com."),
			}},
			{"all", of("bücher.example", dictionary{"imap": "a.example.com", "imaps": "a.example.com", "pop3": "b.example.com", "pop3s": "b.example.com", "submission": "c.example.com", "submissions": "c.example.com"}), map[string]any{
				"srv-imaps":       record("_imaps._tcp.xn--bcher-kva.example", "SRV", "0 1 993 a.example.com."),
				"srv-imap":        record("_imap._tcp.xn--bcher-kva.example", "SRV", "0 1 143 a.example.com."),
				"srv-pop3s":       record("_pop3s._tcp.xn--bcher-kva.example", "SRV", "10 1 995 b.example.com."),
				"srv-pop3":        record("_pop3._tcp.xn--bcher-kva.example", "SRV", "10 1 110 b.example.com."),
				"srv-submission":  record("_submission._tcp.xn--bcher-kva.example", "SRV", "0 1 587 c.example.com."),
				"srv-submissions": record("_submissions._tcp.xn--bcher-kva.example", "SRV", "0 1 465 c.example.com."),
			}},
		},
		"autodiscover": {
			{"the usual port", of("example.com", "mail.example.net"), record("_autodiscover._tcp.example.com", "SRV", "0 0 443 mail.example.net.")},
			{"another", of("example.com", "mail.example.net:8443"), record("_autodiscover._tcp.example.com", "SRV", "0 0 8443 mail.example.net.")},
		},
		"domain_connect": {
			{"some groups", of(mail, "Example.com", "", object{"mx": "mx1", "preference": 10, "other": "x"}, "mx", "spf"), map[string]any{
				"mx-@-1":   map[string]any{"name": "example.com", "type": "MX", "value": "mx1.example.net", "priority": "10"},
				"spfm-@-1": record("example.com", "TXT", "v=spf1 include:spf.example.net ~all"),
			}},
			{"below the domain, without variables", of(mail, "bücher.example", "news", nil, "dkim"), map[string]any{
				"cname-s1._domainkey.news-1": record("s1._domainkey.news.xn--bcher-kva.example", "CNAME", "s1.news.xn--bcher-kva.example.example.net"),
			}},
			{"a map, and no host", of(mail, "example.com", nil, dictionary{"mx": "mx1"}, "spf"), map[string]any{
				"spfm-@-1": record("example.com", "TXT", "v=spf1 include:spf.example.net ~all"),
			}},
		},
		"txt_chunks": {
			{"short", of("v=spf1 -all"), []any{"v=spf1 -all"}},
			{"long", of(long), []any{long[:255], long[255:]}},
			{"empty", of(""), []any{""}},
			{"no character is cut", of(strings.Repeat("x", 254) + "é"), []any{strings.Repeat("x", 254), "é"}},
		},
		"txt_quoted": {
			{"short", of("v=spf1 -all"), `"v=spf1 -all"`},
			{"long", of(long), `"` + long[:255] + `" "` + long[255:] + `"`},
			{"quotes", of(`a "b" \c;`), `"a \"b\" \\c;"`},
			{"empty", of(""), `""`},
		},
		"mx_rdata": {
			{"a host", of(10, "MX.Example.com"), "10 mx.example.com."},
			{"with its dot", of(0, "mx.example.com."), "0 mx.example.com."},
			{"Unicode", of(65535, "bücher.example"), "65535 xn--bcher-kva.example."},
			{"none", of(0, "."), "0 ."},
		},
	}
}

func TestResults(t *testing.T) {
	for function, calls := range results(t) {
		for _, c := range calls {
			t.Run(function+"/"+c.name, func(t *testing.T) {
				got, err := call(t, function, c.arguments...)
				if err != nil {
					t.Fatalf("argument %v: %s", err.FunctionArgument, err.Text)
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("got %v\nwant %v", got, c.want)
				}
			})
		}
	}
}

// unknownCalls are calls of each function with arguments that are not known yet, or not wholly.
func unknownCalls() map[string][][]any {
	wholly := unknown{anything}
	return map[string][][]any{
		"spf":                 {of(wholly), of(object{"mechanisms": tuple{"mx", unknownText}}), of(object{"mechanisms": unknown{tftypes.List{ElementType: tftypes.String}}}), of(object{"all": wholly})},
		"spf_merge":           {of(unknownText), of("v=spf1 mx -all", unknownText)},
		"dmarc":               {of(wholly), of(object{"p": unknownText}), of(object{"p": "none", "rua": wholly}), of(object{"p": "none", "t": unknown{tftypes.Bool}})},
		"dmarc_authorization": {of(unknownText, "example.com"), of("example.com", unknownText)},
		"dkim_record":         {of(wholly), of(object{"p": unknownText}), of(unknown{tftypes.Map{ElementType: tftypes.String}})},
		"tls_rpt":             {of(wholly), of(tuple{unknownText})},
		"mta_sts":             {of(object{"mode": "none", "max_age": unknown{tftypes.Number}})},
		"tlsa":                {of(unknownText, "3 1 1"), of("x", unknownText)},
		"bimi":                {of(object{"l": unknownText})},
		"caa":                 {of(unknownText, object{"issue": "letsencrypt.org"}), of("example.com", object{"issue": tuple{unknownText}}), of("example.com", wholly)},
		"mail_srv":            {of("example.com", object{"imaps": unknownText}), of(unknownText, object{})},
		"autodiscover":        {of("example.com", unknownText)},
		"domain_connect":      {of(unknownText, "example.com", "", nil), of(mail, unknownText, "", nil), of(mail, "example.com", unknownText, nil), of(mail, "example.com", "", object{"mx": unknownText}), of(mail, "example.com", "", nil, unknownText)},
		"txt_chunks":          {of(unknownText)},
		"txt_quoted":          {of(unknownText)},
		"mx_rdata":            {of(unknown{tftypes.Number}, "mx.example.com"), of(10, unknownText)},
	}
}

// If something in an argument is unknown, so is the result. What is known is checked all the same.
func TestUnknown(t *testing.T) {
	for function, calls := range unknownCalls() {
		for _, arguments := range calls {
			got, err := call(t, function, arguments...)
			if err != nil {
				t.Errorf("%s(%v): %s", function, arguments, err.Text)
			} else if got != (unknown{}) {
				t.Errorf("%s(%v) = %v; want an unknown result", function, arguments, got)
			}
		}
	}
	for function, arguments := range map[string][]any{
		"spf":            of(object{"mechanisms": unknownText, "al": "-"}),
		"domain_connect": of("<html>", "example.com", "", object{"mx": unknownText}),
		"dmarc":          of(object{"p": unknownText, "pct": 50}),
		"mta_sts":        of(object{"mode": unknownText, "max_age": "a week"}),
		"mail_srv":       of("https://example.com", object{"imaps": unknownText}),
		"dkim_record":    of(object{"p": unknownText, "t": tuple{tuple{}}}),
	} {
		if got, err := call(t, function, arguments...); err == nil {
			t.Errorf("%s(%v) = %v without an error", function, arguments, got)
		}
	}
}
