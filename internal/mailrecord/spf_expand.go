package mailrecord

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// name returns the name to which a term of the record of a domain refers: its domain-spec with the
// macros expanded, or else the domain.
func (e *spfEvaluation) name(domain string, term SPFTerm) (string, error) {
	if term.Value == "" {
		return domain, nil
	}
	expanded, err := e.expand(domain, term.Value)
	if err != nil {
		return "", reject("%q of %s: %s", term.Text, domain, err)
	}
	// A name that is too long loses labels at its beginning (RFC 7208 section 7.3).
	expanded = strings.TrimSuffix(expanded, ".")
	for len(expanded) > maxNameBytes {
		_, rest, found := strings.Cut(expanded, ".")
		if !found {
			break
		}
		expanded = rest
	}
	return expanded, nil
}

// expand replaces the macros of a text (RFC 7208 section 7), which has been parsed before.
func (e *spfEvaluation) expand(domain, text string) (string, error) {
	var expanded strings.Builder
	for {
		before, behind, found := strings.Cut(text, "%")
		expanded.WriteString(before)
		if !found {
			return expanded.String(), nil
		}
		length, err := macroLength("%"+behind, spfMacroLetters)
		if err != nil {
			return "", err
		}
		macro := behind[:length-1]
		text = behind[length-1:]
		switch macro {
		case "%":
			expanded.WriteByte('%')
		case "_":
			expanded.WriteByte(' ')
		case "-":
			expanded.WriteString("%20")
		default:
			expanded.WriteString(e.macro(domain, strings.Trim(macro, "{}")))
		}
	}
}

// macro expands the body of one macro, such as "ir" or "d2r-".
func (e *spfEvaluation) macro(domain, body string) string {
	letter, transformer := body[:1], body[1:]
	value := ""
	switch strings.ToLower(letter) {
	case "s":
		value = e.local + "@" + e.origin
	case "l":
		value = e.local
	case "o":
		value = e.origin
	case "d":
		value = domain
	case "i":
		value = e.address.String()
		if e.address.Is6() {
			value = strings.Join(nibbles(e.address), ".")
		}
	case "p":
		value = "unknown"
		if names := e.validated(domain); len(names) > 0 {
			value = names[0]
		}
	case "v":
		value = "in-addr"
		if e.address.Is6() {
			value = "ip6"
		}
	case "h":
		value = e.helo
	}
	digits := transformer[:len(transformer)-len(strings.TrimLeft(transformer, "0123456789"))]
	delimiters := strings.TrimPrefix(strings.TrimPrefix(transformer[len(digits):], "r"), "R")
	reverse := len(delimiters) < len(transformer)-len(digits)
	if digits != "" || reverse || delimiters != "" {
		if delimiters == "" {
			delimiters = "."
		}
		parts := splitAny(value, delimiters)
		if reverse {
			slices.Reverse(parts)
		}
		if keep, err := strconv.Atoi(digits); err == nil && keep < len(parts) {
			parts = parts[len(parts)-keep:]
		}
		value = strings.Join(parts, ".")
	}
	if letter != strings.ToLower(letter) {
		value = strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return value
}

// splitAny splits a text at each of the delimiters.
func splitAny(text, delimiters string) []string {
	var parts []string
	for {
		i := strings.IndexAny(text, delimiters)
		if i < 0 {
			return append(parts, text)
		}
		parts, text = append(parts, text[:i]), text[i+1:]
	}
}

// nibbles are the hexadecimal digits of an IPv6 address.
func nibbles(address netip.Addr) []string {
	var digits []string
	for _, b := range address.As16() {
		digits = append(digits, fmt.Sprintf("%x", b>>4), fmt.Sprintf("%x", b&0xf))
	}
	return digits
}

func reversed(parts []string, separator string) string {
	parts = slices.Clone(parts)
	slices.Reverse(parts)
	return strings.Join(parts, separator)
}
