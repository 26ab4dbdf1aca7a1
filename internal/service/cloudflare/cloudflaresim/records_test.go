package cloudflaresim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

func TestRecordLife(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	id := w.create(zone, `{"type":"TXT","name":"_dmarc","content":"\"v=DMARC1; p=none\"","ttl":300,"comment":"ours"}`)

	const shown = `{"id":%q,"name":"_dmarc.example.com","type":"TXT","content":%s,"proxiable":false,"proxied":false,"ttl":%d,` +
		`"settings":{},"meta":{},"comment":%s,"tags":[],"created_on":"2026-03-01T12:00:00Z","modified_on":"2026-03-01T12:00:00Z"%s}`
	noted := `,"comment_modified_on":"2026-03-01T12:00:00Z"`
	path := "/zones/" + zone + "/dns_records/" + id
	for _, step := range []struct{ method, body, want string }{
		{"GET", "", fmt.Sprintf(shown, id, `"\"v=DMARC1; p=none\""`, 300, `"ours"`, noted)},
		// What a PATCH does not mention stays, what a PUT does not mention goes.
		{"PATCH", `{"content":"\"v=DMARC1; p=reject\""}`, fmt.Sprintf(shown, id, `"\"v=DMARC1; p=reject\""`, 300, `"ours"`, noted)},
		{"PATCH", `{"comment":null}`, fmt.Sprintf(shown, id, `"\"v=DMARC1; p=reject\""`, 300, `null`, "")},
		{"PUT", `{"type":"TXT","name":"_dmarc.example.com","content":"v=DMARC1"}`, fmt.Sprintf(shown, id, `"v=DMARC1"`, 1, `null`, "")},
		{"DELETE", "", fmt.Sprintf(`{"id":%q}`, id)},
	} {
		if got := w.do(step.method, path, step.body); string(got.Result) != step.want {
			t.Errorf("%s %s:\n got %s\nwant %s", step.method, step.body, got.body, step.want)
		}
	}
	if got := w.do("GET", path, ""); got.codes() != "81044" {
		t.Errorf("after the end: %s", got.body)
	}
}

