package godaddysim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestRecordsV1(t *testing.T) {
	ten := 10
	s := newServer(t,
		text("@", `v=spf1 "quoted" \ -all`),
		Record{Type: "MX", Name: "@", Data: "mail.example.net.", TTL: 3600, Priority: &ten},
		Record{Type: "A", Name: "www", TTL: 600},
	)
	s.call(t, "GET", recordsV1, withKey, "").want(t, 200, `[
		{"name":"@","type":"SOA","data":"ns01.domaincontrol.com.","ttl":3600},
		{"name":"@","type":"NS","data":"ns01.domaincontrol.com.","ttl":3600},
		{"name":"@","type":"NS","data":"ns02.domaincontrol.com.","ttl":3600},
		{"name":"@","type":"TXT","data":"v=spf1 \"quoted\" \\ -all","ttl":3600},
		{"name":"@","type":"MX","data":"mail.example.net.","ttl":3600,"priority":10},
		{"name":"www","type":"A","data":"","ttl":600}]`)
	s.call(t, "GET", recordsV1+"/NS", withKey, "").want(t, 200, `[
		{"name":"@","type":"NS","data":"ns01.domaincontrol.com.","ttl":3600},
		{"name":"@","type":"NS","data":"ns02.domaincontrol.com.","ttl":3600}]`)
	s.call(t, "GET", recordsV1+"/A/WWW", withKey, "").want(t, 200, `[{"name":"www","type":"A","data":"","ttl":600}]`)
}

func TestPagesV1(t *testing.T) {
	var many []Record
	for i := range 600 {
		many = append(many, text(fmt.Sprintf("n%d", i), "x"))
	}
	s := newServer(t, many...)
	for query, want := range map[string]int{"": 500, "?limit=500&offset=500": 103, "?offset=603": 0, "?limit=2&offset=602": 1} {
		var page []Record
		got := s.call(t, "GET", recordsV1+query, withKey, "")
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || len(page) != want {
			t.Errorf("%q: %d records, %v; want %d", query, len(page), err, want)
		}
	}
}

func TestAddV1(t *testing.T) {
	s := newServer(t, text("@", "theirs"))
	s.call(t, "PATCH", recordsV1, withKey, `[
		{"type":"TXT","name":"@","data":"ours","ttl":600},
		{"type":"MX","name":"mail","data":"mx.example.net.","priority":0},
		{"type":"SRV","name":"@","data":"imap.example.net.","service":"_imaps","protocol":"_tcp","priority":0,"weight":1,"port":993},
		{"type":"A","name":"*","data":"192.0.2.1","ttl":86400}]`).want(t, 200, "")
	s.wantOwn(t, "TXT @ 3600 theirs", "TXT @ 600 ours", "MX mail 3600 mx.example.net.", "SRV @ 3600 imap.example.net.", "A * 86400 192.0.2.1")
}

