package check

import (
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestCause(t *testing.T) {
	const gone = "the name servers of a.example do not answer, or not as they should: the resolver says SERVFAIL"
	for text, want := range map[string]string{
		"could not look: DNS resolver 127.0.0.1:53 answered SERVFAIL to MX a.example: mostly this means":                                  gone,
		"could not look for _imap: DNS resolver 127.0.0.1:53 answered SERVFAIL to SRV _imap._tcp.a.example. (No Reachable Authority)":     gone,
		"could not look at m._domainkey.a.example: DNS resolver 127.0.0.1:53 answered SERVFAIL to TXT m._domainkey.a.example: mostly":     gone,
		"looking for the zone of a.example: DNS resolver 127.0.0.1:53 answered SERVFAIL to SOA a.example: mostly":                         gone,
		"could not look: DNS resolver 127.0.0.1:53 answered REFUSED to TXT x.example":                                                     "the resolver answers REFUSED to questions about x.example",
		"could not look: no DNS resolver answered (others can be set in dns_resolvers): asking 192.0.2.53:53 for MX a.example: no answer": noResolver,
		"could not look: no answer in time":                                                                            "the DNS did not answer in time",
		"could not look: asking 127.0.0.1:53 for TXT _dmarc.a.example: no answer in time":                              "the DNS did not answer in time",
		"could not look: looking for TXT records of _dmarc.a.example: no DNS resolver answered (asking 192.0.2.53:53)": noResolver,
		"could not look at mail.a.example: it turns this client away: \"no DNS resolver answered\"":                    "",
		"mail.a.example turns this client away: no DNS resolver answered":                                              "",
		"could not look: the resolver does not validate DNSSEC":                                                        "",
	} {
		if got := Cause(text, "a.example"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What fails for one cause is one block, whatever each check says.
func TestBlocks(t *testing.T) {
	for name, test := range map[string]struct {
		how func(*scene)
		say string // the beginning of the block's cause
		ids []string
	}{
		"a blocked port": {func(s *scene) { s.network.refuse("192.0.2.25:25", syscall.ECONNREFUSED) }, "mail.example.com does not answer",
			[]string{"smtp_connect", "smtp_starttls", "smtp_tls", "smtp_cert", "smtp_expiry"}},
		"a name server": {func(s *scene) { s.fault(servfail, "TXT _smtp._tls.example.com", "TXT example.com") }, "the name servers of example.com",
			[]string{"spf_present", "spf_single", "tlsrpt_record", "tlsrpt_rua"}},
	} {
		s := newScene(t)
		s.drop("mail IN AAAA")
		test.how(s)
		blocks := Blocks(s.run().Urgent())
		i := slices.IndexFunc(blocks, func(b Block) bool { return b.ID == test.ids[0] || slices.Contains(b.Also, test.ids[0]) })
		if i < 0 {
			t.Fatalf("%s: no block has %s", name, test.ids[0])
		}
		b := blocks[i]
		for _, id := range test.ids {
			if b.ID != id && !slices.Contains(b.Also, id) {
				t.Errorf("%s: %s is not in the block of %s %v", name, id, b.ID, b.Also)
			}
		}
		if !strings.HasPrefix(b.Found, test.say) {
			t.Errorf("%s: the block says %q", name, b.Found)
		}
	}
}

// An error of several lines is one sentence, which says nothing twice.
func TestErrorsAreOneLine(t *testing.T) {
	s := newScene(t)
	s.fault(servfail, "A mail.example.com", "AAAA mail.example.com")
	for _, result := range s.run().Results {
		if strings.ContainsAny(result.Found+result.Expected+result.Cause, "\n\ufffd") {
			t.Errorf("%s has a line break: %q", result.ID, result.Found)
		}
	}
	for text, want := range map[string]string{"a": "a", "a\nb\na\n": "a; b", "\n": ""} {
		if got := oneLine(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
