package command

import (
	"encoding/json"
	"strings"
	"testing"
)

// That no resolver answers is said once, with the flag that names another one. Nothing tells of the
// provider's configuration or of sockets.
func TestNoResolverIsSaidOnce(t *testing.T) {
	state := strings.Replace(stateOfGood, "EXTRA", "", 1)
	for _, format := range []string{"table", "json", "markdown", "html"} {
		for _, arguments := range [][]string{{"check", "example.com", "--selector", "mail"}, {"status"}} {
			got := call(state, append(arguments, "--resolver", "127.0.0.1:1", "--dns-only", "--timeout", "20s", "--format", format)...)
			all := got.out + got.err
			for _, bad := range []string{"dns_resolvers", "->", "read udp", "asking 127", "\ufffd"} {
				if strings.Contains(all, bad) {
					t.Errorf("%s as %s has %q:\n%s", arguments[0], format, bad, all)
				}
			}
			if got.exit != exitNotRun || strings.Count(all, "--resolver") != 1 || !strings.Contains(got.err, "no DNS resolver answered (asked: 127.0.0.1:1; connection refused)") {
				t.Errorf("%s as %s: exit code %d\n%s", arguments[0], format, got.exit, all)
			}
			if format == "json" && !json.Valid([]byte(got.out)) {
				t.Errorf("%s: no JSON:\n%s", arguments[0], got.out)
			}
		}
	}
	table := call("", "check", "example.com", "--resolver", "127.0.0.1:1", "--dns-only", "--timeout", "20s")
	if n := strings.Count(table.out, "found     no DNS resolver answered"); n != 1 {
		t.Errorf("the table says it %d times:\n%s", n, table.out)
	}
}

// A record may have any text, and is shown as it is.
func TestShortensNoRecord(t *testing.T) {
	const text = "no DNS resolver answered (others can be set in dns_resolvers): a record"
	box := sandboxFile(t, "example.com", `@ TXT "`+text+`"`, `mail._domainkey TXT "v=DKIM1; k=`+text+`"`, "@ MX 10 mail", "mail A 192.0.2.25")
	got := call("", "check", "example.com", "--sandbox", box, "--dns-only", "--only", "dkim,mx,spf", "--selector", "mail")
	if strings.Contains(got.out+got.err, "--resolver") || !strings.Contains(got.out, "(others") {
		t.Errorf("%s%s", got.out, got.err)
	}
	state := `{"format_version": "1.0", "values": {"root_module": {"resources": [{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com", "published": {
		"a": {"name": "example.com", "type": "TXT", "value": "` + text + `"}, "b": {"name": "example.com", "type": "TXT", "value": "gone"}}}}]}}}`
	got = call(state, "status", "--sandbox", box, "--records-only", "--format", "json")
	if strings.Contains(got.err, "--resolver") || strings.Count(got.out, text) != 3 { // in the state, and at both name servers
		t.Errorf("%s%s", got.out, got.err)
	}
}
