package check

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Nobody connects to a private address because a record says so: not to a mail server, a web server
// or a name server.
func TestPrivateAddressesAreNotContacted(t *testing.T) {
	for _, addr := range []string{"10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::1", "192.0.2.25", "2001:db8::25", "::"} {
		t.Run(addr, func(t *testing.T) {
			s := newScene(t)
			kind := "A"
			if strings.Contains(addr, ":") {
				kind = "AAAA"
			}
			s.drop("mail IN A", "mail IN AAAA", "mta-sts IN A", "www IN A", "ns1 IN A", "ns2 IN A")
			for _, name := range []string{"mail", "mta-sts", "www", "ns1", "ns2"} {
				s.add(fmt.Sprintf("%s IN %s %s", name, kind, addr))
			}
			s.zones["com"] = []string{"@ IN NS a.gtld", fmt.Sprintf("a.gtld IN %s %s", kind, addr)}
			s.options.Allowed, s.options.SendingAddresses = nil, nil
			for at := range s.network.hosts {
				delete(s.network.hosts, at)
			}
			for apex, lines := range s.zones {
				s.world.put(t, apex, lines...)
			}
			s.world.serve(t)
			s.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: []string{s.world.addr}, Timeout: 400 * time.Millisecond})
			report, err := Run(t.Context(), s.options)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.network.dialled) > 0 {
				t.Errorf("%q were contacted", s.network.dialled)
			}
			for id, status := range map[string]Status{"mx_public": Fail, "smtp_connect": Skip, "sts_fetch": Fail, "ns_lame": Fail} {
				if result, _ := report.Result(id); result.Status != status {
					t.Errorf("%s: %s: %s", id, result.Status, result.Found)
				}
			}
		})
	}
}

// A network that the options allow is contacted.
func TestAllowedNetworksAreContacted(t *testing.T) {
	s := newScene(t)
	s.drop("mail IN A", "mail IN AAAA").add("mail IN A 10.1.2.3")
	s.network.mail("10.1.2.3", mailServer{tls: s.mail.chain(s.ca)})
	s.options.Allowed = append(s.options.Allowed, prefixes("10.1.0.0/16")...)
	report := s.run()
	for _, id := range []string{"mx_public", "smtp_connect", "smtp_cert"} {
		if result, _ := report.Result(id); result.Status != Pass {
			t.Errorf("%s: %s: %s", id, result.Status, result.Found)
		}
	}
}

// A mail server hears as little as possible, and has one connection at a time, also if several MX
// records lead to it.
func TestMailServersHearLittle(t *testing.T) {
	s := newScene(t)
	s.add("@ IN MX 20 mail2", "mail2 IN A 192.0.2.25", "@ IN MX 30 mail3", "mail3 IN A 192.0.2.25")
	s.run()
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	if want := []string{"EHLO", "STARTTLS", "EHLO", "QUIT"}; !slices.Equal(s.network.said[:4], want) || len(s.network.said) != 3*len(want) {
		t.Errorf("the servers heard %q", s.network.said)
	}
	if s.network.most > 1 {
		t.Errorf("%d connections to an address at the same time", s.network.most)
	}
}

// Only says what to look at: nothing else is asked or contacted.
func TestOnlyWhatIsAskedFor(t *testing.T) {
	s := newScene(t)
	s.options.Only, s.options.Silence = []string{"spf_*", "mx"}, []string{"spf_sender", "mx_null"}
	report := s.run()
	if len(report.Results) != 12+5 || len(s.network.dialled) > 0 {
		t.Errorf("%d results, connections to %q", len(report.Results), s.network.dialled)
	}
	for question := range s.world.questions() {
		if strings.Contains(question, "_dmarc") || strings.Contains(question, "_domainkey") || strings.HasPrefix(question, "SOA") {
			t.Errorf("%s was asked", question)
		}
	}
	if _, err := Run(t.Context(), Options{Domain: "example.com", Lookup: s.options.Lookup, Only: []string{"spf_lookup"}}); err == nil || !strings.Contains(err.Error(), `"spf_lookup"`) {
		t.Errorf("a check that does not exist: %v", err)
	}
}

// With DNSOnly, nobody is connected to, and nothing fails for that.
func TestDNSOnly(t *testing.T) {
	s := newScene(t)
	s.options.DNSOnly = true
	report := s.run()
	if len(s.network.dialled) > 0 {
		t.Errorf("connections to %q", s.network.dialled)
	}
	for _, e := range Catalogue() {
		result, _ := report.Result(e.ID)
		want := Pass
		if slices.Contains(e.Needs, NeedsHTTPS) || slices.Contains(e.Needs, NeedsSMTP) {
			want = Skip
		}
		if result.Status != want {
			t.Errorf("%s: %s: %s", e.ID, result.Status, result.Found)
		}
	}
}

