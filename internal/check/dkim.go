package check

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var dkimGroup = group{name: "dkim", look: lookAtDKIM, entries: []Entry{
	{ID: "dkim_present", Title: "DKIM keys", Severity: High, Needs: []Need{NeedsInput}, Rule: "Each DKIM selector has a key.",
		Why:    "Receivers cannot verify a signature without its key, and take the mail for unsigned.",
		Source: "RFC 6376 section 3.6.2"},
	{ID: "dkim_single", Title: "Number of records at each DKIM selector", Severity: High, Needs: []Need{NeedsInput}, Rule: "Each DKIM selector has one TXT record.",
		Why:    "With several records at a selector, the result of a verification is undefined.",
		Source: "RFC 6376 section 3.6.2.2"},
	{ID: "dkim_syntax", Title: "Syntax of the DKIM keys", Severity: Critical, Needs: []Need{NeedsInput}, Rule: "Each DKIM key is a public key that can be read.",
		Why:    "Receivers ignore a key that they cannot read. Whoever has the private key can sign as the domain.",
		Source: "RFC 6376 section 3.6.1"},
	{ID: "dkim_revoked", Title: "Revoked DKIM keys", Severity: High, Needs: []Need{NeedsInput}, Rule: "No DKIM key that is in use is revoked.",
		Why:    "An empty key withdraws the selector: its signatures do not verify.",
		Source: "RFC 6376 section 3.6.1"},
	{ID: "dkim_key", Title: "Length of the DKIM keys", Severity: High, Needs: []Need{NeedsInput}, Rule: "Each RSA key has at least 2048 bits, each Ed25519 key 32 bytes.",
		Why:    "Receivers reject RSA keys under 1024 bits, and under 2048 a key can be broken in time.",
		Source: "RFC 8301 section 3.2, RFC 8463 section 4"},
	{ID: "dkim_ed_only", Title: "RSA key beside Ed25519", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "There is an RSA key beside an Ed25519 key.",
		Why:    "Many receivers cannot verify Ed25519 and take such mail for unsigned.",
		Source: "RFC 8463 section 3"},
	{ID: "dkim_testing", Title: "Test mode of DKIM", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "No DKIM key has the flag t=y.",
		Why:    "With t=y, receivers treat signed mail as unsigned.",
		Source: "RFC 6376 section 3.6.1"},
	{ID: "dkim_hash", Title: "Hash algorithms of DKIM", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "Each DKIM key allows sha256.",
		Why:    "Receivers accept no other hash than sha256.",
		Source: "RFC 8301 section 3.1"},
	{ID: "dkim_service", Title: "Service type of the DKIM keys", Severity: Medium, Needs: []Need{NeedsInput}, Rule: "Each DKIM key is for email.",
		Why:    "Receivers ignore a key whose s= leaves email out.",
		Source: "RFC 6376 section 3.6.1"},
}}

const (
	advisedRSABits = 2048
	maxSelectors   = 50
)

// dkimFacts are the keys at the selectors.
type dkimFacts struct {
	err  error // of any selector
	keys []dkimKey
}

// good returns the number of keys that signatures can be verified with.
func (f dkimFacts) good() int {
	n := 0
	for _, k := range f.keys {
		if k.err == nil && len(k.texts) == 1 && len(k.faults) == 0 && !k.key.Revoked() {
			n++
		}
	}
	return n
}

// dkimKey is what was found at one selector.
type dkimKey struct {
	name   string // of the record
	err    error
	alias  string // says that the name is an alias that leads to no record; "" if it is not
	stray  string // a record of another kind, as a wildcard answers with at each name; "" if there is none
	absent string // says where a record is that was meant for the name; "" if none was found
	texts  []string
	key    mailrecord.DKIM
	faults []mailrecord.DKIMFault
}

func (r *run) lookForDKIM() dkimFacts {
	var facts dkimFacts
	facts.keys = each(r.Selectors[:min(len(r.Selectors), maxSelectors)], func(selector string) dkimKey {
		k := dkimKey{name: keyName(selector, r.Domain)}
		var a reply
		k.texts, a = r.askText(k.name)
		k.err, k.alias = a.err, r.dangling(k.name, a)
		if len(k.texts) == 1 && ofAnotherKind(k.texts[0]) {
			k.stray, k.texts = k.texts[0], nil
		}
		if len(k.texts) == 1 {
			k.key, k.faults = inspectKey(k.name, k.texts[0])
		}
		if k.err == nil && k.alias == "" && len(k.texts) == 0 {
			k.absent = r.elsewhere(mailrecord.DKIMText, k.name)
		}
		r.noteKey(selector, a.aliases, k)
		return k
	})
	for _, k := range facts.keys {
		if facts.err == nil {
			facts.err = k.err
		}
	}
	r.note(func(report *Report) {
		slices.SortFunc(report.DKIM, func(a, b DKIMKey) int { return strings.Compare(a.Selector, b.Selector) })
	})
	return facts
}

