//go:build independent

package domainconnect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/domainconnect"
)

// The official cases and templates of Domain Connect, of which whoever runs these tests supplies a
// copy: see the target test-domain-connect in GNUmakefile. They are not part of this repository.

// suite is a file of official cases.
type suite struct {
	Type  string `yaml:"suite_type"`
	Cases []struct {
		ID    string `yaml:"id"`
		Input struct {
			Zone       []map[string]any  `yaml:"zone_records"`
			Template   []map[string]any  `yaml:"template_records"`
			ProviderID string            `yaml:"provider_id"`
			ServiceID  string            `yaml:"service_id"`
			Domain     string            `yaml:"domain"`
			Host       string            `yaml:"host"`
			Variables  map[string]string `yaml:"params"`
			Groups     []string          `yaml:"group_ids"`
		} `yaml:"input"`
		Expect struct {
			Exception string           `yaml:"exception"`
			Records   []map[string]any `yaml:"records"`
			New       *int             `yaml:"new_count"`
		} `yaml:"expect"`
	} `yaml:"tests"`
}

// Each official case gives the result that it asks for, unless disagreements explains why not.
func TestOfficialCases(t *testing.T) {
	folder := supplied(t, "DOMAIN_CONNECT_CASES")
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", folder, err)
	}
	agreed, explained := 0, map[string]int{}
	for _, d := range disagreements {
		explained[d.reason] = 0
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var s suite
		if err := yaml.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Cases {
			source := template(t, folder, c.Input.ProviderID, c.Input.ServiceID, c.Input.Template)
			application := domainconnect.Application{Domain: strings.ToLower(c.Input.Domain), Host: c.Input.Host, Variables: c.Input.Variables, Groups: c.Input.Groups}
			problem := compare(source, application, c.Expect.Exception, c.Input.Zone, c.Expect.Records)
			reason := explanation(c.ID, problem)
			switch {
			case problem == "":
				agreed++
			case reason == "":
				t.Errorf("%s, %s: %s", filepath.Base(file), c.ID, problem)
			default:
				explained[reason]++
			}
		}
	}
	t.Logf("%d cases agree", agreed)
	for _, reason := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("%d cases differ: %s", explained[reason], reason)
		if explained[reason] == 0 {
			t.Errorf("no case differs any more because %s", reason)
		}
	}
}

// supplied returns the folder that an environment variable names.
func supplied(t *testing.T, variable string) string {
	t.Helper()
	folder := os.Getenv(variable)
	if folder == "" {
		t.Fatalf("%s is not set", variable)
	}
	return folder
}