// A domain that takes no mail is asked for what protects it only.
func TestNullMX(t *testing.T) {
	s := newScene(t)
	s.options.Selectors, s.options.SendingAddresses, s.options.HELOName, s.options.Bulk = nil, nil, "", false
	s.mx("@ IN MX 0 .").spf("v=spf1 -all").dmarc("v=DMARC1; p=reject; rua=mailto:reports@example.net")
	for _, result := range s.run().Results {
		if result.Status == Fail || result.Status == Warn || result.Status == Unknown {
			t.Errorf("%s: %s: %s", result.ID, result.Status, result.Found)
		}
	}
}

// Zones of strangers do not make a run ask, wait or remember without end.
func TestHostileZones(t *testing.T) {
	long := strings.Repeat("x", 10000)
	many := func(n int, term string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " "+term, i)
		}
		return "v=spf1" + b.String() + " -all"
	}
	for name, how := range map[string]func(*scene){
		"a long SPF record":   func(s *scene) { s.spf("v=spf1 exp=" + long + ".example.com -all") },
		"a long other text":   func(s *scene) { s.add("@ IN TXT " + strings.Join(chunks(long), " ")) },
		"a long DMARC record": func(s *scene) { s.dmarc("v=DMARC1; p=none; x=" + long) },
		"a long DKIM key":     func(s *scene) { s.key("v=DKIM1; p=" + long) },
		"many report addresses": func(s *scene) {
			s.dmarc("v=DMARC1; p=none; rua=mailto:a@x1.example" + strings.Repeat(",mailto:a@x.example.org", 300))
		},
		"thousands of includes": func(s *scene) { s.spf(many(2500, "include:i%d.a.example.com")).add(`*.a IN TXT "v=spf1 -all"`) },
		"includes of includes": func(s *scene) {
			s.spf(many(20, "include:i%d.a.example.com")).add("*.a IN TXT " + strings.Join(chunks(many(200, "include:i%d.b.example.com")), " "))
			s.add("*.b IN TXT " + strings.Join(chunks(many(200, "include:i%d.a.example.com")), " "))
		},
		"a long chain": func(s *scene) {
			s.spf("v=spf1 redirect=r0.example.com")
			for i := range 100 {
				s.add(fmt.Sprintf(`r%d IN TXT "v=spf1 redirect=r%d.example.com"`, i, i+1))
			}
		},
		"hundreds of hosts": func(s *scene) {
			for i := range 300 {
				s.add(fmt.Sprintf("@ IN MX %d mail%d", i, i), fmt.Sprintf("mail%d IN A 192.0.2.25", i), fmt.Sprintf("@ IN NS ns%d.more", i),
					fmt.Sprintf("@ IN CAA 0 issue \"ca%d.example\"", i), fmt.Sprintf("_imaps._tcp IN SRV 0 0 993 imap%d", i))
			}
		},
		"hundreds of names of an address": func(s *scene) {
			for i := range 300 {
				s.zones["2.0.192.in-addr.arpa"] = append(s.zones["2.0.192.in-addr.arpa"], fmt.Sprintf("25 IN PTR n%d.example.com.", i))
			}
		},
		"control characters": func(s *scene) {
			s.txt("_dmarc").add(`_dmarc IN TXT "v=DMARC1; p=\027[31mred\000\255\n<script>"`, `@ IN TXT "\000\001\255"`)
			s.mx(`@ IN MX 10 \027[31m\000.example.com.`, "@ IN MX 20 mail")
			s.mailCertificate(x509.Certificate{DNSNames: []string{"x.example.com"}, Subject: pkix.Name{CommonName: "a\x1b[31mb\u202e"}})
			s.network.web("192.0.2.80", issue(s.t, nil, x509.Certificate{Subject: pkix.Name{Organization: []string{"a\x1b[31mb\u202e"}}}).chain(), s.files)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			how(s)
			began := time.Now()
			report := s.run()
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %s", took)
			}
			if report.Questions > maxQuestions {
				t.Errorf("%d questions", report.Questions)
			}
			for _, result := range report.Results {
				if len(result.Found) > maxFound || len(result.Expected) > maxFound || !utf8.ValidString(result.Found) || strings.ContainsFunc(result.Found, unicode.IsControl) {
					t.Errorf("%s: %q", result.ID, result.Found)
				}
			}
			if written, err := json.Marshal(report); err != nil || len(written) > 400<<10 {
				t.Errorf("the report has %d bytes: %v", len(written), err)
			}
		})
	}
}

