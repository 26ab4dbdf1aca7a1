package mailrecord

import (
	"slices"
	"strings"
)

// TextKind is what a TXT record is for, as far as mail is concerned. The zero value is any other
// text.
type TextKind int

// The kinds of TXT records that mail needs.
const (
	OtherText    TextKind = iota
	SPFText               // RFC 7208, at any name
	DKIMText              // a key of RFC 6376, at SELECTOR._domainkey.DOMAIN
	DMARCText             // a policy of RFC 9989, at _dmarc.DOMAIN
	DMARCReports          // a consent to get reports of RFC 9990, at DOMAIN._report._dmarc.TARGET
	MTASTSText            // the pointer to a policy of RFC 8461, at _mta-sts.DOMAIN
	TLSRPTText            // a policy of RFC 8460, at _smtp._tls.DOMAIN
	BIMIText              // an assertion record of BIMI, at SELECTOR._bimi.DOMAIN
)

// textKinds are the facts about each kind, by TextKind.
var textKinds = [...]struct {
	title   string
	version string   // with which its texts begin
	place   string   // where receivers look for it; "" for anywhere
	tags    []string // that show the kind if the version is missing
	rule    string   // why a name has only one of them; "" if it may have several
}{
	OtherText: {},
	SPFText:   {title: "SPF record", version: spfVersion, rule: "A name has one SPF record; receivers accept none if there are two (RFC 7208 section 4.5)."},
	DKIMText: {
		title: "DKIM key record", version: "v=" + dkimVersion, place: "SELECTOR._domainkey.DOMAIN", tags: []string{"p", "k"},
		rule: "A selector has one DKIM key; with two TXT records the result is undefined (RFC 6376 section 3.6.2.2).",
	},
	DMARCText: {
		title: "DMARC record", version: "v=" + dmarcVersion, place: "_dmarc.DOMAIN", tags: []string{"p", "sp", "np", "rua", "ruf", "adkim", "aspf"},
		rule: "A domain has one DMARC policy; receivers ignore both if there are two (RFC 9989).",
	},
	DMARCReports: {title: "DMARC report authorization", version: "v=" + dmarcVersion, place: "DOMAIN._report._dmarc.TARGET", tags: []string{"rua", "ruf"}},
	MTASTSText: {
		title: "MTA-STS record", version: "v=STSv1", place: "_mta-sts.DOMAIN", tags: []string{"id"},
		rule: "A domain has one MTA-STS record; senders take two for none (RFC 8461 section 3.1).",
	},
	TLSRPTText: {
		title: "TLS-RPT record", version: "v=TLSRPTv1", place: "_smtp._tls.DOMAIN", tags: []string{"rua"},
		rule: "A domain has one TLS-RPT record; senders take two for none (RFC 8460 section 3).",
	},
	BIMIText: {
		title: "BIMI record", version: "v=BIMI1", place: "SELECTOR._bimi.DOMAIN", tags: []string{"l", "a"},
		rule: "A selector has one BIMI record; receivers show no logo if there are two.",
	},
}

// String names the kind, such as "SPF record".
func (k TextKind) String() string { return textKinds[k].title }

// OnePerName returns the rule that a name has only one record of the kind, as a sentence; "" if
// there is no such rule.
func (k TextKind) OnePerName() string { return textKinds[k].rule }

// notSelectors are the names below _domainkey that hold no keys: policies of DomainKeys and of the
// drafts of ADSP, ADSP itself (RFC 5617), and where reports of failures go (RFC 6651).
var notSelectors = []string{"_adsp", "_asp", "_policy", "_report", "_ssp"}

// KindAt returns what receivers look for in the TXT records at a name, which is in lower case;
// OtherText if they look for nothing in particular. It never returns SPFText, because SPF records
// may be at every name.
func KindAt(name string) TextKind {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	// below is the label that stands before the given one, when a domain follows that.
	below := func(label string) (string, bool) {
		if i := slices.Index(labels, label); i > 0 && i < len(labels)-1 {
			return labels[i-1], true
		}
		return "", false
	}
	if selector, found := below("_domainkey"); found {
		if slices.Contains(notSelectors, selector) {
			return OtherText
		}
		return DKIMText
	}
	if before, found := below("_dmarc"); found && before == "_report" && labels[0] != "_report" {
		return DMARCReports
	}
	if _, found := below("_bimi"); found {
		return BIMIText
	}
	switch {
	case len(labels) > 1 && labels[0] == "_dmarc":
		return DMARCText
	case len(labels) > 1 && labels[0] == "_mta-sts":
		return MTASTSText
	case len(labels) > 2 && labels[0] == "_smtp" && labels[1] == "_tls":
		return TLSRPTText
	}
	return OtherText
}

// Is reports whether receivers take a text for one of the kind: it begins with the kind's version.
// The rest may still be wrong. At the name of a DKIM key, any text counts as one.
func (k TextKind) Is(text string) bool {
	switch k {
	case OtherText:
		return false
	case SPFText:
		return IsSPF(text)
	case DKIMText:
		return true
	case DMARCText, DMARCReports:
		return IsDMARC(text)
	case BIMIText: // which allows blanks, as DMARC does
		return hasVersion(text, textKinds[k].version)
	}
	rest, found := strings.CutPrefix(text, textKinds[k].version)
	rest = strings.TrimLeft(rest, " \t")
	return found && (rest == "" || rest[0] == ';')
}

// hasVersion reports whether the first tag of a tag list is the version, which may have blanks
// around its parts.
func hasVersion(text, version string) bool {
	first, _, _ := strings.Cut(text, ";")
	name, value, _ := strings.Cut(first, "=")
	return strings.TrimRight(name, " \t")+"="+strings.Trim(value, " \t") == version
}

// SameTags reports whether two texts are tag lists that say the same: they begin with the same
// version, and have the same tags behind it in any order. It is for MTA-STS, TLS-RPT and BIMI
// records.
func SameTags(a, b string) bool {
	tagsA, errA := parseTags(a)
	tagsB, errB := parseTags(b)
	if errA != nil || errB != nil || len(tagsA) != len(tagsB) || tagsA[0] != tagsB[0] {
		return false
	}
	return !slices.ContainsFunc(tagsA, func(t tag) bool { return !slices.Contains(tagsB, t) })
}