func TestRecordForms(t *testing.T) {
	long := strings.Repeat("ü", 200) // 400 bytes, and the 255th is in the middle of a letter
	escaped := strings.Repeat(`\195\188`, 127)
	for _, tc := range []struct{ body, want string }{
		{`{"type":"a","name":"@","content":"192.0.2.1"}`, "example.com A 192.0.2.1"},
		{`{"type":"AAAA","name":"www","content":"2001:DB8:0::1"}`, "www.example.com AAAA 2001:db8::1"},
		{`{"type":"CNAME","name":"WWW.Example.com.","content":"Host.Example.ORG."}`, "www.example.com CNAME host.example.org"},
		{`{"type":"CNAME","name":"bücher","content":"例え.example"}`, "xn--bcher-kva.example.com CNAME xn--r8jz45g.example"},
		{`{"type":"MX","name":"@","content":"mail.example.com","priority":10}`, "example.com MX mail.example.com"},
		{`{"type":"MX","name":"@","content":".","priority":0}`, "example.com MX ."},
		{`{"type":"TXT","name":"*","content":"no quotes"}`, "*.example.com TXT no quotes"},
		{`{"type":"TXT","name":"t","content":"\"one\" \"two\""}`, `t.example.com TXT "onetwo"`},
		{`{"type":"TXT","name":"t","content":"\"a \\\"q\\\" \\\\ b\""}`, `t.example.com TXT "a \"q\" \\ b"`},
		{`{"type":"TXT","name":"t","content":"\"` + long + `\""}`, `t.example.com TXT "` + escaped + `\195" "\188` + strings.Repeat(`\195\188`, 72) + `"`},
		{`{"type":"CAA","name":"@","data":{"flags":0,"tag":"issue","value":"ca.example"}}`, `example.com CAA 0 issue "ca.example"`},
		{`{"type":"SRV","name":"_imap._tcp","data":{"priority":1,"weight":2,"port":143,"target":"mail.example.com"}}`, "_imap._tcp.example.com SRV 2\t143\tmail.example.com"},
		{`{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":"."}}`, "_pop3._tcp.example.com SRV 0\t0\t."},
		{`{"type":"HTTPS","name":"www","data":{"priority":1,"target":".","value":"alpn=\"h2\""}}`, `www.example.com HTTPS 1 . alpn="h2"`},
		{`{"type":"HTTPS","name":"www","data":{"priority":0,"target":"Other.example.net."}}`, `www.example.com HTTPS 0 other.example.net`},
		{`{"type":"SVCB","name":"_dns","data":{"priority":1,"target":"dot.example.net","value":"alpn=\"dot\""}}`, `_dns.example.com SVCB 1 dot.example.net alpn="dot"`},
		{`{"type":"NAPTR","name":"n","data":{"order":100,"preference":50,"flags":"s","service":"SIP+D2T","regex":"","replacement":"_sip._tcp.example.net"}}`,
			`n.example.com NAPTR 100 50 "s" "SIP+D2T" "" _sip._tcp.example.net`},
		{`{"type":"NAPTR","name":"n","data":{"order":1,"preference":1,"flags":"u","service":"E2U+sip","regex":"!^.*$!sip:info@example.net!","replacement":"."}}`,
			`n.example.com NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:info@example.net!" .`},
		{`{"type":"URI","name":"_ftp._tcp","priority":10,"data":{"weight":1,"target":"ftp://ftp.example.net/"}}`, `_ftp._tcp.example.com URI 10 1 "ftp://ftp.example.net/"`},
		{`{"type":"SSHFP","name":"h","data":{"algorithm":4,"type":2,"fingerprint":"` + strings.Repeat("ab", 32) + `"}}`, "h.example.com SSHFP 4 2 " + strings.Repeat("ab", 32)},
		{`{"type":"SMIMEA","name":"h","data":{"usage":3,"selector":0,"matching_type":0,"certificate":"abcd"}}`, "h.example.com SMIMEA 3 0 0 abcd"},
		{`{"type":"DS","name":"sub","data":{"key_tag":1,"algorithm":13,"digest_type":2,"digest":"abcd"}}`, "sub.example.com DS 1 13 2 abcd"},
		{`{"type":"DNSKEY","name":"k","data":{"flags":257,"protocol":3,"algorithm":13,"public_key":"AAAA"}}`, "k.example.com DNSKEY 257 3 13 AAAA"},
		{`{"type":"CERT","name":"c","data":{"type":1,"key_tag":2,"algorithm":13,"certificate":"AAAA"}}`, "c.example.com CERT 1 2 13 AAAA"},
		{`{"type":"OPENPGPKEY","name":"p","content":"AAAA"}`, "p.example.com OPENPGPKEY AAAA"},
		{`{"type":"LOC","name":"l","data":{"lat_degrees":52,"lat_minutes":31,"lat_seconds":0.5,"lat_direction":"N","long_degrees":13,"long_minutes":24,` +
			`"long_seconds":0,"long_direction":"E","altitude":34,"size":1,"precision_horz":10000,"precision_vert":10}}`,
			"l.example.com LOC 52 31 0.5 N 13 24 0 E 34m 1m 10000m 10m"},
		{`{"type":"TLSA","name":"_25._tcp.mail","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"abcd"}}`, "_25._tcp.mail.example.com TLSA 3 1 1 abcd"},
	} {
		w := newWorld(t, "example.com")
		zone := w.zoneID("example.com")
		w.create(zone, tc.body)
		if got := w.contents(zone); len(got) != 1 || got[0] != tc.want {
			t.Errorf("%s:\n got %q\nwant %q", tc.body, got, tc.want)
		}
	}
}