// inspectKey reads a record. If it cannot be read because it is in quotes or has escapes, the fault says
// so.
func inspectKey(name, text string) (mailrecord.DKIM, []mailrecord.DKIMFault) {
	key, faults := mailrecord.InspectDKIM(text)
	if len(faults) == 0 || faults[0].Kind != mailrecord.DKIMSyntax {
		return key, faults
	}
	for _, fault := range mailrecord.CheckText(name, text) {
		if fault.Useless {
			return key, []mailrecord.DKIMFault{{Kind: mailrecord.DKIMSyntax, Err: errors.New(fault.Reason)}}
		}
	}
	return key, faults
}

// ofAnotherKind reports whether a text is a record that nobody means as a DKIM key.
func ofAnotherKind(text string) bool {
	return mailrecord.IsSPF(text) || mailrecord.IsDMARC(text) || mailrecord.MTASTSText.Is(text) || mailrecord.TLSRPTText.Is(text)
}

// keyName returns the name of the key at a selector, which may be that name already.
func keyName(selector, domain string) string {
	if strings.Contains(selector, "._domainkey.") && strings.HasSuffix(selector, "."+domain) {
		return selector
	}
	return selector + "._domainkey." + domain
}

func (r *run) noteKey(selector string, aliases []string, k dkimKey) {
	shown := DKIMKey{Selector: selector, Aliases: aliases}
	switch {
	case k.err != nil:
		shown.Problem = bounded("could not look: " + k.err.Error())
	case len(k.texts) == 0:
		shown.Problem = "there is no key"
	case len(k.texts) > 1:
		shown.Problem = "there are several keys"
	default:
		shown.Type, shown.Bits = shortened(k.key.KeyType, maxQuoted), k.key.Bits
		shown.Revoked, shown.Testing = k.key.Revoked() && len(k.faults) == 0, k.key.Testing()
		if len(k.faults) > 0 {
			shown.Problem = bounded(k.faults[0].Err.Error())
		}
	}
	r.note(func(report *Report) { report.DKIM = append(report.DKIM, shown) })
}

func lookAtDKIM(r *run) {
	rest := []string{"dkim_single", "dkim_syntax", "dkim_revoked", "dkim_key", "dkim_ed_only", "dkim_testing", "dkim_hash", "dkim_service"}
	if len(r.Selectors) == 0 {
		if r.mxFacts().null {
			r.setAll(takesNoMail, append(rest, "dkim_present")...)
			return
		}
		r.setAll(skipped("no selectors were given"), rest...)
		r.set("dkim_present", r.anyDKIM())
		return
	}
	facts := r.dkimFacts()
	var present, single, syntax, revoked, length, testing, hash, service tally
	for _, k := range facts.keys {
		switch {
		case k.err != nil:
			for _, t := range []*tally{&present, &single, &syntax, &revoked, &length, &testing, &hash, &service} {
				t.add(unknown("could not look at %s: %v", k.name, k.err))
			}
		case k.alias != "":
			present.add(failed("%s", k.alias).want("a key at the end of the alias: the service that it leads to has to publish one"))
		case k.stray != "":
			present.add(failed("there is no key at %s, but %s: perhaps a wildcard record answers", k.name, quoted(k.stray)))
		case len(k.texts) == 0:
			present.add(failed("there is no TXT record at %s%s", k.name, k.absent))
		case len(k.texts) > 1:
			present.add(passed("there are keys at %s", k.name))
			single.add(failed("%d TXT records at %s", len(k.texts), k.name))
		default:
			present.add(passed("there is a key at %s", k.name))
			single.add(passed("one TXT record at %s", k.name))
			k.judge(&syntax, &revoked, &length, &testing, &hash, &service)
		}
	}
	without := skipped("no selector has one key")
	r.set("dkim_present", present.outcome(without))
	r.set("dkim_single", single.outcome(without))
	r.set("dkim_syntax", syntax.outcome(without))
	r.set("dkim_revoked", revoked.outcome(without))
	r.set("dkim_key", length.outcome(without))
	r.set("dkim_testing", testing.outcome(without))
	r.set("dkim_hash", hash.outcome(without))
	r.set("dkim_service", service.outcome(without))
	r.set("dkim_ed_only", onlyEd25519(facts))
}

