package check

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
)

var caaGroup = group{name: "caa", look: lookAtCAA, entries: []Entry{
	{ID: "caa_present", Title: "CAA records", Severity: Medium, Rule: "CAA records say which authorities may issue certificates.",
		Why:    "Without CAA, any authority may issue a certificate to whoever controls the domain for a moment.",
		Source: "RFC 8659 section 3"},
	{ID: "caa_allows", Title: "CAA and the certificates in use", Severity: Medium, Needs: []Need{NeedsHTTPS, NeedsSMTP}, Rule: "CAA allows the authorities that have issued the certificates in use.",
		Why:    "An authority that CAA does not allow cannot renew the certificate.",
		Source: "RFC 8659 section 4"},
}}

// caaSet is the CAA records that count for a name.
type caaSet struct {
	err     error
	at      string // where they are; "" if there are none
	records []*miekg.CAA
}

// caaFor asks for the CAA records of a name and of all names above it. The nearest ones count.
func (r *run) caaFor(name string) caaSet {
	names := namesUp(name)
	for i, a := range each(names, func(at string) reply { return r.ask(at, miekg.TypeCAA) }) {
		if a.err != nil {
			return caaSet{err: a.err}
		}
		if len(a.records) == 0 {
			continue
		}
		set := caaSet{at: names[i]}
		for _, rr := range a.records {
			set.records = append(set.records, rr.(*miekg.CAA))
		}
		return set
	}
	return caaSet{}
}

func lookAtCAA(r *run) {
	set := r.caaFor(r.Domain)
	switch {
	case set.err != nil:
		r.set("caa_present", couldNotLook(set.err))
	case set.at == "":
		r.set("caa_present", informed("there are no CAA records for %s", r.Domain))
	default:
		r.set("caa_present", set.judge())
	}
	if r.wantsAny("caa_allows") {
		r.set("caa_allows", r.caaAllows(set))
	}
}

// sandboxAuthority is the organization that issues the certificates of the sandbox, in which it plays
// the part of every authority.
const sandboxAuthority = "Postmaster Sandbox"

// caaProperties are the registered properties of CAA records.
var caaProperties = []string{"issue", "issuewild", "issuemail", "issuevmc", "iodef", "contactemail", "contactphone"}

// critical is the flag by which a property forbids certificates to an authority that does not know
// it (RFC 8659 section 4.1).
const critical = 128

// forbids describes a property that no authority knows, and that is critical; "" if there is none.
func (s caaSet) forbids() string {
	for _, record := range s.records {
		if record.Flag&critical != 0 && !slices.Contains(caaProperties, strings.ToLower(record.Tag)) {
			return fmt.Sprintf("%s at %s has the critical flag (%d), and no authority knows it", quoted(record.Tag), s.at, record.Flag)
		}
	}
	return ""
}

// issuers lists the authorities that may issue certificates of hosts, "" for none of them.
// restricted is false if every authority may.
func (s caaSet) issuers() (names []string, restricted bool) {
	for _, record := range s.records {
		if strings.EqualFold(record.Tag, "issue") {
			name, _, _ := strings.Cut(record.Value, ";")
			names = append(names, strings.ToLower(strings.TrimSpace(name)))
		}
	}
	return names, len(names) > 0
}

// judge is about what the records say, whatever certificates there are.
func (s caaSet) judge() outcome {
	if forbidden := s.forbids(); forbidden != "" {
		return failed("no authority may issue a certificate: the property %s", forbidden).want("a CAA record such as 0 issue \"letsencrypt.org\", without the unknown property")
	}
	var ignored []string
	for _, record := range s.records {
		if !slices.Contains(caaProperties, strings.ToLower(record.Tag)) {
			ignored = append(ignored, quoted(record.Tag))
		}
	}
	const only = "a CAA record with the property issue for each authority that may issue certificates"
	_, restricted := s.issuers()
	switch {
	case !restricted && len(ignored) > 0:
		return warned("every authority may issue certificates: the CAA records at %s have no property issue, and authorities ignore %s", s.at, listed(ignored)).at(Low).want(only)
	case !restricted:
		return warned("every authority may issue certificates of hosts: the CAA records at %s have no property issue", s.at).at(Low).want(only)
	case len(ignored) > 0:
		return warned("authorities ignore %s in the CAA records at %s: there is no such property", listed(ignored), s.at).at(Low).want("the property issue, issuewild or iodef")
	case len(s.records) == 1:
		return passed("one CAA record at %s", s.at)
	}
	return passed("%d CAA records at %s", len(s.records), s.at)
}

