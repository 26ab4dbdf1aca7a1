package mailrecord_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// checkText expects that receivers find nothing wrong with a text that was built.
func checkText(t *testing.T, name, text string) {
	t.Helper()
	for _, fault := range mailrecord.CheckText(name, text) {
		t.Errorf("%q: %s", text, fault.Reason)
	}
	for _, warning := range mailrecord.PolicyWarnings(mailrecord.KindAt(name), text) {
		t.Errorf("%q: %s", text, warning)
	}
	if kind := mailrecord.KindAt(name); kind != mailrecord.OtherText && !kind.Is(text) {
		t.Errorf("%q is not taken for a %s", text, kind)
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			t.Errorf("%q has the byte 0x%02X", text, text[i])
		}
	}
}

func checkSPF(t *testing.T, parts mailrecord.SPFParts, text string) {
	t.Helper()
	checkText(t, "example.com", text)
	record, err := mailrecord.ParseSPF(text)
	if err != nil {
		t.Fatalf("%+v: %v", parts, err)
	}
	for _, warning := range record.Warnings() {
		if !strings.Contains(warning, "bytes") {
			t.Errorf("%q: %s", text, warning)
		}
	}
	if len(record.Terms) != len(parts.Mechanisms)+1 {
		t.Errorf("%q has %d terms of %d mechanisms", text, len(record.Terms), len(parts.Mechanisms))
	}
}

func checkDMARC(t *testing.T, text string) mailrecord.DMARC {
	t.Helper()
	checkText(t, "_dmarc.example.com", text)
	record, err := mailrecord.ParseDMARC(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := record.String(); again != text {
		t.Errorf("%q is written anew as %q", text, again)
	}
	for _, warning := range record.Warnings() {
		if !strings.Contains(warning, "t=y") {
			t.Errorf("%q: %s", text, warning)
		}
	}
	if len(record.Others) > 0 {
		t.Errorf("%q has the tags %q", text, record.Others)
	}
	return record
}

// readPolicy reads an MTA-STS policy by the grammar of RFC 8461 section 3.2.
func readPolicy(t *testing.T, policy string) (mode string, hosts []string, age int64) {
	t.Helper()
	rest, found := strings.CutPrefix(policy, "version: STSv1\r\n")
	if !found || !strings.HasSuffix(rest, "\r\n") || strings.Count(policy, "\n") != strings.Count(policy, "\r\n") {
		t.Fatalf("%q is not a policy", policy)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\r\n"), "\r\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "mode":
			mode = value
		case "mx":
			hosts = append(hosts, value)
		case "max_age":
			var err error
			if age, err = strconv.ParseInt(value, 10, 64); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("%q has the line %q", policy, line)
		}
	}
	return mode, hosts, age
}

// pick returns one of the values, or nil.
func pick(random *rand.Rand, values ...string) *string {
	i := random.IntN(len(values) + 1)
	if i == len(values) {
		return nil
	}
	return &values[i]
}

// some returns some of the values, in another order.
func some(random *rand.Rand, values ...string) []string {
	values = slices.Clone(values)
	random.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return values[:random.IntN(len(values)+1)]
}

