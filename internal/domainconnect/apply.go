package domainconnect

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Application says for what a template is applied.
type Application struct {
	// Domain is the domain, in canonical form (see [dns.Canonical]).
	Domain string
	// Host is the name below the domain without the domain, such as "www"; empty or "@" for the
	// domain itself.
	Host string
	// Variables are the values of the template's variables.
	Variables map[string]string
	// Groups choose records: those of the groups, and those that have no group. If there are none,
	// all records count.
	Groups []string
}

// ArgumentError is the error of a field of [Application].
type ArgumentError struct {
	Argument string // "host" or "groups"
	Err      error
}

func (e *ArgumentError) Error() string { return e.Err.Error() }

func (e *ArgumentError) Unwrap() error { return e.Err }

func (a Application) fqdn() string { return below(a.Host, a.Domain) }

// below joins two parts of a name, of which the first may be empty.
func below(name, parent string) string {
	if name == "" {
		return parent
	}
	return name + "." + parent
}

// entry is a record of a template that is applied.
type entry struct {
	key   string
	label string
	rules bool // the value is rules for an SPF record
	dns.Record
}

// Apply returns the records of the domain, by keys such as "mx-@-1": the type in the template, the
// name below the domain, and a number. A key depends on the template, on the name, and on the
// variables in the name, but not on the groups. Rules for the SPF record (SPFM) of the same name
// become one TXT record. The error names each record that cannot be published, and its group.
func (t Template) Apply(a Application) (map[string]dns.Record, error) {
	if err := t.check(&a); err != nil {
		return nil, err
	}
	var entries []entry
	var wrong []error
	numbers := map[[2]string]int{}
	taken := map[string]bool{}
	for i, r := range t.Records {
		// Records of groups that are not chosen count too, and their variables may have no values.
		kind := [2]string{r.Type, r.place()}
		numbers[kind]++
		if r.Group != "" && len(a.Groups) > 0 && !slices.Contains(a.Groups, r.Group) {
			continue
		}
		e, err := a.record(r)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", r.label(i), err))
			continue
		}
		e.label = r.label(i)
		name := strings.TrimSuffix(strings.TrimSuffix(e.Name, a.Domain), ".")
		if name == "" {
			name = "@"
		}
		number := numbers[kind]
		if e.rules {
			number = 1 // all rules of a name become one record
		}
		for ; e.key == "" || taken[e.key] && !e.rules; number++ {
			e.key = strings.ToLower(r.Type) + "-" + name + "-" + strconv.Itoa(number)
		}
		taken[e.key] = true
		entries = append(entries, e)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, t.withAdvice(err)
	}
	entries, err := joinRules(entries)
	if err != nil {
		return nil, err
	}
	records, err := collect(entries)
	if err != nil {
		return nil, t.withAdvice(err)
	}
	return records, nil
}

// check checks what concerns no single record, and brings the host into the form of names.
func (t Template) check(a *Application) error {
	if a.Host == "@" {
		a.Host = ""
	}
	if a.Host != "" {
		fqdn, err := dns.Canonical(a.fqdn())
		if err != nil {
			return &ArgumentError{"host", err}
		}
		a.Host = strings.TrimSuffix(fqdn, "."+a.Domain)
		if a.Host == a.Domain || strings.HasSuffix(a.Host, "."+a.Domain) {
			return &ArgumentError{"host", fmt.Errorf("%q ends in the domain; write only what stands in front of it", a.Host)}
		}
	}
	if t.HostRequired && a.Host == "" {
		return &ArgumentError{"host", errors.New("the template is for a name below a domain; give the host, such as \"www\"")}
	}
	for _, group := range a.Groups {
		if known := t.Groups(); !slices.Contains(known, group) {
			if len(known) == 0 {
				return &ArgumentError{"groups", fmt.Errorf("there is no group %q, because the template has no groups", group)}
			}
			return &ArgumentError{"groups", fmt.Errorf("there is no group %q; there are %s", group, quoted(known))}
		}
	}
	return nil
}

