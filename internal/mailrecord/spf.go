package mailrecord

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	spfVersion = "v=spf1"

	// Texts up to this length fit in a DNS answer over UDP together with what usually surrounds
	// them (RFC 7208 section 3.4).
	advisedSPFBytes = 450
)

// SPF is a parsed SPF record (RFC 7208). It keeps its text byte for byte, so that a change leaves
// the terms of others as they were written.
type SPF struct {
	// Terms are all mechanisms and modifiers in the order of the record.
	Terms []SPFTerm

	text string
}

// SPFTerm is a mechanism or a modifier of an SPF record.
type SPFTerm struct {
	// Text is the term as it is written.
	Text string
	// Offset is where Text begins in the record, in bytes.
	Offset int
	// Qualifier is '+', also when it is left out, '-', '~' or '?'; 0 for a modifier.
	Qualifier byte
	// Name is the mechanism or modifier in lower case, such as "include" or "redirect".
	Name string
	// Value is the domain-spec, the address or, for a modifier, everything after the equals sign,
	// as written and without CIDR lengths; empty if there is none.
	Value string

	network      netip.Prefix // of ip4 and ip6
	bits4, bits6 int          // CIDR lengths of a and mx
}

// IsSPF reports whether a TXT record is an SPF record by RFC 7208 section 4.5: it begins with
// "v=spf1" in any case, then a blank or the end. The rest may still be wrong.
func IsSPF(text string) bool {
	if len(text) < len(spfVersion) || !strings.EqualFold(text[:len(spfVersion)], spfVersion) {
		return false
	}
	return len(text) == len(spfVersion) || text[len(spfVersion)] == ' '
}

