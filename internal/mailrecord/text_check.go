package mailrecord

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// TextFault is a fault in the text of a TXT record by which it does not serve its purpose, or may
// not.
type TextFault struct {
	// Useless says that receivers ignore the text as it is, and that it can have no other purpose.
	// Otherwise somebody may want the text, and a person should check it.
	Useless bool
	// Reason says what is wrong and what to write, as a sentence without its full stop.
	Reason string
}

// CheckText says why the text of a TXT record cannot serve its purpose: it is nearly an SPF, DKIM,
// DMARC, MTA-STS, TLS-RPT or BIMI record, but receivers will not recognise it. The name is in lower
// case, without trailing dot. It does not judge texts that receivers do recognise; the Warnings of
// their kind do.
//
// A text that has nothing to do with mail is useless only if all of it is in quotes: no service
// wants that, while quotes, backslashes and blanks inside a text may be wanted.
func CheckText(name, text string) []TextFault {
	kind := meantFor(name, text)
	if kind == OtherText {
		return checkPlainText(text)
	}
	if reason := kind.formFault(text); reason != "" {
		return []TextFault{{Useless: true, Reason: fmt.Sprintf("this is meant to be %s, but %s", article(kind.String()), reason)}}
	}
	var faults []TextFault
	if kind == SPFText {
		for _, reason := range spfTypingErrors(text) {
			faults = append(faults, TextFault{Useless: true, Reason: reason})
		}
	}
	if strings.TrimRight(text, " \t") != text {
		faults = append(faults, TextFault{Reason: "it ends in a blank, which some DNS hosts cut off"})
	}
	if kind != SPFText && KindAt(name) != kind {
		faults = append(faults, TextFault{Reason: fmt.Sprintf("%s is looked for at %s, and not at %s: it has no effect here, unless a CNAME leads to this name",
			article(kind.String()), textKinds[kind].place, name)})
	}
	return faults
}

// article puts "a" or "an" in front of the title of a kind.
func article(title string) string {
	if title != "" && strings.ContainsRune("SM", rune(title[0])) { // "ess", "em"
		return "an " + title
	}
	return "a " + title
}

// formFault says why receivers do not take a text for one of the kind; "" if they do.
func (k TextKind) formFault(text string) string {
	spec := textKinds[k]
	if rest := zoneLine.FindStringIndex(text); rest != nil {
		return fmt.Sprintf("it is a whole line of a zone file: write only its text, without name, type and quotes: %s", shortened(strings.Trim(text[rest[1]:], `"() `)))
	}
	checked := text
	if k == DKIMText {
		checked = withoutNotes(text)
	}
	reason, _ := quoting(checked)
	if reason != "" {
		return reason
	}
	if at := strings.IndexByte(checked, '"'); at >= 0 {
		return fmt.Sprintf("it has a quote at byte %d: %s", at, asItIs)
	}
	if odd := oddCharacter(checked, k == SPFText); odd != "" {
		return fmt.Sprintf("%s: write the text in ASCII, in one line%s", odd, heredocAdvice(text))
	}
	if trimmed := strings.TrimLeft(text, " \t"); trimmed != text && k != DKIMText {
		return fmt.Sprintf("it begins with a blank: it has to begin with %q", spec.version)
	}
	return k.versionFault(text)
}

// heredocAdvice is for texts with line breaks.
func heredocAdvice(text string) string {
	if trimmed := strings.TrimRight(text, " \t\r\n"); strings.ContainsAny(trimmed, "\r\n") || !strings.ContainsAny(text, "\r\n") {
		return ""
	}
	return "; a heredoc ends in a line break, which trimspace() takes off"
}

// zoneLine matches what stands before the text in a line of a zone file.
var zoneLine = regexp.MustCompile(`^\s*(?:[^\s;="]+\s+)?(?:[0-9]+[smhdw]?\s+)?(?i:IN\s+)?(?i:TXT)\s+\(?\s*`)

// withoutNotes leaves out the n= tag of a DKIM key, which may contain anything.
func withoutNotes(text string) string {
	specs := strings.Split(text, ";")
	for i, spec := range specs {
		if name, _, found := strings.Cut(spec, "="); found && strings.Trim(name, tagBlanks) == "n" {
			specs[i] = strings.Repeat(" ", len(spec)) // so that positions stay the same
		}
	}
	return strings.Join(specs, ";")
}

// versionFault says what is wrong with the version at the beginning of a text. The text has no odd
// characters.
func (k TextKind) versionFault(text string) string {
	spec := textKinds[k]
	plain := folded(text)
	wanted := strings.ToLower(spec.version)
	switch {
	case (k == DMARCText || k == DMARCReports) && k.Is(text) && text[0] == 'V':
		return fmt.Sprintf("it begins with %q instead of \"v\", which some receivers do not recognise", "V")
	case k != DKIMText && k.Is(text):
		return ""
	case k == DKIMText && hasVersion(strings.TrimLeft(text, " \t"), spec.version):
		return ""
	case k == DKIMText && !strings.HasPrefix(plain, "v=") && !strings.Contains(plain, wanted) && !nearVersion.MatchString(plain):
		return "" // a key may omit its version; ParseDKIM reports what else is wrong
	case strings.HasPrefix(plain, "v=v="):
		return fmt.Sprintf("\"v=\" is there twice: it has to begin with %q", spec.version)
	case len(text) >= len(wanted) && strings.EqualFold(text[:len(wanted)], wanted):
		return k.behindVersion(text)
	case strings.HasPrefix(plain, wanted):
		return fmt.Sprintf("its version is written %q, without blanks", spec.version)
	case strings.Contains(plain, wanted):
		return fmt.Sprintf("its version, %q, does not come first, as it has to", spec.version)
	case strings.HasPrefix(plain, "v=") || nearVersion.MatchString(plain):
		first := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ' ' })[0]
		return fmt.Sprintf("it begins with %q instead of %q", first, spec.version)
	}
	return fmt.Sprintf("its version is missing: it has to begin with \"%s;\"", spec.version)
}