func quoted(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, strconv.Quote(name))
	}
	return strings.Join(quoted, ", ")
}

// withAdvice adds what a person can do about records that cannot be published, or not beside each
// other.
func (t Template) withAdvice(err error) error {
	groups := t.Groups()
	var unpublishable *typeError
	var contradiction *conflictError
	if len(groups) == 0 || !errors.As(err, &unpublishable) && !errors.As(err, &contradiction) {
		return err
	}
	return fmt.Errorf("%w\nThe template has the groups %s: name those that you need, to leave the others out", err, quoted(groups))
}

// conflictError is the error of two records that exclude each other.
type conflictError struct{ label, other, reason string }

func (e *conflictError) Error() string {
	return fmt.Sprintf("%s contradicts %s: %s", e.label, e.other, e.reason)
}

// joinRules replaces the rules for the SPF record of a name by one record, which has the key of the
// first ones.
func joinRules(entries []entry) ([]entry, error) {
	rules := map[string][]string{}
	for _, e := range entries {
		if e.rules {
			rules[e.Name] = append(rules[e.Name], e.Value)
		}
	}
	var joined []entry
	for _, e := range entries {
		if e.rules {
			texts := rules[e.Name]
			if texts == nil {
				continue // they are part of an earlier record
			}
			delete(rules, e.Name)
			text, err := mailrecord.SPFOfRules(texts...)
			if err != nil {
				return nil, fmt.Errorf("%s: spfRules: %w", e.label, err)
			}
			e.Value = text
		}
		joined = append(joined, e)
	}
	return joined, nil
}

// collect checks that the records can stand beside each other.
func collect(entries []entry) (map[string]dns.Record, error) {
	records := map[string]dns.Record{}
	var wrong []error
	for i, e := range entries {
		twin := false
		for _, other := range entries[:i] {
			if other.Identity() == e.Identity() {
				twin = true
			} else if reason := conflict(other.Record, e.Record); reason != "" {
				wrong = append(wrong, &conflictError{e.label, other.label, reason})
			}
		}
		if !twin {
			records[e.key] = e.Record
		}
	}
	return records, errors.Join(wrong...)
}

// single are the kinds of TXT records of which receivers accept none if a name has several.
var single = map[string]func(text string) bool{
	"SPF": mailrecord.IsSPF, "DMARC": mailrecord.IsDMARC, "MTA-STS": mailrecord.MTASTSText.Is, "TLS-RPT": mailrecord.TLSRPTText.Is, "BIMI": mailrecord.BIMIText.Is,
}

// conflict says why two records of a template exclude each other; "" if they do not.
func conflict(a, b dns.Record) string {
	for _, pair := range [][2]dns.Record{{a, b}, {b, a}} {
		first, second := pair[0], pair[1]
		switch {
		case first.Name == second.Name && first.Type == "CNAME":
			return fmt.Sprintf("the CNAME record allows no other record at %s", first.Name)
		case first.Type == "DNAME" && strings.HasSuffix(second.Name, "."+first.Name):
			return fmt.Sprintf("the DNAME record stands for all names below %s", first.Name)
		case first.SetKey() == second.SetKey() && first.Type == "MX" && first.Value == dns.NullTarget:
			return fmt.Sprintf("the null MX record says that %s receives no mail", first.Name)
		case first.SetKey() == second.SetKey() && first.Type == "SRV" && strings.HasSuffix(first.Value, " "+dns.NullTarget):
			return fmt.Sprintf("the SRV record with the target %q says that nothing is offered at %s", dns.NullTarget, first.Name)
		case first.Type == "NS" && second.Type != "NS" && (second.Name == first.Name || strings.HasSuffix(second.Name, "."+first.Name)):
			return fmt.Sprintf("the NS record gives %s and all names below it to other name servers", first.Name)
		}
	}
	if a.SetKey() == b.SetKey() && a.Type == "TXT" {
		for kind, is := range single {
			if is(a.Value) && is(b.Value) {
				return "a name has one " + kind + " record"
			}
		}
	}
	return ""
}
