package namecheapsim

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// list asks for the zone and returns its email type and its records as setting takes them, with
// preference and TTL.
func (s *world) list(t *testing.T) (emailType string, records []string) {
	t.Helper()
	var answer struct {
		Result struct {
			EmailType string `xml:"EmailType,attr"`
			Hosts     []struct {
				Name    string `xml:"Name,attr"`
				Type    string `xml:"Type,attr"`
				Address string `xml:"Address,attr"`
				MXPref  int    `xml:"MXPref,attr"`
				TTL     int    `xml:"TTL,attr"`
			} `xml:"host"`
		} `xml:"CommandResponse>DomainDNSGetHostsResult"`
	}
	if err := xml.Unmarshal([]byte(s.ok(t, with("namecheap.domains.dns.getHosts"))), &answer); err != nil {
		t.Fatal(err)
	}
	for _, h := range answer.Result.Hosts {
		records = append(records, fmt.Sprintf("%s %s %s | %d %d", h.Name, h.Type, h.Address, h.MXPref, h.TTL))
	}
	return answer.Result.EmailType, records
}

func (s *world) wantList(t *testing.T, emailType string, records ...string) {
	t.Helper()
	gotType, got := s.list(t)
	if gotType != emailType || !reflect.DeepEqual(got, records) {
		t.Errorf("the zone is %s\n%s\nwant %s\n%s", gotType, strings.Join(got, "\n"), emailType, strings.Join(records, "\n"))
	}
}

func TestSetHostsReplacesTheZone(t *testing.T) {
	s := newWorld(t)
	s.ok(t, setting("NONE", "www A 192.0.2.1", "old TXT text", "@ CNAME example.net"))
	s.ok(t, setting("NONE", "WWW A 192.0.2.1", "new TXT text | 5 60", "new TXT text | 5 60", "a CNAME example.net."))
	s.wantList(t, "NONE", "www A 192.0.2.1 | 10 1799", "new TXT text | 10 60", "new TXT text | 10 60", "a CNAME example.net. | 10 1799")
	s.ok(t, setting("MX"))
	s.wantList(t, "MX")
}

// What is dropped is dropped without a word.
func TestSetHostsDropsSilently(t *testing.T) {
	mx, noDot, text := "@ MX mail.example.net. | 20 1799", "@ MX mail.example.org | 20 1799", "@ TXT text | 10 1799"
	privateMail := []string{"@ MX mx1.privateemail.com. | 10 1799", "@ MX mx2.privateemail.com. | 10 1799"}
	tests := []struct {
		what, emailType, stays string
		sent, kept             []string
	}{
		{"MX records", "MX", "MX", []string{mx, text}, []string{mx, text}},
		{"an MX record without its dot", "MX", "MX", []string{mx, noDot, text}, []string{mx, text}},
		{"no mail", "NONE", "NONE", []string{mx, text}, []string{text}},
		{"no email type", "", "NONE", []string{mx, text}, []string{text}},
		{"forwarding", "FWD", "FWD", []string{mx, text}, []string{text}},
		{"hosted mail", "OX", "OX", []string{mx, text}, append([]string{text}, privateMail...)},
		{"hosted mail with its own MX records", "OX", "OX", append(privateMail, text), append(privateMail, text)},
		{"an address", "MXE", "MXE", []string{mx, "@ MXE 192.0.2.1 | 10 1799"}, []string{"@ MXE 192.0.2.1 | 10 1799"}},
		{"an address without its email type", "MX", "MX", []string{mx, "@ MXE 192.0.2.1 | 10 1799"}, []string{mx}},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			s := newWorld(t)
			s.ok(t, setting(test.emailType, test.sent...))
			s.wantList(t, test.stays, test.kept...)
		})
	}
}