func TestRecordRefusals(t *testing.T) {
	existing := []string{
		`{"type":"A","name":"a","content":"192.0.2.1"}`,
		`{"type":"CNAME","name":"c","content":"host.example.org"}`,
		`{"type":"NS","name":"sub","content":"ns.example.org"}`,
		`{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":"."}}`,
		`{"type":"TXT","name":"t","content":"\"one\" \"two\""}`,
		`{"type":"MX","name":"@","content":"mail.example.com","priority":10}`,
		`{"type":"TXT","name":"full","content":"\"` + strings.Repeat("x", 4000) + `\""}`,
		`{"type":"TXT","name":"full","content":"\"` + strings.Repeat("y", 4000) + `\""}`,
	}
	for _, tc := range []struct{ what, body, codes string }{
		{"no type", `{"name":"x","content":"192.0.2.9"}`, "1004 9000"},
		{"an unknown type", `{"type":"ALIAS","name":"x","content":"host.example.org"}`, "1004 9000"},
		{"a bad name", `{"type":"A","name":"x..y","content":"192.0.2.9"}`, "1004 9000"},
		{"no address", `{"type":"A","name":"x","content":"2001:db8::1"}`, "1004 9005"},
		{"no IPv6 address", `{"type":"AAAA","name":"x","content":"192.0.2.9"}`, "1004 9006"},
		{"a bad target", `{"type":"CNAME","name":"x","content":"no host"}`, "1004 9007"},
		{"itself as target", `{"type":"CNAME","name":"x","content":"x.example.com"}`, "1004 9007"},
		{"no priority", `{"type":"MX","name":"x","content":"mail.example.com"}`, "1004 9000"},
		{"a priority too high", `{"type":"MX","name":"x","content":"mail.example.com","priority":65536}`, "1004 9000"},
		{"a TTL too short", `{"type":"A","name":"x","content":"192.0.2.9","ttl":59}`, "1004 9021"},
		{"a TTL too long", `{"type":"A","name":"x","content":"192.0.2.9","ttl":86401}`, "1004 9021"},
		{"proxied mail", `{"type":"TXT","name":"x","content":"\"x\"","proxied":true}`, "1004 9004"},
		{"a long comment", `{"type":"A","name":"x","content":"192.0.2.9","comment":"` + strings.Repeat("x", 101) + `"}`, "1004 9000"},
		{"tags on a free plan", `{"type":"A","name":"x","content":"192.0.2.9","tags":["a:b"]}`, "1004 9000"},
		{"an empty text", `{"type":"TXT","name":"x","content":""}`, "1004 9051"},
		{"a line break", `{"type":"TXT","name":"x","content":"a\nb"}`, "1004 9051"},
		{"a quote that stays open", `{"type":"TXT","name":"x","content":"\"a"}`, "1004 9000"},
		{"a text too long", `{"type":"TXT","name":"x","content":"\"` + strings.Repeat("x", 4100) + `\""}`, "1004 9000"},
		{"texts too long together", `{"type":"TXT","name":"full","content":"\"` + strings.Repeat("z", 300) + `\""}`, "1004 9000"},
		{"no data", `{"type":"CAA","name":"x","content":"0 issue \"ca.example\""}`, "1004 9000"},
		{"an SRV without a target", `{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":""}}`, "1004 9000"},
		{"an SRV to no host", `{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":"no host"}}`, "1004 9000"},
		{"an SRV with half a port", `{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0.5,"target":"."}}`, "1004 9000"},
		{"HTTPS without a target", `{"type":"HTTPS","name":"x","data":{"priority":1,"target":"","value":"alpn=h2"}}`, "1004 9000"},
		{"NAPTR without a replacement", `{"type":"NAPTR","name":"x","data":{"order":1,"preference":1,"flags":"","service":"","regex":"","replacement":""}}`, "1004 9000"},
		{"a URI without a priority", `{"type":"URI","name":"x","data":{"weight":1,"target":"https://www.example.net/"}}`, "1004 9000"},
		{"CAA without a tag", `{"type":"CAA","name":"x","data":{"flags":0,"tag":"","value":"ca.example"}}`, "1004 9000"},
		{"a certificate that is no hex", `{"type":"TLSA","name":"x","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"xyz"}}`, "1004 9000"},
		{"no JSON", `{"type":`, "9207"},

		{"the same again", `{"type":"A","name":"a","content":"192.0.2.1","ttl":600}`, "81058"},
		{"the same null SRV", `{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":"."}}`, "81058"},
		{"an SRV with another priority", `{"type":"SRV","name":"_pop3._tcp","data":{"priority":1,"weight":0,"port":0,"target":"."}}`, ""},
		{"the same text in one string", `{"type":"TXT","name":"t","content":"onetwo"}`, "81058"},
		{"the same MX", `{"type":"MX","name":"@","content":"mail.example.com","priority":10}`, "81058"},
		{"CNAME beside A", `{"type":"CNAME","name":"a","content":"host.example.org"}`, "81053"},
		{"CNAME beside CNAME", `{"type":"CNAME","name":"c","content":"other.example.org"}`, "81053"},
		{"A beside CNAME", `{"type":"A","name":"c","content":"192.0.2.9"}`, "81054"},
		{"beside a delegation", `{"type":"TXT","name":"sub","content":"\"x\""}`, "81056"},
		{"a delegation beside others", `{"type":"NS","name":"a","content":"ns.example.org"}`, "81056"},

		{"the same MX of another preference", `{"type":"MX","name":"@","content":"mail.example.com","priority":20}`, ""},
		{"TXT beside CNAME", `{"type":"TXT","name":"c","content":"\"x\""}`, ""},
		{"automatic TTL", `{"type":"A","name":"x","content":"192.0.2.9","ttl":1}`, ""},
	} {
		w := newWorld(t, "example.com")
		zone := w.zoneID("example.com")
		for _, body := range existing {
			w.create(zone, body)
		}
		before := w.contents(zone)
		got := w.do("POST", "/zones/"+zone+"/dns_records", tc.body)
		if got.codes() != tc.codes {
			t.Errorf("%s: %s", tc.what, got.body)
		}
		if tc.codes != "" && !slices.Equal(before, w.contents(zone)) {
			t.Errorf("%s: refused, but the zone has changed", tc.what)
		}
	}
}