// What is built from valid parts is read back by the parsers, which find nothing to warn about.
func TestBuiltRecordsAreReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		spf := mailrecord.SPFParts{
			Mechanisms: some(random, "mx", "a", "-a:b.example.com/24//64", "include:_spf.bücher.example", "ip4:192.0.2.0/24", "?ip6:2001:DB8::/32", "exists:%{i}._spf.%{d}", "~mx:example.net"),
			All:        pick(random, "-", "~", "?", "-all"),
		}
		if spf.All == nil {
			spf.Redirect = pick(random, "spf.example.net", "%{d}.spf.example.net", "bücher.example")
		}
		text, err := spf.Text()
		if nothing := len(spf.Mechanisms) == 0 && spf.All == nil && spf.Redirect == nil; (err != nil) != nothing {
			t.Fatalf("%+v: %v", spf, err)
		} else if !nothing {
			checkSPF(t, spf, text)
		}

		policy := "quarantine"
		dmarc := mailrecord.DMARCParts{
			P: &policy, SP: pick(random, "none", "Reject"), NP: pick(random, "reject"), ADKIM: pick(random, "r", "s"), ASPF: pick(random, "s"),
			T: pick(random, "y", "n"), PSD: pick(random, "y", "n", "u"),
			RUA: some(random, "mailto:a@example.com", "mailto:b%2Cc@example.net", "mailto:d@bücher.example?subject=x"), RUF: []string{"mailto:f@example.com"},
			FO: some(random, "1", "d", "s"),
		}
		if text, err = dmarc.Text(); err != nil {
			t.Fatalf("%+v: %v", dmarc, err)
		}
		if record := checkDMARC(t, text); record.Policy != policy || len(record.AggregateReports) != len(dmarc.RUA) || len(record.FailureOptions) != len(dmarc.FO) {
			t.Errorf("%+v gave %q", dmarc, text)
		}

		mode, age := []string{"testing", "enforce"}[random.IntN(2)], 86400+random.Int64N(31557600-86400+1)
		sts := mailrecord.MTASTSParts{Mode: &mode, MX: append(some(random, "MX1.example.com.", "*.bücher.example"), "mx2.example.com"), MaxAge: &age}
		built, err := sts.Build()
		if err != nil {
			t.Fatalf("%+v: %v", sts, err)
		}
		checkText(t, "_mta-sts.example.com", built.Text)
		if gotMode, hosts, gotAge := readPolicy(t, built.Policy); gotMode != mode || len(hosts) != len(sts.MX) || gotAge != age || !slices.IsSorted(hosts) {
			t.Errorf("%+v gave %q", sts, built.Policy)
		}
		slices.Reverse(sts.MX)
		if again, _ := sts.Build(); again != built {
			t.Errorf("another order of the hosts gave %q instead of %q", again, built)
		}
	}
}

// Policies that differ have ids that differ.
func TestMTASTSIDs(t *testing.T) {
	seen := map[string]string{}
	for _, mode := range []string{"testing", "enforce"} {
		for age := int64(86400); age < 86400+50; age++ {
			for _, hosts := range [][]string{{"a.example.com"}, {"b.example.com"}, {"a.example.com", "b.example.com"}} {
				built, err := mailrecord.MTASTSParts{Mode: &mode, MX: hosts, MaxAge: &age}.Build()
				if err != nil {
					t.Fatal(err)
				}
				if before := seen[built.ID]; before != "" {
					t.Errorf("%q and %q have the same id", before, built.Policy)
				}
				seen[built.ID] = built.Policy
			}
		}
	}
}

// A merge says what all its texts say, whatever the order and however often it is repeated.
func TestJoinSPF(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var texts []string
		for range 1 + random.IntN(4) {
			texts = append(texts, strings.Join(append(append([]string{"v=spf1"}, some(random, "mx", "a", "include:x.example", "ip4:192.0.2.1")...), []string{"-all", "~all", ""}[random.IntN(3)]), " "))
		}
		merged, index, err := mailrecord.JoinSPF(texts...)
		if err != nil {
			t.Fatalf("%q: text %d: %v", texts, index, err)
		}
		for _, text := range texts {
			if contains, err := mailrecord.ContainsSPF(merged, text); err != nil || !contains {
				t.Errorf("%q does not say %q: %v", merged, text, err)
			}
		}
		again, _, err := mailrecord.JoinSPF(append([]string{merged}, texts...)...)
		if err != nil || again != merged {
			t.Errorf("merging again gives %q instead of %q: %v", again, merged, err)
		}
	}
}

// The seeds are what users write by mistake, and what is right.
var seeds = []string{
	"", " ", "mx", "-all", "~ALL", "ip4:192.0.2.1/24", "a:bücher.example/24", "a:bücher.example//64", "include:x.example", "include:x.example;", "exists:%{i}.x.example", "ptr:x.example", "redirect=x.example",
	"v=spf1 mx -all", "none", "reject", "y", "mailto:a@example.com", "mailto:a@example.com!10m", "mailto:a@bücher.example?subject=x", "a@example.com", "https://example.com/a;b,c.svg", "https://xn--.example/x.pem",
	"mx.example.com", "*.example.com", "MX.example.com.", "letsencrypt.org", "letsencrypt.org; validationmethods=dns-01", "letsencrypt.org;x=\x7f", "host:993", "2001:db8::1", "a\u200bb.example", "a。example", "ＥＸＡＭＰＬＥ.example", "-a.example", "0.xn--zn7c.a", "\xff",
}

