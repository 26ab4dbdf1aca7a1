package function_test

import (
	"strings"
	"testing"
)

// fault is a call that fails.
type fault struct {
	name      string
	arguments []any
	index     int64    // of the argument that is wrong; -1 if it is none alone
	says      []string // all of them are in the error
}

// faults are calls of each function that fail.
func faults(t *testing.T) map[string][]fault {
	t.Helper()
	k := keys()
	server, authority := certificate(t, false), certificate(t, true)
	one := func(name string, options any, says ...string) fault { return fault{name, of(options), 0, says} }
	spfOf := func(name, mechanism string, says ...string) fault {
		return one(name, object{"mechanisms": tuple{mechanism}}, append(says, "mechanisms[0]: ")...)
	}
	dmarcOf := func(name string, attribute string, v any, says ...string) fault {
		return one(name, object{"p": "none", attribute: v}, append(says, attribute)...)
	}
	dkimOf := func(name, key string, says ...string) fault {
		return one(name, object{"p": key}, append(says, "p: ")...)
	}
	caaOf := func(name string, attribute string, v any, says ...string) fault {
		return fault{name, of("example.com", object{attribute: v}), 1, append(says, attribute)}
	}
	srvOf := func(name, service string, server any, says ...string) fault {
		return fault{name, of("example.com", object{service: server}), 1, append(says, service+": ")}
	}
	return map[string][]fault{
		"spf": {
			one("no object", "v=spf1 mx -all", "an object is needed", "a string"),
			one("a list", list{"mx"}, "an object is needed", "a list"),
			one("unknown names", object{"mechanism": "mx", "include": "x"}, "include: there is no such attribute", "mechanism: there is no such attribute", "mechanisms, all, redirect"),
			one("unknown names in a map", dictionary{"mechanism": "mx"}, "mechanism: there is no such attribute"),
			one("nothing", object{}, "mechanisms: nothing is given", `all = "-"`),
			one("nothing but nulls", object{"mechanisms": nil, "all": nil}, "nothing is given"),
			one("another type", object{"mechanisms": true}, "mechanisms: a string or a list of strings is needed, and this is a bool"),
			one("elements of another type", object{"mechanisms": tuple{"mx", tuple{"a"}}}, "mechanisms: element 1: a string is needed, and this is a list"),
			one("all of another type", object{"all": tuple{"-"}}, "all: a string is needed, and this is a list"),
			spfOf("the whole record", "v=spf1 mx -all", "version"),
			spfOf("several in one", "mx a", "blank"),
			spfOf("empty", "", "empty"),
			spfOf("all", "-all", `all = "-"`),
			spfOf("redirect", "redirect=spf.example.net", `redirect = "spf.example.net"`),
			spfOf("exp", "exp=why.example.net", "modifier"),
			spfOf("ptr", "ptr", "RFC 7208 section 5.5"),
			spfOf("ptr of a domain", "ptr:example.com", "RFC 7208 section 5.5"),
			spfOf("all addresses", "ip4:0.0.0.0/0", "every address"),
			spfOf("all addresses of the sixth version", "+ip6:::/0", "every address"),
			spfOf("all addresses, by the length of a host", "a:mail.example.com/0", "every address"),
			spfOf("an address that is none", "ip4:192.0.2.256", "not an IPv4 address"),
			spfOf("another version", "ip4:2001:db8::1", "not an IPv4 address"),
			spfOf("a slip", "ipv4:192.0.2.1", "ip4"),
			spfOf("a semicolon", "mx;", `";"`),
			spfOf("a dash", "–mx", "a dash"),
			spfOf("an incomplete name", "include:localhost", "not a complete domain name"),
			one("twice", object{"mechanisms": tuple{"mx", "include:x.example", "+MX"}}, "mechanisms[2]: ", `"+MX" says again what "mx" says`),
			one("a contradiction", object{"mechanisms": tuple{"a", "-a"}}, "mechanisms[1]: "),
			one("redirect beside all", object{"redirect": "spf.example.net", "all": "-"}, "redirect: it is ignored beside all"),
			one("redirect to an address", object{"redirect": "192.0.2.1"}, "redirect: "),
			one("everyone", object{"mechanisms": "mx", "all": "+"}, "all: ", "everyone"),
			one("everyone in full", object{"all": "+all"}, "all: ", "everyone"),
			one("a word", object{"all": "softfail"}, "all: ", `"softfail"`, `"~"`),
			one("empty all", object{"all": ""}, "all: "),
			one("eleven lookups", object{"mechanisms": tuple{"a", "mx", "a:a.example", "a:b.example", "a:c.example", "include:d.example", "include:e.example", "a:f.example", "a:g.example", "a:h.example", "exists:i.example"}}, "mechanisms: ", "11 DNS lookups"),
			one("eleven lookups with a redirect", object{"mechanisms": tuple{"a", "mx", "a:a.example", "a:b.example", "a:c.example", "include:d.example", "include:e.example", "a:f.example", "a:g.example", "a:h.example"}, "redirect": "x.example"}, "11 DNS lookups"),
			one("several faults at once", object{"mechanisms": tuple{"ptr", "mx", "ip4:x"}, "all": "+"}, "mechanisms[0]: ", "mechanisms[2]: ", "all: "),
		},
		"spf_merge": {
			{"the first is wrong", of("v=spf1 mxx -all", "v=spf1 a -all"), 0, []string{`"mxx"`}},
			{"the second is wrong", of("v=spf1 mx -all", "v=spf2 a -all"), 1, []string{"v=spf1"}},
			{"the third contradicts", of("v=spf1 mx -all", "v=spf1 a -all", "v=spf1 -a -all"), 2, []string{"contradicts"}},
			{"a redirect", of("v=spf1 mx -all", "v=spf1 redirect=x.example"), 1, []string{"redirect=x.example"}},
			{"nothing", of("", nil), -1, []string{"empty"}},
			{"too many lookups", of("v=spf1 a mx a:a.example a:b.example a:c.example a:d.example -all", "v=spf1 a:e.example a:f.example a:g.example a:h.example a:i.example -all"), -1, []string{"11 DNS lookups"}},
			{"everyone", of("v=spf1 mx +all", "v=spf1 a -all"), -1, []string{"everyone"}},
		},
		"dmarc": {
			one("no policy", object{"rua": "mailto:a@example.com"}, "p: it is required"),
			dmarcOf("pct", "pct", 50, "RFC 9989", `t = "y"`),
			dmarcOf("rf", "rf", "afrf", "RFC 9989"),
			dmarcOf("ri", "ri", 86400, "RFC 9989"),
			dmarcOf("former tags that are null", "pct", nil, "RFC 9989"),
			dmarcOf("an unknown tag", "policy", "none", "no such attribute", "p, sp, np"),
			one("a policy that is none", object{"p": "drop"}, "p: ", "none, quarantine, reject"),
			dmarcOf("of subdomains", "sp", "", "sp: "),
			dmarcOf("alignment in words", "adkim", "strict", `"strict" is none of r, s`),
			dmarcOf("an address without mailto", "rua", "dmarc@example.com", "mailto:dmarc@example.com"),
			dmarcOf("the second address", "rua", tuple{"mailto:a@example.com", "b@example.com"}, "rua[1]: ", "mailto:b@example.com"),
			dmarcOf("a limit", "rua", "mailto:a@example.com!10m", "limit on the size"),
			dmarcOf("several in one text", "rua", "mailto:a@example.com,mailto:b@example.com", "elements of a list"),
			dmarcOf("another tag in the address", "ruf", "mailto:a@example.com;p=none", "semicolon"),
			dmarcOf("the web", "rua", "https://example.com/dmarc", "mailto"),
			dmarcOf("twice", "rua", tuple{"mailto:a@example.com", "mailto:a@Example.com"}, "twice"),
			dmarcOf("a local part in Unicode", "rua", "mailto:dmärc@example.com", "ASCII"),
			dmarcOf("no domain", "rua", "mailto:dmarc", "not a mail address"),
			dmarcOf("an address of the network", "rua", "mailto:a@192.0.2.1", "address"),
			dmarcOf("empty", "rua", "", "empty"),
			dmarcOf("options without reports", "fo", "1", "ignored without ruf"),
			one("options that are none", object{"p": "none", "ruf": "mailto:a@example.com", "fo": "2"}, "fo: "),
			dmarcOf("testing", "t", "yes", `"yes"`),
			dmarcOf("a public suffix", "psd", true, "psd: a string is needed, and this is a bool"),
		},
		"dmarc_authorization": {
			{"an address as host", of("example.com", "mailto:dmarc@example.net"), 1, []string{"alone"}},
			{"a URL as domain", of("https://example.com", "example.net"), 0, []string{"example.com"}},
			{"an incomplete domain", of("example", "example.net"), 0, []string{"complete"}},
			{"an empty host", of("example.com", ""), 1, []string{"empty"}},
			{"too long", of(strings.Repeat("a.", 100)+"example", strings.Repeat("b.", 30)+"example"), 0, []string{"longer than 253"}},
		},
		"dkim_record": {
			one("no key", object{"k": "rsa"}, "p: it is required"),
			dkimOf("a short key", publicPEM(k.short.Public()), "1024 bits", "2048"),
			dkimOf("ECDSA", publicPEM(k.ec.Public()), "ECDSA"),
			dkimOf("a certificate", server, "certificate"),
			dkimOf("a key for SSH", "ssh-rsa AAAAB3NzaC1yc2E= somebody@example.com", "SSH"),
			dkimOf("the whole record", "v=DKIM1; k=rsa; p=MIIB", "p="),
			dkimOf("cut off", base64Of(publicPEM(k.rsa.Public()))[:200], "cut off"),
			dkimOf("PEM cut off", publicPEM(k.rsa.Public())[:200], "not complete"),
			dkimOf("two keys", publicPEM(k.rsa.Public())+publicPEM(k.ed.Public()), "more than one"),
			dkimOf("no base64", "not a key!", "not base64"),
			one("another type", object{"p": publicPEM(k.rsa.Public()), "k": "ed25519"}, "k: ", `"rsa"`),
			one("a type that is none", object{"p": publicPEM(k.rsa.Public()), "k": "dsa"}, "k: "),
			one("sha1", object{"p": publicPEM(k.rsa.Public()), "h": "sha1:sha256"}, "h: ", "sha1", "RFC 8301"),
			one("another service", object{"p": publicPEM(k.rsa.Public()), "s": "tlsrpt"}, "s: "),
			one("another flag", object{"p": publicPEM(k.rsa.Public()), "t": "yes"}, "t: ", `"yes"`),
			one("an unknown tag", object{"p": publicPEM(k.rsa.Public()), "n": "note"}, "n: there is no such attribute"),
		},
		"tls_rpt": {
			{"none", of(tuple{}), 0, []string{"no address"}},
			{"null", of(nil), 0, []string{"null"}},
			{"no mailto", of("tls@example.com"), 0, []string{"mailto:tls@example.com"}},
			{"the second one", of(tuple{"mailto:a@example.com", "ftp://example.com"}), 0, []string{"rua[1]: ", "mailto or https"}},
			{"no host", of("https:///reports"), 0, []string{"empty"}},
			{"an object", of(object{"rua": "mailto:a@example.com"}), 0, []string{"a list of strings", "an object"}},
		},
		"mta_sts": {
			one("no mode", object{"mx": tuple{"mx.example.com"}}, "mode: it is required"),
			one("another mode", object{"mode": "Enforce", "mx": tuple{"mx.example.com"}}, "mode: "),
			one("no hosts", object{"mode": "enforce"}, "mx: it is required"),
			one("hosts of none", object{"mode": "none", "mx": tuple{"mx.example.com"}}, "mx: ", "names no hosts"),
			one("a wildcard in the middle", object{"mode": "testing", "mx": tuple{"mx.*.example.com"}}, "mx[0]: ", "first label"),
			one("a wildcard of a top-level domain", object{"mode": "testing", "mx": tuple{"*.com"}}, "mx[0]: ", "complete"),
			one("every host", object{"mode": "testing", "mx": tuple{"*"}}, "mx[0]: "),
			one("an address", object{"mode": "testing", "mx": tuple{"192.0.2.1"}}, "mx[0]: ", "address"),
			one("a preference", object{"mode": "testing", "mx": tuple{"10 mx.example.com"}}, "mx[0]: "),
			one("twice", object{"mode": "testing", "mx": tuple{"mx.example.com", "MX.example.com"}}, "mx[1]: ", "twice"),
			one("days", object{"mode": "enforce", "mx": "mx.example.com", "max_age": 14}, "max_age: ", "unit is seconds"),
			one("more than a year", object{"mode": "testing", "mx": "mx.example.com", "max_age": 31557601}, "max_age: "),
			one("negative", object{"mode": "testing", "mx": "mx.example.com", "max_age": -1}, "max_age: "),
			one("broken", object{"mode": "testing", "mx": "mx.example.com", "max_age": 1.5}, "max_age: ", "whole"),
			one("a word", object{"mode": "testing", "mx": "mx.example.com", "max_age": "1w"}, "max_age: ", "whole"),
			one("a bool", object{"mode": "testing", "mx": "mx.example.com", "max_age": true}, "max_age: a number is needed"),
		},
		"tlsa": {
			{"usage 1", of(server, "1 1 1"), 1, []string{"RFC 7672"}},
			{"usage 0", of(server, "0 0 1"), 1, []string{"usage 0"}},
			{"selector 2", of(server, "3 2 1"), 1, []string{"selector"}},
			{"matching type 3", of(server, "3 1 3"), 1, []string{"matching type"}},
			{"without blanks", of(server, "311"), 1, []string{`"3 1 1"`}},
			{"no PEM", of("MIIB", "3 1 1"), 0, []string{"PEM"}},
			{"cut off", of(server[:100], "3 1 1"), 0, []string{"not complete"}},
			{"a key where a certificate is needed", of(publicPEM(k.ec.Public()), "3 0 1"), 0, []string{"selector 0"}},
			{"a server as an authority", of(server, "2 0 1"), 0, []string{"usage 2"}},
			{"a chain as an authority", of(authority+authority, "2 0 1"), 0, []string{"alone"}},
			{"a chain in the wrong order", of(authority+server, "3 1 1"), 0, []string{"begin with the certificate of the server"}},
			{"something else", of(pemText("CERTIFICATE REQUEST", []byte{1}), "3 1 1"), 0, []string{"CERTIFICATE REQUEST"}},
			{"a certificate that is none", of(pemText("CERTIFICATE", []byte{1}), "3 0 1"), 0, []string{"cannot be read"}},
		},
		"bimi": {
			one("no logo", object{"a": "https://example.com/vmc.pem"}, "l: it is required"),
			one("http", object{"l": "http://example.com/logo.svg"}, "l: ", "https://"),
			one("another format", object{"l": "https://example.com/logo.png"}, "l: ", ".svg"),
			one("a certificate of another format", object{"l": "https://example.com/logo.svg", "a": "https://example.com/vmc.crt"}, "a: ", ".pem"),
			one("an empty certificate", object{"l": "https://example.com/logo.svg", "a": ""}, "a: ", "empty"),
			one("another preference", object{"l": "https://example.com/logo.svg", "avp": "logo"}, "avp: "),
			one("a certificate without a logo", object{"l": "", "a": "https://example.com/vmc.pem"}, "l: "),
			one("a password", object{"l": "https://user:secret@example.com/logo.svg"}, "l: ", "password"),
			one("a blank", object{"l": "https://example.com/my logo.svg"}, "l: "),
			one("an unknown tag", object{"l": "", "v": "BIMI1"}, "v: there is no such attribute"),
		},
		"caa": {
			{"no domain", of("", object{"issue": "letsencrypt.org"}), 0, []string{"empty"}},
			{"nothing", of("example.com", object{}), 1, []string{"no property is given"}},
			caaOf("a URL", "issue", "https://letsencrypt.org", "URL"),
			caaOf("a name", "issue", "Let's Encrypt", "not a domain name"),
			caaOf("quotes", "issue", `"letsencrypt.org"`, "quote"),
			caaOf("a whole record", "issue", `0 issue letsencrypt.org`, "without flags"),
			caaOf("a semicolon", "issuewild", ";", "[]"),
			caaOf("twice", "issue", tuple{"letsencrypt.org", "LetsEncrypt.org"}, "issue[1]: ", "twice"),
			caaOf("a parameter that is none", "issue", "letsencrypt.org; dns-01", "name=value"),
			caaOf("an address without mailto", "iodef", "caa@example.com", "mailto:caa@example.com"),
			caaOf("reports to nobody", "iodef", tuple{}, "no address"),
			caaOf("an unknown property", "issuer", "letsencrypt.org", "no such attribute"),
		},
		"mail_srv": {
			{"a wildcard", of("*.example.com", object{"imaps": "mail.example.com"}), 0, []string{"example.com"}},
			{"nothing", of("example.com", object{}), 1, []string{"no service is given"}},
			{"nothing but nulls", of("example.com", object{"imaps": nil}), 1, []string{"no service is given"}},
			srvOf("an unknown service", "smtp", "mail.example.com", "no such attribute", "submissions"),
			srvOf("the port of another service", "imaps", "mail.example.com:143", "imap"),
			srvOf("the port of servers", "submission", "mail.example.com:25", "between servers"),
			srvOf("a port that is none", "imaps", "mail.example.com:65536", "65535"),
			srvOf("port 0", "imaps", "mail.example.com:0", "65535"),
			srvOf("an address", "imaps", "192.0.2.1", "address"),
			srvOf("an address of the sixth version", "imaps", "2001:db8::1", "address"),
			srvOf("a URL", "imaps", "imaps://mail.example.com", "URL"),
			srvOf("empty", "imaps", "", "empty"),
			srvOf("a bool", "imaps", true, "a bool"),
		},
		"autodiscover": {
			{"a URL", of("example.com", "https://mail.example.com/autodiscover.xml"), 1, []string{"URL"}},
			{"an address as domain", of("info@example.com", "mail.example.com"), 0, []string{"name alone"}},
		},
		"domain_connect": {
			{"no template", of("", "example.com", "", nil), 0, []string{"empty"}},
			{"a page", of("<!DOCTYPE html>", "example.com", "", nil), 0, []string{"HTML"}},
			{"an error of a web server", of(`{"message": "Not Found"}`, "example.com", "", nil), 0, []string{"no records"}},
			{"a URL as domain", of(mail, "https://example.com", "", nil, "spf"), 1, []string{"not a domain"}},
			{"the whole name as host", of(mail, "example.com", "news.example.com", nil, "spf"), 2, []string{"ends in the domain"}},
			{"no host that is needed", of(`{"hostRequired": true, "records": [{"type": "A", "host": "@", "pointsTo": "192.0.2.1"}]}`, "example.com", "", nil), 2, []string{"below a domain"}},
			{"a list of variables", of(mail, "example.com", "", list{"mx1"}, "mx"), 3, []string{"an object is needed"}},
			{"a variable of another type", of(mail, "example.com", "", object{"mx": tuple{}, "preference": 10}, "mx"), 3, []string{"mx: a string is needed, and this is a list"}},
			{"no value of a variable", of(mail, "example.com", "", object{"mx": nil}, "mx"), 3, []string{`record 1 (MX at @, group "mx")`, `"mx" has no value`}},
			{"an unknown group", of(mail, "example.com", "", nil, "spf", "mail"), 4, []string{`"mail"`, `"dkim", "mx", "spf", "web"`}},
			{"what is no record", of(mail, "example.com", "", object{"mx": "mx1", "preference": 10}), 0, []string{`record 4 (REDIR301 at @, group "web")`, "name those that you need"}},
		},
		"txt_quoted": {
			{"UTF-8", of("é"), 0, []string{"different ways"}},
			{"a line break", of("v=spf1 -all\n"), 0, []string{"line break", "trimspace()"}},
			{"a no-break space", of("v=spf1\u00a0-all"), 0, []string{"no-break space"}},
		},
		"mx_rdata": {
			{"too high", of(65536, "mx.example.com"), 0, []string{"65535"}},
			{"negative", of(-1, "mx.example.com"), 0, []string{"65535"}},
			{"broken", of(1.5, "mx.example.com"), 0, []string{"whole"}},
			{"an address", of(10, "192.0.2.1"), 1, []string{"address"}},
			{"empty", of(10, ""), 1, []string{"empty"}},
			{"incomplete", of(10, "mx"), 1, []string{"complete"}},
			{"a preference twice", of(10, "10 mx.example.com"), 1, nil},
		},
	}
}