func TestRecordQuota(t *testing.T) {
	w := newWorld(t, "example.com")
	w.Set(cloudflaresim.SettingRecords, "1")
	zone := w.zoneID("example.com")
	w.create(zone, `{"type":"A","name":"a","content":"192.0.2.1"}`)
	if got := w.do("POST", "/zones/"+zone+"/dns_records", `{"type":"A","name":"b","content":"192.0.2.1"}`); got.codes() != "81045" {
		t.Errorf("got %s", got.body)
	}
}

func TestPaidZone(t *testing.T) {
	w := newWorld(t)
	if err := w.EditZone("example.com", func(z *cloudflaresim.Zone) { z.Plan = "pro" }); err != nil {
		t.Fatal(err)
	}
	w.create(w.zoneID("example.com"), `{"type":"A","name":"x","content":"192.0.2.9","tags":["a:b"],"comment":"`+strings.Repeat("x", 101)+`"}`)
}

func TestZonesOfOtherTypes(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []string{"partial", "secondary"} {
		if err := w.EditZone("example.com", func(z *cloudflaresim.Zone) { z.Type = kind }); err != nil {
			t.Fatal(err)
		}
		zone := w.zoneID("example.com")
		if got := w.do("POST", "/zones/"+zone+"/dns_records", `{"type":"A","name":"x","content":"192.0.2.9"}`); got.codes() != "1004" {
			t.Errorf("%s: %s", kind, got.body)
		}
	}
}

