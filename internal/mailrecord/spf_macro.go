package mailrecord

import (
	"errors"
	"fmt"
	"strings"
)

// The macro letters of RFC 7208 section 7.2; the second group is for the text that exp= points to,
// never for names.
const (
	spfMacroLetters    = "slodiphv"
	spfExpMacroLetters = "crt"
)

// checkDomainSpec says why a text is not a domain-spec (RFC 7208 section 7.1): a domain name of at
// least two labels, in which macros may stand for anything.
func checkDomainSpec(spec string) error {
	if spec == "" {
		return errors.New("the domain name is missing")
	}
	tail, err := scanMacros(spec, spfMacroLetters)
	if err != nil {
		return err
	}
	if tail == "" {
		return nil
	}
	name := strings.TrimSuffix(tail, ".")
	dot := strings.LastIndexByte(name, '.')
	top := name[dot+1:]
	switch {
	case dot < 0 || top == "":
		return fmt.Errorf("%q is not a complete domain name", spec)
	case isNumber(top):
		return fmt.Errorf("%q ends in a number, as no domain name does (addresses are for ip4: and ip6:)", spec)
	}
	if err := checkLabel(top); err != nil || strings.Contains(top, "_") {
		return fmt.Errorf("%q is not a domain name: it ends in %q", spec, top)
	}
	return nil
}

// scanMacros checks the macros of a text, which may use the given letters, and returns what follows
// the last one.
func scanMacros(text, letters string) (tail string, err error) {
	for {
		percent := strings.IndexByte(text, '%')
		if percent < 0 {
			return text, nil
		}
		text = text[percent:]
		length, err := macroLength(text, letters)
		if err != nil {
			return "", err
		}
		text = text[length:]
	}
}

// macroLength returns the length of the macro that text begins with.
func macroLength(text, letters string) (int, error) {
	if len(text) >= 2 && strings.IndexByte("%_-", text[1]) >= 0 {
		return 2, nil
	}
	end := strings.IndexByte(text, '}')
	if !strings.HasPrefix(text, "%{") || end < 0 {
		return 0, fmt.Errorf("the %q at %q begins no macro (a percent sign itself is written %q)", "%", text, "%%")
	}
	macro, body := text[:end+1], text[2:end]
	if body == "" || !strings.Contains(letters, strings.ToLower(body[:1])) {
		return 0, fmt.Errorf("the macro %q has none of the letters %s", macro, letters)
	}
	transformer := strings.TrimRight(body[1:], ".-+,/_=")
	digits := strings.TrimSuffix(strings.ToLower(transformer), "r")
	if strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("the macro %q has %q where a number, an r and delimiters may be", macro, transformer)
	}
	if digits != "" && strings.Trim(digits, "0") == "" {
		return 0, fmt.Errorf("the macro %q keeps 0 labels, 1 is the least", macro)
	}
	return end + 1, nil
}
