package cloudflaresim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// served gives the records of the only served zone, blanks for tabs and without the class.
func (w *world) served() (apex string, nameServers, lines []string) {
	w.t.Helper()
	zones, err := w.Zones()
	if err != nil || len(zones) != 1 {
		w.t.Fatalf("%d zones are served: %v", len(zones), err)
	}
	for _, rr := range zones[0].Records {
		lines = append(lines, strings.Join(slices.Delete(strings.Fields(rr.String()), 2, 3), " "))
	}
	return zones[0].Apex, zones[0].NameServers, lines
}

func TestServedRecords(t *testing.T) {
	for _, tc := range []struct {
		what   string
		bodies []string
		want   []string
	}{
		{"automatic TTL", []string{`{"type":"A","name":"a","content":"192.0.2.1"}`}, []string{"a.example.com. 300 A 192.0.2.1"}},
		{"explicit TTL", []string{`{"type":"A","name":"a","content":"192.0.2.1","ttl":600}`}, []string{"a.example.com. 600 A 192.0.2.1"}},
		{"a text without quotes", []string{`{"type":"TXT","name":"t","content":"two words"}`}, []string{`t.example.com. 300 TXT "two words"`}},
		{"a null MX", []string{`{"type":"MX","name":"@","content":".","priority":0}`}, []string{"example.com. 300 MX 0 ."}},
		{"CNAME", []string{`{"type":"CNAME","name":"www","content":"host.example.org","ttl":600}`}, []string{"www.example.com. 600 CNAME host.example.org."}},
		{"CNAME that is proxied", []string{`{"type":"CNAME","name":"www","content":"host.example.org","proxied":true}`},
			[]string{"www.example.com. 300 A 198.51.100.104", "www.example.com. 300 AAAA 2001:db8::104"}},
		{"CNAME that is flattened", []string{`{"type":"CNAME","name":"www","content":"host.example.org","settings":{"flatten_cname":true}}`},
			[]string{"www.example.com. 300 A 198.51.100.53"}},
		{"CNAME at the apex", []string{`{"type":"CNAME","name":"@","content":"a.example.com"}`, `{"type":"A","name":"a","content":"192.0.2.1"}`},
			[]string{"example.com. 300 A 192.0.2.1", "a.example.com. 300 A 192.0.2.1"}},
		{"MX to a proxied host", []string{`{"type":"A","name":"mail","content":"192.0.2.1","proxied":true}`, `{"type":"MX","name":"@","content":"mail.example.com","priority":5}`},
			[]string{"mail.example.com. 300 A 198.51.100.104", "mail.example.com. 300 AAAA 2001:db8::104",
				"example.com. 300 MX 5 _dc-mx.406200cfd46d.example.com.", "_dc-mx.406200cfd46d.example.com. 300 A 192.0.2.1"}},
		{"addresses of which one is proxied", []string{`{"type":"A","name":"www","content":"192.0.2.1","proxied":true}`,
			`{"type":"AAAA","name":"www","content":"2001:db8::1"}`, `{"type":"A","name":"www","content":"192.0.2.2"}`},
			[]string{"www.example.com. 300 A 198.51.100.104", "www.example.com. 300 AAAA 2001:db8::104"}},
		{"NS at the apex", []string{`{"type":"NS","name":"@","content":"ns.example.org"}`}, nil},
		{"NS below", []string{`{"type":"NS","name":"sub","content":"ns.example.org"}`}, []string{"sub.example.com. 300 NS ns.example.org."}},
		{"SRV", []string{`{"type":"SRV","name":"_imap._tcp","data":{"priority":1,"weight":2,"port":143,"target":"mail.example.com"}}`},
			[]string{"_imap._tcp.example.com. 300 SRV 1 2 143 mail.example.com."}},
		{"a null SRV", []string{`{"type":"SRV","name":"_pop3._tcp","data":{"priority":0,"weight":0,"port":0,"target":"."}}`},
			[]string{"_pop3._tcp.example.com. 300 SRV 0 0 0 ."}},
		{"HTTPS", []string{`{"type":"HTTPS","name":"@","data":{"priority":1,"target":".","value":"alpn=\"h2\""}}`}, []string{`example.com. 300 HTTPS 1 . alpn="h2"`}},
		{"CAA", []string{`{"type":"CAA","name":"@","data":{"flags":0,"tag":"issue","value":"ca.example"}}`}, []string{`example.com. 300 CAA 0 issue "ca.example"`}},
	} {
		w := newWorld(t, "example.com")
		zone := w.zoneID("example.com")
		for _, body := range tc.bodies {
			w.create(zone, body)
		}
		if _, _, got := w.served(); !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n got %q\nwant %q", tc.what, got, tc.want)
		}
	}
}