func TestRecordList(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	w.create(zone, `{"type":"A","name":"www","content":"192.0.2.1","proxied":true,"ttl":300}`)
	w.create(zone, `{"type":"A","name":"api","content":"192.0.2.2","ttl":600,"comment":"Back end"}`)
	w.create(zone, `{"type":"TXT","name":"@","content":"\"v=spf1 -all\"","ttl":120}`)
	for query, want := range map[string]string{
		"":                                      "www api example.com",
		"?per_page=2":                           "www api",
		"?per_page=2&page=2":                    "example.com",
		"?type=A":                               "www api",
		"?name=api.example.com":                 "api",
		"?name.endswith=example.com&type=txt":   "example.com",
		"?content.contains=SPF1":                "example.com",
		"?comment.startswith=back":              "api",
		"?proxied=true":                         "www",
		"?match=any&type=TXT&content=192.0.2.2": "api example.com",
		"?order=name":                           "api example.com www",
		"?order=ttl&direction=desc":             "api example.com www",
	} {
		got := w.do("GET", "/zones/"+zone+"/dns_records"+query, "")
		var records []struct {
			Name string
			TTL  int
		}
		if err := json.Unmarshal(got.Result, &records); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range records {
			names = append(names, strings.TrimSuffix(r.Name, ".example.com"))
			if strings.HasPrefix(r.Name, "www") && r.TTL != 1 {
				t.Errorf("a proxied record has TTL %d", r.TTL)
			}
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: got %q, want %q", query, names, want)
		}
	}
}

func TestBatch(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	gone := w.create(zone, `{"type":"CNAME","name":"www","content":"old.example.org"}`)
	patched := w.create(zone, `{"type":"A","name":"a","content":"192.0.2.1","comment":"kept"}`)
	put := w.create(zone, `{"type":"A","name":"b","content":"192.0.2.2","comment":"lost"}`)
	// In this order alone is it allowed: the CNAME makes way first, 192.0.2.1 becomes free before
	// it is used again.
	body := `{"posts":[{"type":"A","name":"www","content":"192.0.2.9"}],
		"puts":[{"id":"` + put + `","type":"A","name":"a","content":"192.0.2.1"}],
		"patches":[{"id":"` + patched + `","content":"192.0.2.8"}],
		"deletes":[{"id":"` + gone + `"}]}`
	path := "/zones/" + zone + "/dns_records/batch"
	got := w.do("POST", path, body)
	var result struct {
		Deletes, Patches, Puts, Posts []struct{ Name, Type, Content, Comment string }
	}
	if err := json.Unmarshal(got.Result, &result); err != nil || got.status != 200 {
		t.Fatalf("%s: %v", got.body, err)
	}
	if want := "{[{www.example.com CNAME old.example.org }] [{a.example.com A 192.0.2.8 kept}] " +
		"[{a.example.com A 192.0.2.1 }] [{www.example.com A 192.0.2.9 }]}"; fmt.Sprint(result) != want {
		t.Errorf(" got %v\nwant %s", result, want)
	}
	want := []string{"a.example.com A 192.0.2.8", "a.example.com A 192.0.2.1", "www.example.com A 192.0.2.9"}
	if got := w.contents(zone); !slices.Equal(got, want) {
		t.Errorf(" got %q\nwant %q", got, want)
	}

	for what, tc := range map[string]struct{ body, codes string }{
		"a record that is gone":     {`{"posts":[{"type":"A","name":"n","content":"192.0.2.3"}],"deletes":[{"id":"` + gone + `"}]}`, "81044"},
		"a conflict at the end":     {`{"deletes":[{"id":"` + put + `"}],"posts":[{"type":"CNAME","name":"www","content":"x.example"}]}`, "81053"},
		"the same record twice":     {`{"posts":[{"type":"A","name":"n","content":"192.0.2.3"},{"type":"A","name":"n","content":"192.0.2.3"}]}`, "81058"},
		"nothing":                   {`{}`, "1004"},
		"more than a free zone may": {`{"posts":[` + strings.Repeat(`{"type":"A","name":"n","content":"192.0.2.3"},`, 200) + `{}]}`, "1004"},
	} {
		if got := w.do("POST", path, tc.body); got.codes() != tc.codes {
			t.Errorf("%s: %s", what, got.body)
		}
		if got := w.contents(zone); !slices.Equal(got, want) {
			t.Errorf("%s: refused, but the zone is %q", what, got)
		}
	}
}
