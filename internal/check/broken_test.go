package check

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// broken is one way to break the good domain, and the outcome of one check.
type broken struct {
	id     string
	status Status
	says   string // a part of what was found
	how    func(*scene)
}

const policyFile = "mta-sts.example.com/.well-known/mta-sts.txt"

// policy serves another MTA-STS policy.
func (s *scene) policy(body string) { s.files[policyFile] = file{body: body} }

// mx replaces the MX records.
func (s *scene) mx(lines ...string) *scene {
	s.drop("@ IN MX 10 mail"[:len("@ IN MX 10")])
	return s.add(lines...)
}

// spf replaces the SPF record.
func (s *scene) spf(texts ...string) *scene { return s.txt("@", texts...) }

// dmarc replaces the DMARC record.
func (s *scene) dmarc(texts ...string) *scene { return s.txt("_dmarc", texts...) }

// key replaces the first DKIM key, and leaves no other.
func (s *scene) key(texts ...string) *scene {
	s.options.Selectors = []string{"s1"}
	return s.txt("s1._domainkey", texts...)
}

// hosts replaces the certificate of the mail server.
func (s *scene) mailCertificate(c x509.Certificate) {
	s.mail = issue(s.t, s.ca, c)
	s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain(s.ca)})
}

func (s *scene) tlsa(records ...string) {
	s.drop("_25._tcp.mail IN TLSA 3 1 1")
	for _, record := range records {
		s.add("_25._tcp.mail IN TLSA " + record)
	}
}

// bimi replaces the BIMI record.
func (s *scene) bimi(texts ...string) *scene { return s.txt("default._bimi", texts...) }

