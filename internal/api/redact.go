package api

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const masked = "***"

const (
	// shortestSecret is the length, in bytes, below which a secret is not masked: masking a
	// password of two letters would blank out half of every message and protect nothing.
	shortestSecret = 3
	// shortestLine is the length from which a line of a secret, such as a private key in PEM form,
	// is treated as a secret: services quote the line that they do not understand.
	shortestLine = 16
	// longestText is how much of a text is searched, in bytes. The rest is cut off. Messages show
	// only the first few hundred bytes.
	longestText = 64 << 10
)

// redactor masks secrets in logs and errors. It finds them in any case, and escaped or encoded as
// in URLs, forms, JSON, HTML and base64, even several times over. It is safe for concurrent use.
// Secrets may be added at any time, such as the token of a login.
type redactor struct {
	mu    sync.RWMutex
	forms map[string]struct{}
}

// newRedactor makes a redactor that knows some secrets.
func newRedactor(secrets ...string) *redactor {
	r := &redactor{forms: map[string]struct{}{}}
	r.Add(secrets...)
	return r
}

// Add adds secrets.
func (r *redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	addForms(r.forms, secrets)
}

// Mask replaces every known secret in text, and those given in more. Mask a text before anything
// else is done to it: a secret that has been cut is not found.
func (r *redactor) Mask(text string, more ...string) string {
	own := map[string]struct{}{}
	addForms(own, more)
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.forms)+len(own) == 0 {
		return text
	}
	if len(text) > longestText {
		text = text[:longestText]
	}
	var found []span
	for _, v := range viewsOf(text) {
		folded, at := v.fold()
		for _, forms := range []map[string]struct{}{r.forms, own} {
			for form := range forms {
				found = appendMatches(found, folded, at, form)
			}
		}
	}
	return blank(text, found)
}

// span is a part of a text: the bytes from start to before end.
type span struct{ start, end int }

// appendMatches adds the spans of the original text where a form is found. at holds, for each byte
// of folded, the span of the original text that it stands for.
func appendMatches(found []span, folded string, at []span, form string) []span {
	for from := 0; ; {
		i := strings.Index(folded[from:], form)
		if i < 0 {
			return found
		}
		first := from + i
		last := first + len(form) - 1
		found = append(found, span{at[first].start, at[last].end})
		from = first + 1
	}
}

// blank replaces spans by the mask. Spans that overlap or touch become one.
func blank(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var out strings.Builder
	end := 0
	for i, s := range spans {
		if i == 0 || s.start > end {
			out.WriteString(text[end:s.start])
			out.WriteString(masked)
		}
		end = max(end, s.end)
	}
	out.WriteString(text[end:])
	return out.String()
}

// addForms adds the forms, folded, in which secrets are searched.
func addForms(forms map[string]struct{}, secrets []string) {
	for _, secret := range secrets {
		for _, form := range append(secretLines(secret), secret, strings.TrimSpace(secret)) {
			if len(form) < shortestSecret {
				continue
			}
			folded, _ := viewOf(form).fold()
			forms[folded] = struct{}{}
			for _, inCase := range []string{form, strings.ToUpper(form), strings.ToLower(form)} {
				for _, core := range base64Cores(inCase) {
					folded, _ := viewOf(core).fold()
					forms[folded] = struct{}{}
				}
			}
		}
	}
}

// secretLines are the lines of a secret that are secrets by themselves. The first and last line of
// PEM are not.
func secretLines(secret string) []string {
	if !strings.ContainsAny(secret, "\r\n") {
		return nil
	}
	var lines []string
	for line := range strings.Lines(secret) {
		line = strings.TrimSpace(line)
		if len(line) >= shortestLine && !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
	}
	return lines
}

// fold returns the text of a view in one case, with the span of the original text that each of its
// bytes stands for.
func (v view) fold() (string, []span) {
	folded := make([]byte, 0, len(v.text))
	at := make([]span, 0, len(v.text))
	for i := 0; i < len(v.text); {
		r, size := utf8.DecodeRune(v.text[i:])
		where := span{v.at[i].start, v.at[i+size-1].end}
		before := len(folded)
		if r == utf8.RuneError && size == 1 {
			folded = append(folded, v.text[i]) // not UTF-8: kept as it is
		} else {
			folded = utf8.AppendRune(folded, foldRune(r))
		}
		for range len(folded) - before {
			at = append(at, where)
		}
		i += size
	}
	return string(folded), at
}

// foldRune returns the same rune for all that differ only in case.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
