package godaddysim

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// listV3 is a list as v3 answers it.
type listV3 struct {
	Items      []Record
	TotalItems *int
	TotalPages *int
	Links      []link
}

func (s *server) list(t *testing.T, query string) listV3 {
	t.Helper()
	got := s.call(t, "GET", recordsV3+query, withToken, "")
	var list listV3
	if err := json.Unmarshal([]byte(got.body), &list); err != nil || got.status != 200 {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return list
}

func TestRecordsV3(t *testing.T) {
	var many []Record
	for i := range 120 {
		many = append(many, text(fmt.Sprintf("n%d", i), "x"))
	}
	s := newServer(t, many...)
	list := s.list(t, "?page=1&pageSize=100&totalRequired=true")
	if len(list.Items) != 100 || list.TotalItems == nil || *list.TotalItems != 123 || *list.TotalPages != 2 {
		t.Errorf("the first page has %d records, of %v on %v pages", len(list.Items), list.TotalItems, list.TotalPages)
	}
	if want := []link{{"next", recordsV3 + "?page=2&pageSize=100&totalRequired=true"}}; len(list.Links) != 1 || list.Links[0] != want[0] {
		t.Errorf("the links are %v, want %v", list.Links, want)
	}
	if list = s.list(t, "?page=2&pageSize=100"); len(list.Items) != 23 || list.TotalItems != nil || len(list.Links) != 0 {
		t.Errorf("the last page has %d records, totals %v, links %v", len(list.Items), list.TotalItems, list.Links)
	}
	if list = s.list(t, ""); len(list.Items) != 25 {
		t.Errorf("a page has %d records unless it is asked for more", len(list.Items))
	}
	s.call(t, "GET", recordsV3+"?name=nothing&totalRequired=true", withToken, "").want(t, 200, `{"items":[],"links":[]}`)
	s.call(t, "GET", recordsV3+"?page=9&pageSize=100", withToken, "").want(t, 200, `{"items":[],"links":[]}`)
	s.call(t, "GET", recordsV3+"?pageSize=101", withToken, "").want(t, 400,
		`{"name":"VALIDATION_ERROR","message":"Request failed validation","correlationId":"request-1","details":[{"issue":"VALUE_OUT_OF_RANGE","field":"pageSize","description":"is not a number between 1 and 100"}]}`)
	ids := map[string]bool{}
	for page := 1; page <= 2; page++ {
		for _, r := range s.list(t, fmt.Sprintf("?pageSize=100&page=%d", page)).Items {
			if r.ID == "" || ids[r.ID] {
				t.Errorf("the ID %q is not a record's own", r.ID)
			}
			ids[r.ID] = true
		}
	}
}

func TestCreateAndDeleteV3(t *testing.T) {
	s := newServer(t, text("@", "theirs"))
	got := s.call(t, "POST", recordsV3, withToken, `{"type":"MX","name":"@","data":"mx.example.net.","ttl":600,"priority":10}`)
	if got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	s.call(t, "POST", recordsV3, withToken, `{"type":"CAA","name":"@","data":"ca.example","ttl":600,"flag":0,"tag":"issue"}`)
	s.wantOwn(t, "TXT @ 3600 theirs", "MX @ 600 mx.example.net.", "CAA @ 600 ca.example")
	created := s.list(t, "?type=MX").Items[0]
	if created.Priority == nil || *created.Priority != 10 || !strings.HasSuffix(created.ID, "[]") {
		t.Errorf("created was %+v", created)
	}
	path := recordsV3 + "/" + url.PathEscape(created.ID)
	s.call(t, "DELETE", path, withToken, "").want(t, 204, "")
	s.wantOwn(t, "TXT @ 3600 theirs", "CAA @ 600 ca.example")
	if got := s.call(t, "DELETE", path, withToken, ""); got.status != 404 {
		t.Errorf("a second time: %d %s", got.status, got.body)
	}
	for _, r := range s.list(t, "?name=@").Items[:3] {
		s.call(t, "DELETE", recordsV3+"/"+url.PathEscape(r.ID), withToken, "").want(t, 409,
			`{"name":"DNS_RECORD_NOT_MUTABLE","message":"Records of type `+r.Type+` are managed by GoDaddy","correlationId":"request-1","details":[]}`)
	}
}

func TestRefusedV3(t *testing.T) {
	issue := func(code, field, description string) string {
		return fmt.Sprintf(`{"name":"VALIDATION_ERROR","message":"Request failed validation","correlationId":"request-1","details":[{"issue":%q,"field":%q,"description":%q}]}`, code, field, description)
	}
	duplicate := issue("DUPLICATE_RECORD", "records", "Duplicate data provided for record name, theirs.")
	tests := map[string]struct {
		body   string
		status int
		answer string
	}{
		"a list":                   {`[]`, 400, issue("UNEXPECTED_TYPE", "record", "is not a object")},
		"no TTL":                   {`{"type":"TXT","name":"n","data":"x"}`, 400, issue("MISSING_VALUE", "ttl", "is required")},
		"a short TTL":              {`{"type":"TXT","name":"n","data":"x","ttl":300}`, 400, issue("VALUE_OUT_OF_RANGE", "ttl", "is not between 600 and 86400")},
		"a wrong type":             {`{"type":"TXT","name":"n","data":"x","ttl":"600"}`, 400, issue("UNEXPECTED_TYPE", "record.ttl", "is not a int")},
		"a long text":              {`{"type":"TXT","name":"n","data":"` + strings.Repeat("é", 513) + `","ttl":600}`, 400, issue("VALUE_TOO_LONG", "data", "has more than 512 characters")},
		"a duplicate":              {`{"type":"TXT","name":"theirs","data":"theirs","ttl":600}`, 422, duplicate},
		"a CNAME beside":           {`{"type":"CNAME","name":"THEIRS","data":"x.example.","ttl":600}`, 422, issue("DUPLICATE_RECORD", "records", "Duplicate data provided for record name, THEIRS.")},
		"the same but for the TTL": {`{"type":"MX","name":"theirs","data":"mx.example.net.","priority":10,"ttl":3600}`, 422, duplicate},
		"a name server": {`{"type":"NS","name":"sub","data":"ns.example.net.","ttl":600}`, 409,
			`{"name":"DNS_RECORD_NOT_MUTABLE","message":"Records of type NS are managed by GoDaddy","correlationId":"request-1","details":[]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ten := 10
			s := newServer(t, text("theirs", "theirs"), Record{Type: "MX", Name: "theirs", Data: "mx.example.net.", TTL: 600, Priority: &ten})
			s.call(t, "POST", recordsV3, withToken, test.body).want(t, test.status, test.answer)
			s.wantOwn(t, "TXT theirs 3600 theirs", "MX theirs 600 mx.example.net.")
		})
	}
}

// The trap: what looks like an update of one record empties the zone.
func TestReplaceV3(t *testing.T) {
	s := newServer(t, text("@", "one"), text("mail", "two"), Record{Type: "CNAME", Name: "_domainconnect", Data: "x.example.", TTL: 600})
	id := s.list(t, "?type=TXT").Items[0].ID
	got := s.call(t, "PUT", recordsV3+"/"+url.PathEscape(id), withToken, `{"type":"TXT","name":"@","data":"new","ttl":600}`)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	s.wantOwn(t, "CNAME _domainconnect 600 x.example.", "TXT @ 600 new")
	if n := len(s.list(t, "?type=NS").Items); n != 2 {
		t.Errorf("%d name servers are left", n)
	}
}