// caaDomains are the names by which authorities are allowed, by a part of the organization in the
// issuer of their certificates, in lower case.
var caaDomains = map[string][]string{
	"let's encrypt":         {"letsencrypt.org"},
	"zerossl":               {"sectigo.com", "zerossl.com"},
	"sectigo":               {"sectigo.com", "comodoca.com", "usertrust.com", "trust-provider.com", "entrust.net"},
	"digicert":              {"digicert.com", "geotrust.com", "rapidssl.com", "thawte.com", "symantec.com", "quovadisglobal.com", "www.digicert.com"},
	"google trust services": {"pki.goog", "google.com"},
	"globalsign":            {"globalsign.com"},
	"amazon":                {"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"},
	"godaddy":               {"godaddy.com", "starfieldtech.com"},
	"starfield":             {"godaddy.com", "starfieldtech.com"},
	"buypass":               {"buypass.com", "buypass.no"},
	"ssl corporation":       {"ssl.com"},
	"microsoft":             {"microsoft.com"},
	"actalis":               {"actalis.it"},
	"harica":                {"harica.gr"},
	"hellenic academic":     {"harica.gr"},
	"certum":                {"certum.pl", "certum.eu", "unizeto.pl", "asseco.com"},
	"asseco":                {"certum.pl", "certum.eu", "unizeto.pl", "asseco.com"},
	"d-trust":               {"d-trust.net", "dtrust.de", "d-trust.de", "dtrust.net"},
	"t-systems":             {"telesec.de", "pki.dfn.de", "dfn.de"},
	"deutsche telekom":      {"telesec.de", "pki.dfn.de", "dfn.de"},
	"identrust":             {"identrust.com"},
	"entrust":               {"entrust.net", "affirmtrust.com", "sectigo.com"},
	"swisssign":             {"swisssign.com", "swisssign.net"},
	"geant":                 {"sectigo.com", "harica.gr"},
	"network solutions":     {"networksolutions.com", "sectigo.com"},
	"trustasia":             {"trustasia.com"},
}

// caaAllows compares the authorities of the certificates that were seen with the CAA records of
// their hosts, if these hosts belong to the domain. What is wrong with the records of the domain itself
// is the subject of caa_present.
func (r *run) caaAllows(own caaSet) outcome {
	mx := r.mxFacts()
	switch {
	case r.DNSOnly:
		return noConnections
	case mx.err != nil:
		return couldNotLook(mx.err)
	}
	if !mx.null {
		each([]func(){func() { r.smtpFacts() }, func() { r.stsFacts() }}, func(look func()) struct{} { look(); return struct{}{} })
	}
	var hosts []string
	r.mu.Lock()
	leaves := map[string]*x509.Certificate{}
	for at, leaf := range r.leaves {
		if at.host == r.Domain || strings.HasSuffix(at.host, "."+r.Domain) {
			leaves[at.host] = leaf
			hosts = append(hosts, at.host)
		}
	}
	r.mu.Unlock()
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	var t tally
	for _, o := range each(hosts, func(host string) outcome { return allows(r.caaFor(host), own, host, leaves[host]) }) {
		t.add(o)
	}
	if len(t) > 0 {
		return t.outcome(outcome{})
	}
	for _, h := range mx.receivers() {
		if h.name == r.Domain || strings.HasSuffix(h.name, "."+r.Domain) {
			return unknown("could not look: no certificate of %s was seen", h.name)
		}
	}
	return skipped("no host of the domain itself shows a certificate")
}

func allows(set, own caaSet, host string, leaf *x509.Certificate) outcome {
	if set.err != nil {
		return couldNotLook(set.err)
	}
	if set.at == "" {
		return passed("there are no CAA records for %s, so every authority is allowed", host)
	}
	if forbidden := set.forbids(); forbidden != "" {
		if set.at == own.at {
			return skipped("no authority is allowed: see caa_present")
		}
		return failed("the certificate of %s cannot be renewed: the property %s", host, forbidden).want("CAA records without the unknown property")
	}
	issuers, restricted := set.issuers()
	if !restricted {
		return passed("the CAA records at %s do not restrict certificates of hosts", set.at)
	}
	organization := strings.Join(leaf.Issuer.Organization, " ")
	names := caaNames(cmp.Or(organization, leaf.Issuer.CommonName))
	switch {
	case organization == sandboxAuthority:
		return skipped("the certificate of %s is from the sandbox, for which CAA has no name", host)
	case slices.ContainsFunc(names, func(name string) bool { return slices.Contains(issuers, name) }):
		return passed("%s is allowed for %s", quoted(organization), host)
	case len(names) == 0:
		return unknown("it is not known by which name CAA allows %s, the issuer of the certificate of %s", quoted(cmp.Or(organization, leaf.Issuer.CommonName)), host)
	}
	return warned("the certificate of %s is from %s, and the CAA records at %s allow only %s", host, quoted(organization), set.at, listed(quotedAll(issuers))).
		want("a CAA record that allows %s", names[0])
}

// caaNames returns the names of an authority in CAA records.
func caaNames(organization string) []string {
	lower := strings.ToLower(organization)
	for part, names := range caaDomains {
		if strings.Contains(lower, part) {
			return names
		}
	}
	return nil
}
