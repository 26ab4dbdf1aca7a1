package mailrecord

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Characters that word processors and web pages substitute for others. Mail records are ASCII, so
// receivers do not treat them as the originals.
const (
	typographicQuotes = "‘’‚‛“”„‟«»‹›′″＂＇"
	typographicDashes = "‐‑‒–—―−﹘﹣－"
	lookAlikes        = "；：，＝；﹔﹕"
)

// oddNames are the names, by code point, of characters that are invisible or look like others.
var oddNames = map[rune]string{
	0x00A0: "a no-break space", 0x00AD: "a soft hyphen", 0x200B: "a zero-width space", 0x200C: "a zero-width non-joiner",
	0x200D: "a zero-width joiner", 0x200E: "a left-to-right mark", 0x200F: "a right-to-left mark", 0x202F: "a narrow no-break space",
	0x2060: "a word joiner", 0x3000: "an ideographic space", 0xFEFF: "a byte order mark",
}

// neverMeant are the invisible characters that no text needs. Others, such as joiners, belong to
// some scripts.
const neverMeant = "\u00A0\u00AD\u200B\u2060\uFEFF\u202F\u200E\u200F"

// oddCharacter describes the first character of a text that only looks like one of a mail record:
// it is invisible, or looks like a quote, a hyphen or a blank. "" means that there is none. Letters
// beyond ASCII are not odd. A tab is odd if tabs is true, which says that it does not separate
// anything.
func oddCharacter(text string, tabs bool) string {
	for i, r := range text {
		if what := oddRune(r, tabs); what != "" {
			return fmt.Sprintf("it has %s at byte %d", what, i)
		}
	}
	return ""
}

func oddRune(r rune, tabs bool) string {
	code := fmt.Sprintf("U+%04X", r)
	switch {
	case r == '\n' || r == '\r':
		return "a line break"
	case r == '\t':
		if tabs {
			return "a tab"
		}
		return ""
	case r < ' ' || r == 0x7F:
		return "a control character (" + code + ")"
	case r < utf8.RuneSelf, r == utf8.RuneError:
		return ""
	case oddNames[r] != "":
		return oddNames[r] + " (" + code + ")"
	case strings.ContainsRune(typographicQuotes, r):
		return fmt.Sprintf("a typographic quote, %c (%s),", r, code)
	case strings.ContainsRune(typographicDashes, r):
		return fmt.Sprintf("a dash, %c (%s), where a hyphen is meant,", r, code)
	case strings.ContainsRune(lookAlikes, r), r >= 0xFF01 && r <= 0xFF5E:
		return fmt.Sprintf("a character that looks like one of ASCII, %c (%s),", r, code)
	case unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
		return "a blank that is not the one of ASCII (" + code + ")"
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Variation_Selector, r):
		return "an invisible character (" + code + ")"
	}
	return ""
}

// plainOddCharacter is oddCharacter for a text in any language: it reports only characters that no
// text needs.
func plainOddCharacter(text string) string {
	for i, r := range text {
		if r < ' ' && r != '\t' || r == 0x7F || strings.ContainsRune(neverMeant, r) {
			return fmt.Sprintf("it has %s at byte %d", oddRune(r, false), i)
		}
	}
	return ""
}

// folded is what the author of a text may have meant, in lower case: without quotes, backslashes,
// blanks and invisible characters, and with look-alikes replaced.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case r == '"' || r == '\'' || r == '`' || r == '\\' || r == '(' || r == ')', r <= ' ', r == 0x7F:
			return -1
		case r == 0x037E || r == 0xFE54:
			return ';'
		case r < utf8.RuneSelf:
			return unicode.ToLower(r)
		case strings.ContainsRune(typographicQuotes, r):
			return -1
		case strings.ContainsRune(typographicDashes, r):
			return '-'
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		return r
	}, text)
}

const asItIs = "TXT values are written without quotes and escapes, in one piece"

// escape finds what zone files write for a semicolon, a quote, a backslash or any other byte.
var escape = regexp.MustCompile(`\\(?:[;"\\@]|[0-9]{3})`)

// quoting says that a text is written in quotes or with escapes, as zone files, some web interfaces and some APIs have it,
// and what to write instead. whole reports whether the quotes surround all of it, so that nothing else can be meant.
func quoting(text string) (reason string, whole bool) {
	trimmed := strings.TrimSpace(text)
	inner := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(trimmed, "("), ")"))
	if plain, err := UnquoteTXT(inner); err == nil {
		what := "it is in quotes, which would become a part of the text"
		if strings.Count(inner, `"`) > 2 {
			what = "it is in several quoted strings, whose quotes and blanks would become a part of the text"
		}
		return fmt.Sprintf("%s: %s: %s", what, asItIs, shortened(plain)), true
	}
	if first, width := utf8.DecodeRuneInString(trimmed); len(trimmed) > 2*width && (first == '\'' || first == '`' || strings.ContainsRune(typographicQuotes, first)) {
		last, lastWidth := utf8.DecodeLastRuneInString(trimmed)
		if last == first || strings.ContainsRune(typographicQuotes, last) {
			return fmt.Sprintf("it is in quotes (%c), which would become a part of the text: %s: %s", first, asItIs,
				shortened(trimmed[width:len(trimmed)-lastWidth])), false
		}
	}
	if at := escape.FindStringIndex(text); at != nil {
		return fmt.Sprintf("it has the escape %s at byte %d, whose backslash would become a part of the text: %s", text[at[0]:at[1]], at[0], asItIs), false
	}
	return "", false
}

// shortened quotes a text for a message.
func shortened(text string) string {
	const most = 60
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q…", strings.ToValidUTF8(text[:most], ""))
}
