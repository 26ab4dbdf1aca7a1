package namecheapapi_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/namecheap/go-namecheap-sdk/v2/namecheaptest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
)

const (
	getHosts = "namecheap.domains.dns.getHosts"
	setHosts = "namecheap.domains.dns.setHosts"
)

// vendorHost is a host at the vendor's own mock server, which answers with what was captured at
// Namecheap.
func vendorHost(t *testing.T) (*namecheaptest.Server, *namecheapapi.Host) {
	t.Helper()
	server := namecheaptest.NewServer(t)
	base, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	return server, namecheapapi.New(namecheapapi.Config{
		APIUser: "testuser", APIKey: "an-invented-key", ClientIP: "192.0.2.10", BaseURL: base, CallsPerMinute: -1,
	})
}

func TestVendorsMock(t *testing.T) {
	server, h := vendorHost(t)
	captured := namecheaptest.FixtureOK("domains_dns_getHosts")
	with := strings.Replace(captured, "<host ", `<host HostId="9" Name="_dmarc" Type="TXT" Address="v=DMARC1; p=none" MXPref="10" TTL="600" /><host `, 1)
	server.StubSequence(getHosts, captured, captured, with)
	server.StubFixture(setHosts, "domains_dns_setHosts")
	zone, err := h.FindZone(t.Context(), "mail.domain.net")
	if err != nil {
		t.Fatal(err)
	}
	base, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	if len(base.Records) != 2 || base.Records[0].String() != "host33.domain.net MX 10 addr.domain.com" ||
		base.Records[1].String() != "domain.net CNAME anotherdomain.com" {
		t.Fatalf("got %+v", base.Records)
	}
	record := dns.Record{Name: "_dmarc.domain.net", Type: "TXT", Value: "v=DMARC1; p=none", TTL: 600}
	if err := h.Apply(t.Context(), base, create(record)); err != nil {
		t.Fatal(err)
	}
	server.AssertCalled(t, setHosts, map[string]string{
		"SLD": "domain", "TLD": "net", "EmailType": "MX", "ApiUser": "testuser", "Username": "testuser", "ClientIp": "192.0.2.10",
		"HostName1": "host33", "RecordType1": "MX", "Address1": "addr.domain.com.", "MXPref1": "10", "TTL1": "1800",
		"HostName2": "@", "RecordType2": "CNAME", "Address2": "anotherdomain.com", "MXPref2": "10", "TTL2": "1800",
		"HostName3": "_dmarc", "RecordType3": "TXT", "Address3": "v=DMARC1; p=none", "MXPref3": "10", "TTL3": "600",
	})
	if calls := server.Calls(setHosts); len(calls) != 1 || calls[0]["HostName4"] != "" {
		t.Errorf("the calls are %v", calls)
	}
	if n := len(server.Calls(getHosts)); n != 3 {
		t.Errorf("%d readings", n)
	}
}

func TestVendorsMockWithErrors(t *testing.T) {
	server, h := vendorHost(t)
	server.StubError(getHosts, 2019166, "Domain not found")
	if _, err := h.FindZone(t.Context(), "domain.net"); !errors.Is(err, api.ErrNotFound) {
		t.Error(err)
	}
	server.StubFixture(getHosts, "domains_dns_getHosts")
	server.StubError(setHosts, 2050900, "INVALID_ADDRESS")
	zone, err := h.FindZone(t.Context(), "domain.net")
	if err != nil {
		t.Fatal(err)
	}
	base, err := h.Read(t.Context(), zone)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Apply(t.Context(), base, create(txt("domain.net", "x")))
	if err == nil || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "INVALID_ADDRESS") {
		t.Error(err)
	}
}
