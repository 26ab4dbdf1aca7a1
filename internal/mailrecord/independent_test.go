//go:build independent

package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The test suite of SPF and its relatives, of which whoever runs these tests supplies a copy: see
// the target test-spf in GNUmakefile. They are not part of this repository.

// spfScenario is a document of a suite: cases in a small DNS.
type spfScenario struct {
	Description string `yaml:"description"`
	Cases       map[string]struct {
		Helo     string    `yaml:"helo"`
		Host     string    `yaml:"host"`
		MailFrom string    `yaml:"mailfrom"`
		Result   yaml.Node `yaml:"result"`
	} `yaml:"tests"`
	Zone map[string][]yaml.Node `yaml:"zonedata"`
}

// A suite says what receivers answer for one sender. We do not evaluate records, but say whether
// receivers reject a record for some sender. So where a case wants permerror, we have to find a
// fault, and where it wants temperror, we have to find that a lookup fails. Where it wants another
// result, there has to be no fault.
func TestSPFSuite(t *testing.T) {
	files := filepath.SplitList(os.Getenv("SPF_CASES"))
	if len(files) == 0 {
		t.Fatal("SPF_CASES is not set")
	}
	for _, file := range files {
		agreed, cases, explained := 0, 0, map[string][]string{}
		for _, scenario := range readSPFSuite(t, file) {
			for _, name := range slices.Sorted(maps.Keys(scenario.Cases)) {
				cases++
				problem := scenario.judge(t.Context(), name)
				reason := spfDisagreements[name]
				switch {
				case problem == "":
					agreed++
				case reason == "":
					t.Errorf("%s, %s, %s: %s", filepath.Base(file), scenario.Description, name, problem)
				default:
					explained[reason] = append(explained[reason], name)
				}
			}
		}
		report(t, file, agreed, cases, explained)
	}
}

// report says how many cases of a suite agree, and why the others do not.
func report(t *testing.T, file string, agreed, cases int, explained map[string][]string) {
	t.Helper()
	t.Logf("%s: %d of %d cases agree", filepath.Base(file), agreed, cases)
	for _, reason := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("%d differ: %s: %s", len(explained[reason]), reason, strings.Join(explained[reason], ", "))
	}
}

// Reasons for which our verdict differs on purpose.
const (
	shortNames  = "names of one label are no domains for SPF (RFC 7208 sections 4.3 and 7.1)"
	oldModifier = "the modifier default= is of a draft, and unknown modifiers are ignored"
	otherSender = "the record takes too many lookups for some senders, but not for the one of this case"
)

// The evaluation of a record for one sender gives the result of the case.
func TestSPFSuiteEvaluation(t *testing.T) {
	for _, file := range filepath.SplitList(os.Getenv("SPF_CASES")) {
		agreed, cases, explained := 0, 0, map[string][]string{}
		for _, scenario := range readSPFSuite(t, file) {
			for _, name := range slices.Sorted(maps.Keys(scenario.Cases)) {
				cases++
				c := scenario.Cases[name]
				results := []string{c.Result.Value}
				if c.Result.Kind == yaml.SequenceNode {
					_ = c.Result.Decode(&results)
				}
				got, err := EvaluateSPF(t.Context(), SPFSender{Address: netip.MustParseAddr(c.Host), MailFrom: c.MailFrom, HELO: c.Helo}, scenario.lookup)
				if err != nil {
					t.Fatal(err)
				}
				switch reason := evaluationDisagreements[name]; {
				case slices.Contains(results, string(got.Result)):
					agreed++
				case reason == "":
					t.Errorf("%s, %s, %s: want %q, got %+v", filepath.Base(file), scenario.Description, name, results, got)
				default:
					explained[reason] = append(explained[reason], name)
				}
			}
		}
		report(t, file, agreed, cases, explained)
	}
}

// evaluationDisagreements are the cases in which our evaluation differs on purpose.
var evaluationDisagreements = map[string]string{
	"default-modifier":           oldModifier,
	"default-modifier-harsh":     oldModifier,
	"resolution-with-10-lookups": shortNames,
	"mx-resolution-10-terms":     shortNames,
	"mx-resolution-11-terms":     shortNames,
	"all-mx-not-found":           shortNames,
	"one-mx-not-found":           shortNames,
	"include-not-found":          shortNames,
	"redirect-not-found":         shortNames,
}

// spfDisagreements are the cases in which our verdict differs on purpose, by their names.
var spfDisagreements = map[string]string{
	"include-at-limit":           otherSender,
	"resolution-with-10-lookups": shortNames,
	"mx-resolution-10-terms":     shortNames,
	"mx-resolution-11-terms":     shortNames,
	"all-mx-not-found":           shortNames,
	"one-mx-not-found":           shortNames,
	"include-not-found":          shortNames,
	"redirect-not-found":         shortNames,
}