// Each run ends within its time, and when its context does.
func TestRunEnds(t *testing.T) {
	silentServer := listen(t, miekg.HandlerFunc(func(miekg.ResponseWriter, *miekg.Msg) {}))
	s := newScene(t)
	s.options.Lookup = dns.NewLookup(dns.LookupConfig{Resolvers: []string{silentServer}, Timeout: time.Minute})
	s.options.Timeout = 300 * time.Millisecond
	began := time.Now()
	report, err := Run(t.Context(), s.options)
	if took := time.Since(began); err != nil || took > 3*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
	s.options.Timeout = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, s.options); err != nil || time.Since(began) > 6*time.Second {
		t.Errorf("it took %s: %v", time.Since(began), err)
	}
	if !report.Blind() && len(report.With(Fail, Warn)) > 0 {
		t.Errorf("without the DNS, there are failures: %+v", report.With(Fail, Warn))
	}
}

// A run is one pass: it takes little longer than its slowest answer, whichever that is.
func TestRunIsAsFastAsTheSlowestAnswer(t *testing.T) {
	const slow = 1500 * time.Millisecond
	for _, question := range []string{"MX example.com", "TXT example.com", "TXT _dmarc.example.com", "SOA example.com", "A mail.example.com",
		"TXT spf.example.net", "TXT _mta-sts.example.com", "CAA example.com", "NS .", "TLSA _25._tcp.mail.example.com", "PTR 25.2.0.192.in-addr.arpa"} {
		t.Run(question, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.world.delays = map[string]time.Duration{question: slow}
			s.world.timeout = 4 * time.Second
			if report := s.run(); report.Seconds > (slow + slow/2).Seconds() {
				t.Errorf("it took %.3f s", report.Seconds)
			}
		})
	}
}

// Many runs at the same time put a bounded load on the DNS.
func TestManyRuns(t *testing.T) {
	const domains = 60
	s := newScene(t)
	s.world.delay = 20 * time.Millisecond
	t.Logf("one domain alone: %.3f s", s.run().Seconds)
	lines := slices.Clone(s.zones["example.com"])
	for i := range domains {
		s.world.put(t, fmt.Sprintf("domain%d.example", i), lines...)
	}
	began := time.Now()
	var running sync.WaitGroup
	turns := make(chan struct{}, 10)
	for i := range domains {
		running.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			options := s.options
			options.Progress = nil
			options.Domain = fmt.Sprintf("domain%d.example", i)
			if report, err := Run(t.Context(), options); err != nil || len(report.With(Pass)) < 40 {
				t.Errorf("%s: %d pass, %v", options.Domain, len(report.With(Pass)), err)
			}
		})
	}
	running.Wait()
	took := time.Since(began)
	t.Logf("%d domains in %s", domains, took)
	if took > 30*time.Second { // as 300 domains may take on a machine that does nothing else
		t.Errorf("%d domains took %s", domains, took)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if s.world.most > 128 {
		t.Errorf("%d questions at the same time", s.world.most)
	}
}

// Whatever the records of a domain say, a run ends with a result for each check.
func TestRandomRecords(t *testing.T) {
	seeds := []string{"v=spf1 include:spf.example.net a:%{i} mx//64 -all", "v=DMARC1; p=none; rua=mailto:a@example.com!1m,mailto:@,https:; fo=1", "v=DKIM1; k=rsa; p=" + keys().rsa[:60],
		"v=STSv1; id=1; x=", "v=TLSRPTv1; rua=mailto:a@example.com,https://x", "v=BIMI1; l=https://[::1]:x/%zz; a=https://user@host:99999/", "", "=;=;", "mailto:", "\\255\\000;"}
	random := rand.New(rand.NewPCG(1, 2))
	mutated := func() string {
		text := []byte(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			if len(text) > 4 {
				i, j := random.IntN(len(text)), random.IntN(len(text))
				text[i], text[j] = text[j], "=;:/!@%{} \t.,v1"[random.IntN(15)]
			}
		}
		return strings.NewReplacer(`"`, "", `\`, "").Replace(string(text))
	}
	for i := range 60 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := newScene(t)
			for _, name := range []string{"@", "_dmarc", "s1._domainkey", "s2._domainkey", "_mta-sts", "_smtp._tls", "default._bimi"} {
				s.drop(name + " IN TXT").add(fmt.Sprintf(`%s IN TXT "%s"`, name, mutated()))
			}
			s.files[policyFile] = file{body: strings.ReplaceAll(mutated(), ";", "\n")}
			s.files["www.example.com/logo.svg"] = file{body: "<svg" + mutated()}
			s.run()
		})
	}
}

// Progress tells each result once.
func TestProgress(t *testing.T) {
	s := newScene(t)
	told := map[string]bool{}
	last := 0
	s.options.Progress = func(done, total int, result Result) {
		if done != last+1 || total != len(Catalogue()) || told[result.ID] {
			t.Errorf("%d of %d: %s", done, total, result.ID)
		}
		last, told[result.ID] = done, true
	}
	s.run()
	if len(told) != len(Catalogue()) {
		t.Errorf("%d results were told", len(told))
	}
}