// template returns the template of a case, which is a file or made of records.
func template(t *testing.T, folder, provider, service string, records []map[string]any) string {
	t.Helper()
	if records == nil {
		raw, err := os.ReadFile(filepath.Join(folder, "templates", strings.ToLower(provider+"."+service)+".json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	raw, err := json.Marshal(map[string]any{"records": records})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// compare says how our result differs from the one of a case; "" if it does not. A case has the
// zone after the application of the template. Ours are the template's records without the rest of
// the zone and without TTLs. So all of ours have to be there, and what is there has to be ours or
// have been there before.
func compare(source string, application domainconnect.Application, exception string, before, after []map[string]any) string {
	parsed, err := domainconnect.Parse(source)
	if err != nil {
		return failure(exception, err)
	}
	records, err := parsed.Apply(application)
	if err != nil {
		return failure(exception, err)
	}
	if exception != "" {
		return fmt.Sprintf("want %s, and got %v", exception, records)
	}
	if after == nil {
		return ""
	}
	var wanted, old, got []string
	for _, r := range after {
		wanted = append(wanted, line(r, application.Domain))
	}
	for _, r := range before {
		old = append(old, line(r, application.Domain))
	}
	for _, r := range records {
		got = append(got, r.String())
		if !slices.Contains(wanted, r.String()) {
			return fmt.Sprintf("got %s; want %q", r, wanted)
		}
	}
	for _, w := range wanted {
		if !slices.Contains(got, w) && !slices.Contains(old, w) {
			return fmt.Sprintf("%s is missing; got %q", w, got)
		}
	}
	return ""
}

func failure(exception string, err error) string {
	if exception == "" {
		return fmt.Sprintf("error: %v", err)
	}
	return ""
}

// line writes a record of a case as ours are written.
func line(r map[string]any, domain string) string {
	name, recordType, value := fmt.Sprint(r["name"]), fmt.Sprint(r["type"]), fmt.Sprint(r["data"])
	if name == "@" || name == "" {
		name = domain
	} else {
		name += "." + domain
	}
	if recordType == "SRV" {
		name = fmt.Sprintf("_%s._%s.%s", strings.TrimPrefix(fmt.Sprint(r["service"]), "_"), r["protocol"], name)
		value = fmt.Sprintf("%v %v %v %s.", r["priority"], r["weight"], r["port"], strings.TrimSuffix(value, "."))
	}
	made, err := dns.NewRecord(name, recordType, value)
	if err != nil {
		return fmt.Sprintf("%s %s %s (%v)", name, recordType, value, err)
	}
	if recordType == "TYPE256" {
		made.Type = "URI"
	}
	if priority, ok := r["priority"].(int); ok && recordType == "MX" {
		made.Priority = uint16(priority)
	}
	return made.String()
}

// disagreements are the cases in which our result differs on purpose, by their names.
var disagreements = []struct {
	cases  *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`redir|apexcname`), "REDIR301, REDIR302 and APEXCNAME are no records of a zone, and an error that names the record"},
	{regexp.MustCompile(`^spfm_(merge|rule|new|underscore)`), "the rules are no mechanisms of SPF, and would make the SPF record of the domain invalid"},
	{regexp.MustCompile(`^exception_srv_at_on_apex$|^param_at_in_target_srv_without_host$|^param_var_in_host_srv_empty_raises$`), "the specification lets the name of an SRV record be empty or @ for the domain itself, and templates of mail services use it"},
	{regexp.MustCompile(`^param_var_in_host_ns_empty_resolves_to_apex$`), "the name servers of the domain itself are not for a template to change, as the specification says"},
	{regexp.MustCompile(`^param_(host_domain|fqdn)_without_dot$`), "a name that ends in the domain, without a dot behind it, is an error: the domain would be there twice"},
	{regexp.MustCompile(`none_matching$|groupid_filtered_out$`), "a group that the template does not have is an error, because it is mistyped"},
	{regexp.MustCompile(`sig_verified$`), "132.148.25 is not an IPv4 address as the DNS has them"},
}

func explanation(id, problem string) string {
	for _, d := range disagreements {
		if problem != "" && d.cases.MatchString(id) {
			return d.reason
		}
	}
	return ""
}

// Each template of the public collection can be read, and gives records or an error that names a
// record. Which ones give an error, the log says.
func TestPublicTemplates(t *testing.T) {
	folder := supplied(t, "DOMAIN_CONNECT_TEMPLATES")
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates in %s: %v", folder, err)
	}
	whole, parts, records := 0, 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := domainconnect.Parse(string(raw))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		application := domainconnect.Application{Domain: "example.com", Variables: guesses(parsed)}
		if parsed.HostRequired {
			application.Host = "www"
		}
		made, err := parsed.Apply(application)
		if err == nil {
			whole++
			records += len(made)
			continue
		}
		t.Logf("%s: %s", filepath.Base(file), strings.ReplaceAll(err.Error(), "\n", "; "))
		for _, group := range parsed.Groups() {
			application.Groups = []string{group}
			if _, err := parsed.Apply(application); err == nil {
				parts++
				break
			}
		}
	}
	t.Logf("%d templates, of which %d give %d records with all groups, and %d more do with one of their groups", len(files), whole, records, parts)
}

// guesses returns a value for each variable of a template, which is right for where it is used.
func guesses(template domainconnect.Template) map[string]string {
	values := map[string]string{}
	for _, r := range template.Records {
		for _, field := range []struct{ text, value string }{
			{r.SPFRules.String(), "include:spf.example.net"}, {r.Priority.String(), "10"}, {r.Weight.String(), "10"}, {r.Port.String(), "443"}, {r.TTL.String(), "300"},
			{r.Protocol.String(), "tcp"}, {r.Service.String(), "sip"}, {r.PointsTo.String(), map[string]string{"A": "192.0.2.1", "AAAA": "2001:db8::1"}[r.Type]},
			{r.Target.String(), ""}, {r.Host.String(), ""}, {r.Name.String(), ""}, {r.Data.String(), ""},
		} {
			for _, match := range regexp.MustCompile(`%([^%]+)%`).FindAllStringSubmatch(field.text, -1) {
				name, value := match[1], "x"+fmt.Sprint(len(values))
				if field.text == match[0] && field.value != "" {
					value = field.value
				}
				switch whole := field.text == match[0]; {
				case whole:
				case r.Type == "A" || r.Type == "AAAA" || strings.Contains(field.text, "ip4:"):
					value = "1"
				case r.Type == "SPFM":
					value += ".example.net"
				}
				if _, given := values[name]; !given {
					values[name] = value
				}
			}
		}
	}
	return values
}
