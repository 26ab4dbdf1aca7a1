package yandexsim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// delegated registers shop.example, whose DNS is hosted by the service.
func (w *world) delegated() {
	w.t.Helper()
	if err := w.AddZone("Shop.Example."); err != nil {
		w.t.Fatal(err)
	}
	w.Publish("NS", "shop.example", yandexsim.NameServers...)
	w.Publish("MX", "shop.example", "10 mx.yandex.net")
	has(w.t, w.post("domain/register", "domain", "shop.example").ok(), "status", "added", "stage", "added")
}

// zone returns the records of shop.example as its name servers have them, sorted.
func (w *world) zone() []string {
	w.t.Helper()
	zones, err := w.Zones()
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, z := range zones {
		if z.Apex != "shop.example" {
			continue
		}
		for _, rr := range z.Records {
			lines = append(lines, strings.Join(strings.Fields(rr.String()), " "))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestDelegatedDomainIsSetUp(t *testing.T) {
	w := newWorld(t)
	w.delegated()
	want := []string{
		"mail.shop.example. 21600 IN CNAME domain.mail.yandex.net.",
		"shop.example. 21600 IN MX 10 mx.yandex.net.",
		"shop.example. 21600 IN NS dns1.yandex.net.",
		"shop.example. 21600 IN NS dns2.yandex.net.",
		`shop.example. 21600 IN TXT "v=spf1 redirect=_spf.yandex.net"`,
	}
	if got := w.zone(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	has(t, w.get("domain/details", "domain", "shop.example").ok(), "delegated", "yes")
	// Registered anew, it is set up neither twice nor against what its user has there.
	for _, record := range w.get("dns/list", "domain", "shop.example").ok()["records"].([]any) {
		if record := record.(object); record["subdomain"] == "mail" {
			w.post("dns/del", "domain", "shop.example", "record_id", fmt.Sprintf("%.0f", record["record_id"])).ok()
		}
	}
	w.post("dns/add", "domain", "shop.example", "type", "A", "subdomain", "mail", "content", "192.0.2.1").ok()
	w.post("domain/delete", "domain", "shop.example").ok()
	w.delegated()
	want[0] = "mail.shop.example. 21600 IN A 192.0.2.1"
	if got := w.zone(); !slices.Equal(got, want) {
		t.Errorf("anew: %q, want %q", got, want)
	}
	if err := w.AddZone("single"); err == nil {
		t.Error("a zone of one label was added")
	}
}

// A domain that is found to be delegated later gets what it would have got at once, the key too.
func TestDelegationLater(t *testing.T) {
	w := newWorld(t)
	w.register("shop.example")
	text := w.post("dkim/enable", "domain", "shop.example").dkim()["txtrecord"].(string)
	w.get("dns/list", "domain", "shop.example").refused("not_allowed")
	w.Publish("NS", "shop.example", yandexsim.NameServers...)
	has(t, w.get("domain/registration_status", "domain", "shop.example").ok(), "status", "mx-activate")
	if got := w.zone(); len(got) != 6 || !strings.Contains(strings.Join(got, "\n"), text[:40]) {
		t.Errorf("%q", got)
	}
	// And it is not asked for records any more once it has gone elsewhere.
	w.Publish("NS", "shop.example", "ns1.example.net")
	w.get("domain/registration_status", "domain", "shop.example").ok()
	w.get("dns/list", "domain", "shop.example").refused("not_allowed")
}

func TestRecords(t *testing.T) {
	w := newWorld(t)
	w.delegated()
	added := w.post("dns/add", "domain", "shop.example", "type", "txt", "subdomain", "Note", "content", `say "hello"`).ok()
	record := added["record"].(object)
	has(t, record, "type", "TXT", "domain", "shop.example", "subdomain", "note", "fqdn", "note.shop.example", "ttl", 21600.0, "content", `say "hello"`, "priority", "")
	if got := w.zone(); !slices.Contains(got, `note.shop.example. 21600 IN TXT "say \"hello\""`) {
		t.Errorf("served: %q", got)
	}
	id := fmt.Sprintf("%.0f", record["record_id"])
	w.post("dns/edit", "domain", "shop.example", "record_id", id, "ttl", "7200").ok()
	edited := w.post("dns/edit", "domain", "shop.example", "record_id", id, "content", "other", "ttl", "3600").ok()
	has(t, edited["record"].(object), "subdomain", "note", "ttl", 3600.0, "content", "other")
	if got := w.zone(); !slices.Contains(got, `note.shop.example. 3600 IN TXT "other"`) {
		t.Errorf("served: %q", got)
	}
	listed := w.get("dns/list", "domain", "shop.example").ok()["records"].([]any)
	if len(listed) != 6 {
		t.Errorf("listed: %v", listed)
	}
	has(t, w.post("dns/del", "domain", "shop.example", "record_id", id).ok(), "record_id", record["record_id"])
	w.post("dns/del", "domain", "shop.example", "record_id", id).refused("record_not_found")
	if got := w.zone(); len(got) != 5 {
		t.Errorf("served after the deletion: %q", got)
	}

	for parameters, line := range map[string]string{
		"type=MX&subdomain=low&content=mx.example.com&ttl=300":                   "low.shop.example. 900 IN MX 10 mx.example.com.",
		"type=MX&subdomain=high&content=mx.example.com.&priority=0&ttl=99999999": "high.shop.example. 1209600 IN MX 0 mx.example.com.",
		"type=SRV&subdomain=_xmpp._tcp&target=x.example.com&port=5222&weight=1":  "_xmpp._tcp.shop.example. 21600 IN SRV 10 1 5222 x.example.com.",
		"type=AAAA&content=2001:db8::1":                                          "shop.example. 21600 IN AAAA 2001:db8::1",
		"type=A&subdomain=*&content=192.0.2.1":                                   "*.shop.example. 21600 IN A 192.0.2.1",
		"type=NS&subdomain=below&content=ns.example.net":                         "below.shop.example. 21600 IN NS ns.example.net.",
		"type=TXT&subdomain=long&content=" + strings.Repeat("x", 300):            `long.shop.example. 21600 IN TXT "` + strings.Repeat("x", 255) + `" "` + strings.Repeat("x", 45) + `"`,
	} {
		w.send("POST", yandexsim.AdminPath+"dns/add", "domain=shop.example&"+parameters, "PddToken", yandexsim.Token).ok()
		if got := w.zone(); !slices.Contains(got, line) {
			t.Errorf("%s: %q, want %q", parameters, got, line)
		}
	}
}

// A record set has one TTL, whatever its records were given.
func TestRecordSetsHaveOneTTL(t *testing.T) {
	w := newWorld(t)
	w.delegated()
	for address, ttl := range map[string]string{"192.0.2.1": "7200", "192.0.2.2": "3600", "192.0.2.3": "9000"} {
		w.post("dns/add", "domain", "shop.example", "type", "A", "subdomain", "www", "content", address, "ttl", ttl).ok()
	}
	served := 0
	for _, line := range w.zone() {
		if strings.HasPrefix(line, "www.shop.example. 3600 IN A") {
			served++
		}
	}
	if served != 3 {
		t.Errorf("%d records have the lowest TTL: %q", served, w.zone())
	}
}

func TestRecordRefusals(t *testing.T) {
	w := newWorld(t)
	w.delegated()
	for parameters, code := range map[string]string{
		"":                                         "no_type",
		"type=SOA&content=x":                       "bad_type",
		"type=TXT":                                 "no_content",
		"type=A&content=2001:db8::1":               "bad_content",
		"type=AAAA&content=192.0.2.1":              "bad_content",
		"type=CNAME&content=two+words":             "bad_content",
		"type=CNAME&subdomain=x&content=":          "no_content",
		"type=TXT&content=x&subdomain=a+b":         "bad_subdomain",
		"type=TXT&content=x&ttl=long":              "bad_number",
		"type=MX&content=x.example&priority=65536": "bad_number",
		"type=A&subdomain=mail&content=192.0.2.1":  "record_exists",
		"type=MX&content=mx.yandex.net.":           "record_exists",
		"type=CNAME&content=www.example.com":       "record_exists",
	} {
		w.send("POST", yandexsim.AdminPath+"dns/add", "domain=shop.example&"+parameters, "PddToken", yandexsim.Token).refused(code)
	}
	// Without the name servers nobody would find the other records.
	for _, record := range w.get("dns/list", "domain", "shop.example").ok()["records"].([]any) {
		if record := record.(object); record["type"] == "NS" {
			w.post("dns/del", "domain", "shop.example", "record_id", fmt.Sprintf("%.0f", record["record_id"])).refused("not_allowed")
		}
	}
	w.post("dns/edit", "domain", "shop.example", "record_id", "9999", "content", "x").refused("record_not_found")
	w.post("dns/edit", "domain", "shop.example").refused("record_not_found")
	if got := w.zone(); len(got) != 5 {
		t.Errorf("a refused record is there: %q", got)
	}
}
