package mailrecord

import (
	"fmt"
	"regexp"
	"slices"
)

// spfMechanisms are the names of all mechanisms (RFC 7208 section 5), in the order of the grammar.
var spfMechanisms = []string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}

// spfSlips are names that people write instead of mechanisms.
var spfSlips = map[string]string{"ip": "ip4 or ip6", "ipv4": "ip4", "ipv6": "ip6", "includes": "include", "exist": "exists"}

// spfTypingErrors lists the terms of an SPF record that the grammar may allow, but that nobody can
// mean. It is for records to publish: in those of others, receivers ignore some of these terms, and
// so does ParseSPF. For a record that does not parse, it returns that one error.
func spfTypingErrors(text string) []string {
	record, err := ParseSPF(text)
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for _, term := range record.Terms {
		if slip := term.slip(); slip != "" {
			found = append(found, fmt.Sprintf("SPF record: %q at byte %d: %s", term.Text, term.Offset, slip))
		}
	}
	return found
}

// slip says why nobody can mean a term; "" if somebody can.
func (t SPFTerm) slip() string {
	switch {
	case t.Qualifier != 0:
		return t.nameSlip()
	case t.Name == "v":
		return "the version is there once, at the beginning; two records are joined by their mechanisms"
	case slices.Contains(spfMechanisms, t.Name):
		return fmt.Sprintf("receivers ignore it: the mechanism %s has a colon and no equals sign, %s", t.Name, t.withColon())
	case spfSlips[t.Name] != "":
		return fmt.Sprintf("receivers ignore it: %s is meant, with a colon", spfSlips[t.Name])
	case t.Name == "redirect":
		return t.nameSlip()
	}
	return ""
}

// withColon is the correct form of a mechanism that was written like a modifier.
func (t SPFTerm) withColon() string {
	if t.Name == "all" || t.Value == "" {
		return t.Name
	}
	return t.Name + ":" + t.Value
}

// allAtEnd finds an "all" that no blank separates from the name before it.
var allAtEnd = regexp.MustCompile(`[^.][-~?+]all$`)

// spfMacro matches a macro, which may contain what a name may not.
var spfMacro = regexp.MustCompile(`%(?:\{[^}]*\}|[%_-])`)

// nameSlip says why the name in a term is no domain name although the grammar allows it; "" if it
// may be one.
func (t SPFTerm) nameSlip() string {
	if t.Value == "" || t.network.IsValid() {
		return ""
	}
	if allAtEnd.MatchString(t.Text) {
		return fmt.Sprintf("a blank is missing in front of %q", t.Text[len(t.Text)-len("-all"):])
	}
	if err := checkName(spfMacro.ReplaceAllString(t.Value, "x")); err != nil {
		return fmt.Sprintf("%q is not a domain name", t.Value)
	}
	return ""
}
