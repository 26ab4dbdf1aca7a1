package mailrecord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SPFParts are the parts of an SPF record that is to be built.
type SPFParts struct {
	// Mechanisms are in the order of the record, each with or without a qualifier, but without
	// "all".
	Mechanisms []string
	// All is the qualifier of "all": "-", "~" or "?", or the whole mechanism. Nil means "~", or no
	// "all" if there is a redirect.
	All *string
	// Redirect is the domain whose record decides if no mechanism matches; nil for none.
	Redirect *string
}

// Text builds the record. It refuses what receivers reject or ignore, and what lets everyone send
// mail as the domain; its error names each part that is wrong. It may be longer than one string of
// a TXT record.
func (p SPFParts) Text() (string, error) {
	var wrong faults
	if len(p.Mechanisms) == 0 && p.All == nil && p.Redirect == nil {
		return "", errors.New(`mechanisms: nothing is given; a domain that sends no mail has all = "-"`)
	}
	terms := []string{spfVersion}
	seen := map[string]string{}
	for i, text := range p.Mechanisms {
		term, err := buildMechanism(text)
		if err != nil {
			wrong.wrap(element("mechanisms", i), err)
			continue
		}
		if before, found := seen[term.key()]; found {
			if before == term.Text {
				wrong.add(element("mechanisms", i), "%q is there twice", term.Text)
			} else {
				wrong.add(element("mechanisms", i), "%q has no effect behind %q: receivers use the first one that matches", term.Text, before)
			}
		}
		seen[term.key()] = term.Text
		terms = append(terms, term.Text)
	}
	switch {
	case p.Redirect != nil && p.All != nil:
		wrong.add("redirect", "it is ignored beside all, so give only one of them")
	case p.Redirect != nil:
		domain, err := asciiSpec(*p.Redirect)
		if err == nil {
			err = checkDomainSpec(domain)
		}
		wrong.wrap("redirect", err)
		terms = append(terms, "redirect="+domain)
	default:
		qualifier, err := allQualifier(p.All)
		wrong.wrap("all", err)
		terms = append(terms, qualifier+"all")
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	text := strings.Join(terms, " ")
	if err := checkOwnLookups(text); err != nil {
		return "", fmt.Errorf("mechanisms: %w", err)
	}
	return text, nil
}

// buildMechanism reads one mechanism that is to go into a new record.
func buildMechanism(text string) (SPFTerm, error) {
	switch odd := oddCharacter(text, true); {
	case text == "":
		return SPFTerm{}, errors.New("it is empty")
	case odd != "":
		return SPFTerm{}, errors.New(odd)
	case strings.HasPrefix(strings.ToLower(text), "v=spf"):
		return SPFTerm{}, fmt.Errorf("%s has the version, which is added by itself; write mechanisms only, such as \"include:spf.example.com\"", shortened(text))
	case strings.Contains(text, " "):
		return SPFTerm{}, fmt.Errorf("%s contains a blank; write each mechanism as an element of its own", shortened(text))
	}
	ascii, err := asciiTerm(text)
	if err != nil {
		return SPFTerm{}, err
	}
	term, err := parseSPFTerm(ascii)
	switch {
	case err != nil:
		return SPFTerm{}, fmt.Errorf("%q: %w", text, err)
	case term.isRedirect():
		return SPFTerm{}, fmt.Errorf("%q is not a mechanism; write it as redirect = %q", text, term.Value)
	case term.Qualifier == 0:
		return SPFTerm{}, fmt.Errorf("%q is a modifier and not a mechanism", text)
	case term.Name == "ptr":
		return SPFTerm{}, fmt.Errorf("%q is slow and unreliable, and should not be used (RFC 7208 section 5.5); name the hosts with a, ip4 or ip6", text)
	case term.allowsEveryone():
		return SPFTerm{}, fmt.Errorf("%q allows every address to send mail as this domain", text)
	case term.isAll():
		return SPFTerm{}, fmt.Errorf("%q ends the record, and is not given here; write it as all = %q", text, string(term.Qualifier))
	}
	return term, nil
}

// allowsEveryone reports whether the mechanism matches all addresses of a family and lets them pass.
func (t SPFTerm) allowsEveryone() bool {
	if t.Qualifier != '+' {
		return false
	}
	switch t.Name {
	case "all":
		return true
	case "ip4", "ip6":
		return t.network.Bits() == 0
	case "a", "mx":
		return t.bits4 == 0 || t.bits6 == 0
	}
	return false
}

// allQualifier reads the qualifier of "all", nil for the default.
func allQualifier(all *string) (string, error) {
	if all == nil {
		return "~", nil
	}
	switch qualifier := strings.TrimSuffix(strings.ToLower(*all), "all"); qualifier {
	case "-", "~", "?":
		return qualifier, nil
	case "+":
		return "", fmt.Errorf("%q allows everyone to send mail as this domain", *all)
	}
	return "", fmt.Errorf(`%q is none of "-" (other senders fail), "~" (they are suspicious) and "?" (nothing is said about them)`, *all)
}

// asciiTerm writes the domain name of a mechanism in ASCII. Names with macros have to be ASCII
// already.
func asciiTerm(text string) (string, error) {
	mechanism, argument, found := strings.Cut(text, ":")
	if !found || strings.HasSuffix(strings.ToLower(mechanism), "ip6") {
		return text, nil
	}
	domain, length := argument, ""
	if slash := strings.IndexByte(argument, '/'); slash >= 0 && !strings.Contains(argument, "%") {
		domain, length = argument[:slash], argument[slash:]
	}
	ascii, err := asciiSpec(domain)
	return mechanism + ":" + ascii + length, err
}

// asciiSpec writes a domain-spec in ASCII, if it is a name without macros.
func asciiSpec(spec string) (string, error) {
	if strings.Contains(spec, "%") || isASCII(spec) {
		return spec, nil
	}
	return asciiName(spec)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > '~' }) < 0
}

// checkOwnLookups refuses a record that has more terms with lookups than receivers follow, whatever
// the records contain that it includes.
func checkOwnLookups(text string) error {
	record, err := ParseSPF(text)
	if err != nil {
		return err
	}
	count := 0
	for _, term := range record.significant() {
		switch term.Name {
		case "include", "a", "mx", "ptr", "exists":
			count++
		case "redirect":
			if record.all() < 0 {
				count++
			}
		}
	}
	if count > maxSPFLookups {
		return fmt.Errorf("the record alone takes %d DNS lookups, and receivers give up after %d, those of included records counted too; replace some by ip4: and ip6:, or send from a subdomain with a record of its own",
			count, maxSPFLookups)
	}
	return nil
}

// JoinSPF merges SPF records of one domain into one: the mechanisms of the later ones go into the
// first one, in front of its "all" or redirect, which stay. Empty texts are left out. The error
// says which text cannot be merged, by its index; -1 if it is the result that is wrong.
func JoinSPF(texts ...string) (text string, index int, err error) {
	for i, next := range texts {
		if next == "" {
			continue
		}
		if text, _, err = MergeSPF(text, next); err != nil {
			return "", i, err
		}
	}
	if text == "" {
		return "", -1, errors.New("all texts are empty")
	}
	if slices.ContainsFunc(mustTerms(text), SPFTerm.allowsEveryone) {
		return "", -1, fmt.Errorf("the merged record allows everyone to send mail as this domain: %q", text)
	}
	return text, -1, checkOwnLookups(text)
}

// mustTerms returns the terms of a record that has been parsed before.
func mustTerms(text string) []SPFTerm {
	record, _ := ParseSPF(text)
	return record.Terms
}