// An error is about the right argument, and names the attribute.
func TestErrors(t *testing.T) {
	for function, calls := range faults(t) {
		for _, c := range calls {
			t.Run(function+"/"+c.name, func(t *testing.T) {
				got, err := call(t, function, c.arguments...)
				if err == nil {
					t.Fatalf("got %v without an error", got)
				}
				index := int64(-1)
				if err.FunctionArgument != nil {
					index = *err.FunctionArgument
				}
				if index != c.index {
					t.Errorf("the error is about argument %d; want %d: %s", index, c.index, err.Text)
				}
				for _, part := range c.says {
					if !strings.Contains(err.Text, part) {
						t.Errorf("the error does not say %q: %s", part, err.Text)
					}
				}
				if strings.HasSuffix(err.Text, ".") {
					t.Errorf("the error has a full stop, to which Terraform adds one: %s", err.Text)
				}
			})
		}
	}
}

// No error shows a private key, or a part of it, that somebody took for a public one.
func TestPrivateKeysStayPrivate(t *testing.T) {
	public := publicPEM(keys().rsa.Public())
	for form, private := range privateKeys(t) {
		for name, arguments := range map[string][]any{
			"dkim_record": of(object{"p": private}),
			"tlsa":        of(private, "3 1 1"),
		} {
			t.Run(name+"/"+form, func(t *testing.T) {
				got, err := call(t, name, arguments...)
				if err == nil {
					t.Fatalf("got %v without an error", got)
				}
				if !strings.Contains(err.Text, "private key") {
					t.Errorf("the error does not say that it is a private key: %s", err.Text)
				}
				for i := 0; i+12 <= len(private); i += 4 {
					if part := private[i : i+12]; !strings.Contains(public, part) && !strings.Contains("PRIVATE KEY BEGIN END Lines", part) && strings.Contains(err.Text, part) {
						t.Fatalf("the error shows a part of the key: %s", err.Text)
					}
				}
			})
		}
	}
}