func readSPFSuite(t *testing.T, file string) []spfScenario {
	t.Helper()
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	var scenarios []spfScenario
	decoder := yaml.NewDecoder(opened)
	for {
		var scenario spfScenario
		if err := decoder.Decode(&scenario); errors.Is(err, io.EOF) {
			return scenarios
		} else if err != nil {
			t.Fatal(err)
		}
		scenarios = append(scenarios, scenario)
	}
}

// judge says how our verdict on the domain of a case differs from the result; "" if it does not.
func (s spfScenario) judge(ctx context.Context, name string) string {
	c := s.Cases[name]
	results := []string{c.Result.Value}
	if c.Result.Kind == yaml.SequenceNode {
		_ = c.Result.Decode(&results)
	}
	domain := c.Helo
	if c.MailFrom != "" {
		domain = c.MailFrom[strings.LastIndexByte(c.MailFrom, '@')+1:]
	}
	verdict, detail := s.verdict(ctx, domain)
	if slices.Contains(results, verdict) {
		return ""
	}
	// A record without fault has any other result.
	if verdict == "valid" && slices.ContainsFunc(results, func(r string) bool { return !slices.Contains([]string{"none", "permerror", "temperror"}, r) }) {
		return ""
	}
	return fmt.Sprintf("want %q, and our verdict on %s is %s %s", results, domain, verdict, detail)
}

// verdict says what receivers do with the record of a domain: "none", "temperror", "permerror", or
// "valid" if they evaluate it.
func (s spfScenario) verdict(ctx context.Context, domain string) (verdict, detail string) {
	if checkName(domain) != nil || !strings.Contains(domain, ".") {
		return "none", ""
	}
	texts, err := s.lookup(ctx, normalName(domain), "TXT")
	if err != nil {
		return "temperror", ""
	}
	text, err := FindSPF(texts)
	switch {
	case err != nil:
		return "permerror", err.Error()
	case text == "":
		return "none", ""
	}
	lookups, err := CountSPFLookups(ctx, domain, text, s.lookup)
	if err != nil {
		return "permerror", err.Error()
	}
	for _, warning := range lookups.Warnings {
		switch {
		case strings.Contains(warning, errSPFUnknown.Error()):
			verdict = "temperror"
		case strings.HasSuffix(warning, " finds nothing"): // which only counts if it happens too often
		default:
			return "permerror", warning
		}
	}
	if verdict == "" {
		verdict = "valid"
	}
	return verdict, text
}

// lookup answers from the zone of the scenario. Records of the type SPF stand for TXT records where
// a name has no others. TIMEOUT makes each lookup fail that found nothing before.
func (s spfScenario) lookup(_ context.Context, name, recordType string) ([]string, error) {
	return s.follow(name, recordType, 0)
}

func (s spfScenario) follow(name, recordType string, aliases int) ([]string, error) {
	if aliases > 8 {
		return nil, errors.New("a loop of aliases")
	}
	var found, spf []string
	timeout, explicit := false, false
	for owner, nodes := range s.Zone {
		if normalName(owner) != name {
			continue
		}
		for _, node := range nodes {
			if node.Value == "TIMEOUT" {
				timeout = true
				continue
			}
			var record map[string]yaml.Node
			if err := node.Decode(&record); err != nil {
				return nil, err
			}
			for kind, value := range record {
				values := []string{value.Value}
				if value.Kind == yaml.SequenceNode {
					values = nil
					_ = value.Decode(&values)
				}
				switch {
				case kind == "TIMEOUT", kind == "SERVFAIL", value.Value == "TIMEOUT" && kind == recordType:
					timeout = true
				case kind == "CNAME":
					return s.follow(normalName(value.Value), recordType, aliases+1)
				case kind == "TXT" && recordType == "TXT":
					explicit = true
					if value.Value != "NONE" {
						found = append(found, strings.Join(values, ""))
					}
				case kind == "SPF" && recordType == "TXT":
					spf = append(spf, strings.Join(values, ""))
				case recordType == kind && (kind == "MX" || kind == "PTR"):
					found = append(found, normalName(values[len(values)-1]))
				case recordType == "A" && (kind == "A" || kind == "AAAA"):
					found = append(found, values...)
				}
			}
		}
	}
	if !explicit {
		found = append(found, spf...)
	}
	if timeout && len(found) == 0 {
		return nil, errors.New("no answer")
	}
	return found, nil
}