// behindVersion is versionFault for a text that begins with the version in any case.
func (k TextKind) behindVersion(text string) string {
	spec := textKinds[k]
	written, rest := text[:len(spec.version)], text[len(spec.version):]
	if k == SPFText {
		first, _ := utf8.DecodeRuneInString(rest)
		return fmt.Sprintf("a blank has to follow %q, and not %q", written, string(first))
	}
	if written != spec.version {
		return fmt.Sprintf("its version is written %q: upper and lower case matter, so receivers ignore %q", spec.version, written)
	}
	return fmt.Sprintf("a semicolon is missing behind %q", written)
}

// nearVersion finds the beginning of a folded text that is nearly a version of some kind.
var nearVersion = regexp.MustCompile(`^(?:v[=:\-]+|=)(?:v?[=:]+)?(?:spf|dkim|dmarc|stsv?|mta-?sts|tls-?rpt|bimi)|^v?(?:spf1|dkim1|dmarc1|stsv1|tlsrptv1|bimi1)(?:[;:,]|include|ip4|ip6|mx|a:|\?all|~all|-all|$)|^v(?:spf|dkim|dmarc|bimi)[0-9]?[;=:]`)

// nearKinds are the words that show the kind in a version that is nearly right.
var nearKinds = []struct {
	word string
	kind TextKind
}{{"spf", SPFText}, {"dkim", DKIMText}, {"dmarc", DMARCText}, {"tlsrpt", TLSRPTText}, {"tls-rpt", TLSRPTText}, {"sts", MTASTSText}, {"bimi", BIMIText}}

// meantFor guesses the purpose of a TXT record from its text, or else from its name.
func meantFor(name, text string) TextKind {
	at := KindAt(name)
	plain := folded(text)
	if line := zoneLine.FindStringIndex(text); line != nil {
		plain = folded(text[line[1]:])
	}
	if said := saidKind(plain); said != OtherText {
		if said == DMARCText && at == DMARCReports {
			return DMARCReports
		}
		return said
	}
	switch {
	case at == OtherText || at == DKIMText:
		return at // any text at a selector counts as a key
	case strings.Contains(plain, strings.ToLower(textKinds[at].version)):
		return at
	}
	// If there is no version at all, the tags show the kind.
	for spec := range strings.SplitSeq(plain, ";") {
		if tag, _, found := strings.Cut(spec, "="); found && slices.Contains(textKinds[at].tags, tag) {
			return at
		}
	}
	return OtherText
}

// saidKind is the kind of a folded text that begins with a version, or with nearly one.
func saidKind(plain string) TextKind {
	begun := strings.TrimLeft(plain, "v=")
	for kind := SPFText; int(kind) < len(textKinds); kind++ {
		version := strings.ToLower(textKinds[kind].version)
		if strings.HasPrefix(plain, version) || plain != begun && strings.HasPrefix("v="+begun, version) && strings.HasPrefix(plain, "v=") {
			return kind
		}
	}
	near := nearVersion.FindString(plain)
	if near == "" {
		return OtherText
	}
	for _, n := range nearKinds {
		if strings.Contains(near, n.word) {
			return n.kind
		}
	}
	return OtherText
}

// checkPlainText checks a text that has nothing to do with mail.
func checkPlainText(text string) []TextFault {
	reason, whole := quoting(text)
	if whole {
		return []TextFault{{Useless: true, Reason: reason}}
	}
	var faults []TextFault
	add := func(reason string) {
		faults = append(faults, TextFault{Reason: reason + "; ignore this if the text is meant so"})
	}
	odd := plainOddCharacter(text)
	switch {
	case reason != "":
		add(reason)
	case strings.Count(text, `"`) == 1 && (strings.HasPrefix(text, `"`) || strings.HasSuffix(text, `"`)):
		add("it begins or ends with a quote, which becomes a part of the text: " + asItIs)
	}
	switch {
	case odd != "":
		add(odd + ": write the text in one line, without characters that cannot be seen" + heredocAdvice(text))
	case strings.Trim(text, " \t") != text:
		add("it begins or ends with a blank: take it off")
	}
	plain := folded(text)
	for _, kind := range []TextKind{SPFText, DKIMText, DMARCText} {
		if version := strings.ToLower(textKinds[kind].version); strings.Contains(plain, version) {
			add(fmt.Sprintf("it has %q inside, which receivers look for at the beginning: write %s in a record of its own", textKinds[kind].version, article(kind.String())))
		}
	}
	return faults
}
