package rfc2136sim

import (
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// newSwitched is the simulation that does as PowerDNS does.
func newSwitched(t *testing.T, records ...string) *world {
	t.Helper()
	w := newWorld(t, records...)
	if err := fault.Set(w.store, Section, fault.Conditions{Switches: map[string]bool{SwitchPowerDNS: true}}); err != nil {
		t.Fatal(err)
	}
	return w
}

func newPowerDNS(t *testing.T, records ...string) *world {
	t.Helper()
	server := powerdns.Start(t, nameserver.Zone{Apex: "example.com", Records: append(records, "@ 3600 IN NS ns2.nameserver.example.")})
	return &world{t: t, addr: server.Addr(), key: server.Updater.Name, secret: server.Updater.Secret}
}

// What the simulation does with SwitchPowerDNS is what PowerDNS does.
func TestPowerDNS(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, records ...string) *world{"simulation": newSwitched, "PowerDNS": newPowerDNS} {
		t.Run(name, func(t *testing.T) {
			w := open(t, "blog 60 IN CNAME Ghost.Example.NET.", `txt 60 IN TXT "Token"`, `twins 60 IN TXT "Token"`, `twins 60 IN TXT "token"`, "host 60 IN A 192.0.2.1", "host 60 IN HINFO a b")
			one := func(class uint16, line string) []miekg.RR { return []miekg.RR{withClass(w.rrs(line)[0], class, 0)} }
			in := func(lines ...string) (rrs []miekg.RR) {
				for _, line := range lines {
					rrs = append(rrs, one(miekg.ClassINET, line)...)
				}
				return rrs
			}
			for _, c := range []struct {
				what                   string
				prerequisites, changes []miekg.RR
				rcode                  int
			}{
				{"names in any case", in("blog CNAME ghost.example.net."), nil, miekg.RcodeSuccess},
				{"texts in any case", in(`txt TXT "TOKEN"`), nil, miekg.RcodeSuccess},
				{"one text of two", in(`twins TXT "token"`), nil, miekg.RcodeNXRrset},
				{"both texts, which count twice", in(`twins TXT "token"`, `twins TXT "Token"`), nil, miekg.RcodeNXRrset},
				{"one text and another", in(`twins TXT "token"`, `twins TXT "other"`), nil, miekg.RcodeSuccess},
				{"the same record twice", in("host A 192.0.2.1", "host A 192.0.2.1"), nil, miekg.RcodeNXRrset},
				{"deleted in another case", nil, one(miekg.ClassNONE, "blog CNAME ghost.example.net."), miekg.RcodeSuccess},
				{"text deleted in another case", nil, one(miekg.ClassNONE, `txt TXT "token"`), miekg.RcodeSuccess},
				{"a CNAME beside other data", nil, append(one(miekg.ClassNONE, "host A 192.0.2.1"), w.rrs("host 60 IN CNAME x.example.net.")...), miekg.RcodeRefused},
				{"data beside a CNAME", nil, w.rrs(`new 60 IN TXT "x"`, `blog 60 IN TXT "x"`), miekg.RcodeRefused},
				{"an MX to nowhere", nil, w.rrs("mail 60 IN MX 10 nowhere"), miekg.RcodeSuccess},
			} {
				code := w.update(func(msg *miekg.Msg) { msg.Answer, msg.Ns = c.prerequisites, c.changes })
				if code != c.rcode {
					t.Errorf("%s: %s, want %s", c.what, miekg.RcodeToString[code], miekg.RcodeToString[c.rcode])
				}
			}
			want := "blog 60 CNAME Ghost.Example.NET.\nhost 60 A 192.0.2.1\nhost 60 HINFO \"a\" \"b\"\nmail 60 MX 10 nowhere.example.com.\n" +
				"twins 60 TXT \"Token\"\ntwins 60 TXT \"token\"\ntxt 60 TXT \"Token\""
			if got := w.zone(); got != want {
				t.Errorf("the zone is\n%s\nwant\n%s", got, want)
			}
		})
	}
}
