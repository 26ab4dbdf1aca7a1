package cloudflareapi_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// What is written by fields arrives there without the escapes of the presentation format, and a
// target that is no host as a dot.
func TestDataIsWrittenByFields(t *testing.T) {
	for _, tc := range []struct {
		recordType, value string
		field             string
		want              any
	}{
		{"SRV", "0 0 0 .", "target", "."},
		{"SRV", "10 20 465 Mail.example.net.", "target", "mail.example.net"},
		{"CAA", `0 issue "ca.example.net; note=\"a\\b\""`, "value", `ca.example.net; note="a\b"`},
		{"CAA", `0 issue ";"`, "value", ";"},
		{"CAA", `0 issue ""`, "value", ""},
		{"CAA", `0 iodef "mailto:s\195\169curit\195\169@example.com"`, "value", "mailto:sécurité@example.com"},
		{"TLSA", "3 1 1 0123456789abcdef", "certificate", "0123456789abcdef"},
	} {
		w := newWorld(t, "example.com")
		h := w.host(t, cloudflaresim.Token)
		zone := find(t, h, "example.com")
		r, err := dns.NewRecord("_x._tcp.example.com", tc.recordType, tc.value)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{r}}); err != nil {
			t.Errorf("%s: %v", r, err)
			continue
		}
		if got := w.zone(t, "example.com").Records[0].Data[tc.field]; got != tc.want {
			t.Errorf("%s: %s is %q, want %q", r, tc.field, got, tc.want)
		}
		if got := read(t, h, zone).Records; len(got) != 1 || got[0].Identity() != r.Identity() {
			t.Errorf("%s is read as %v", r, got)
		}
	}
}

// The API has shown a missing target as false, and has no priority in the content.
func TestNullServiceAsShownBefore(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	zone := find(t, h, "example.com")
	w.under(t, fault.Conditions{Faults: []fault.Fault{{
		Path: cloudflaresim.BasePath + "/zones/*/dns_records", Kind: fault.Status, Status: 200, Header: map[string]string{"Content-Type": "application/json"},
		Body: `{"success":true,"errors":[],"messages":[],"result_info":{"page":1,"per_page":1000,"count":1,"total_count":1,"total_pages":1},"result":[` +
			`{"id":"0123456789abcdef0123456789abcdef","name":"_pop3._tcp.example.com","type":"SRV","content":"0\t0","priority":0,"ttl":120,` +
			`"data":{"priority":0,"weight":0,"port":0,"target":false}}]}`,
	}}})
	want := dns.Identity{Name: "_pop3._tcp.example.com", Type: "SRV", Value: "0 0 0 ."}
	if got := read(t, h, zone).Records; len(got) != 1 || got[0].Identity() != want {
		t.Errorf("got %v", got)
	}
}

// Records of types that are written by fields and not by this package are read, survive a change
// beside them, and can be deleted.
func TestForeignTypes(t *testing.T) {
	w := newWorld(t, "example.com")
	for _, body := range []object{
		{"type": "HTTPS", "name": "@", "data": object{"priority": 1, "target": ".", "value": `alpn="h2,h3"`}},
		{"type": "SVCB", "name": "_dns", "data": object{"priority": 1, "target": "dot.example.net", "value": `alpn="dot"`}},
		{"type": "NAPTR", "name": "naptr", "data": object{"order": 1, "preference": 2, "flags": "s", "service": "SIP+D2T", "regex": "", "replacement": "_sip._tcp.example.net"}},
		{"type": "URI", "name": "_ftp._tcp", "priority": 10, "data": object{"weight": 1, "target": "ftp://ftp.example.net/"}},
		{"type": "SSHFP", "name": "ssh", "data": object{"algorithm": 4, "type": 2, "fingerprint": "0123456789abcdef"}},
		{"type": "SMIMEA", "name": "smime", "data": object{"usage": 3, "selector": 0, "matching_type": 0, "certificate": "abcd"}},
		{"type": "CERT", "name": "cert", "data": object{"type": 1, "key_tag": 2, "algorithm": 13, "certificate": "AAAA"}},
		{"type": "OPENPGPKEY", "name": "pgp", "content": "AAAA"},
		{"type": "LOC", "name": "loc", "data": object{"lat_degrees": 52, "lat_minutes": 31, "lat_seconds": 0, "lat_direction": "N", "long_degrees": 13,
			"long_minutes": 24, "long_seconds": 0, "long_direction": "E", "altitude": 34, "size": 1, "precision_horz": 10, "precision_vert": 10}},
	} {
		w.add(t, "example.com", body)
	}
	before := w.lines(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	zone := find(t, h, "example.com")
	added := text("example.com", "new")
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{added}}); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(t, "example.com"); len(got) != len(before)+1 {
		t.Errorf("the zone is %q", got)
	}
	snapshot := read(t, h, zone)
	if len(snapshot.Records) != len(before)+1 {
		t.Errorf("the snapshot is %v", snapshot.Records)
	}
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: snapshot.Records}); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(t, "example.com"); len(got) != 0 {
		t.Errorf("%q are left", got)
	}
}
