package yandexapi

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever an answer holds, decoding it ends with what is complete or with an error, and never in a
// panic.
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
	})
}
