package nameserver_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/knot"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
)

var programs = []nameserver.Program{bind.Program, knot.Program, powerdns.Program}

func zones(p nameserver.Program) []nameserver.Zone {
	records := []string{"www IN A 192.0.2.1", "*.wild 60 IN MX 10 mail.example.net.", `_25._tcp IN TXT "a; b" "c"`, `odd IN TYPE65280 \# 3 010203`, "s IN SRV 0 5 993 imap.example.net."}
	all := []nameserver.Zone{
		{Apex: "plain.example", Records: records},
		{Apex: "signed.example", Kind: nameserver.Signed, Records: records},
		{Apex: "unsigned.example", Access: nameserver.Unsigned, Records: records},
		{Apex: "updates.example", Access: nameserver.UnsignedUpdates, Records: records},
	}
	if p.Name == bind.Program.Name {
		all = append(all, nameserver.Zone{Apex: "inline.example", Kind: nameserver.InlineSigned, Records: records})
	}
	return all
}

// Each key, and a client without a key, may do exactly what it is for.
func TestAccess(t *testing.T) {
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			served := zones(p)
			s := p.Start(t, served...)
			t.Logf("started in %s", time.Since(began))
			for _, zone := range served {
				none := nameserver.Key{}
				for _, c := range []struct {
					who               string
					key               nameserver.Key
					transfers, writes bool
				}{
					{"updater", s.Updater, true, zone.Access == nameserver.Keys},
					{"writer", s.Writer, false, zone.Access == nameserver.Keys},
					{"reader", s.Reader, true, false},
					{"denied", s.Denied, false, false},
					{"nobody", none, zone.Access == nameserver.Unsigned, zone.Access != nameserver.Keys},
				} {
					if c.key != none && zone.Access != nameserver.Keys {
						continue // the zone is for those without a key
					}
					if n := transfer(t, s, zone.Apex, c.key); (n > 0) != c.transfers || n > 0 && n < 8 {
						t.Errorf("%s transfers %s: %d records", c.who, zone.Apex, n)
					}
					if wrote := update(t, s, zone.Apex, c.key); wrote != c.writes {
						t.Errorf("%s updates %s: %t", c.who, zone.Apex, wrote)
					}
				}
			}
		})
	}
}

func TestProgramThatIsMissing(t *testing.T) {
	p := bind.Program
	p.File = "no-such-name-server"
	if _, err := p.Run(); err == nil || !strings.Contains(err.Error(), "apt-get install bind9") {
		t.Errorf("error %v", err)
	}
}

// If a server ends instead of serving, this is an error with its output, and nothing is left
// behind.
func TestProgramThatEnds(t *testing.T) {
	for _, p := range programs {
		prepare, dir := p.Prepare, ""
		p.Prepare = func(s *nameserver.Server, zones []nameserver.Zone) ([]string, error) {
			dir = s.Dir
			_, err := prepare(s, zones)
			return []string{"--no-such-option"}, err
		}
		_, err := p.Run(nameserver.Zone{Apex: "plain.example"})
		if err == nil || !strings.Contains(err.Error(), "ended by itself") || strings.HasSuffix(strings.TrimSpace(err.Error()), "it says:") {
			t.Errorf("%s: error %v", p.Name, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: its folder is still there: %v", p.Name, err)
		}
	}
}

// If another server with such a zone has taken the port in between, the server gets another port.
func TestPortThatAnotherServerTakes(t *testing.T) {
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			zone := nameserver.Zone{Apex: "plain.example"}
			other := powerdns.Start(t, zone)
			prepare, attempts := p.Prepare, 0
			p.Prepare = func(s *nameserver.Server, zones []nameserver.Zone) ([]string, error) {
				if attempts++; attempts == 1 {
					s.Port = other.Port
				}
				return prepare(s, zones)
			}
			s := p.Start(t, zone)
			if attempts != 2 || s.Port == other.Port {
				t.Errorf("it runs at port %d after %d attempts; the other one is at %d", s.Port, attempts, other.Port)
			}
			if n := transfer(t, s, zone.Apex, s.Updater); n == 0 {
				t.Error("it does not know its key")
			}
		})
	}
}

func signed(msg *dns.Msg, key nameserver.Key) map[string]string {
	if key.Name == "" {
		return nil
	}
	msg.SetTsig(dns.Fqdn(key.Name), dns.HmacSHA256, 300, time.Now().Unix())
	return map[string]string{dns.Fqdn(key.Name): key.Secret}
}

// transfer returns how many records there are in the zone, 0 if it is refused.
func transfer(t *testing.T, s *nameserver.Server, apex string, key nameserver.Key) int {
	t.Helper()
	msg := new(dns.Msg).SetAxfr(dns.Fqdn(apex))
	in := dns.Transfer{TsigSecret: signed(msg, key)}
	answers, err := in.In(msg, s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for answer := range answers {
		if answer.Error != nil {
			return 0
		}
		n += len(answer.RR)
	}
	return n
}

// update adds a record, and reports whether that was allowed.
func update(t *testing.T, s *nameserver.Server, apex string, key nameserver.Key) bool {
	t.Helper()
	rr, err := dns.NewRR("new." + apex + `. 60 IN TXT "hello"`)
	if err != nil {
		t.Fatal(err)
	}
	msg := new(dns.Msg).SetUpdate(dns.Fqdn(apex))
	msg.Insert([]dns.RR{rr})
	client := dns.Client{Net: "tcp", TsigSecret: signed(msg, key)}
	reply, _, err := client.Exchange(msg, s.Addr())
	if reply == nil {
		t.Fatal(err)
	}
	return reply.Rcode == dns.RcodeSuccess
}
