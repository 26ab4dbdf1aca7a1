package yandex

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestOddValues(t *testing.T) {
	type values struct {
		Text   text
		Number number
		Flag   flag
		List   list[text]
		Object object[struct{ Name text }]
	}
	for _, tc := range []struct {
		body string
		want func(v values) bool
	}{
		{`{"text":"a"}`, func(v values) bool { return v.Text == "a" }},
		{`{"text":12}`, func(v values) bool { return v.Text == "12" }},
		{`{"text":true}`, func(v values) bool { return v.Text == "true" }},
		{`{"text":null}`, func(v values) bool { return v.Text == "" }},
		{`{"number":12}`, func(v values) bool { return v.Number == number{true, 12} }},
		{`{"number":" 1130000000000001 "}`, func(v values) bool { return v.Number == number{true, 1130000000000001} }},
		{`{"number":"0"}`, func(v values) bool { return v.Number == number{true, 0} }},
		{`{"number":""}`, func(v values) bool { return !v.Number.Known }},
		{`{"number":null}`, func(v values) bool { return !v.Number.Known }},
		{`{"flag":"yes"}`, func(v values) bool { return bool(v.Flag) }},
		{`{"flag":"YES"}`, func(v values) bool { return bool(v.Flag) }},
		{`{"flag":true}`, func(v values) bool { return bool(v.Flag) }},
		{`{"flag":1}`, func(v values) bool { return bool(v.Flag) }},
		{`{"flag":"1"}`, func(v values) bool { return bool(v.Flag) }},
		{`{"flag":"no"}`, func(v values) bool { return !bool(v.Flag) }},
		{`{"flag":0}`, func(v values) bool { return !bool(v.Flag) }},
		{`{"list":null}`, func(v values) bool { return v.List.Known && v.List.Rows == nil }},
		{`{"list":["a",1]}`, func(v values) bool { return len(v.List.Rows) == 2 && v.List.Rows[1] == "1" }},
		{`{}`, func(v values) bool { return !v.List.Known && !v.Object.Known && !v.Number.Known }},
		{`{"object":null}`, func(v values) bool { return !v.Object.Known }},
		{`{"object":[ ]}`, func(v values) bool { return !v.Object.Known }},
		{`{"object":{"name":"a"}}`, func(v values) bool { return v.Object.Known && v.Object.Value.Name == "a" }},
	} {
		var v values
		if err := json.Unmarshal([]byte(tc.body), &v); err != nil || !tc.want(v) {
			t.Errorf("%s: %+v, %v", tc.body, v, err)
		}
	}
	for _, body := range []string{
		`{"text":{}}`, `{"text":[]}`, `{"number":"many"}`, `{"number":1.5}`, `{"number":true}`, `{"number":[]}`, `{"number":99999999999999999999}`,
		`{"flag":"perhaps"}`, `{"flag":2}`, `{"flag":[]}`, `{"list":{}}`, `{"list":"a"}`, `{"object":[1]}`, `{"object":7}`,
	} {
		var v values
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			t.Errorf("%s: %+v", body, v)
		}
	}
	if long := shown([]byte(strings.Repeat("x", 100))); len(long) > 45 {
		t.Errorf("shows %q", long)
	}
}

// Whatever an answer holds, decoding it ends with what is complete or with an error, and never in a panic.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"success":"ok","domain":"example.com","status":"domain-activate","stage":"owner-check","secrets":{"name":"a1","content":"b2"}}`,
		`{"success":"ok","total":"1","domains":[{"name":"Example.com.","status":"added","nsdelegated":true,"emails-count":7}]}`,
		`{"success":"ok","total":1,"pages":"1","accounts":[{"uid":"1130000000000001","login":"alice@example.com","enabled":"yes","ready":1,"iname":null,"fname":7}]}`,
		`{"success":"ok","total":0,"accounts":null}`,
		`{"success":"ok","dkim":{"enabled":"yes","txtrecord":"v=DKIM1; p=","nsready":"no","mailready":true}}`,
		`{"success":"ok","records":[{"record_id":"1","type":"mx","fqdn":"example.com","content":"mx.yandex.net.","ttl":"21600","priority":""}]}`,
		`{"success":"ok","records":[{"record_id":1,"type":"SRV","priority":65536,"weight":-1,"port":null,"ttl":4294967296}]}`,
		`{"success":true,"error":["unknown"]}`,
		`{"success":"error","error":"bad_request, occupied"}`,
		`{"success":[],"secrets":[],"dkim":[],"domains":false}`,
		`[]`, `null`, `""`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var v verdict
		if json.Unmarshal([]byte(body), &v) == nil && v.refused() && v.carriedOut() {
			t.Errorf("both refused and carried out: %s", body)
		}
		explain(400, []byte(body))
		var domain wireDomain
		if json.Unmarshal([]byte(body), &domain) == nil && domain.complete() && domain.model().Status == "" {
			t.Errorf("a domain without a status: %s", body)
		}
		var domains domainPage
		if json.Unmarshal([]byte(body), &domains) == nil && domains.complete() {
			for _, row := range domains.Domains.Rows {
				if d := row.model(); d.Status == "" || d.Name == "" {
					t.Errorf("%+v from %s", d, body)
				}
			}
		}
		var accounts accountPage
		if json.Unmarshal([]byte(body), &accounts) == nil && accounts.complete() {
			for _, row := range accounts.Accounts.Rows {
				if a := row.model("example.com"); !strings.HasSuffix(a.Email, "@example.com") || a.Email[0] == '@' {
					t.Errorf("%+v from %s", a, body)
				}
			}
		}
		var dkim dkimAnswer
		if json.Unmarshal([]byte(body), &dkim) == nil && dkim.complete() && dkim.model().signs() && dkim.model().TXTRecord == "" {
			t.Errorf("signs without a record: %s", body)
		}
		var records recordList
		if json.Unmarshal([]byte(body), &records) == nil && records.complete() {
			for _, row := range records.Records.Rows {
				if r := row.model(); r.Type == "" || !r.same(r) {
					t.Errorf("%+v from %s", r, body)
				}
			}
		}
	})
}
