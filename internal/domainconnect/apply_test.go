package domainconnect_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/domainconnect"
)

// mail is a template of a mail service with records of each type.
const mail = `{
  "providerId": "mail.example.net", "providerName": "Example Mail", "serviceId": "mail", "serviceName": "Mail", "version": 3,
  "syncPubKeyDomain": "example.net", "warnPhishing": true,
  "records": [
    {"type": "MX", "groupId": "mx", "host": "@", "pointsTo": "mx1.example.net", "priority": 10, "ttl": 3600},
    {"type": "mx", "groupId": "mx", "host": "@", "pointsTo": "mx2.example.net.", "priority": "%second%", "ttl": "%ttl%"},
    {"type": "SPFM", "groupId": "spf", "host": "", "spfRules": "include:spf.example.net"},
    {"type": "SPFM", "groupId": "spf", "host": "%fqdn%.", "spfRules": "ip4:%address% -a"},
    {"type": "CNAME", "groupId": "dkim", "host": "%selector%._domainkey", "pointsTo": "%selector%.%domain%.dkim.example.net", "ttl": 300},
    {"type": "TXT", "groupId": "dmarc", "host": "_dmarc", "data": "v=DMARC1; p=none; rua=mailto:%fqdn%@example.net", "ttl": 300, "txtConflictMatchingMode": "Prefix", "txtConflictMatchingPrefix": "v=DMARC1", "essential": "OnApply"},
    {"type": "SRV", "groupId": "clients", "name": "@", "service": "_imaps", "protocol": "_TCP", "priority": 0, "weight": 1, "port": "993", "target": "imap.example.net", "ttl": 300},
    {"type": "CAA", "host": "mail", "data": "0 issue \"ca.example.net\"", "ttl": 300},
    {"type": "A", "groupId": "web", "host": "www", "pointsTo": "192.0.2.1", "ttl": 300},
    {"type": "AAAA", "groupId": "web", "host": "www", "pointsTo": "2001:DB8::1", "ttl": 300},
    {"type": "REDIR301", "groupId": "redirect", "host": "old", "target": "https://www.example.net"}
  ]
}`

func apply(t *testing.T, template string, application domainconnect.Application) (map[string]string, error) {
	t.Helper()
	parsed, err := domainconnect.Parse(template)
	if err != nil {
		t.Fatal(err)
	}
	if application.Domain == "" {
		application.Domain = "example.com"
	}
	records, err := parsed.Apply(application)
	shown := map[string]string{}
	for key, r := range records {
		shown[key] = r.String()
	}
	return shown, err
}