// FindSPF returns the only SPF record among the joined texts of the TXT records at a name, and ""
// if there is none. If there are several, the error shows all of them: receivers then answer
// permerror (RFC 7208 section 4.5), and only a person can tell which one is right.
func FindSPF(texts []string) (string, error) {
	var found []string
	for _, text := range texts {
		if IsSPF(text) {
			found = append(found, text)
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("there are %d SPF records, and receivers accept none if there are several; join them into one or delete the wrong ones: %q", len(found), found)
}

// BuildSPF returns the SPF record of a domain whose mail is sent by one host.
func BuildSPF(host string) (string, error) {
	if err := checkHostname(host); err != nil {
		return "", fmt.Errorf("SPF record: %w", err)
	}
	return spfVersion + " a:" + normalName(host) + defaultSPFAll, nil
}

// ParseSPF reads the joined text of an SPF record by the grammar of RFC 7208 section 12. Its errors
// name the term and its place; a record with any of them is a permerror for receivers.
func ParseSPF(text string) (SPF, error) {
	if !IsSPF(text) {
		return SPF{}, fmt.Errorf("SPF record: it does not begin with %q and a blank: %.20q", spfVersion, text)
	}
	spf := SPF{text: text}
	once := map[string]bool{}
	for offset := len(spfVersion); offset < len(text); {
		if text[offset] == ' ' {
			offset++
			continue
		}
		length := strings.IndexByte(text[offset:], ' ')
		if length < 0 {
			length = len(text) - offset
		}
		term, err := parseSPFTerm(text[offset : offset+length])
		if err == nil && term.Qualifier == 0 && (term.Name == "redirect" || term.Name == "exp") {
			if once[term.Name] {
				err = fmt.Errorf("%s= is there twice", term.Name)
			}
			once[term.Name] = true
		}
		if err != nil {
			return SPF{}, fmt.Errorf("SPF record: term %d, %q at byte %d: %w", len(spf.Terms)+1, text[offset:offset+length], offset, err)
		}
		term.Offset = offset
		spf.Terms = append(spf.Terms, term)
		offset += length
	}
	return spf, nil
}

// Warnings lists what receivers accept but should be changed. It does not count nested lookups: see
// CountSPFLookups.
func (s SPF) Warnings() []string {
	var warnings []string
	warn := func(format string, args ...any) {
		warnings = append(warnings, "SPF record: "+fmt.Sprintf(format, args...))
	}
	all := s.all()
	for i, term := range s.Terms {
		switch {
		case term.Name == "redirect" && all >= 0:
			warn("%q at byte %d is ignored, because the record has an %q", term.Text, term.Offset, s.Terms[all].Text)
		case term.Qualifier == 0:
		case all >= 0 && i > all:
			warn("%q at byte %d is ignored, because it stands behind %q", term.Text, term.Offset, s.Terms[all].Text)
		case term.Name == "ptr":
			warn("%q at byte %d: ptr is slow and unreliable and should not be used (RFC 7208 section 5.5)", term.Text, term.Offset)
		case term.Name == "all" && term.Qualifier == '+':
			warn("%q at byte %d allows everyone to send mail as this domain", term.Text, term.Offset)
		}
	}
	if len(s.text) > advisedSPFBytes {
		warn("it has %d bytes; over %d some receivers do not get it whole (RFC 7208 section 3.4)", len(s.text), advisedSPFBytes)
	}
	return warnings
}

// all returns the index of the first "all" mechanism, after which receivers evaluate nothing; -1 if
// there is none.
func (s SPF) all() int {
	for i, term := range s.Terms {
		if term.Qualifier != 0 && term.Name == "all" {
			return i
		}
	}
	return -1
}

func parseSPFTerm(text string) (SPFTerm, error) {
	for i := range len(text) {
		if c := text[i]; c < '!' || c > '~' {
			return SPFTerm{}, fmt.Errorf("the byte 0x%02X is not printable ASCII (only blanks separate terms, and names are in punycode)", c)
		}
	}
	end := strings.IndexAny(text, ":/=")
	if end >= 0 && text[end] == '=' {
		return parseSPFModifier(text, text[:end], text[end+1:])
	}
	term := SPFTerm{Text: text, Qualifier: '+', bits4: 32, bits6: 128}
	mechanism := text
	if strings.IndexByte("+-~?", text[0]) >= 0 {
		term.Qualifier, mechanism = text[0], text[1:]
		end--
	}
	argument := ""
	if end >= 0 {
		mechanism, argument = mechanism[:end], mechanism[end:]
	}
	term.Name = strings.ToLower(mechanism)
	if err := term.parseArgument(argument); err != nil {
		return SPFTerm{}, err
	}
	return term, nil
}

func parseSPFModifier(text, name, value string) (SPFTerm, error) {
	term := SPFTerm{Text: text, Name: strings.ToLower(name), Value: value}
	for i := range len(name) {
		c := name[i]
		if !isLetter(c) && (i == 0 || !isDigit(c) && !strings.ContainsRune("-_.", rune(c))) {
			return SPFTerm{}, fmt.Errorf("%q is not the name of a modifier", name)
		}
	}
	switch term.Name {
	case "":
		return SPFTerm{}, errors.New("a modifier without a name")
	case "redirect", "exp":
		return term, checkDomainSpec(value)
	}
	_, err := scanMacros(value, spfMacroLetters+spfExpMacroLetters)
	return term, err
}

// parseArgument reads what follows the name of a mechanism, from the colon or slash on.
func (t *SPFTerm) parseArgument(argument string) error {
	value, hasValue := strings.CutPrefix(argument, ":")
	switch t.Name {
	case "all":
		if argument != "" {
			return fmt.Errorf("all takes no argument, this one has %q", argument)
		}
		return nil
	case "include", "exists":
		if !hasValue {
			return fmt.Errorf("%s needs a domain name: %s:NAME", t.Name, t.Name)
		}
		t.Value = value
		return checkDomainSpec(value)
	case "ptr":
		if argument == "" {
			return nil
		}
		if !hasValue {
			return fmt.Errorf("%q behind ptr is no domain name", argument)
		}
		t.Value = value
		return checkDomainSpec(value)
	case "a", "mx":
		return t.parseHosts(argument)
	case "ip4", "ip6":
		if !hasValue {
			return fmt.Errorf("%s needs an address: %s:ADDRESS", t.Name, t.Name)
		}
		return t.parseNetwork(value)
	}
	return t.unknown()
}

// unknown is the error of a mechanism that SPF does not have, with a guess what is meant.
func (t *SPFTerm) unknown() error {
	meant := ""
	switch {
	case t.Name == "":
		meant = " (no blank stands between a qualifier and its mechanism)"
	case t.Name == "redirect" || t.Name == "exp":
		meant = fmt.Sprintf(" but a modifier, which has an equals sign: %s=NAME", t.Name)
	case spfSlips[t.Name] != "":
		meant = fmt.Sprintf("; %s is meant", spfSlips[t.Name])
	case slices.Contains(spfMechanisms, strings.TrimRight(t.Name, ";,.")):
		meant = fmt.Sprintf("; blanks separate terms, and nothing else, so %q has to go", t.Name[len(t.Name)-1:])
	}
	return fmt.Errorf("%q is not a mechanism of SPF%s", t.Name, meant)
}

// hostsArgument is the argument of a and mx: a domain-spec and lengths for IPv4 and IPv6, each of
// which may be missing.
var hostsArgument = regexp.MustCompile(`^(.*?)(?:/([0-9]+))?(?://([0-9]+))?$`)

func (t *SPFTerm) parseHosts(argument string) (err error) {
	match := hostsArgument.FindStringSubmatch(argument)
	domain, hasDomain := strings.CutPrefix(match[1], ":")
	if match[2] != "" {
		if t.bits4, err = parseCIDR(match[2], 32); err != nil {
			return err
		}
	}
	if match[3] != "" {
		if t.bits6, err = parseCIDR(match[3], 128); err != nil {
			return err
		}
	}
	if !hasDomain {
		if domain != "" {
			return fmt.Errorf("%q is no CIDR length", domain)
		}
		return nil
	}
	t.Value = domain
	return checkDomainSpec(domain)
}

func (t *SPFTerm) parseNetwork(value string) error {
	address, length, hasLength := strings.Cut(value, "/")
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" || ip.Is4() != (t.Name == "ip4") {
		return fmt.Errorf("%q is not an IPv%c address", address, t.Name[2])
	}
	bits := ip.BitLen()
	if hasLength {
		if bits, err = parseCIDR(length, bits); err != nil {
			return err
		}
	}
	t.Value = address
	t.network = netip.PrefixFrom(ip, bits).Masked()
	return nil
}

func parseCIDR(length string, limit int) (int, error) {
	bits, err := strconv.Atoi(length)
	if err != nil || bits > limit || strconv.Itoa(bits) != length {
		return 0, fmt.Errorf("%q is not a CIDR length from 0 to %d", length, limit)
	}
	return bits, nil
}

// key identifies the subject of a term, whatever its qualifier and spelling.
func (t SPFTerm) key() string {
	value := t.Value
	switch {
	case t.network.IsValid():
		return t.Name + ":" + t.network.String()
	case strings.Contains(value, "%"):
		// Macro letters are case-sensitive.
	case t.Qualifier != 0 || t.Name == "redirect" || t.Name == "exp":
		value = normalName(value)
	}
	if t.Qualifier == 0 {
		return t.Name + "=" + value
	}
	return fmt.Sprintf("%s:%s/%d/%d", t.Name, value, t.bits4, t.bits6)
}
