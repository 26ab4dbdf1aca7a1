package mailrecord

import (
	"errors"
	"fmt"
	"strings"
)

// DKIMZoneRecord is a DKIM key record in a zone file.
type DKIMZoneRecord struct {
	// Selector is the part of the owner name before "._domainkey", in lower case.
	Selector string
	// Domain is the part after it, in lower case without trailing dot; empty if the owner name is
	// relative to the domain.
	Domain string
	// Text is the joined text of the record, as it is published.
	Text string
	// Key is the same text, parsed.
	Key DKIM
}

// ParseZoneText reads the zone-file text (RFC 1035 section 5.1) that opendkim-genkey and the mail
// server API return for a DKIM key. It is exactly one TXT record, usually with its strings on
// several lines in parentheses, and a comment at its end.
func ParseZoneText(text string) (DKIMZoneRecord, error) {
	record, err := parseZoneText(text)
	if err != nil {
		return DKIMZoneRecord{}, fmt.Errorf("DKIM zone-file text: %w", err)
	}
	return record, nil
}

func parseZoneText(text string) (DKIMZoneRecord, error) {
	words, parts, err := scanZoneRecord(text)
	if err != nil {
		return DKIMZoneRecord{}, err
	}
	if len(words) == 0 {
		return DKIMZoneRecord{}, errors.New("there is no record in it")
	}
	owner, fields := words[0], words[1:]
	if len(fields) == 0 || !strings.EqualFold(fields[len(fields)-1], "TXT") {
		return DKIMZoneRecord{}, fmt.Errorf("the record of %q is not a TXT record", owner)
	}
	for _, field := range fields[:len(fields)-1] {
		if !strings.EqualFold(field, "IN") && !isTTL(field) {
			return DKIMZoneRecord{}, fmt.Errorf("%q between the name %q and TXT is neither a class nor a TTL", field, owner)
		}
	}
	if len(parts) == 0 {
		return DKIMZoneRecord{}, fmt.Errorf("the TXT record of %q has no strings", owner)
	}
	selector, domain, err := splitDKIMName(owner)
	if err != nil {
		return DKIMZoneRecord{}, err
	}
	joined := JoinTXT(parts)
	key, err := ParseDKIM(joined)
	if err != nil {
		return DKIMZoneRecord{}, err
	}
	return DKIMZoneRecord{Selector: selector, Domain: domain, Text: joined, Key: key}, nil
}

// splitDKIMName divides "mail._domainkey" or "mail._domainkey.example.com." at its middle. A
// selector may have dots (RFC 6376 section 3.1).
func splitDKIMName(owner string) (selector, domain string, err error) {
	if err := checkName(owner); err != nil {
		return "", "", err
	}
	labels := strings.Split(normalName(owner), ".")
	for i, label := range labels {
		if label == "_domainkey" && i > 0 {
			return strings.Join(labels[:i], "."), strings.Join(labels[i+1:], "."), nil
		}
	}
	return "", "", fmt.Errorf("the name %q is not of the form SELECTOR._domainkey", owner)
}

// isTTL accepts seconds and BIND's units (3600, 1h30m).
func isTTL(field string) bool {
	if field == "" || !isDigit(field[0]) {
		return false
	}
	return strings.Trim(strings.ToLower(field), "0123456789smhdw") == ""
}

// scanZoneRecord splits the text of one record into the words before its data and the quoted
// strings of its data. A line end inside parentheses is a blank. Anything after the end of the
// record is an error.
func scanZoneRecord(text string) (words, parts []string, err error) {
	depth, ended := 0, false
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			ended = ended || depth == 0 && len(words) > 0
			i++
			continue
		case strings.IndexByte(zoneBlanks, c) >= 0:
			i++
			continue
		case c == ';':
			if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(text)
			}
			continue
		case ended:
			return nil, nil, fmt.Errorf("there is more than one record: a second one begins at byte %d", i)
		}
		switch c {
		case '(':
			depth++
			i++
		case ')':
			if depth--; depth < 0 {
				return nil, nil, fmt.Errorf("the parenthesis closed at byte %d was not opened", i)
			}
			i++
		case '"':
			part, length, err := unquoteString(text[i:])
			if err != nil {
				return nil, nil, fmt.Errorf("the string at byte %d: %w", i, err)
			}
			parts = append(parts, part)
			i += length
		default:
			length := strings.IndexAny(text[i:], zoneBlanks+`;()"`)
			if length < 0 {
				length = len(text) - i
			}
			word := text[i : i+length]
			if len(parts) > 0 {
				return nil, nil, fmt.Errorf("%q at byte %d is not in quotes", word, i)
			}
			words = append(words, word)
			i += length
		}
	}
	if depth > 0 {
		return nil, nil, errors.New("a parenthesis is not closed (was the text cut off?)")
	}
	return words, parts, nil
}
