package command

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

type result struct {
	exit     int
	out, err string
}

// call runs a command with a standard input, in a locale with UTF-8.
func call(in string, arguments ...string) result {
	return callIn(context.Background(), map[string]string{"LANG": "en_GB.UTF-8"}, in, arguments...)
}

func callIn(ctx context.Context, environment map[string]string, in string, arguments ...string) result {
	var out, errs strings.Builder
	p := Program{Version: "1.2.3", In: strings.NewReader(in), Out: &out, Err: &errs, Getenv: func(name string) string { return environment[name] }}
	exit := p.Run(ctx, arguments)
	return result{exit, out.String(), errs.String()}
}

// sandboxFile returns the file of a sandbox with a zone.
func sandboxFile(t *testing.T, apex string, lines ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: file})
	if err != nil {
		t.Fatal(err)
	}
	if err := box.PutZone(apex, lines); err != nil {
		t.Fatal(err)
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// good is a zone in which the checks of MX and SPF pass.
var good = []string{"@ MX 10 mail", "mail A 192.0.2.25", `@ TXT "v=spf1 mx -all"`, `_dmarc TXT "v=DMARC1; p=reject"`}

func TestCheck(t *testing.T) {
	fine, bad := sandboxFile(t, "example.com", good...), sandboxFile(t, "example.com", `@ TXT "v=spf1 +all"`, `@ TXT "v=spf1 -all"`)
	for _, test := range []struct {
		file, arguments string
		want            int
	}{
		{fine, "example.com --only mx,spf", exitFine},
		{fine, "--only mx,spf EXAMPLE.com.", exitFine},
		{bad, "example.com --only mx,spf", exitFound},
		{bad, "example.com --only mx,spf --fail-on never", exitFine},
		{bad, "example.com --only mx,spf --fail-on critical", exitFound},
		{bad, "example.com --only mx --fail-on critical", exitFine},
		{bad, "example.com --only mx --fail-on high", exitFound},
		{bad, "example.com --only mx,spf --fail-on spf_single", exitFound},
		{bad, "example.com --only mx,spf --fail-on spf_ptr,dmarc", exitFine},
		{bad, "example.com --only mx,spf --silence mx,spf_s*", exitFine},
		{bad, "example.com --only mx,spf --silence mx_*,spf", exitNotRun}, // nothing is left to see
		{fine, "gone.invalid --only mx_present", exitFound},
		{bad, "example.com --only MX,Spf --fail-on CRITICAL", exitFound},
		{bad, "example.com --only spf,mx --silence SPF_*,MX_Present --fail-on Any", exitNotRun},
		{bad, "example.com --only spf,mx --fail-on Never", exitFine},
	} {
		arguments := append([]string{"check", "--sandbox", test.file, "--dns-only"}, strings.Fields(test.arguments)...)
		if got := call("", arguments...); got.exit != test.want {
			t.Errorf("%s: exit code %d, want %d\n%s%s", test.arguments, got.exit, test.want, got.out, got.err)
		}
	}
}

// Where nobody answers, the exit code is that of a look that saw nothing, and no check fails.
func TestCheckSeesNothing(t *testing.T) {
	got := call("", "check", "example.com", "--resolver", "127.0.0.1:1", "--dns-only", "--timeout", "10s", "--only", "mx,spf")
	if got.exit != exitNotRun || !strings.Contains(got.err, "nothing could be seen of example.com") || strings.Contains(got.out, "✗") {
		t.Errorf("exit code %d\n%s%s", got.exit, got.out, got.err)
	}
}

func TestCheckFormats(t *testing.T) {
	file := sandboxFile(t, "example.com", good...)
	for format, want := range map[string]string{
		"table": "✓ MX record (mx_present): 10 mail", "json": `"id": "mx_present"`, "markdown": "`mx_present`", "html": "<title>Mail of example.com</title>",
	} {
		got := call("", "check", "example.com", "--sandbox", file, "--dns-only", "--all", "--format", format)
		if !strings.Contains(got.out, want) || got.err != "" || strings.Contains(got.out, "\x1b") {
			t.Errorf("%s: the output lacks %s, or there is progress or colour although nobody watches\n%s%s", format, want, got.out, got.err)
		}
	}
}

const stateOfGood = `{"format_version": "1.0", "values": {"root_module": {"resources": [
	{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
		"mx": {"name": "example.com", "type": "MX", "value": "mail.example.com", "priority": 10}}}},
	{"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "mailserver/example.com", "domain": "example.com"}}EXTRA]}}}`

func TestStatus(t *testing.T) {
	fine, other := sandboxFile(t, "example.com", good...), sandboxFile(t, "example.com", "@ MX 20 mail", "mail A 192.0.2.25")
	extra := func(object string) string { return strings.Replace(stateOfGood, "EXTRA", object, 1) }
	unverified := extra(`, {"mode": "managed", "type": "postmaster_domain_verification", "values": {"domain_id": "mailserver/example.com", "valid": false}}`)
	expired := extra(`, {"mode": "managed", "type": "postmaster_tls_certificate", "values": {"hostname": "mail.example.com", "not_after": "2020-01-01T00:00:00Z"}}`)
	soon := extra(`, {"mode": "managed", "type": "postmaster_tls_certificate", "values": {"hostname": "mail.example.com", "not_after": "` + time.Now().Add(73*time.Hour).UTC().Format(time.RFC3339) + `"}}`)
	for _, test := range []struct {
		what, file, state, arguments string
		want                         int
		says                         string
	}{
		{"all is well", fine, extra(""), "--only mx", exitFine, "1 domain, 1 all right"},
		{"a record is missing", other, extra(""), "--only mx", exitFound, "expected  example.com MX 10 mail.example.com"},
		{"a record is missing, and may be", other, extra(""), "--only mx --fail-on never", exitFine, "not at"},
		{"no checks", other, extra(""), "--records-only", exitFound, "not at"},
		{"a check fails", other, extra(""), "--only spf", exitFound, "spf_present"},
		{"not verified", fine, unverified, "--only mx", exitFound, "mailserver has not verified the domain"},
		{"expired", fine, expired, "--only mx", exitFound, "that of mail.example.com has expired on 2020-01-01"},
		{"soon expired", fine, soon, "--only mx", exitFine, "that of mail.example.com has 3 days left"},
		{"soon expired, and warnings count", fine, soon, "--only mx --fail-on warn", exitFound, "that of mail.example.com has 3 days left"},
		{"soon expired, and warnings about it count", fine, soon, "--only mx --fail-on warn,state_certificate", exitFound, "3 days left"},
		{"soon expired, and other warnings count", fine, soon, "--only mx --fail-on warn,state_records", exitFine, "3 days left"},
		{"an empty state", fine, `{"format_version": "1.0"}`, "", exitFine, "The state has no domain of this provider"},
		{"a first plan", fine, `{"format_version": "1.2", "planned_values": {"root_module": {}}}`, "--fail-on warn", exitFine, "The state has no domain of this provider"},
		{"nothing to look at", fine, `{"format_version": "1.0", "values": {"root_module": {"resources": [{"mode": "managed", "type": "postmaster_mail_domain", "values": {"id": "mailserver/example.com", "domain": "example.com"}}]}}}`, "--records-only", exitFine, "1 domain, 1 with nothing to look at"},
		{"an empty state as JSON", fine, `{"format_version": "1.0"}`, "--format json", exitFine, `"domains": []`},
		{"nothing piped", fine, "", "", exitNotRun, "terraform show -json"},
		{"no such file", fine, "", "nowhere.json", exitNotRun, "nowhere.json"},
	} {
		got := call(test.state, append([]string{"status", "--sandbox", test.file, "--dns-only"}, strings.Fields(test.arguments)...)...)
		if got.exit != test.want || !strings.Contains(got.out+got.err, test.says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", test.what, got.exit, test.want, test.says, got.out, got.err)
		}
	}
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, []byte(extra("")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{{file}, {"--", file}, {"-"}} {
		got := call(extra(""), append([]string{"status", "--sandbox", fine, "--records-only"}, arguments...)...)
		if got.exit != exitFine {
			t.Errorf("%q: exit code %d\n%s%s", arguments, got.exit, got.out, got.err)
		}
	}
	if got := call(extra(""), "status", "--resolver", "127.0.0.1:1", "--dns-only", "--timeout", "10s", "--only", "mx"); got.exit != exitNotRun || !strings.Contains(got.err, "nothing could be seen") {
		t.Errorf("nobody answers: exit code %d\n%s%s", got.exit, got.out, got.err)
	}
}

// A look that is interrupted ends at once, and prints no half of a report.
func TestInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	file := sandboxFile(t, "example.com", good...)
	for _, arguments := range [][]string{{"check", "example.com"}, {"status"}} {
		got := callIn(ctx, nil, strings.Replace(stateOfGood, "EXTRA", "", 1), append(arguments, "--sandbox", file)...)
		if got.exit != exitNotRun || !strings.Contains(got.err, "interrupted") || got.out != "" {
			t.Errorf("%q: exit code %d\n%s%s", arguments, got.exit, got.out, got.err)
		}
	}
}

func TestUsage(t *testing.T) {
	for arguments, want := range map[string]string{
		"apply":                                                `there is no command "apply"; there are check, status, sandbox, version, help`,
		"check":                                                "which domain?",
		"check a.example b.example":                            `unexpected argument "b.example"`,
		"check example.com --colour":                           "flag provided but not defined: -colour",
		"check example.com --format pdf":                       `there is no format "pdf"`,
		"check example.com --only spf_lookup":                  `there is no check and no group of checks "spf_lookup"`,
		"check example.com --only mx,":                         "an empty part",
		"check example.com --fail-on worst":                    "critical, high, medium, low",
		"check example.com --fail-on never,spf":                "never stands alone",
		"check example.com --sender mail.example.com":          `"mail.example.com" is not an IP address`,
		"check example.com --allow 10.0.0.1":                   `"10.0.0.1" is not a network`,
		"check example.com --timeout 0s":                       "no time to look",
		"check example.com --sandbox nowhere.json":             "no sandbox in nowhere.json",
		"check 192.0.2.1":                                      `"192.0.2.1" is an address, not a name`,
		"check 2001:db8::1":                                    "2001:db8::1",
		"check [192.0.2.1]":                                    "[192.0.2.1]",
		"check anna@example.com":                               "anna@example.com",
		"check exa_mple..com":                                  "exa_mple..com",
		"check example.com --selector a..b":                    `--selector: "a..b" is not a domain name`,
		"check example.com --selector s1._domainkey.b.example": `--selector: "s1._domainkey.b.example" is the key of b.example`,
		"check example.com --selector *":                       `--selector: "*" stands for many names`,
		"check example.com --sender 0.0.0.0":                   `--sender: "0.0.0.0" is not the address of a host`,
		"check example.com --helo mail.example.com:25":         `--helo: "mail.example.com:25" is not a domain name`,
		"check example.com --helo=":                            `--helo: "" is not a domain name`,
		"check example.com --resolver https://192.0.2.53":      `--resolver: "https://192.0.2.53" is a URL`,
		"check example.com --resolver 192.0.2.53:99999":        `--resolver: "192.0.2.53:99999": "99999" is not a port`,
		"check example.com --resolver 192.0.2.453":             `--resolver: "192.0.2.453" is not an IP address`,
		"check example.com --control-host smtp://mail.example": `--control-host: "smtp://mail.example" is a URL`,
		"check example.com --control-host mail.example:smtp":   `--control-host: "mail.example:smtp": "smtp" is not a port`,
		"check example.com --control-host=":                    `--control-host: "" has no host`,
		"check example.com --proof-zone 192.0.2.1":             `--proof-zone: "192.0.2.1" is an address`,
		"check example.com --proof-zone=":                      `--proof-zone: "" is not a domain name`,
		"check example.com --block-list dnsbl":                 `--block-list: "dnsbl" has one label only`,
		"check example.com --block-list https://dnsbl.example": `--block-list: "https://dnsbl.example" is not a domain name`,
		"check example.com --silence nothing":                  `--silence: there is no check`,
		"status --resolver 192.0.2.53:0":                       `--resolver: "192.0.2.53:0": "0" is not a port`,
		"status --selector a_b@c":                              `--selector: "a_b@c" is not a domain name`,
		"status a b":                                           `unexpected argument "b"`,
		"sandbox here":                                         `unexpected argument "here"`,
		"sandbox --listen nowhere":                             `sandbox address "nowhere"`,
		"version 1":                                            `unexpected argument "1"`,
		"help apply":                                           `there is no command "apply"`,
		"check example.com --fail-on state_records":            `"state_records" is neither a severity`,
		"status --fail-on worst":                               "nor one of state, warn, unknown, never",
		"status --fail-on state_x*":                            `"state_x*" is neither`,
		"status --fail-on state_record":                        "did you mean state_records?",
		"status --fail-on hihg":                                "did you mean high?",
		"status --only state":                                  `--only: "state" is no check`,
		"status --silence state_records":                       `--silence: "state_records" is no check`,
		"check example.com --only spff":                        "did you mean spf?",
		"check example.com --timeout 5":                        `"5" is no length of time, such as 5s or 2m`,
		"check example.com --resolver 192.0.2.1 --sandbox x":   "--resolver and --sandbox exclude each other",
		"check https://Example.com/a?b":                        "do you mean example.com?",
		"check http://example.com:8080":                        "do you mean example.com?",
		"check mailto:joe@example.com":                         "do you mean example.com?",
		"check joe@example.com":                                "do you mean example.com?",
	} {
		got := call("", strings.Fields(arguments)...)
		if got.exit != exitNotRun || got.out != "" || !strings.Contains(got.err, want) || !strings.HasPrefix(got.err, Name+": ") {
			t.Errorf("%s: exit code %d, %s%s; want an error with %q", arguments, got.exit, got.out, got.err, want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	if got := call("", "version"); got != (result{0, "1.2.3\n", ""}) {
		t.Errorf("version: %+v", got)
	}
	all := call("", "help")
	for _, c := range commands() {
		if all.exit != exitFine || !strings.Contains(all.out, c.name) {
			t.Errorf("the help lacks %s:\n%s", c.name, all.out)
		}
		about := call("", "help", c.name)
		if c.define == nil {
			continue
		}
		if same := call("", c.name, "--help"); same != about || about.exit != exitFine {
			t.Errorf("help %s and %s --help differ:\n%s\n%s", c.name, c.name, about.out, same.out)
		}
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		c.define(flags)
		flags.VisitAll(func(f *flag.Flag) {
			if !strings.Contains(about.out, "  --"+f.Name) || f.Usage == "" {
				t.Errorf("the help of %s does not explain --%s", c.name, f.Name)
			}
		})
	}
}

// The guide names every flag, and no other.
func TestGuideNamesAllFlags(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "check.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range commands() {
		if !strings.Contains(string(guide), Name+" "+c.name) {
			t.Errorf("the guide lacks the command %s", c.name)
		}
		if c.define == nil {
			continue
		}
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		c.define(flags)
		flags.VisitAll(func(f *flag.Flag) { known["--"+f.Name] = true })
	}
	named := map[string]bool{}
	for _, found := range regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(string(guide), -1) {
		named[found] = true
		if !known[found] {
			t.Errorf("the guide has the flag %s, which no command has", found)
		}
	}
	for name := range known {
		if !named[name] {
			t.Errorf("the guide lacks the flag %s", name)
		}
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string][]string{
		"a b": {"a", "b"}, "--x 1 a": {"a"}, "a --x 1": {"a"}, "a --x=1 b -x 2": {"a", "b"}, "-": {"-"}, "- --x 1": {"-"}, "a -- --x": {"a", "--x"}, "-- -x 1": {"-x", "1"},
	} {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.Int("x", 0, "")
		if got, err := parse(flags, strings.Fields(line)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", line, got, err, want)
		}
	}
}

// The locale and the environment decide about characters and colours.
func TestStyle(t *testing.T) {
	for _, test := range []struct {
		environment   map[string]string
		ascii, colors bool
	}{
		{map[string]string{"LANG": "en_GB.UTF-8"}, false, true},
		{map[string]string{"LANG": "en_GB.utf8", "NO_COLOR": "1"}, false, false},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, true, true},
		{map[string]string{"LANG": "C", "LC_CTYPE": "C.UTF-8", "TERM": "dumb"}, false, false},
		{map[string]string{}, true, true},
	} {
		p := Program{Out: &strings.Builder{}, Getenv: func(name string) string { return test.environment[name] }}
		if style := p.style(); style.ASCII != test.ascii || style.Color {
			t.Errorf("%v, not on a terminal: %+v", test.environment, style)
		}
		if got := p.colors(); got != test.colors {
			t.Errorf("%v: colours are allowed: %t", test.environment, got)
		}
	}
	if got := callIn(context.Background(), nil, "", "check", "example.com", "--sandbox", sandboxFile(t, "example.com", good...), "--dns-only", "--only", "mx", "--all"); !strings.Contains(got.out, "+ MX record (mx_present)") {
		t.Errorf("in another locale than UTF-8:\n%s", got.out)
	}
}

// Progress is one line, which is gone at the end.
func TestProgress(t *testing.T) {
	var out strings.Builder
	p := &progress{out: &out}
	p.show("10 of 84 checks")
	p.show("11 of 84 checks") // too soon after the first
	p.shown = time.Time{}
	p.show("9 more")
	p.clear()
	if want := "\r10 of 84 checks\r9 more         \r               \r"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	quiet := call("", "check", "example.com", "--resolver", "127.0.0.1:1", "--dns-only", "--only", "mx_present", "--timeout", "5s")
	if strings.Contains(quiet.err, "of 1 checks") {
		t.Errorf("there is progress where nobody watches: %q", quiet.err)
	}
}

func TestFailOn(t *testing.T) {
	results := []check.Result{
		{ID: "spf_lookups", Group: "spf", Status: check.Fail, Severity: check.High}, {ID: "mx_cname", Group: "mx", Status: check.Warn, Severity: check.Medium}, {ID: "ns_lame", Group: "ns", Status: check.Unknown, Severity: check.Critical},
	}
	missing := []check.Result{{ID: estate.FindingRecords, Group: estate.FindingGroup, Status: check.Fail, Severity: check.High}}
	for text, want := range map[string]struct{ check, record bool }{
		"": {true, true}, "never": {}, "critical": {}, "high": {true, true}, "medium": {true, true}, "low": {true, true}, "warn": {true, true}, "warn,mx": {true, false}, "mx": {}, "mx_*": {}, "spf": {true, false}, "spf_*": {true, false}, "spf_lookups": {true, false}, "ns": {},
		"critical,spf": {true, false}, "critical,high": {true, true}, "state": {false, true}, "state_*": {false, true}, "state_records": {false, true}, "state_verified": {}, "state_certificate": {}, "spf,state": {true, true}, "warn,critical": {}, "warn,medium": {true, true},
	} {
		var parts []string
		if text != "" {
			parts = strings.Split(text, ",")
		}
		f, err := parseFailOn(parts, estate.FindingIDs())
		if err != nil {
			t.Fatal(err)
		}
		if got := f.hits(results); got != want.check {
			t.Errorf("--fail-on %s: %t for checks", text, got)
		}
		if got := f.hits(missing); got != want.record {
			t.Errorf("--fail-on %s: %t for a missing record", text, got)
		}
	}
	// Each ID of the catalogue counts alone, and is counted by its own name, its group and severities.
	for _, e := range check.Catalogue() {
		only := []check.Result{{ID: e.ID, Group: e.Group, Status: check.Fail, Severity: e.Severity}}
		for what, want := range map[string]bool{e.ID: true, e.Group: true, string(e.Severity): true, "low": true, "warn": true, "state": false, "never": false} {
			f, err := parseFailOn([]string{what}, estate.FindingIDs())
			if err != nil {
				t.Fatal(err)
			}
			if got := f.hits(only); got != want {
				t.Errorf("--fail-on %s: %t for %s", what, got, e.ID)
			}
		}
	}
}
