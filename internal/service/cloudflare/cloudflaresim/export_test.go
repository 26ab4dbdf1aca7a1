package cloudflaresim_test

import (
	"net/http"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// The export is a zone file with all records.
func TestExport(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	for _, body := range []string{
		`{"type":"MX","name":"@","content":"mail.example.net","priority":10,"ttl":300}`,
		`{"type":"TXT","name":"t","content":"\"a \\\"q\\\"\""}`,
		`{"type":"HTTPS","name":"www","data":{"priority":1,"target":".","value":"alpn=\"h2\""}}`,
	} {
		w.create(zone, body)
	}
	got := w.Send(w.Service, "GET", cloudflaresim.BasePath+"/zones/"+zone+"/dns_records/export", "", "Authorization", "Bearer "+cloudflaresim.Token)
	if kind := got.Header.Get("Content-Type"); got.Status != http.StatusOK || !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("status %d, and the content is %s", got.Status, kind)
	}
	parser := miekg.NewZoneParser(strings.NewReader(got.Body), "", "")
	var records []string
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		records = append(records, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("%v in\n%s", err, got.Body)
	}
	all := strings.Join(records, "\n")
	for _, want := range []string{"example.com. 300 IN MX 10 mail.example.net.", `t.example.com. 1 IN TXT "a \"q\""`, `www.example.com. 1 IN HTTPS 1 . alpn="h2"`} {
		if !strings.Contains(all, want) {
			t.Errorf("it lacks %s:\n%s", want, all)
		}
	}
	if got := w.do("POST", "/zones/"+zone+"/dns_records/export", ""); got.codes() == "" {
		t.Errorf("a POST is answered with %s", got.body)
	}
	if got := w.do("GET", "/zones/0123456789abcdef0123456789abcdef/dns_records/export", ""); got.codes() == "" {
		t.Errorf("another zone is answered with %s", got.body)
	}
}