func TestSetHostsRefuses(t *testing.T) {
	s := newWorld(t)
	s.ok(t, setting("MX", "www A 192.0.2.1", "@ MX mail.example.net. | 5 60"))
	numbered := setting("MX")
	for n := 1; n <= 151; n++ {
		numbered.Set(fmt.Sprint("HostName", n), fmt.Sprint("h", n))
		numbered.Set(fmt.Sprint("RecordType", n), "A")
		numbered.Set(fmt.Sprint("Address", n), "192.0.2.1")
	}
	body := s.refused(t, numbered, "2050900")
	if !strings.Contains(body, `<DomainDNSSetHostsResult Domain="example.com" EmailType="" IsSuccess="false">`) {
		t.Errorf("the answer is %s", body)
	}
	for _, wrong := range []string{
		"a A 2001:db8::1", "a AAAA 192.0.2.1", "a A example.com", "a TXT " + strings.Repeat("x", 2501), "a MX .", "a CAA issue x",
		"a CAA 0 issue letsencrypt.org", "a URL example.com", "a SRV 0 0 25 example.com.", "a TXT x | 10 59", "a TXT x | 10 60001", "a MX x. | -1 60",
	} {
		s.Under(fault.Conditions{Settings: map[string]string{SettingCallsPerMinute: "0"}})
		s.refused(t, setting("MX", "good A 192.0.2.1", wrong), "2050900")
	}
	s.refused(t, setting("HOME", "good A 192.0.2.1"), "2050900")
	s.wantList(t, "MX", "www A 192.0.2.1 | 10 1799", "@ MX mail.example.net. | 5 60")

	s.ok(t, with("namecheap.domains.dns.setCustom", "Nameservers", "ns1.example.net,ns2.example.net"))
	s.refused(t, setting("NONE"), "2030288")
	s.ok(t, with("namecheap.domains.dns.setDefault"))
	s.wantList(t, "MX", "www A 192.0.2.1 | 10 1799", "@ MX mail.example.net. | 5 60")
}

func TestSetHostsAccepts(t *testing.T) {
	s := newWorld(t)
	long := "@ TXT " + strings.Repeat("x", 2500) + " | 10 60000"
	caa := `@ CAA 0 issue "letsencrypt.org" | 10 60`
	s.ok(t, setting("NONE", long, caa, "x AAAA 2001:db8::1", "x URL301 https://example.net/?a=b&c=d", "@ ALIAS example.net"))
	s.wantList(t, "NONE", long, caa, "x AAAA 2001:db8::1 | 10 1799", "x URL301 https://example.net/?a=b&c=d | 10 1799", "@ ALIAS example.net. | 10 1799")
}

// Every write gives every record a new id.
func TestHostIDsDoNotLast(t *testing.T) {
	s := newWorld(t)
	for range 2 {
		s.ok(t, setting("NONE", "www A 192.0.2.1"))
	}
	if got := s.ok(t, with("namecheap.domains.dns.getHosts")); !strings.Contains(got, `HostId="2"`) || strings.Contains(got, `HostId="1"`) {
		t.Error(got)
	}
}

func TestSwitches(t *testing.T) {
	s := newWorld(t)
	s.ok(t, setting("MX", "@ MX one.example.net. | 10 60"))
	s.Under(fault.Conditions{Switches: map[string]bool{SwitchMXPreferenceSticks: true}})
	s.ok(t, setting("MX", "@ MX one.example.net. | 30 60", "@ MX two.example.net. | 20 60", "@ MX two.example.net. | 40 60"))
	s.wantList(t, "MX", "@ MX one.example.net. | 10 60", "@ MX two.example.net. | 20 60")

	s.Under(fault.Conditions{Switches: map[string]bool{SwitchUnwilling: true}})
	if body := s.ok(t, setting("NONE")); !strings.Contains(body, `IsSuccess="false"`) {
		t.Error(body)
	}
	s.wantList(t, "MX", "@ MX one.example.net. | 10 60", "@ MX two.example.net. | 20 60")

	s.Under(fault.Conditions{Settings: map[string]string{SettingError: "5050900"}})
	s.refused(t, setting("NONE"), "5050900")
}