func TestServedZones(t *testing.T) {
	w := newWorld(t, "example.com", "pending.example", "partial.example")
	for apex, change := range map[string]func(z *cloudflaresim.Zone){
		"pending.example": func(z *cloudflaresim.Zone) { z.Status = "pending" },
		"partial.example": func(z *cloudflaresim.Zone) { z.Type = "partial" },
	} {
		if err := w.EditZone(apex, change); err != nil {
			t.Fatal(err)
		}
	}
	apex, servers, _ := w.served()
	if apex != "example.com" || len(servers) != 2 || !strings.HasSuffix(servers[0], ".ns.cloudflare.com") || servers[0] == servers[1] {
		t.Errorf("%s is served by %q", apex, servers)
	}
	before, err := w.Zones()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.Zones(); err != nil || &again[0] != &before[0] {
		t.Errorf("nothing has changed, but the zones are made anew: %v", err)
	}
	err = w.EditZone("example.com", func(z *cloudflaresim.Zone) {
		z.VanityNameServers, z.FlattenAll = []string{"ns1.example.com", "ns2.example.com"}, true
	})
	if err != nil {
		t.Fatal(err)
	}
	w.create(w.zoneID("example.com"), `{"type":"CNAME","name":"www","content":"host.example.org"}`)
	_, servers, records := w.served()
	if !slices.Equal(servers, []string{"ns1.example.com", "ns2.example.com"}) || !slices.Equal(records, []string{"www.example.com. 300 A 198.51.100.53"}) {
		t.Errorf("served by %q: %q", servers, records)
	}
}

// Adding a zone again changes nothing of it.
func TestAddZoneTwice(t *testing.T) {
	w := newWorld(t, "example.com")
	zone := w.zoneID("example.com")
	w.create(zone, `{"type":"A","name":"a","content":"192.0.2.1"}`)
	if err := w.AddZone("Example.COM."); err != nil {
		t.Fatal(err)
	}
	if w.zoneID("example.com") != zone || len(w.contents(zone)) != 1 {
		t.Error("the zone is another one")
	}
	if err := w.AddZone("no zone"); err == nil {
		t.Error("a zone with a blank in its name was added")
	}
}

// Files of version 0.1.0 have the priority in the content of SRV records too.
func TestServedRecordOfOlderFile(t *testing.T) {
	w := newWorld(t, "example.com")
	priority := uint16(1)
	err := w.EditZone("example.com", func(z *cloudflaresim.Zone) {
		z.Records = append(z.Records, &cloudflaresim.Record{
			ID: strings.Repeat("a", 32), Name: "_imap._tcp.example.com", Type: "SRV", Content: "1 2 143 mail.example.com", Priority: &priority, TTL: 1,
			Data: map[string]any{"priority": 1.0, "weight": 2.0, "port": 143.0, "target": "mail.example.com"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, got := w.served(); !slices.Equal(got, []string{"_imap._tcp.example.com. 300 SRV 1 2 143 mail.example.com."}) {
		t.Errorf("got %q", got)
	}
	again := w.do("POST", "/zones/"+w.zoneID("example.com")+"/dns_records",
		`{"type":"SRV","name":"_imap._tcp","data":{"priority":1,"weight":2,"port":143,"target":"mail.example.com"}}`)
	if again.codes() != "81058" {
		t.Errorf("the same record again: %s", again.body)
	}
}