func seed(f *testing.F, arguments int) {
	for i := range seeds {
		var values []any
		for j := range arguments {
			values = append(values, seeds[(i+j*7)%len(seeds)])
		}
		f.Add(values...)
	}
}

// Whatever parts are given: if no error says what is wrong with them, receivers find nothing wrong
// either.
func FuzzSPFParts(f *testing.F) {
	seed(f, 4)
	f.Fuzz(func(t *testing.T, first, second, all, redirect string) {
		parts := mailrecord.SPFParts{Mechanisms: []string{first, second}}
		switch {
		case all != "":
			parts.All = &all
		case redirect != "":
			parts.Redirect = &redirect
		}
		if text, err := parts.Text(); err == nil {
			checkSPF(t, parts, text)
		}
		_, _, _ = mailrecord.JoinSPF(first, second)
	})
}

func FuzzDMARCParts(f *testing.F) {
	seed(f, 4)
	f.Fuzz(func(t *testing.T, policy, rua, ruf, option string) {
		parts := mailrecord.DMARCParts{P: &policy, RUA: []string{rua}, RUF: []string{ruf}}
		if option != "" {
			parts.FO = []string{option}
		}
		if text, err := parts.Text(); err == nil {
			checkDMARC(t, text)
		}
	})
}

func FuzzOtherTexts(f *testing.F) {
	seed(f, 2)
	f.Fuzz(func(t *testing.T, first, second string) {
		if text, err := mailrecord.BuildTLSRPT([]string{first, second}); err == nil {
			checkText(t, "_smtp._tls.example.com", text)
		}
		if text, err := (mailrecord.BIMIParts{L: &first, A: &second}).Text(); err == nil {
			checkText(t, "default._bimi.example.com", text)
		}
		if text, err := (mailrecord.DKIMParts{P: &first}).Text(); err == nil {
			checkText(t, "x._domainkey.example.com", text)
			if _, err := mailrecord.ParseDKIM(text); err != nil {
				t.Error(err)
			}
		}
		mode := "testing"
		if built, err := (mailrecord.MTASTSParts{Mode: &mode, MX: []string{first, second}}).Build(); err == nil {
			checkText(t, "_mta-sts.example.com", built.Text)
			if _, hosts, _ := readPolicy(t, built.Policy); len(hosts) != 2 {
				t.Errorf("%q", built.Policy)
			}
		}
		if quoted, err := mailrecord.QuotePlainTXT(first); err == nil {
			if text, err := mailrecord.UnquoteTXT(quoted); err != nil || text != first {
				t.Errorf("%s reads %q instead of %q: %v", quoted, text, first, err)
			}
		}
	})
}

// checkRecord expects that a record can be published as it is.
func checkRecord(t *testing.T, r mailrecord.Record) {
	t.Helper()
	canonical, err := dns.NewRecord(r.Name, r.Type, r.Value)
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	if canonical.Name != r.Name || canonical.Value != r.Value {
		t.Errorf("%+v is published as %q %q", r, canonical.Name, canonical.Value)
	}
}

func FuzzRecords(f *testing.F) {
	seed(f, 3)
	f.Fuzz(func(t *testing.T, domain, first, second string) {
		name, err := mailrecord.ASCIIDomain(domain)
		if err != nil {
			return
		}
		parts := mailrecord.CAAParts{Issue: []string{first}, IssueWild: []string{}, IODEF: []string{second}}
		if records, err := parts.Records(name); err == nil {
			for _, r := range records {
				checkRecord(t, r)
			}
		}
		if records, err := mailrecord.BuildMailSRV(name, map[string]string{"imaps": first, "submission": second}); err == nil {
			for _, r := range records {
				checkRecord(t, r)
			}
		}
		if r, err := mailrecord.BuildAutodiscover(name, first); err == nil {
			checkRecord(t, r)
		}
		host, err := mailrecord.ASCIIHost(first)
		if err != nil {
			return
		}
		if r, err := mailrecord.DMARCAuthorization(name, host); err == nil {
			checkRecord(t, r)
		}
		if value, err := mailrecord.BuildMX(10, first); err != nil || value != fmt.Sprintf("10 %s.", host) {
			t.Errorf("the MX of %q is %q: %v", first, value, err)
		}
	})
}