// What one record of a batch lacks keeps all of them out.
func TestRefusedV1(t *testing.T) {
	field := func(code, path, message string) string {
		return fmt.Sprintf(`{"code":"INVALID_BODY","message":"Request body doesn't fulfill schema, see details in `+"`fields`"+`","fields":[{"code":%q,"path":%q,"message":%q}]}`, code, path, message)
	}
	const duplicate = `{"code":"DUPLICATE_RECORD","message":"Another record with the same attributes already exists","fields":[{"code":"DUPLICATE_RECORD","path":"records","message":"Duplicate data provided for record name, %s."}]}`
	const good = `{"type":"TXT","name":"new","data":"x","ttl":600}`
	tests := map[string]struct {
		body   string
		status int
		answer string
	}{
		"an object":       {good, 422, field("UNEXPECTED_TYPE", "records", "is not a array")},
		"nothing":         {`[]`, 422, field("ARRAY_TOO_SHORT", "records", "has fewer than 1 items")},
		"no JSON":         {`{`, 400, `{"code":"BAD_REQUEST","message":"The body is not JSON"}`},
		"a short TTL":     {`[` + good + `,{"type":"TXT","name":"n","data":"x","ttl":599}]`, 422, field("VALUE_OUT_OF_RANGE", "records[1].ttl", "is not between 600 and 86400")},
		"a long TTL":      {`[` + good + `,{"type":"TXT","name":"n","data":"x","ttl":86401}]`, 422, field("VALUE_OUT_OF_RANGE", "records[1].ttl", "is not between 600 and 86400")},
		"an unknown type": {`[` + good + `,{"type":"URL","name":"n","data":"x"}]`, 422, field("INVALID_VALUE_ENUM", "records[1].type", "is not any of: A, AAAA, CNAME, MX, NS, SOA, SRV, TXT")},
		"no data":         {`[` + good + `,{"type":"TXT","name":"n","data":""}]`, 422, field("MISSING_VALUE", "records[1].data", "is required")},
		"no name":         {`[` + good + `,{"type":"TXT","data":"x"}]`, 422, field("MISMATCH_FORMAT", "records[1].name", "does not conform to the 'domain' format")},
		"a bad address":   {`[` + good + `,{"type":"A","name":"n","data":"2001:db8::1"}]`, 422, field("MISMATCH_FORMAT", "records[1].data", "is not an address of this type")},
		"no preference":   {`[` + good + `,{"type":"MX","name":"n","data":"mx.example.net."}]`, 422, field("MISSING_VALUE", "records[1].priority", "is required")},
		"a duplicate":     {`[` + good + `,{"type":"TXT","name":"theirs","data":"theirs"}]`, 422, fmt.Sprintf(duplicate, "theirs")},
		"one of itself":   {`[` + good + `,` + good + `]`, 422, fmt.Sprintf(duplicate, "new")},
		"beside a CNAME":  {`[` + good + `,{"type":"TXT","name":"alias","data":"x"}]`, 422, fmt.Sprintf(duplicate, "alias")},
		"a CNAME beside":  {`[` + good + `,{"type":"CNAME","name":"theirs","data":"x.example."}]`, 422, fmt.Sprintf(duplicate, "theirs")},
		"a name server":   {`[` + good + `,{"type":"NS","name":"@","data":"ns.example.net."}]`, 409, `{"code":"DNS_RECORD_NOT_MUTABLE","message":"Records of type NS are managed by GoDaddy"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, text("theirs", "theirs"), Record{Type: "CNAME", Name: "alias", Data: "example.net.", TTL: 600})
			s.call(t, "PATCH", recordsV1, withKey, test.body).want(t, test.status, test.answer)
			s.wantOwn(t, "TXT theirs 3600 theirs", "CNAME alias 600 example.net.")
		})
	}
}

func TestReplaceV1(t *testing.T) {
	ten, twenty := 10, 20
	records := []Record{
		text("@", "one"), text("@", "two"), {Type: "TXT", Name: "@", TTL: 600}, text("mail", "three"),
		{Type: "MX", Name: "@", Data: "mx.example.net.", TTL: 600, Priority: &ten},
		{Type: "MX", Name: "@", Data: "mx.example.net.", TTL: 600, Priority: &twenty},
	}
	mx := []string{"MX @ 600 mx.example.net.", "MX @ 600 mx.example.net."}
	tests := map[string]struct {
		path, body string
		own        []string
	}{
		"a record set loses its leftovers": {"/TXT/@", `[{"data":"one","ttl":3600},{"data":"new","ttl":600}]`,
			append([]string{"TXT mail 3600 three"}, append(mx, "TXT @ 3600 one", "TXT @ 600 new")...)},
		"a type":   {"/TXT", `[{"name":"other","data":"new"}]`, append(mx, "TXT other 3600 new")},
		"the zone": {"", `[{"type":"TXT","name":"other","data":"new"},{"type":"SOA","name":"@","data":"ns.example."}]`, []string{"TXT other 3600 new"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, records...)
			s.call(t, "PUT", recordsV1+test.path, withKey, test.body).want(t, 200, "")
			s.wantOwn(t, test.own...)
			got := s.call(t, "GET", recordsV1+"/NS/@", withKey, "")
			if strings.Count(got.body, "domaincontrol.com") != 2 {
				t.Errorf("the name servers are now %s", got.body)
			}
		})
	}
	s := newServer(t, records...)
	s.call(t, "PUT", recordsV1+"/NS/@", withKey, `[{"data":"ns.example.net."}]`).want(t, 409,
		`{"code":"DNS_RECORD_NOT_MUTABLE","message":"Records of type NS are managed by GoDaddy"}`)
	if got := s.call(t, "PUT", recordsV1+"/TXT/@", withKey, `[{"data":"one"},{"data":""}]`); got.status != 422 {
		t.Errorf("a leftover was taken back: %d %s", got.status, got.body)
	}
	if got := s.own(t); len(got) != len(records) {
		t.Errorf("refused, and yet there are %q", got)
	}
}

func TestDeleteV1(t *testing.T) {
	s := newServer(t, text("@", "one"), text("@", "two"), text("mail", "three"), Record{Type: "TXT", Name: "@", TTL: 600})
	s.call(t, "DELETE", recordsV1+"/TXT/@", withKey, "").want(t, 204, "")
	s.wantOwn(t, "TXT mail 3600 three")
	s.call(t, "DELETE", recordsV1+"/TXT/@", withKey, "").want(t, 404, `{"code":"NOT_FOUND","message":"There are no such records"}`)
	s.call(t, "DELETE", recordsV1+"/SOA/@", withKey, "").want(t, 409, `{"code":"DNS_RECORD_NOT_MUTABLE","message":"Records of type SOA are managed by GoDaddy"}`)
}