var brokenDomains = []broken{
	{"mx_present", Fail, "neither", func(s *scene) { s.mx() }},
	{"mx_present", Warn, "192.0.2.1", func(s *scene) { s.mx("@ IN A 192.0.2.1") }},
	{"mx_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "MX example.com") }},
	{"mx_null", Fail, "beside others", func(s *scene) { s.add("@ IN MX 0 .") }},
	{"mx_null", Warn, "-all", func(s *scene) { s.mx("@ IN MX 0 .") }},
	{"mx_null", Pass, "sends no mail", func(s *scene) { s.mx("@ IN MX 0 .").spf("v=spf1 -all") }},
	{"mx_null", Unknown, "SERVFAIL", func(s *scene) { s.mx("@ IN MX 0 .").fault(servfail, "TXT example.com") }},
	{"mx_resolves", Fail, "mail.example.com", func(s *scene) { s.drop("mail IN A", "mail IN AAAA") }},
	{"mx_resolves", Fail, "not a domain name", func(s *scene) { s.mx(`@ IN MX 10 mail\032server`) }},
	{"mx_resolves", Warn, "gone.example.com", func(s *scene) { s.add("@ IN MX 20 gone") }},
	{"mx_resolves", Unknown, "mail.example.com", func(s *scene) { s.fault(silent, "A mail.example.com", "AAAA mail.example.com") }},
	{"mx_cname", Fail, "mail.example.com", func(s *scene) { s.mx("@ IN MX 10 alias").add("alias IN CNAME mail") }},
	{"mx_cname", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "* mail.example.com") }},
	{"mx_literal", Fail, "192.0.2.25", func(s *scene) { s.mx("@ IN MX 10 192.0.2.25.") }},
	{"mx_literal", Warn, "mail_1.example.com", func(s *scene) { s.mx("@ IN MX 10 mail_1").add("mail_1 IN A 192.0.2.25") }},
	{"mx_resolves", Fail, "was mail.example.com meant", func(s *scene) { s.mx("@ IN MX 10 mail.example.com") }},
	{"mx_resolves", Fail, "was mx.mailhost.net meant", func(s *scene) { s.mx("@ IN MX 10 mx.mailhost.net") }},
	{"mx_resolves", Fail, "gone.example.com", func(s *scene) { s.mx("@ IN MX 10 gone") }},
	{"srv_target", Fail, "was mail.example.com meant", func(s *scene) { s.add("_pop3s._tcp IN SRV 0 1 995 mail.example.com") }},
	{"spf_present", Fail, "one at example.com.example.com", func(s *scene) { s.spf().add(`example.com IN TXT "v=spf1 mx -all"`) }},
	{"dmarc_present", Fail, "one at _dmarc.example.com.example.com", func(s *scene) { s.dmarc().add(`_dmarc.example.com IN TXT "v=DMARC1; p=none"`) }},
	{"dmarc_present", Fail, "one at _dmarc._dmarc.example.com", func(s *scene) { s.dmarc().add(`_dmarc._dmarc IN TXT "v=DMARC1; p=none"`) }},
	{"dmarc_present", Fail, "one at _dmarc.news.example.com.example.com", func(s *scene) {
		s.options.Domain = "news.example.com"
		s.dmarc().add(`_dmarc.news.example.com IN TXT "v=DMARC1; p=none"`, "news IN MX 10 mail")
	}},
	{"dkim_present", Fail, "one at s1._domainkey.example.com.example.com", func(s *scene) { s.key().add(`s1._domainkey.example.com IN TXT "v=DKIM1; p="`) }},
	{"dkim_present", Fail, "one at s1._domainkey._domainkey.example.com", func(s *scene) { s.key().add(`s1._domainkey._domainkey IN TXT "v=DKIM1; p="`) }},
	{"dkim_present", Fail, "was s1.mailhost.net meant", func(s *scene) { s.key().add("s1._domainkey IN CNAME s1.mailhost.net") }},
	{"sts_record", Warn, "one at _mta-sts.example.com.example.com", func(s *scene) { s.txt("_mta-sts").add(`_mta-sts.example.com IN TXT "v=STSv1; id=1"`) }},
	{"tlsrpt_record", Warn, "one at _smtp._tls.example.com.example.com", func(s *scene) {
		s.txt("_smtp._tls").add(`_smtp._tls.example.com IN TXT "v=TLSRPTv1; rua=mailto:a@example.com"`)
	}},
	{"dkim_syntax", Fail, "it is in quotes", func(s *scene) { s.key().add(`s1._domainkey IN TXT "\"v=DKIM1; p=AAAA\""`) }},
	{"dkim_syntax", Fail, "it has the escape", func(s *scene) { s.key().add(`s1._domainkey IN TXT "v=DKIM1\\; p=AAAA"`) }},
	{"dmarc_syntax", Warn, "no tag has such a name", func(s *scene) { s.dmarc("v=DMARC1; p=reject; x-y=1") }},
	{"dmarc_syntax", Warn, "not of the form", func(s *scene) { s.dmarc("v=DMARC1; p=reject; x") }},
	{"dmarc_syntax", Warn, "0x01 is not printable", func(s *scene) { s.dmarc().add(`_dmarc IN TXT "v=DMARC1; p=reject; adkim=\001s"`) }},
	{"sts_policy", Fail, "ends in a dot", func(s *scene) { s.policy("version: STSv1\nmode: enforce\nmx: mail.example.com.\nmax_age: 86400\n") }},
	{"spf_dead_terms", Info, "ip4:10.0.0.0/8", func(s *scene) { s.spf("v=spf1 mx ip4:10.0.0.0/8 -ip4:10.1.0.0/16 -all") }},
	{"spf_dead_terms", Info, "ip6:fd00::/8", func(s *scene) { s.spf("v=spf1 mx ip6:fd00::/8 -all") }},
	{"dane_match", Fail, "does not send the certificate of its authority", func(s *scene) {
		sum := sha256.Sum256(s.ca.certificate.RawSubjectPublicKeyInfo)
		s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain()})
		s.tlsa("2 1 1 " + hex.EncodeToString(sum[:]))
	}},
	{"mx_literal", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "MX example.com") }},
	{"mx_public", Fail, "10.1.2.3", func(s *scene) { s.drop("mail IN A", "mail IN AAAA").add("mail IN A 10.1.2.3") }},
	{"mx_public", Warn, "127.0.0.1", func(s *scene) { s.add("mail IN A 127.0.0.1") }},
	{"mx_public", Unknown, "mail.example.com", func(s *scene) { s.fault(servfail, "* mail.example.com") }},

	{"spf_present", Fail, "no SPF record", func(s *scene) { s.spf() }},
	{"spf_present", Fail, "see spf_syntax", func(s *scene) { s.spf("v=spf1; mx -all") }},
	{"spf_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"spf_single", Fail, "2 SPF records", func(s *scene) { s.spf("v=spf1 mx -all", "v=spf1 a -all") }},
	{"spf_single", Unknown, "could not look", func(s *scene) { s.fault(silent, "TXT example.com") }},
	{"spf_syntax", Fail, "ip4", func(s *scene) { s.spf("v=spf1 ip4:192.0.2.999 -all") }},
	{"spf_syntax", Fail, "a blank has to follow", func(s *scene) { s.spf("v=spf1; mx -all") }},
	{"spf_syntax", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"spf_lookups", Fail, "12 lookups", func(s *scene) { s.spf("v=spf1" + strings.Repeat(" a:mail.example.com", 12) + " -all") }},
	{"spf_lookups", Warn, "9 of 10", func(s *scene) { s.spf("v=spf1" + strings.Repeat(" a:mail.example.com", 9) + " -all") }},
	{"spf_lookups", Fail, "each other", func(s *scene) {
		s.spf("v=spf1 include:spf.example.com -all").add(`spf IN TXT "v=spf1 include:example.com -all"`)
	}},
	{"spf_lookups", Fail, "each other", func(s *scene) { s.spf("v=spf1 redirect=EXAMPLE.com.") }},
	{"spf_lookups", Unknown, "spf.example.net", func(s *scene) { s.fault(servfail, "TXT spf.example.net") }},
	{"spf_void", Fail, "3 lookups", func(s *scene) { s.spf("v=spf1 a:x1.example.com a:x2.example.com exists:x3.example.com -all") }},
	{"spf_void", Unknown, "mail.example.com", func(s *scene) { s.spf("v=spf1 a:mail.example.com -all").fault(silent, "* mail.example.com") }},
	{"spf_mx_limit", Fail, "11 hosts", func(s *scene) {
		for i := range 11 {
			s.add(fmt.Sprintf("many IN MX %d mail%d", i, i))
		}
		s.spf("v=spf1 mx:many.example.com -all")
	}},
	{"spf_mx_limit", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "MX example.com") }},
	{"spf_include", Fail, "no SPF record", func(s *scene) { s.spf("v=spf1 include:example.net -all") }},
	{"spf_include", Fail, "several", func(s *scene) {
		s.spf("v=spf1 redirect=two.example.com").add(`two IN TXT "v=spf1 -all"`, `two IN TXT "v=spf1 mx"`)
	}},
	{"spf_include", Fail, "byte", func(s *scene) { s.spf("v=spf1 include:bad.example.com -all").add(`bad IN TXT "v=spf1 ipv4:1.2.3.4"`) }},
	{"spf_include", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT spf.example.net") }},
	{"spf_all", Fail, "everybody", func(s *scene) { s.spf("v=spf1 mx +all") }},
	{"spf_all", Fail, "everybody", func(s *scene) { s.spf("v=spf1 ip4:0.0.0.0/0 -all") }},
	{"spf_all", Fail, "everybody", func(s *scene) { s.spf("v=spf1 include:open.example.com -all").add(`open IN TXT "v=spf1 all"`) }},
	{"spf_all", Pass, "-all", func(s *scene) { s.spf("v=spf1 ?include:open.example.com -all").add(`open IN TXT "v=spf1 all"`) }},
	{"spf_all", Warn, "?all", func(s *scene) { s.spf("v=spf1 mx ?all") }},
	{"spf_all", Warn, "neither all nor redirect", func(s *scene) { s.spf("v=spf1 mx") }},
	{"spf_all", Pass, "spf.example.com", func(s *scene) { s.spf("v=spf1 redirect=spf.example.com").add(`spf IN TXT "v=spf1 mx ~all"`) }},
	{"spf_all", Unknown, "SERVFAIL", func(s *scene) { s.spf("v=spf1 redirect=spf.example.com").fault(servfail, "TXT spf.example.com") }},
	{"spf_dead_terms", Fail, "a:mail.example.com", func(s *scene) { s.spf("v=spf1 mx -all a:mail.example.com") }},
	{"spf_dead_terms", Fail, "do not permit these senders", func(s *scene) { s.spf("v=spf1 -all mx") }},
	{"spf_dead_terms", Fail, "spf.example.com", func(s *scene) {
		s.spf("v=spf1 redirect=spf.example.com").add(`spf IN TXT "v=spf1 ~all ip4:192.0.2.25"`)
	}},
	{"spf_dead_terms", Warn, "MX", func(s *scene) { s.spf("v=spf1 mx -all MX") }},
	{"spf_dead_terms", Warn, "-ip4", func(s *scene) { s.spf("v=spf1 mx -all -ip4:192.0.2.1 -all") }},
	{"spf_dead_terms", Warn, "redirect", func(s *scene) { s.spf("v=spf1 redirect=spf.example.net mx -all") }},
	{"spf_dead_terms", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"spf_ptr", Warn, "ptr", func(s *scene) { s.spf("v=spf1 mx ptr -all") }},
	{"spf_ptr", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"spf_type99", Info, "v=spf1", func(s *scene) { s.add(`@ IN SPF "v=spf1 mx -all"`) }},
	{"spf_type99", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "SPF example.com") }},
	{"spf_size", Warn, "bytes", func(s *scene) { s.spf("v=spf1" + strings.Repeat(" ip4:192.0.2.25", 40) + " -all") }},
	{"spf_size", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"spf_sender", Fail, "203.0.113.9: fail", func(s *scene) { s.options.SendingAddresses = []netip.Addr{netip.MustParseAddr("203.0.113.9")} }},
	{"spf_sender", Pass, "198.51.100.7", func(s *scene) { s.options.SendingAddresses = []netip.Addr{netip.MustParseAddr("198.51.100.7")} }},
	{"spf_sender", Skip, "no sending addresses", func(s *scene) { s.options.SendingAddresses = nil }},
	{"spf_sender", Unknown, "could not look", func(s *scene) { s.spf("v=spf1 include:spf.example.net -all").fault(servfail, "TXT spf.example.net") }},

	{"dkim_present", Fail, "s3._domainkey", func(s *scene) { s.options.Selectors = []string{"s1", "s3"} }},
	{"dkim_present", Fail, "no DKIM key", func(s *scene) {
		s.options.Selectors = nil
		s.drop("s1._domainkey IN TXT", "s2._domainkey IN TXT")
	}},
	{"dkim_present", Fail, "an alias (CNAME) of gone.example.net, which does not exist", func(s *scene) { s.key().add("s1._domainkey IN CNAME gone.example.net.") }},
	{"dkim_present", Skip, "does not list the selectors", func(s *scene) { s.options.Selectors = nil }},
	{"dkim_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},
	{"dkim_present", Fail, "perhaps a wildcard record answers", func(s *scene) { s.key().add(`*._domainkey IN TXT "v=spf1 -all"`) }},
	{"dkim_ed_only", Skip, "no selector has a key", func(s *scene) { s.key().add(`*._domainkey IN TXT "v=spf1 -all"`) }},
	{"dkim_syntax", Warn, "PKCS #1", func(s *scene) { s.key("v=DKIM1; p=" + bareKey(s.t)) }},
	{"dkim_single", Fail, "2 TXT records", func(s *scene) { s.add(`s1._domainkey IN TXT "v=DKIM1; p="`) }},
	{"dkim_single", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},
	{"dkim_syntax", Fail, "base64", func(s *scene) { s.key("v=DKIM1; p=@@@") }},
	{"dkim_syntax", Fail, "first", func(s *scene) { s.key("p=" + keys().rsa + "; v=DKIM1") }},
	{"dkim_syntax", Fail, "key type", func(s *scene) { s.key("v=DKIM1; k=dsa; p=" + keys().rsa) }},
	{"dkim_syntax", Fail, "missing", func(s *scene) { s.key("v=DKIM1; k=rsa") }},
	{"dkim_syntax", Fail, "tag p=: this is a private key", func(s *scene) { s.key("v=DKIM1; p=" + privateKey(s.t)) }},
	{"dkim_syntax", Fail, "tag p=: this is a private key", func(s *scene) { s.key("v=DKIM1; k=ed25519; p=" + privateKey(s.t)) }},
	{"dkim_syntax", Fail, "this is a private key", func(s *scene) { s.key("-----BEGIN PRIVATE KEY-----" + privateKey(s.t)) }},
	{"dkim_syntax", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s2._domainkey.example.com") }},
	{"dkim_revoked", Fail, "empty", func(s *scene) { s.key("v=DKIM1; p=") }},
	{"dkim_revoked", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s2._domainkey.example.com") }},
	{"dkim_key", Warn, "1024 bits", func(s *scene) { s.key("v=DKIM1; p=" + keys().short) }},
	{"dkim_key", Fail, "32", func(s *scene) { s.key("v=DKIM1; k=ed25519; p=" + keys().rsa) }},
	{"dkim_key", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s2._domainkey.example.com") }},
	{"dkim_ed_only", Warn, "ed25519", func(s *scene) { s.options.Selectors = []string{"s2"} }},
	{"dkim_ed_only", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},
	{"dkim_testing", Warn, "t=y", func(s *scene) { s.key("v=DKIM1; t=s:y; p=" + keys().rsa) }},
	{"dkim_testing", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},
	{"dkim_hash", Fail, "sha256", func(s *scene) { s.key("v=DKIM1; h=sha1; p=" + keys().rsa) }},
	{"dkim_hash", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},
	{"dkim_service", Fail, "email", func(s *scene) { s.key("v=DKIM1; s=tlsrpt; p=" + keys().rsa) }},
	{"dkim_service", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT s1._domainkey.example.com") }},

	{"dmarc_present", Fail, "no DMARC record", func(s *scene) { s.dmarc() }},
	{"dmarc_present", Pass, "_dmarc.com", func(s *scene) {
		s.dmarc()
		s.zones["com"] = append(s.zones["com"], `_dmarc IN TXT "v=DMARC1; p=reject; psd=y"`)
	}},
	{"dmarc_present", Fail, "see dmarc_single", func(s *scene) { s.dmarc("v=DMARC1; p=reject", "v=DMARC1; p=none") }},
	{"dmarc_present", Fail, "see dmarc_syntax", func(s *scene) { s.dmarc("v=DMARC1 p=reject") }},
	{"dmarc_present", Fail, "an alias (CNAME) of gone.example.net, which does not exist", func(s *scene) { s.dmarc().add("_dmarc IN CNAME gone.example.net.") }},
	{"dmarc_present", Fail, "which has no TXT record", func(s *scene) { s.dmarc().add("_dmarc IN CNAME mail.example.com.") }},
	{"dmarc_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_single", Fail, "2 DMARC records", func(s *scene) { s.dmarc("v=DMARC1; p=reject", "v=DMARC1; p=none") }},
	{"dmarc_single", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_syntax", Fail, "p= is missing", func(s *scene) { s.dmarc("v=DMARC1") }},
	{"dmarc_syntax", Warn, "p= is missing", func(s *scene) { s.dmarc("v=DMARC1; rua=mailto:a@example.com") }},
	{"dmarc_syntax", Fail, "ignore the record", func(s *scene) { s.dmarc("v=DMARC1; p=all") }},
	{"dmarc_syntax", Warn, "p=", func(s *scene) { s.dmarc("v=DMARC1; p=all; rua=mailto:a@example.com") }},
	{"dmarc_syntax", Fail, "first", func(s *scene) { s.dmarc("p=reject; v=DMARC1") }},
	{"dmarc_syntax", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_policy", Warn, "none", func(s *scene) { s.dmarc("v=DMARC1; p=none; rua=mailto:a@example.com") }},
	{"dmarc_policy", Warn, "weakens it to quarantine", func(s *scene) { s.dmarc("v=DMARC1; p=reject; t=y") }},
	{"dmarc_policy", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_sub", Warn, "sp=none", func(s *scene) { s.dmarc("v=DMARC1; p=reject; sp=none") }},
	{"dmarc_sub", Warn, "np=quarantine", func(s *scene) { s.dmarc("v=DMARC1; p=reject; np=quarantine") }},
	{"dmarc_sub", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_rua", Warn, "no address", func(s *scene) { s.dmarc("v=DMARC1; p=reject") }},
	{"dmarc_rua", Warn, "3 addresses", func(s *scene) {
		s.dmarc("v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.com,mailto:c@example.com")
	}},
	{"dmarc_rua", Warn, "by mail only", func(s *scene) { s.dmarc("v=DMARC1; p=reject; rua=https://reports.example.net/dmarc") }},
	{"dmarc_rua", Pass, "mailto:a@example.com", func(s *scene) {
		s.dmarc("v=DMARC1; p=reject; rua=https://reports.example.net/dmarc,mailto:a@example.com")
	}},
	{"dmarc_rua", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_rua_allowed", Fail, "does not consent", func(s *scene) { s.dmarc("v=DMARC1; p=reject; rua=mailto:a@spf.example.net") }},
	{"dmarc_rua_allowed", Fail, "sends the reports on", func(s *scene) {
		s.zones["example.net"] = []string{"@ IN MX 10 mail", `*._report._dmarc IN TXT "v=DMARC1; rua=mailto:x@example.org"`}
	}},
	{"dmarc_rua_allowed", Pass, "consents", func(s *scene) {
		s.zones["example.net"] = []string{"@ IN MX 10 mail", `*._report._dmarc IN TXT "v=DMARC1; rua=mailto:x@example.net"`}
	}},
	{"dmarc_rua_allowed", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com._report._dmarc.example.net") }},
	{"dmarc_rua_mx", Warn, "null MX", func(s *scene) { s.zones["example.net"][0] = "@ IN MX 0 ." }},
	{"dmarc_rua_mx", Warn, "neither", func(s *scene) { s.zones["example.net"] = s.zones["example.net"][1:] }},
	{"dmarc_rua_mx", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "MX example.net") }},
	{"dmarc_old", Warn, "pct=50", func(s *scene) { s.dmarc("v=DMARC1; p=reject; pct=50") }},
	{"dmarc_old", Warn, "!10m", func(s *scene) { s.dmarc("v=DMARC1; p=reject; rua=mailto:a@example.com!10m") }},
	{"dmarc_old", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dmarc_apex", Warn, "example.com", func(s *scene) { s.add(`@ IN TXT "v=DMARC1; p=reject"`) }},
	{"dmarc_apex", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT example.com") }},
	{"dmarc_walk", Warn, "by the DNS", func(s *scene) {
		s.options.Domain = "a.b.example.com"
		s.add(`_dmarc.b IN TXT "v=DMARC1; p=reject; psd=n"`)
	}},
	{"dmarc_walk", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.com") }},

	{"sts_record", Warn, "no MTA-STS record", func(s *scene) { s.txt("_mta-sts") }},
	{"sts_record", Fail, "2 MTA-STS records", func(s *scene) { s.add(`_mta-sts IN TXT "v=STSv1; id=2"`) }},
	{"sts_record", Fail, "id=", func(s *scene) { s.txt("_mta-sts", "v=STSv1;") }},
	{"sts_record", Fail, "meant to be", func(s *scene) { s.txt("_mta-sts", "v=STSV1; id=1") }},
	{"sts_record", Warn, "an alias (CNAME) of gone.example.net, which does not exist", func(s *scene) { s.txt("_mta-sts").add("_mta-sts IN CNAME gone.example.net.") }},
	{"sts_record", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _mta-sts.example.com") }},
	{"sts_fetch", Fail, "404", func(s *scene) { delete(s.files, policyFile) }},
	{"sts_fetch", Fail, "redirect", func(s *scene) { s.files[policyFile] = file{status: 301, location: "https://www.example.com/x"} }},
	{"sts_fetch", Fail, "more than 65536 bytes", func(s *scene) { s.files[policyFile] = file{endless: true} }},
	{"sts_fetch", Fail, "within", func(s *scene) {
		s.files[policyFile] = file{stalled: true}
		s.options.HTTPTimeout = 500 * time.Millisecond
	}},
	{"sts_fetch", Fail, "no address", func(s *scene) { s.drop("mta-sts IN A") }},
	{"sts_fetch", Fail, "private", func(s *scene) { s.drop("mta-sts IN A").add("mta-sts IN A 10.0.0.1", "mta-sts IN AAAA ::1") }},
	{"sts_fetch", Fail, "refuses connections", func(s *scene) { s.network.refuse("192.0.2.80:443", syscall.ECONNREFUSED) }},
	{"sts_fetch", Fail, "another", func(s *scene) {
		s.network.web("192.0.2.80", issue(s.t, s.ca, x509.Certificate{DNSNames: []string{"another.example.com"}}).chain(s.ca), s.files)
	}},
	{"sts_fetch", Fail, "expired", func(s *scene) {
		s.network.web("192.0.2.80", issue(s.t, s.ca, x509.Certificate{DNSNames: []string{"mta-sts.example.com"}, NotAfter: clock.AddDate(0, 0, -1)}).chain(s.ca), s.files)
	}},
	{"sts_fetch", Fail, "do not trust", func(s *scene) {
		s.network.web("192.0.2.80", issue(s.t, nil, x509.Certificate{DNSNames: []string{"mta-sts.example.com"}}).chain(), s.files)
	}},
	{"sts_fetch", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},
	{"sts_type", Warn, "text/html", func(s *scene) {
		f := s.files[policyFile]
		f.contentType = "text/html; charset=utf-8"
		s.files[policyFile] = f
	}},
	{"sts_type", Unknown, "could not look", func(s *scene) { s.fault(servfail, "* mta-sts.example.com") }},
	{"sts_policy", Fail, "line 1", func(s *scene) { s.policy("<!DOCTYPE html><html></html>") }},
	{"sts_policy", Fail, "max_age is missing", func(s *scene) { s.policy("version: STSv1\nmode: enforce\nmx: mail.example.com\n") }},
	{"sts_policy", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},
	{"sts_mode", Warn, "testing", func(s *scene) { s.policy("version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 86400\n") }},
	{"sts_mode", Warn, "none", func(s *scene) { s.policy("version: STSv1\nmode: none\nmax_age: 86400\n") }},
	{"sts_mode", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},
	{"sts_age", Warn, "60 seconds", func(s *scene) { s.policy("version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 60\n") }},
	{"sts_age", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},
	{"sts_mx", Fail, "mail.example.com", func(s *scene) { s.policy("version: STSv1\nmode: enforce\nmx: *.mail.example.com\nmax_age: 86400\n") }},
	{"sts_mx", Warn, "mail.example.com", func(s *scene) { s.policy("version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 86400\n") }},
	{"sts_mx", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "MX example.com") }},
	{"sts_certs", Fail, "other.example.com", func(s *scene) { s.mailCertificate(x509.Certificate{DNSNames: []string{"other.example.com"}}) }},
	{"sts_certs", Fail, "STARTTLS", func(s *scene) { s.network.mail("192.0.2.25", mailServer{plain: true}) }},
	{"sts_certs", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},

	{"tlsrpt_record", Warn, "no TLS-RPT record", func(s *scene) { s.txt("_smtp._tls") }},
	{"tlsrpt_record", Fail, "2 TLS-RPT records", func(s *scene) { s.add(`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:x@example.com"`) }},
	{"tlsrpt_record", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _smtp._tls.example.com") }},
	{"tlsrpt_rua", Fail, "http:", func(s *scene) { s.txt("_smtp._tls", "v=TLSRPTv1; rua=http://example.com") }},
	{"tlsrpt_rua", Fail, "no mail address", func(s *scene) { s.txt("_smtp._tls", "v=TLSRPTv1; rua=mailto:") }},
	{"tlsrpt_rua", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _smtp._tls.example.com") }},

	{"dane_present", Info, "no TLSA record", func(s *scene) { s.tlsa() }},
	{"dane_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TLSA _25._tcp.mail.example.com") }},
	{"dane_secure", Fail, "MX record of example.com is not signed", func(s *scene) { s.world.unsigned = []string{"example.com"} }},
	{"dane_secure", Unknown, "does not validate", func(s *scene) { s.world.validates = false }},
	{"dane_secure", Unknown, "does not validate", func(s *scene) { s.world.liesAboutRoot = true }},
	{"dane_usable", Fail, "usage 1", func(s *scene) { s.tlsa("1 1 1 " + strings.Repeat("00", 32)) }},
	{"dane_usable", Fail, "not 16", func(s *scene) { s.tlsa("3 1 1 " + strings.Repeat("00", 16)) }},
	{"dane_usable", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TLSA _25._tcp.mail.example.com") }},
	{"dane_match", Fail, "none of its TLSA", func(s *scene) { s.tlsa("3 1 1 " + strings.Repeat("00", 32)) }},
	{"dane_match", Fail, "STARTTLS", func(s *scene) { s.network.mail("192.0.2.25", mailServer{plain: true}) }},
	{"dane_match", Pass, "3 0 2", func(s *scene) {
		// Neither the name nor the end of the certificate count.
		s.mailCertificate(x509.Certificate{DNSNames: []string{"other.example.com"}, NotAfter: clock.AddDate(0, 0, -1)})
		sum := sha512.Sum512(s.mail.certificate.Raw)
		s.tlsa("3 0 2 " + hex.EncodeToString(sum[:]))
	}},
	{"dane_match", Pass, "2 1 0", func(s *scene) { s.tlsa("2 1 0 " + hex.EncodeToString(s.ca.certificate.RawSubjectPublicKeyInfo)) }},
	{"dane_match", Pass, "2 0 0", func(s *scene) {
		s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain()})
		s.tlsa("2 0 0 " + hex.EncodeToString(s.ca.certificate.Raw))
	}},
	{"dane_match", Fail, "none of its TLSA", func(s *scene) {
		s.mailCertificate(x509.Certificate{DNSNames: []string{"other.example.com"}})
		s.tlsa("2 1 0 " + hex.EncodeToString(s.ca.certificate.RawSubjectPublicKeyInfo))
	}},
	{"dane_match", Skip, "because the MX record of example.com is not signed", func(s *scene) { s.world.unsigned = []string{"example.com"} }},
	{"dane_match", Skip, "because they are not signed", func(s *scene) { s.world.unsigned = []string{"mail.example.com"} }},
	{"dane_match", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},
	{"dane_rollover", Info, "one record only", func(s *scene) { s.tlsa("3 1 1 " + strings.Repeat("00", 32)) }},
	{"dane_rollover", Skip, "can use none", func(s *scene) { s.tlsa("1 1 1 " + strings.Repeat("00", 32)) }},
	{"dane_rollover", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TLSA _25._tcp.mail.example.com") }},

	{"bimi_record", Info, "no BIMI record", func(s *scene) { s.bimi() }},
	{"bimi_record", Fail, "2 BIMI records", func(s *scene) { s.bimi("v=BIMI1; l=https://a.example/x.svg", "v=BIMI1; l=https://b.example/x.svg") }},
	{"bimi_record", Fail, "https", func(s *scene) { s.bimi("v=BIMI1; l=http://www.example.com/logo.svg") }},
	{"bimi_record", Fail, "avp", func(s *scene) { s.bimi("v=BIMI1; l=https://www.example.com/logo.svg; avp=both") }},
	{"bimi_record", Fail, "lps", func(s *scene) { s.bimi("v=BIMI1; l=https://www.example.com/logo.svg; lps=a@example.com") }},
	{"bimi_record", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT default._bimi.example.com") }},
	{"bimi_dmarc", Fail, "none", func(s *scene) { s.dmarc("v=DMARC1; p=none; rua=mailto:a@example.com") }},
	{"bimi_dmarc", Fail, "subdomains", func(s *scene) { s.dmarc("v=DMARC1; p=reject; sp=none") }},
	{"bimi_dmarc", Fail, "pct=", func(s *scene) { s.dmarc("v=DMARC1; p=reject; pct=10") }},
	{"bimi_dmarc", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"bimi_logo", Fail, "not an SVG", func(s *scene) { s.files["www.example.com/logo.svg"] = file{body: "GIF89a"} }},
	{"bimi_logo", Fail, "no title", func(s *scene) {
		s.files["www.example.com/logo.svg"] = file{body: `<svg version="1.2" baseProfile="tiny-ps"/>`}
	}},
	{"bimi_logo", Fail, "baseProfile", func(s *scene) {
		s.files["www.example.com/logo.svg"] = file{body: strings.Replace(logo, "tiny-ps", "full", 1)}
	}},
	{"bimi_logo", Fail, "bytes", func(s *scene) {
		s.files["www.example.com/logo.svg"] = file{body: strings.Replace(logo, "Example", strings.Repeat("x", 40000), 1)}
	}},
	{"bimi_logo", Fail, "script", func(s *scene) {
		s.files["www.example.com/logo.svg"] = file{body: strings.Replace(logo, "</svg>", "<script>1</script></svg>", 1)}
	}},
	{"bimi_logo", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},
	{"bimi_cert", Warn, "no address", func(s *scene) { s.bimi("v=BIMI1; l=https://www.example.com/logo.svg") }},
	{"bimi_cert", Fail, "another logo", func(s *scene) {
		s.files["www.example.com/vmc.pem"] = file{body: markCertificate(s.t, "other", clock.AddDate(1, 0, 0))}
	}},
	{"bimi_cert", Warn, "valid from", func(s *scene) {
		s.files["www.example.com/vmc.pem"] = file{body: markCertificate(s.t, logo, clock.AddDate(0, 0, -1))}
	}},
	{"bimi_cert", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.80:443") }},

	{"smtp_connect", Fail, "while port 25 is open", func(s *scene) { s.mx("@ IN MX 10 mail", "@ IN MX 20 backup").add("backup IN A 192.0.2.26") }},
	{"smtp_connect", Fail, "while port 25 is open", func(s *scene) {
		delete(s.network.hosts, "192.0.2.25:25")
		s.network.mail("10.9.9.9", mailServer{})
		s.options.ControlHost = "10.9.9.9:25"
	}},
	{"smtp_connect", Fail, "does not speak SMTP", func(s *scene) { s.network.mail("192.0.2.25", mailServer{greeting: "SSH-2.0-x"}) }},
	{"smtp_connect", Skip, "private", func(s *scene) { s.drop("mail IN A", "mail IN AAAA").add("mail IN A 127.0.0.1") }},
	{"smtp_connect", Pass, "mail.example.com answers", func(s *scene) { s.add("@ IN MX 20 gone") }},
	{"smtp_connect", Skip, "no address", func(s *scene) { s.drop("mail IN A", "mail IN AAAA") }},
	{"mx_public", Fail, "10.1.2.3", func(s *scene) { s.mx("@ IN A 10.1.2.3") }},
	{"mx_public", Skip, "no host has an address", func(s *scene) { s.mx() }},
	{"smtp_connect", Unknown, "port 25 is blocked", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},
	{"smtp_connect", Unknown, "turns this client away", func(s *scene) { s.network.mail("192.0.2.25", mailServer{greeting: "554 No, 192.0.2.99 is listed"}) }},
	{"smtp_connect", Unknown, "in time", func(s *scene) {
		s.network.mail("192.0.2.25", mailServer{silent: true})
		s.options.SMTPTimeout = 500 * time.Millisecond
	}},
	{"smtp_connect", Unknown, "this machine cannot reach", func(s *scene) { // IPv6 is missing here
		s.mx("@ IN MX 10 mail", "@ IN MX 20 six").add("six IN AAAA 2001:db8::26")
		s.network.refuse("[2001:db8::26]:25", syscall.ENETUNREACH)
	}},
	{"smtp_starttls", Fail, "does not offer", func(s *scene) { s.network.mail("192.0.2.25", mailServer{plain: true}) }},
	{"smtp_starttls", Fail, "EHLO", func(s *scene) { s.network.mail("192.0.2.25", mailServer{ehlo: "502 What?"}) }},
	{"smtp_starttls", Skip, "private or reserved addresses only", func(s *scene) { s.drop("mail IN A", "mail IN AAAA").add("mail IN A 127.0.0.1") }},
	{"smtp_starttls", Pass, "mail.example.com offers", func(s *scene) { s.add("@ IN MX 20 gone") }},
	{"smtp_cert", Skip, "has no address", func(s *scene) { s.drop("mail IN A", "mail IN AAAA") }},
	{"sts_certs", Skip, "has no address", func(s *scene) { s.drop("mail IN A", "mail IN AAAA") }},
	{"dane_match", Skip, "has no address", func(s *scene) { s.drop("mail IN A", "mail IN AAAA") }},
	{"smtp_starttls", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},
	{"smtp_tls", Fail, "TLS 1.1", func(s *scene) {
		s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain(s.ca), version: tls.VersionTLS11})
	}},
	{"smtp_tls", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},
	{"smtp_cert", Warn, "other.example.com", func(s *scene) { s.mailCertificate(x509.Certificate{DNSNames: []string{"other.example.com"}}) }},
	{"smtp_cert", Warn, "do not trust", func(s *scene) {
		s.mail = issue(s.t, nil, x509.Certificate{DNSNames: []string{"mail.example.com"}})
		s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain()})
	}},
	{"smtp_cert", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},
	{"smtp_cert", Pass, "a certificate for its name", func(s *scene) { // the authority is younger than the certificate
		ca := issue(s.t, nil, x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: clock.AddDate(0, 0, -2)})
		s.options.Roots.AddCert(ca.certificate)
		s.network.mail("192.0.2.25", mailServer{tls: issue(s.t, ca, x509.Certificate{DNSNames: []string{"mail.example.com"}, NotAfter: clock.AddDate(0, 0, -3)}).chain(ca)})
	}},
	{"smtp_expiry", Fail, "expired", func(s *scene) {
		s.mailCertificate(x509.Certificate{DNSNames: []string{"mail.example.com"}, NotAfter: clock.AddDate(0, 0, -1)})
	}},
	{"smtp_expiry", Warn, "in 13 days", func(s *scene) {
		s.mailCertificate(x509.Certificate{DNSNames: []string{"mail.example.com"}, NotAfter: clock.AddDate(0, 0, 13)})
	}},
	{"smtp_expiry", Unknown, "could not look", func(s *scene) { delete(s.network.hosts, "192.0.2.25:25") }},

	{"ptr_present", Fail, "has no name", func(s *scene) { delete(s.zones, "2.0.192.in-addr.arpa") }},
	{"ptr_present", Warn, "MX host", func(s *scene) {
		s.options.SendingAddresses = nil
		delete(s.zones, "2.0.192.in-addr.arpa")
	}},
	{"ptr_present", Unknown, "could not look", func(s *scene) { s.fault(servfail, "PTR 25.2.0.192.in-addr.arpa") }},
	{"ptr_forward", Fail, "does not lead back", func(s *scene) { s.zones["2.0.192.in-addr.arpa"] = []string{"25 IN PTR www.example.com."} }},
	{"ptr_forward", Unknown, "could not look", func(s *scene) {
		s.zones["2.0.192.in-addr.arpa"] = []string{"25 IN PTR out.example.com."}
		s.fault(servfail, "* out.example.com")
	}},
	{"ptr_helo", Warn, "out.example.com", func(s *scene) { s.options.HELOName = "out.example.com" }},
	{"ptr_helo", Unknown, "could not look", func(s *scene) { s.fault(servfail, "PTR 25.2.0.192.in-addr.arpa") }},
	{"ptr_helo_fqdn", Fail, "not a whole name", func(s *scene) { s.options.HELOName = "localhost" }},
	{"ptr_helo_fqdn", Fail, "no address", func(s *scene) { s.options.HELOName = "out.example.com" }},
	{"ptr_helo_fqdn", Unknown, "could not look", func(s *scene) { s.options.HELOName = "out.example.com"; s.fault(servfail, "* out.example.com") }},

	{"ns_count", Fail, "1 name server", func(s *scene) { s.drop("@ IN NS").add("@ IN NS ns1") }},
	{"ns_count", Skip, "does not exist", func(s *scene) { s.options.Domain = "gone.example" }},
	{"ns_count", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "NS example.com") }},
	{"ns_lame", Fail, "without authority", func(s *scene) { s.fault(noAA, "SOA example.com direct") }},
	{"ns_lame", Fail, "REFUSED", func(s *scene) { s.fault(refused, "SOA example.com direct") }},
	{"ns_lame", Unknown, "no answer in time", func(s *scene) { s.fault(silent, "SOA example.com direct") }},
	{"ns_parent", Warn, "ns3.example.com", func(s *scene) { s.world.referrals["example.com"] = []string{"ns1.example.com", "ns3.example.com"} }},
	{"ns_parent", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "NS com") }},
	{"ns_subnet", Warn, "192.0.2.0/24", func(s *scene) { s.drop("ns2 IN A").add("ns2 IN A 192.0.2.54") }},
	{"ns_subnet", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "* ns2.example.com") }},
	{"soa_agree", Warn, "7 at", func(s *scene) { s.world.secondSerial = true }},
	{"soa_agree", Unknown, "no answer in time", func(s *scene) { s.fault(silent, "SOA example.com direct") }},
	{"soa_values", Info, "refresh 60", func(s *scene) { s.drop("@ IN SOA").add("@ IN SOA ns1 hostmaster 7 60 900 1209600 300") }},
	{"soa_values", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "SOA example.com") }},
	{"dnssec_signed", Info, "not signed", func(s *scene) { s.world.unsigned = []string{"example.com"} }},
	{"dnssec_signed", Unknown, "does not validate", func(s *scene) { s.world.validates = false }},
	{"dnssec_valid", Fail, "told not to validate", func(s *scene) { s.fault(bogus, "SOA example.com", "NS example.com") }},
	{"dnssec_valid", Fail, "told not to validate", func(s *scene) { s.fault(bogus, "MX example.com") }},
	{"dnssec_valid", Unknown, "does not validate", func(s *scene) { s.world.validates = false }},
	{"caa_present", Info, "no CAA records", func(s *scene) { s.drop("@ IN CAA") }},
	{"caa_present", Fail, `"foo" at example.com has the critical flag (128)`, func(s *scene) { s.add(`@ IN CAA 128 foo "x"`) }},
	{"caa_present", Warn, `authorities ignore "isue"`, func(s *scene) { s.drop("@ IN CAA").add(`@ IN CAA 0 isue "letsencrypt.org"`) }},
	{"caa_present", Warn, `authorities ignore "isue"`, func(s *scene) { s.add(`@ IN CAA 0 isue "example.net"`) }},
	{"caa_present", Warn, "every authority may issue", func(s *scene) { s.drop("@ IN CAA").add(`@ IN CAA 0 iodef "mailto:x@example.com"`) }},
	{"caa_present", Warn, "every authority may issue", func(s *scene) { s.drop("@ IN CAA").add(`@ IN CAA 0 issuewild ";"`) }},
	{"caa_present", Pass, "2 CAA records", func(s *scene) { s.add(`@ IN CAA 128 IODEF "mailto:x@example.com"`) }},
	{"caa_present", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "CAA example.com") }},
	{"caa_allows", Warn, "digicert.com", func(s *scene) { s.drop("@ IN CAA").add(`@ IN CAA 0 issue "digicert.com"`) }},
	{"caa_allows", Warn, "only", func(s *scene) { s.add(`mail IN CAA 0 issue ";"`) }},
	{"caa_allows", Skip, "see caa_present", func(s *scene) { s.add(`@ IN CAA 128 foo "x"`) }},
	{"caa_allows", Fail, "cannot be renewed", func(s *scene) { s.add(`mail IN CAA 129 foo "x"`, `mail IN CAA 0 issue "letsencrypt.org"`) }},
	{"caa_allows", Skip, "sandbox", func(s *scene) {
		s.txt("_mta-sts").bimi()
		ca := authority(s.t, sandboxAuthority)
		s.network.mail("192.0.2.25", mailServer{tls: issue(s.t, ca, x509.Certificate{DNSNames: []string{"mail.example.com"}}).chain(ca)})
	}},
	{"caa_allows", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "CAA mail.example.com") }},

	{"srv_mail", Info, "no SRV records", func(s *scene) { s.drop("_imaps._tcp IN SRV", "_submissions._tcp IN SRV") }},
	{"srv_mail", Info, "nothing is offered", func(s *scene) {
		s.drop("_imaps._tcp IN SRV", "_submissions._tcp IN SRV").add("_imaps._tcp IN SRV 0 0 0 .")
	}},
	{"srv_mail", Unknown, "SERVFAIL", func(s *scene) {
		s.drop("_submissions._tcp IN SRV").fault(servfail, "SRV _imaps._tcp.example.com")
	}},
	{"srv_target", Fail, "no address", func(s *scene) { s.add("_pop3s._tcp IN SRV 0 1 995 gone") }},
	{"srv_target", Fail, "alias", func(s *scene) { s.add("_pop3s._tcp IN SRV 0 1 995 alias", "alias IN CNAME mail") }},
	{"srv_target", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "SRV _imaps._tcp.example.com") }},
	{"autodiscover", Info, "nothing at", func(s *scene) { s.drop("_autodiscover._tcp IN SRV") }},
	{"autodiscover", Pass, "autodiscover.example.com", func(s *scene) { s.drop("_autodiscover._tcp IN SRV").add("autodiscover IN CNAME mail") }},
	{"autodiscover", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "SRV _autodiscover._tcp.example.com") }},
	{"autoconfig", Info, "nothing at", func(s *scene) { s.drop("autoconfig IN A") }},
	{"autoconfig", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "* autoconfig.example.com") }},

	{"roles", Warn, "abuse", func(s *scene) { s.options.Mailboxes = []string{"postmaster"} }},
	{"roles", Skip, "not given", func(s *scene) { s.options.Mailboxes = nil }},
	{"bulk_auth", Fail, "SPF, DKIM, DMARC", func(s *scene) { s.spf().dmarc().key("v=DKIM1; p=") }},
	{"bulk_auth", Fail, "SPF, DKIM, DMARC", func(s *scene) {
		s.options.Selectors = nil
		s.spf().dmarc().drop("s1._domainkey IN TXT", "s2._domainkey IN TXT")
	}},
	{"bulk_auth", Fail, "SPF, DMARC", func(s *scene) { s.options.Selectors = nil; s.spf().dmarc() }},
	{"bulk_auth", Skip, "no selectors were given", func(s *scene) { s.options.Selectors = nil }},
	{"bulk_auth", Unknown, "SERVFAIL", func(s *scene) { s.options.Selectors = nil; s.fault(servfail, "TXT _domainkey.example.com") }},
	{"bulk_auth", Skip, "does not send in bulk", func(s *scene) { s.options.Bulk = false }},
	{"bulk_auth", Unknown, "SERVFAIL", func(s *scene) { s.fault(servfail, "TXT _dmarc.example.com") }},
	{"dnsbl", Warn, "127.0.0.4", func(s *scene) { s.zones["dnsbl.example"] = []string{"25.2.0.192 IN A 127.0.0.4"} }},
	{"dnsbl", Unknown, "error code", func(s *scene) { s.zones["dnsbl.example"] = []string{"25.2.0.192 IN A 127.255.255.254"} }},
	{"dnsbl", Unknown, "no answer of a block list", func(s *scene) { s.zones["dnsbl.example"] = []string{"25.2.0.192 IN A 198.51.100.1"} }},
	{"dnsbl", Unknown, "no block list", func(s *scene) { s.options.BlockLists = []string{"nx.example"} }},
	{"dnsbl", Unknown, "lists every address", func(s *scene) {
		s.zones["dnsbl.example"] = []string{"*.127 IN A 127.0.0.2", "*.192 IN A 127.0.0.2", "*.0.0.127 IN A 127.0.0.2"}
	}},
	{"dnsbl", Unknown, "did not answer", func(s *scene) { s.fault(servfail, "A 2.0.0.127.dnsbl.example") }},
	{"dnsbl", Pass, "does not list", func(s *scene) {
		s.options.SendingAddresses = s.options.SendingAddresses[1:]
		s.zones["dnsbl.example"] = []string{"2.0.0.0.0.0.f.7.f.f.f.f" + strings.Repeat(".0", 20) + " IN A 127.0.0.2"}
	}},
	{"dnsbl", Unknown, "did not answer", func(s *scene) { s.fault(servfail, "A 25.2.0.192.dnsbl.example") }},
	{"dnsbl", Skip, "no block lists", func(s *scene) { s.options.BlockLists = nil }},
}