// judge adds the outcomes for a key that is the only one at its selector.
func (k dkimKey) judge(syntax, revoked, length, testing, hash, service *tally) {
	of := map[mailrecord.DKIMFaultKind]*tally{mailrecord.DKIMSyntax: syntax, mailrecord.DKIMKeyType: syntax, mailrecord.DKIMPrivate: syntax,
		mailrecord.DKIMHash: hash, mailrecord.DKIMService: service, mailrecord.DKIMKeySize: length}
	readable := true
	for _, fault := range k.faults {
		o := failed("%s: %v", k.name, fault.Err).at(High)
		if fault.Kind == mailrecord.DKIMPrivate {
			o = o.at(Critical).want("a new pair of keys, of which the private one stays with the mail server, and an empty p= at this selector")
		} else if of[fault.Kind] != syntax {
			o = o.at("")
		}
		of[fault.Kind].add(o)
		readable = readable && of[fault.Kind] != syntax
	}
	if !readable {
		return
	}
	if k.bare() {
		syntax.add(warned("%s has the RSA key alone (PKCS #1), which some receivers cannot read", k.name).at(Medium).
			want("the key as a SubjectPublicKeyInfo, as \"openssl rsa -pubout\" writes it"))
	} else {
		syntax.add(passed("%s can be read", k.name))
	}
	if k.key.Revoked() {
		revoked.add(failed("the key at %s is empty", k.name).want("a key, or a signature with another selector"))
		return
	}
	revoked.add(passed("%s is not revoked", k.name))
	if k.key.Testing() {
		testing.add(warned("%s has t=y", k.name))
	} else {
		testing.add(passed("%s has no t=y", k.name))
	}
	hash.add(passed("%s allows sha256", k.name))
	service.add(passed("%s is for email", k.name))
	size := fmt.Sprintf("%s has a key of type %s with %d bits", k.name, k.key.KeyType, k.key.Bits)
	if k.key.KeyType == mailrecord.KeyTypeRSA && k.key.Bits < advisedRSABits {
		length.add(warned("%s", size))
	} else {
		length.add(passed("%s", size))
	}
}

// bare reports whether the record has an RSA key without the SubjectPublicKeyInfo around it. RFC 6376
// section 3.6.1 names this form, and its example has the other, which many verifiers take alone.
func (k dkimKey) bare() bool {
	der, err := base64.StdEncoding.DecodeString(k.key.PublicKey)
	if err != nil || k.key.KeyType != mailrecord.KeyTypeRSA {
		return false
	}
	_, err = x509.ParsePKCS1PublicKey(der)
	return err == nil
}

// onlyEd25519 is about keys that many receivers cannot use.
func onlyEd25519(facts dkimFacts) outcome {
	ed, rsa := 0, 0
	for _, k := range facts.keys {
		switch {
		case len(k.texts) != 1 || k.key.Revoked():
		case k.key.KeyType == mailrecord.KeyTypeEd25519:
			ed++
		case k.key.KeyType == mailrecord.KeyTypeRSA:
			rsa++
		}
	}
	switch {
	case rsa > 0:
		return passed("there is an RSA key")
	case facts.err != nil:
		return couldNotLook(facts.err)
	case ed > 0:
		return warned("all keys are of type ed25519")
	}
	return skipped("no selector has a key")
}

// anyDKIM tells whether the domain has any DKIM key at all. The DNS does not list selectors, but it
// says whether there are names below _domainkey.
func (r *run) anyDKIM() outcome {
	name := "_domainkey." + r.Domain
	a := r.ask(name, miekg.TypeTXT)
	switch {
	case a.err != nil:
		return couldNotLook(a.err)
	case a.nx:
		return failed("%s does not exist, so the domain has no DKIM key", name).want("a DKIM key at SELECTOR.%s", name)
	}
	return skipped("no selectors were given (--selector of the command, selectors of the data source): %s exists, but the DNS does not list the selectors below it", name)
}
