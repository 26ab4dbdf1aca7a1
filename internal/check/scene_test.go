package check

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// scene is a domain of which everything is right, in a world of its own. Tests break it.
type scene struct {
	t       testing.TB
	zones   map[string][]string // lines by apex
	world   *world
	network *network
	options Options
	ca      *signer
	mail    *signer // of mail.example.com
	web     *signer // of mta-sts.example.com and www.example.com
	files   map[string]file
}

// keys are made once, because RSA takes its time.
var keys = sync.OnceValue(func() (k struct{ rsa, short, ed string }) {
	encode := func(bits int) string {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			panic(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	k.rsa, k.short, k.ed = encode(2048), encode(1024), base64.StdEncoding.EncodeToString(public)
	return k
})

const logo = `<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 1 1"><title>Example</title></svg>`

func newScene(t testing.TB) *scene {
	s := &scene{t: t, zones: map[string][]string{}, world: &world{validates: true, faults: map[string]string{}}, network: newNetwork(), files: map[string]file{}}
	s.ca = authority(t, "Let's Encrypt")
	s.mail = issue(t, s.ca, x509.Certificate{DNSNames: []string{"mail.example.com"}})
	s.web = issue(t, s.ca, x509.Certificate{DNSNames: []string{"mta-sts.example.com", "www.example.com"}})
	spki := sha256.Sum256(s.mail.certificate.RawSubjectPublicKeyInfo)
	s.zones["."] = []string{"@ IN SOA a.root. hostmaster.root. 1 7200 900 1209600 300", "@ IN NS a.root.", "a.root. IN A 198.51.100.1"}
	s.zones["com"] = []string{"@ IN NS a.gtld", "a.gtld IN A 198.51.100.2", "example IN NS ns1.example", "example IN NS ns2.example"}
	s.world.referrals = map[string][]string{"example.com": {"ns2.example.com", "ns1.example.com"}}
	s.zones["net"] = []string{"@ IN NS a.gtld", "a.gtld IN A 198.51.100.2"}
	s.zones["example.com"] = []string{
		"@ IN SOA ns1 hostmaster 7 7200 900 1209600 300", "@ IN NS ns1", "@ IN NS ns2", "ns1 IN A 192.0.2.53", "ns2 IN A 198.51.100.53",
		"@ IN MX 10 mail", "mail IN A 192.0.2.25", "mail IN AAAA 2001:db8::25",
		`@ IN TXT "v=spf1 mx include:spf.example.net -all"`,
		`s1._domainkey IN TXT "v=DKIM1; k=rsa; p=` + keys().rsa[:200] + `" "` + keys().rsa[200:] + `"`,
		`s2._domainkey IN TXT "v=DKIM1; k=ed25519; p=` + keys().ed + `"`,
		`_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com,mailto:reports@example.net"`,
		`_mta-sts IN TXT "v=STSv1; id=20260301"`, "mta-sts IN A 192.0.2.80", "www IN A 192.0.2.80",
		`_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@example.com"`,
		"_25._tcp.mail IN TLSA 3 1 1 " + hex.EncodeToString(spki[:]), "_25._tcp.mail IN TLSA 3 1 1 " + strings.Repeat("00", 32),
		`default._bimi IN TXT "v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem"`,
		`@ IN CAA 0 issue "letsencrypt.org"`,
		"_imaps._tcp IN SRV 0 1 993 mail", "_submissions._tcp IN SRV 0 1 465 mail", "_autodiscover._tcp IN SRV 0 1 443 mail", "autoconfig IN A 192.0.2.80",
	}
	s.zones["example.net"] = []string{"@ IN MX 10 mail", "mail IN A 198.51.100.25", `spf IN TXT "v=spf1 ip4:198.51.100.0/24 ?all"`,
		`example.com._report._dmarc IN TXT "v=DMARC1;"`}
	s.zones["2.0.192.in-addr.arpa"] = []string{"25 IN PTR mail.example.com."}
	s.zones["dnsbl.example"] = []string{"2.0.0.127 IN A 127.0.0.2"}
	s.zones["ip6.arpa"] = []string{"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 IN PTR mail.example.com."}
	s.files["mta-sts.example.com/.well-known/mta-sts.txt"] = file{body: "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmax_age: 604800\r\n"}
	s.files["www.example.com/logo.svg"] = file{contentType: "image/svg+xml", body: logo}
	s.files["www.example.com/vmc.pem"] = file{body: markCertificate(t, logo, clock.AddDate(0, 6, 0))}
	s.network.mail("192.0.2.25", mailServer{tls: s.mail.chain(s.ca)})
	s.network.web("192.0.2.80", s.web.chain(s.ca), s.files)
	roots := x509.NewCertPool()
	roots.AddCert(s.ca.certificate)
	s.options = Options{
		Domain: "example.com", Selectors: []string{"s1", "s2"}, SendingAddresses: []netip.Addr{netip.MustParseAddr("192.0.2.25"), netip.MustParseAddr("2001:db8::25")},
		HELOName: "mail.example.com", Bulk: true, Mailboxes: []string{"Postmaster", "abuse", "jane"}, BlockLists: []string{"dnsbl.example"},
		Dial: s.network.dial, Roots: roots, Now: func() time.Time { return clock },
		HTTPTimeout: 5 * time.Second, SMTPTimeout: 5 * time.Second, Timeout: 30 * time.Second,
		Allowed: prefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"),
	}
	return s
}

// markCertificate makes a certificate for a logo, which it has by its digest.
func markCertificate(t testing.TB, logo string, notAfter time.Time) string {
	sum := sha256.Sum256([]byte(logo))
	c := issue(t, nil, x509.Certificate{Subject: pkix.Name{CommonName: "Example"}, NotAfter: notAfter,
		ExtraExtensions: []pkix.Extension{{Id: logotype, Value: append([]byte{0x04, byte(len(sum))}, sum[:]...)}}})
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.certificate.Raw}))
}

// drop removes the lines of example.com that begin so.
func (s *scene) drop(beginnings ...string) *scene {
	for _, beginning := range beginnings {
		before := len(s.zones["example.com"])
		s.zones["example.com"] = slices.DeleteFunc(s.zones["example.com"], func(line string) bool { return strings.HasPrefix(line, beginning+" ") })
		if len(s.zones["example.com"]) == before {
			s.t.Fatalf("there is no line %q", beginning)
		}
	}
	return s
}

// add adds lines to example.com.
func (s *scene) add(lines ...string) *scene {
	s.zones["example.com"] = append(s.zones["example.com"], lines...)
	return s
}

// txt replaces the TXT records of a name of example.com.
func (s *scene) txt(name string, texts ...string) *scene {
	s.drop(name + " IN TXT")
	for _, text := range texts {
		s.add(fmt.Sprintf("%s IN TXT %s", name, strings.Join(chunks(text), " ")))
	}
	return s
}

func chunks(text string) []string {
	var quoted []string
	for len(text) > 250 {
		quoted, text = append(quoted, `"`+text[:250]+`"`), text[250:]
	}
	return append(quoted, `"`+text+`"`)
}

// fault lets questions fail, such as "MX example.com".
func (s *scene) fault(kind string, questions ...string) *scene {
	for _, q := range questions {
		s.world.faults[q] = kind
	}
	return s
}

// run checks the domain.
func (s *scene) run() Report {
	s.t.Helper()
	for apex, lines := range s.zones {
		s.world.put(s.t, apex, lines...)
	}
	s.options.Lookup = s.world.serve(s.t)
	report, err := Run(s.t.Context(), s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}