func TestApply(t *testing.T) {
	variables := map[string]string{"second": "20", "address": "192.0.2.7", "selector": "s1", "unused": "x"}
	all := []string{"mx", "spf", "dkim", "dmarc", "clients", "web"}
	got, err := apply(t, mail, domainconnect.Application{Variables: variables, Groups: all})
	want := map[string]string{
		"mx-@-1":                "example.com MX 10 mx1.example.net",
		"mx-@-2":                "example.com MX 20 mx2.example.net",
		"spfm-@-1":              `example.com TXT "v=spf1 include:spf.example.net ip4:192.0.2.7 -a ~all"`,
		"cname-s1._domainkey-1": "s1._domainkey.example.com CNAME s1.example.com.dkim.example.net",
		"txt-_dmarc-1":          `_dmarc.example.com TXT "v=DMARC1; p=none; rua=mailto:example.com@example.net"`,
		"srv-_imaps._tcp-1":     "_imaps._tcp.example.com SRV 0 1 993 imap.example.net.",
		"caa-mail-1":            `mail.example.com CAA 0 issue "ca.example.net"`,
		"a-www-1":               "www.example.com A 192.0.2.1",
		"aaaa-www-1":            "www.example.com AAAA 2001:db8::1",
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}

	// For a host, and with one group: what has no group is always there, and the variables of other
	// groups need no values.
	got, err = apply(t, mail, domainconnect.Application{Host: "News", Variables: map[string]string{"second": "5"}, Groups: []string{"mx", "dmarc"}})
	want = map[string]string{
		"mx-news-1":         "news.example.com MX 10 mx1.example.net",
		"mx-news-2":         "news.example.com MX 5 mx2.example.net",
		"txt-_dmarc.news-1": `_dmarc.news.example.com TXT "v=DMARC1; p=none; rua=mailto:news.example.com@example.net"`,
		"caa-mail.news-1":   `mail.news.example.com CAA 0 issue "ca.example.net"`,
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
}

// one makes a template of some records.
func one(records string) string { return `{"records": [` + records + `]}` }

func TestApplyOneRecord(t *testing.T) {
	variables := map[string]string{"v": "x", "percent": "%v%", "empty": "", "at": "@", "two": "a.b"}
	tests := []struct{ name, host, records, want string }{
		{"values are not expanded again", "", `{"type": "TXT", "host": "@", "data": "%v%%percent%%v%"}`, `txt-@-1 example.com TXT "x%v%x"`},
		{"an empty variable as host", "", `{"type": "TXT", "host": "%empty%", "data": "a"}`, `txt-@-1 example.com TXT "a"`},
		{"a variable that is @", "www", `{"type": "CNAME", "host": "%at%", "pointsTo": "%v%.example.net"}`, `cname-www-1 www.example.com CNAME x.example.net`},
		{"@ as the text of a TXT record", "", `{"type": "TXT", "host": "@", "data": "@"}`, `txt-@-1 example.com TXT "@"`},
		{"@ as a target", "www", `{"type": "CNAME", "host": "alias", "pointsTo": "@"}`, `cname-alias.www-1 alias.www.example.com CNAME www.example.com`},
		{"an absolute host", "www", `{"type": "A", "host": "x.%domain%.", "pointsTo": "192.0.2.1"}`, `a-x-1 x.example.com A 192.0.2.1`},
		{"the domain, from a host", "www", `{"type": "A", "host": "%domain%.", "pointsTo": "192.0.2.1"}`, `a-@-1 example.com A 192.0.2.1`},
		{"a wildcard", "www", `{"type": "CNAME", "host": "*", "pointsTo": "x.example.net"}`, `cname-*.www-1 *.www.example.com CNAME x.example.net`},
		{"names in Unicode and upper case", "", `{"type": "CNAME", "host": "BÜCHER", "pointsTo": "Straße.Example"}`, `cname-xn--bcher-kva-1 xn--bcher-kva.example.com CNAME xn--strae-oqa.example`},
		{"a host of several labels", "", `{"type": "A", "host": "%two%", "pointsTo": "192.0.2.%n%"}`, `a-a.b-1 a.b.example.com A 192.0.2.1`},
		{"a null MX", "", `{"type": "MX", "host": "@", "pointsTo": ".", "priority": 0}`, `mx-@-1 example.com MX 0 .`},
		{"name servers of a host", "", `{"type": "NS", "host": "sub", "pointsTo": "ns1.example.net"}`, `ns-sub-1 sub.example.com NS ns1.example.net`},
		{"a type by its number", "", `{"type": "TYPE257", "host": "@", "data": "0 issue \";\""}`, `type257-@-1 example.com CAA 0 issue ";"`},
		{"an unknown type", "", `{"type": "TYPE65280", "host": "@", "data": "\\# 2 ABCD"}`, `type65280-@-1 example.com TYPE65280 \# 2 abcd`},
		{"a record twice", "", `{"type": "A", "host": "@", "pointsTo": "192.0.2.1"}, {"type": "A", "host": "", "pointsTo": "192.0.2.1"}`, `a-@-1 example.com A 192.0.2.1`},
		{"a service without underscores", "", `{"type": "SRV", "name": "", "service": "sip", "protocol": "tls", "priority": 100, "weight": 1, "port": 443, "target": "@"}`, `srv-_sip._tls-1 _sip._tls.example.com SRV 100 1 443 example.com.`},
		{"a service that is not offered", "", `{"type": "SRV", "name": "@", "service": "pop3", "protocol": "tcp", "priority": 0, "weight": 0, "port": 0, "target": "."}`, `srv-_pop3._tcp-1 _pop3._tcp.example.com SRV 0 0 0 .`},
		{"an empty text", "", `{"type": "TXT", "host": "@", "data": ""}`, `txt-@-1 example.com TXT ""`},
		{"two texts", "", `{"type": "TXT", "host": "@", "data": "a"}, {"type": "TXT", "host": "@", "data": "b"}`, "txt-@-1 example.com TXT \"a\"\ntxt-@-2 example.com TXT \"b\""},
		{"the weaker qualifier", "", `{"type": "SPFM", "host": "@", "spfRules": "-a"}, {"type": "SPFM", "host": "@", "spfRules": "~a"}`, `spfm-@-1 example.com TXT "v=spf1 ~a ~all"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			variables["n"] = "1"
			got, err := apply(t, one(test.records), domainconnect.Application{Host: test.host, Variables: variables})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, key := range slices.Sorted(maps.Keys(got)) {
				lines = append(lines, key+" "+got[key])
			}
			if strings.Join(lines, "\n") != test.want {
				t.Errorf("got  %q\nwant %q", lines, test.want)
			}
		})
	}
}

func TestApplyErrors(t *testing.T) {
	txt := func(data string) string { return `{"type": "TXT", "host": "@", "data": "` + data + `"}` }
	tests := []struct {
		name, host, records string
		groups              []string
		want                []string
	}{
		{"no value", "", txt("%missing%"), nil, []string{"record 1 (TXT at @)", `"missing" has no value`}},
		{"another case", "", txt("%V%"), nil, []string{`"V" has no value`, `"v" has one`}},
		{"no end of a variable", "", txt("100%"), nil, []string{"record 1", `"100%"`, "%name%"}},
		{"no name", "", txt("%%"), nil, []string{"without a name"}},
		{"each record that is wrong", "", txt("%one%") + "," + txt("%two%"), nil, []string{"record 1", `"one"`, "record 2", `"two"`}},
		{"an unknown group", "", txt("a"), []string{"x"}, []string{`"x"`, "no groups"}},
		{"a group with another spelling", "", `{"type": "TXT", "groupId": "Mail", "host": "@", "data": "a"}`, []string{"mail"}, []string{`"mail"`, `"Mail"`}},
		{"a redirect", "", `{"type": "REDIR302", "groupId": "web", "host": "@", "target": "https://example.net"},` + txt("a"), nil, []string{"record 1 (REDIR302 at @, group \"web\")", "web server", `the groups "web"`}},
		{"an alias of the domain", "", `{"type": "APEXCNAME", "pointsTo": "x.example.net", "ttl": 1}`, nil, []string{"record 1 (APEXCNAME at @)", "ALIAS"}},
		{"name servers at the registrar", "", `{"type": "NS1", "pointsTo": "ns.example.net"}`, nil, []string{"NS1", "registrar"}},
		{"DS", "", `{"type": "DS", "host": "@", "data": "1 13 2 ab"}`, nil, []string{"DS", "registrar"}},
		{"DS by its number", "", `{"type": "TYPE43", "host": "@", "data": "1 13 2 ab"}`, nil, []string{"TYPE43", "registrar"}},
		{"what a host writes itself", "", `{"type": "SOA", "host": "@", "data": "x"}`, nil, []string{"SOA", "DNS host"}},
		{"no type of the DNS", "", `{"type": "ALIAS", "host": "@", "data": "x"}`, nil, []string{`"ALIAS" is not a type`}},
		{"a question and no type", "", `{"type": "ANY", "host": "@", "data": "x"}`, nil, []string{`"ANY" is not a type`}},
		{"a number that is none", "", `{"type": "TYPE99999", "host": "@", "data": "x"}`, nil, []string{`"TYPE99999" is not a type`}},
		{"CNAME at the domain", "", `{"type": "CNAME", "host": "%empty%", "pointsTo": "x.example.net"}`, nil, []string{"the domain itself, example.com"}},
		{"NS at the domain", "", `{"type": "NS", "host": "@", "pointsTo": "x.example.net"}`, nil, []string{"the domain itself, example.com"}},
		{"name servers at the name itself", "www", `{"type": "NS", "host": "@", "pointsTo": "@"}`, nil, []string{"pointsTo", "name servers"}},
		{"CNAME beside another", "www", `{"type": "CNAME", "host": "@", "pointsTo": "x.example.net"},` + txt("a"), nil, []string{"record 2 (TXT at @) contradicts record 1 (CNAME at @)", "www.example.com"}},
		{"NS above another", "", `{"type": "TXT", "host": "a.sub", "data": "a"}, {"type": "NS", "host": "sub", "pointsTo": "ns.example.net"}`, nil, []string{"contradicts", "sub.example.com and all names below"}},
		{"two SPF records", "", `{"type": "SPFM", "host": "@", "spfRules": "a"},` + txt("v=spf1 mx -all"), nil, []string{"contradicts", "one SPF record"}},
		{"groups that exclude each other", "www", `{"type": "CNAME", "groupId": "a", "host": "@", "pointsTo": "x.example.net"}, {"type": "A", "groupId": "b", "host": "@", "pointsTo": "192.0.2.1"}`, nil, []string{"contradicts", `the groups "a", "b"`}},
		{"a host outside the domain", "", `{"type": "A", "host": "www.example.net.", "pointsTo": "192.0.2.1"}`, nil, []string{`"www.example.net." is not below example.com`}},
		{"a name that ends alike", "", `{"type": "A", "host": "anexample.com.", "pointsTo": "192.0.2.1"}`, nil, []string{"not below"}},
		{"an empty label", "", `{"type": "A", "host": "%empty%.www", "pointsTo": "192.0.2.1"}`, nil, []string{"host:", "is empty"}},
		{"@ as an address", "", `{"type": "A", "host": "@", "pointsTo": "@"}`, nil, []string{"not an address"}},
		{"another family", "", `{"type": "A", "host": "@", "pointsTo": "::1"}`, nil, []string{"not an address"}},
		{"an empty target", "", `{"type": "MX", "host": "@", "pointsTo": "%empty%", "priority": 1}`, nil, []string{"pointsTo", "becomes empty"}},
		{"no priority", "", `{"type": "MX", "host": "@", "pointsTo": "x.example.net"}`, nil, []string{"priority: it is missing"}},
		{"a priority of two variables", "", `{"type": "MX", "host": "@", "pointsTo": "x.example.net", "priority": "%v%%v%"}`, nil, []string{"priority", "one variable"}},
		{"a priority that is no number", "", `{"type": "MX", "host": "@", "pointsTo": "x.example.net", "priority": "%v%"}`, nil, []string{`priority: "x"`}},
		{"a priority of more than 16 bits", "", `{"type": "MX", "host": "@", "pointsTo": "x.example.net", "priority": 65536}`, nil, []string{"65535"}},
		{"a TTL that is no number", "", `{"type": "A", "host": "@", "pointsTo": "192.0.2.1", "ttl": "1h"}`, nil, []string{"ttl"}},
		{"another protocol", "", `{"type": "SRV", "name": "@", "service": "x", "protocol": "sctp"}`, nil, []string{"protocol", "sctp"}},
		{"no service", "", `{"type": "SRV", "name": "@", "protocol": "tcp"}`, nil, []string{"service: it is missing"}},
		{"a port where nothing listens", "", `{"type": "SRV", "groupId": "clients", "name": "@", "service": "imaps", "protocol": "tcp", "priority": 0, "weight": 1, "port": 0, "target": "imap.example.net"}`, nil, []string{`record 1 (SRV at @, group "clients")`, "port 0 of imap.example.net"}},
		{"a port that is a variable", "", `{"type": "SRV", "name": "@", "service": "imaps", "protocol": "tcp", "priority": 0, "weight": 1, "port": "%zero%", "target": "imap.example.net"}`, nil, []string{"record 1 (SRV at @)", "port 0"}},
		{"a service that is offered and is not", "", `{"type": "SRV", "name": "@", "service": "x", "protocol": "tcp", "priority": 0, "weight": 0, "port": 0, "target": "."}, {"type": "SRV", "name": "@", "service": "x", "protocol": "tcp", "priority": 0, "weight": 0, "port": 1, "target": "x.example.net"}`, nil, []string{"record 2 (SRV at @) contradicts record 1", "nothing is offered at _x._tcp.example.com"}},
		{"a null MX beside another", "", `{"type": "MX", "host": "@", "pointsTo": "x.example.net", "priority": 1}, {"type": "MX", "host": "@", "pointsTo": ".", "priority": 0}`, nil, []string{"record 2 (MX at @) contradicts record 1", "receives no mail"}},
		{"two DMARC records", "", `{"type": "TXT", "host": "_dmarc", "data": "v=DMARC1; p=none"}, {"type": "TXT", "host": "_dmarc", "data": "v=DMARC1; p=reject"}`, nil, []string{"record 2 (TXT at _dmarc) contradicts", "one DMARC record"}},
		{"two MTA-STS records", "", `{"type": "TXT", "host": "_mta-sts", "data": "v=STSv1; id=1"}, {"type": "TXT", "host": "_mta-sts", "data": "v=STSv1; id=2"}`, nil, []string{"one MTA-STS record"}},
		{"two TLS-RPT records", "", `{"type": "TXT", "host": "_smtp._tls", "data": "v=TLSRPTv1; rua=mailto:a@example.com"}, {"type": "TXT", "host": "_smtp._tls", "data": "v=TLSRPTv1; rua=mailto:b@example.com"}`, nil, []string{"one TLS-RPT record"}},
		{"DNAME above another", "", `{"type": "DNAME", "host": "sub", "data": "x.example.net"}, {"type": "A", "host": "a.sub", "pointsTo": "192.0.2.1"}`, nil, []string{"contradicts", "all names below sub.example.com"}},
		{"a text that becomes empty", "", txt("%empty%"), nil, []string{"record 1 (TXT at @)", `data: "%empty%" becomes empty`}},
		{"the host of SRV", "", `{"type": "SRV", "host": "www", "service": "x", "protocol": "tcp", "priority": 0, "weight": 0, "port": 1, "target": "x.example.net"}`, nil, []string{"record 1 (SRV at @)", "host: an SRV record has its name in the field name"}},
		{"the name of another type", "", `{"type": "A", "name": "www", "pointsTo": "192.0.2.1"}`, nil, []string{"record 1 (A at @)", "name: a record of type A has its name in the field host"}},
		{"a variable with a line break", "", txt("%lines%"), nil, []string{"record 1 (TXT at @)", `"lines"`, "a line break", "trimspace()"}},
		{"a variable with a control character", "", txt("a%escape%"), nil, []string{`"escape"`, "U+001B"}},
		{"a text with a line break", "", txt(`a\nb`), nil, []string{"data: it has a line break"}},
		{"no text", "", `{"type": "TXT", "host": "@"}`, nil, []string{"data: it is missing"}},
		{"data that is none", "", `{"type": "CAA", "host": "@", "data": "@"}`, nil, []string{"data"}},
		{"SPF rules with all", "", `{"type": "SPFM", "host": "@", "spfRules": "a -all"}`, nil, []string{"record 1 (SPFM at @)", "spfRules", `"-all"`}},
		{"SPF rules that are a record", "", `{"type": "SPFM", "host": "@", "spfRules": "v=spf1 a ~all"}`, nil, []string{"spfRules", "version"}},
		{"the domain as host", "www.example.com", txt("a"), nil, []string{"ends in the domain"}},
		{"a host that is no name", "a b", txt("a"), nil, []string{"not a domain name"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := apply(t, one(test.records), domainconnect.Application{Host: test.host, Variables: map[string]string{"v": "x", "empty": "", "zero": "0", "lines": "a\nb", "escape": "\x1b[2J"}, Groups: test.groups})
			if err == nil {
				t.Fatalf("no error, but %q", got)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not contain %q", err, part)
				}
			}
		})
	}
	if _, err := apply(t, `{"hostRequired": true, "records": [`+txt("a")+`]}`, domainconnect.Application{}); err == nil || !strings.Contains(err.Error(), "name below a domain") {
		t.Errorf("a template that needs a host: %v", err)
	}
}

func TestParseErrors(t *testing.T) {
	for source, want := range map[string]string{
		"":                             "empty",
		"<!DOCTYPE html><p>404":        "HTML",
		"{":                            "not the JSON",
		`{"records": []}`:              "no records",
		`{"message": "Not Found"}`:     "no records",
		`[]`:                           "an object is needed, and this is a list",
		`"x"`:                          "an object is needed, and this is a string",
		`{"records": {}}`:              "records: a list is needed, and this is an object",
		`{"records": [{"type": 5}]}`:   "record 1: type: a string is needed, and this is a number",
		`{"records": ["x"]}`:           "record 1",
		`{"records": [{"host": "@"}]}`: "record 1 has no type",
		`{"records": [{"type": "A", "host": {}}]}`:        "a string or a number",
		`{"records": [{"type": "A", "host": "@"}]} extra`: "not the JSON",
	} {
		if _, err := domainconnect.Parse(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", source, err, want)
		} else if strings.Contains(err.Error(), "Go ") {
			t.Errorf("%s: %v", source, err)
		}
	}
	many := one(strings.TrimSuffix(strings.Repeat(`{"type": "A", "host": "@", "pointsTo": "192.0.2.1"},`, 1001), ","))
	if _, err := domainconnect.Parse(many); err == nil || !strings.Contains(err.Error(), "1001 records") {
		t.Errorf("a thousand records: %v", err)
	}
	if _, err := domainconnect.Parse("\ufeff" + mail); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
}

// The keys of some records do not change with the groups that are chosen.
func TestKeysDoNotDependOnGroups(t *testing.T) {
	template := one(`{"type": "MX", "groupId": "a", "host": "@", "pointsTo": "a.example.net", "priority": 1}, {"type": "MX", "groupId": "b", "host": "@", "pointsTo": "b.example.net", "priority": 1},
		{"type": "TXT", "groupId": "a", "host": "%v%", "data": "1"}, {"type": "TXT", "groupId": "b", "host": "%v%", "data": "2"},
		{"type": "A", "groupId": "a", "host": "@", "pointsTo": "192.0.2.1"}, {"type": "A", "groupId": "b", "host": "%fqdn%.", "pointsTo": "192.0.2.2"}`)
	variables := map[string]string{"v": "x"}
	all, err := apply(t, template, domainconnect.Application{Variables: variables})
	if err != nil || len(all) != 6 {
		t.Fatal(all, err)
	}
	for _, group := range []string{"a", "b"} {
		some, err := apply(t, template, domainconnect.Application{Variables: variables, Groups: []string{group}})
		if err != nil || len(some) != 3 {
			t.Fatal(some, err)
		}
		for key, r := range some {
			if all[key] != r {
				t.Errorf("with the group %s, %s is %s, and with all groups %s", group, key, r, all[key])
			}
		}
	}
}

// Rules for the SPF record have one key, whichever group they come from.
func TestKeyOfRules(t *testing.T) {
	template := one(`{"type": "SPFM", "groupId": "a", "host": "@", "spfRules": "a"}, {"type": "SPFM", "groupId": "b", "host": "", "spfRules": "mx"}`)
	for groups, want := range map[string]string{"a": "v=spf1 a ~all", "b": "v=spf1 mx ~all", "a b": "v=spf1 a mx ~all"} {
		got, err := apply(t, template, domainconnect.Application{Groups: strings.Fields(groups)})
		if err != nil || !maps.Equal(got, map[string]string{"spfm-@-1": `example.com TXT "` + want + `"`}) {
			t.Errorf("%s: %q, %v", groups, got, err)
		}
	}
}

// Whatever a template says, there are records that can be published, or an error.
func FuzzApply(f *testing.F) {
	f.Add(mail, "www", "x", "mx")
	f.Add(one(`{"type": "TYPE1", "host": "*.%v%.", "data": "%fqdn%"}`), "", "%", "")
	f.Fuzz(func(t *testing.T, source, host, value, group string) {
		template, err := domainconnect.Parse(source)
		if err != nil {
			return
		}
		application := domainconnect.Application{Domain: "example.com", Host: host, Variables: map[string]string{"second": value, "address": value, "selector": value, "v": value}}
		if group != "" {
			application.Groups = []string{group}
		}
		records, err := template.Apply(application)
		if err != nil && records != nil || err == nil && len(records) > len(template.Records) {
			t.Fatalf("%v, %v", records, err)
		}
		for key, r := range records {
			if r.Name != "example.com" && !strings.HasSuffix(r.Name, ".example.com") {
				t.Fatalf("%s: %s is not below the domain", key, r)
			}
		}
	})
}
