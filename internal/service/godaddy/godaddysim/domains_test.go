package godaddysim

import (
	"encoding/base64"
	"fmt"
	"testing"
)

// newDomains is a server with a domain of each kind: registered here, with the name servers of
// somebody else, cancelled, registered elsewhere, and of another account.
func newDomains(t *testing.T) *server {
	t.Helper()
	s := newServer(t)
	for name, change := range map[string]func(z *Zone){
		"moved.example":     func(z *Zone) { z.NameServers = []string{"ns1.example.net", "ns2.example.net"} },
		"cancelled.example": func(z *Zone) { z.Status, z.NameServers = "CANCELLED", []string{"ns1.example.net"} },
		"theirs.example":    func(z *Zone) { z.Status = StatusDNSOnly },
	} {
		if err := s.AddZone(name); err != nil {
			t.Fatal(err)
		}
		if err := s.SetZone(name, change); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddZoneTo(OtherShopper, "other.example"); err != nil {
		t.Fatal(err)
	}
	// The order of the account, which is not that of names.
	s.order(t, "example.com", "cancelled.example", "theirs.example", "moved.example", "other.example")
	return s
}

// order puts the domains of all accounts into an order.
func (s *server) order(t *testing.T, names ...string) {
	t.Helper()
	err := s.update(func(st *State) error {
		var ordered []Zone
		for _, name := range names {
			ordered = append(ordered, *st.find(name))
		}
		st.Zones = ordered
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const servers = `"nameServers":["ns01.domaincontrol.com","ns02.domaincontrol.com"]`

func TestDomainsV1(t *testing.T) {
	s := newDomains(t)
	s.call(t, "GET", "/v1/domains", withKey, "").want(t, 200, `[
		{"domain":"example.com","status":"ACTIVE","nameServers":null},
		{"domain":"cancelled.example","status":"CANCELLED","nameServers":null},
		{"domain":"theirs.example","status":"PENDING_DNS_ACTIVE","nameServers":null},
		{"domain":"moved.example","status":"ACTIVE","nameServers":null}]`)
	s.call(t, "GET", "/v1/domains?limit=1&includes=contacts,nameServers", withKey, "").want(t, 200,
		`[{"domain":"example.com","status":"ACTIVE",`+servers+`}]`)
	s.call(t, "GET", "/v1/domains?limit=2&marker=cancelled.example&includes=nameServers", withKey, "").want(t, 200, `[
		{"domain":"theirs.example","status":"PENDING_DNS_ACTIVE","nameServers":null},
		{"domain":"moved.example","status":"ACTIVE","nameServers":["ns1.example.net","ns2.example.net"]}]`)
	s.call(t, "GET", "/v1/domains?marker=moved.example", withKey, "").want(t, 200, `[]`)
	for _, query := range []string{"limit=0", "limit=1001", "limit=x"} {
		if got := s.call(t, "GET", "/v1/domains?"+query, withKey, ""); got.status != 422 {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	s.call(t, "GET", "/v1/domains/example.com", withKey, "").want(t, 200, `{"domain":"example.com","status":"ACTIVE",`+servers+`}`)
	s.call(t, "GET", "/v1/domains/moved.example", withKey, "").want(t, 200,
		`{"domain":"moved.example","status":"ACTIVE","nameServers":["ns1.example.net","ns2.example.net"]}`)
	for path, status := range map[string]int{
		"/v1/domains/moved.example/records": 404, "/v1/domains/theirs.example/records": 200, "/v1/domains/other.example": 404,
	} {
		if got := s.call(t, "GET", path, withKey, ""); got.status != status {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, status)
		}
	}
}

func TestDomainsV3(t *testing.T) {
	s := newDomains(t)
	if err := s.AddZone("bücher.example"); err != nil {
		t.Fatal(err)
	}
	shown := func(name, more, servers string) string {
		return fmt.Sprintf(`{"domain":%q,%s,%s,"links":[{"rel":"self","href":"/v3/domains/domain-names/%[1]s"},
			{"rel":"dns-records","href":"/v3/domains/zones/%[1]s/dns-records"}]}`, name, more, servers)
	}
	const list = "/v3/domains/domain-names"
	token := base64.RawURLEncoding.EncodeToString([]byte("cancelled.example"))
	next := list + "?pageSize=2&pageToken=" + token + "&pageTokenDirection=forward"
	s.call(t, "GET", list+"?pageSize=2", withToken, "").want(t, 200, `{"items":[`+
		shown("example.com", `"status":"ACTIVE"`, servers)+","+
		shown("cancelled.example", `"status":"CANCELLED"`, `"nameServers":["ns1.example.net"]`)+`],
		"links":[{"rel":"self","href":"`+list+`?pageSize=2"},{"rel":"next","href":"`+next+`"}]}`)
	s.call(t, "GET", next, withToken, "").want(t, 200, `{"items":[`+
		shown("moved.example", `"status":"ACTIVE"`, `"nameServers":["ns1.example.net","ns2.example.net"]`)+","+
		shown("xn--bcher-kva.example", `"idnDomain":"bücher.example","status":"ACTIVE"`, servers)+`],
		"links":[{"rel":"self","href":"`+next+`"}]}`)
	s.call(t, "GET", list, "Bearer "+ResellerToken, "").want(t, 200, `{"items":[],"links":[{"rel":"self","href":"`+list+`"}]}`)
	for path, status := range map[string]int{
		list + "?pageSize=201": 400, list + "?pageSize=0": 400, list + "?pageToken=%25": 400, list + "?pageSize=200": 200,
		list + "/moved.example": 200, list + "/theirs.example": 404, list + "/example.edu": 404,
		"/v3/domains/zones/moved.example/dns-records": 404, "/v3/domains/zones/theirs.example/dns-records": 200,
	} {
		if got := s.call(t, "GET", path, withToken, ""); got.status != status {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, status)
		}
	}
}

// The name servers serve zones, and not what is at another DNS host.
func TestZonesOfDomains(t *testing.T) {
	s := newDomains(t)
	zones, err := s.Zones()
	if err != nil {
		t.Fatal(err)
	}
	var apexes string
	for _, zone := range zones {
		apexes += zone.Apex + " "
	}
	if apexes != "example.com theirs.example other.example " {
		t.Errorf("served are %s", apexes)
	}
}