func TestBrokenDomains(t *testing.T) {
	for i, b := range brokenDomains {
		t.Run(fmt.Sprintf("%s/%s/%d", b.id, b.status, i), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			b.how(s)
			result, found := s.run().Result(b.id)
			switch {
			case !found:
				t.Fatal("there is no such check")
			case result.Status != b.status || !strings.Contains(result.Found, b.says):
				t.Errorf("%s: %s; want %s with %q", result.Status, result.Found, b.status, b.says)
			case strings.Contains(b.says, "private key") && result.Severity != Critical:
				t.Errorf("its severity is %s", result.Severity)
			case strings.Contains(b.says, "no tag has such a name") && result.Severity != Low:
				t.Errorf("its severity is %s, although receivers only ignore the tag", result.Severity)
			case slices.Contains([]Status{Fail, Warn, Unknown}, result.Status) && result.Expected == "":
				t.Error("it does not say what is expected")
			}
		})
	}
}

// neverUnknown are the checks that need no lookup, with the reason.
var neverUnknown = map[string]string{
	"roles": "it compares what was given as input",
}

// onlyInfo are the checks that never fail or warn, because what they tell is no fault.
var onlyInfo = []string{"spf_type99", "dane_present", "dane_rollover", "soa_values", "dnssec_signed", "caa_present", "srv_mail", "autodiscover", "autoconfig"}

// Each check has a domain of which it passes (the good one), one of which it does not, and one that
// it could not look at.
func TestEachCheckIsTested(t *testing.T) {
	tested := map[string][]Status{}
	for _, b := range brokenDomains {
		tested[b.id] = append(tested[b.id], b.status)
	}
	for _, e := range Catalogue() {
		bad := []Status{Fail, Warn}
		if slices.Contains(onlyInfo, e.ID) {
			bad = []Status{Info}
		}
		if !slices.ContainsFunc(bad, func(s Status) bool { return slices.Contains(tested[e.ID], s) }) {
			t.Errorf("%s: no domain is tested of which it does not pass", e.ID)
		}
		if neverUnknown[e.ID] == "" && !slices.Contains(tested[e.ID], Unknown) {
			t.Errorf("%s: no domain is tested that it could not look at", e.ID)
		}
		delete(tested, e.ID)
	}
	for id := range tested {
		t.Errorf("%s is tested, and not in the catalogue", id)
	}
}
