package api

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// view is a text after an encoding has been decoded. at holds, for each byte of text, the span of
// the original text that it comes from.
type view struct {
	text []byte
	at   []span
}

func viewOf(text string) view {
	v := view{text: []byte(text), at: make([]span, len(text))}
	for i := range v.at {
		v.at[i] = span{i, i + 1}
	}
	return v
}

const (
	// deepestView is how many encodings are decoded one after the other. JSON in the payload of a
	// token in a URL has three.
	deepestView = 3
	// mostViews limits the work for an odd text.
	mostViews = 200
)

// viewsOf returns a text and everything that can be decoded from it.
func viewsOf(text string) []view {
	views := []view{viewOf(text)}
	from := 0
	for range deepestView {
		level := views[from:]
		from = len(views)
		for _, v := range level {
			for _, decode := range []func(view) (view, bool){withoutPercent, withoutPlus, withoutBackslashes, withoutEntities} {
				if decoded, changed := decode(v); changed && len(views) < mostViews {
					views = append(views, decoded)
				}
			}
			for _, decoded := range withoutBase64(v) {
				if len(views) < mostViews {
					views = append(views, decoded)
				}
			}
		}
	}
	return views
}

// rewrite makes a view in which step has replaced parts. step gets the rest of a text and returns
// the replacement of its first n bytes; n is 0 if there is nothing to replace.
func (v view) rewrite(step func(text []byte) (replacement []byte, n int)) (out view, changed bool) {
	for i := 0; i < len(v.text); {
		replacement, n := step(v.text[i:])
		if n == 0 {
			out.text, out.at = append(out.text, v.text[i]), append(out.at, v.at[i])
			i++
			continue
		}
		changed = true
		whole := span{v.at[i].start, v.at[i+n-1].end}
		for _, b := range replacement {
			out.text, out.at = append(out.text, b), append(out.at, whole)
		}
		i += n
	}
	return out, changed
}

// withoutPercent decodes %41 to A.
func withoutPercent(v view) (view, bool) {
	return v.rewrite(percent)
}

func percent(text []byte) ([]byte, int) {
	if len(text) < 3 || text[0] != '%' {
		return nil, 0
	}
	value, err := strconv.ParseUint(string(text[1:3]), 16, 8)
	if err != nil {
		return nil, 0
	}
	return []byte{byte(value)}, 3
}

// withoutPlus decodes + to a blank besides, as in forms and queries.
func withoutPlus(v view) (view, bool) {
	plus := false
	decoded, _ := v.rewrite(func(text []byte) ([]byte, int) {
		if text[0] == '+' {
			plus = true
			return []byte{' '}, 1
		}
		return percent(text)
	})
	return decoded, plus
}

// plainEscapes are the characters after a backslash in JSON and similar languages, and what they
// stand for.
var plainEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', '"': '"', '\\': '\\', '/': '/', '\'': '\''}

// withoutBackslashes decodes \" and \u0041 as in JSON strings.
func withoutBackslashes(v view) (view, bool) {
	return v.rewrite(func(text []byte) ([]byte, int) {
		if len(text) < 2 || text[0] != '\\' {
			return nil, 0
		}
		if plain, ok := plainEscapes[text[1]]; ok {
			return []byte{plain}, 2
		}
		first, ok := unicodeEscape(text)
		if !ok {
			return nil, 0
		}
		if second, ok := unicodeEscape(text[6:]); ok && utf16.IsSurrogate(first) {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return utf8.AppendRune(nil, r), 12
			}
		}
		return utf8.AppendRune(nil, first), 6
	})
}

// unicodeEscape decodes the \u0041 at the beginning of a text.
func unicodeEscape(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' && text[1] != 'U' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(value), err == nil
}

// entities are the named entities that encoders of XML and HTML write.
var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": " "}

// longestEntity is the length of an entity like &#x10FFFF;.
const longestEntity = 12

