package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestCallCounter(t *testing.T) {
	var c callCounter
	handled := 0
	handler := c.counting(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/namecheap/xml.response" && r.FormValue("SLD") != "domain" {
			t.Error("the parameters did not reach the service")
		}
		handled++
	}))
	call := func(method, path, form string) {
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	call("GET", "/mailserver/domains", "")
	c.reset()
	handled = 0
	for _, made := range [][2]string{
		{"POST", "/mailserver/auth"},
		{"GET", "/mailserver/users/7"}, {"GET", "/mailserver/users/1024"},
		{"POST", "/mailserver/users/7"},
		{"GET", "/mailserver/export/domain"},
		{"GET", "/cloudflare/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records"},
		{"GET", "/"},
		{"POST", "/route53/2013-04-01/hostedzone/Z0123456789ABCDEFGHIJ/rrset"},
		{"POST", "/google/dns/v1/projects/p/managedZones/example/changes"},
		{"POST", "/google/dns/v1/projects/p/managedZones/example:testIamPermissions"},
		{"PUT", "/azure/subscriptions/00000000-0000-0000-0000-00000000a001/resourceGroups/g/providers/Microsoft.Network/dnsZones/domain.example/TXT/r1"},
		{"PUT", "/azure/subscriptions/00000000-0000-0000-0000-00000000a001/resourceGroups/g/providers/Microsoft.Network/dnsZones/domain.example/TXT/r2"},
	} {
		call(made[0], made[1], "")
	}
	command := url.Values{"Command": {"namecheap.domains.dns.setHosts"}, "SLD": {"domain"}}.Encode()
	call("POST", "/namecheap/xml.response", command)
	call("GET", "/namecheap/xml.response?"+command, "")
	c.observe("rfc2136", "UPDATE", "/domain.example", 200)
	c.observe("mailserver", "GET", "/domains", 200) // came through the handler

	want := map[string]int{
		"POST /auth": 1, "GET /users": 2, "POST /users": 1, "GET /export/domain": 1, "GET /client/v4/zones/dns_records": 1, "GET /": 1,
		"domains.dns.setHosts": 2, "UPDATE /domain.example": 1,
		"POST /2013-04-01/hostedzone/rrset": 1, "POST /dns/v1/projects/managedZones/changes": 1, "POST /dns/v1/projects/managedZones/:testIamPermissions": 1,
		"PUT /subscriptions/resourceGroups/providers/Microsoft.Network/dnsZones/TXT": 2,
	}
	if got := c.byKind(); !maps.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
	if handled != 14 {
		t.Errorf("%d of 14 calls reached the sandbox", handled)
	}
}