// withoutEntities decodes &lt; and &#65; as in XML and HTML.
func withoutEntities(v view) (view, bool) {
	return v.rewrite(func(text []byte) ([]byte, int) {
		if text[0] != '&' {
			return nil, 0
		}
		end := strings.IndexByte(string(text[:min(len(text), longestEntity)]), ';')
		if end < 2 {
			return nil, 0
		}
		name := strings.ToLower(string(text[1:end]))
		if plain, ok := entities[name]; ok {
			return []byte(plain), end + 1
		}
		digits, numeric := strings.CutPrefix(name, "#")
		base := 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		value, err := strconv.ParseUint(digits, base, 21)
		if !numeric || err != nil {
			return nil, 0
		}
		return utf8.AppendRune(nil, rune(value)), end + 1
	})
}

// withoutBase64 decodes the runs of base64 in either alphabet, across line breaks. Other characters
// may precede the encoded text in a run, so each run is decoded from four different starts. If a
// secret is found in a run, the whole run is masked.
func withoutBase64(v view) []view {
	var readings [4]view
	for start := 0; start < len(v.text); {
		if !isBase64(v.text[start]) {
			start++
			continue
		}
		digits, n := base64Run(v.text[start:])
		whole := span{v.at[start].start, v.at[start+n-1].end}
		for skip := range readings {
			readings[skip].append(decodeBase64(digits[min(skip, len(digits)):]), whole)
		}
		start += n
	}
	var decoded []view
	for _, reading := range readings {
		if len(reading.text) > 0 {
			decoded = append(decoded, reading)
		}
	}
	return decoded
}

// append adds the decoded bytes of a run, and a byte that separates it from the next.
func (v *view) append(text []byte, where span) {
	if !holdsText(text) {
		return
	}
	for _, b := range append(text, 0) {
		v.text, v.at = append(v.text, b), append(v.at, where)
	}
}

// holdsText is whether bytes contain a stretch of text as long as the shortest secret. Most runs
// are not really base64, and decode to bytes without one.
func holdsText(decoded []byte) bool {
	stretch := 0
	for len(decoded) > 0 {
		r, size := utf8.DecodeRune(decoded)
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			stretch = 0
		} else if stretch += size; stretch >= shortestSecret {
			return true
		}
		decoded = decoded[size:]
	}
	return false
}

// base64Run reads the run at the beginning of a text: its digits in the standard alphabet, and how
// many bytes it takes.
func base64Run(text []byte) (digits []byte, n int) {
	for n < len(text) && (isBase64(text[n]) || isLineBreak(text[n])) {
		switch c := text[n]; c {
		case '\r', '\n':
		case '-':
			digits = append(digits, '+')
		case '_':
			digits = append(digits, '/')
		default:
			digits = append(digits, c)
		}
		n++
	}
	return digits, n
}

// decodeBase64 decodes digits of the standard alphabet, without padding. It ignores one surplus
// digit at the end, which may belong to what follows.
func decodeBase64(digits []byte) []byte {
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	text := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(text, digits)
	if err != nil {
		return nil
	}
	return text[:n]
}

func isBase64(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

func isLineBreak(c byte) bool { return c == '\r' || c == '\n' }

// shortestCore is the length from which the base64 of a secret is searched in any case. Shorter
// ones would be found in ordinary words.
const shortestCore = 8

// base64Cores are the parts that are in every base64 text which contains the secret, in both
// alphabets: one for each of the three positions at which the secret can begin. They find a secret
// in base64 whose case was changed, which cannot be decoded.
func base64Cores(secret string) []string {
	var cores []string
	for before := range 3 {
		padded := append(make([]byte, before), secret...)
		// The digits at either end depend on the neighbouring text.
		first := (before*8 + 5) / 6
		last := len(padded) * 8 / 6
		if last-first < shortestCore {
			continue
		}
		standard := base64.RawStdEncoding.EncodeToString(padded)[first:last]
		cores = append(cores, standard, strings.NewReplacer("+", "-", "/", "_").Replace(standard))
	}
	return cores
}
