package godaddysim

import (
	"slices"
	"strings"
	"testing"
)

func TestZones(t *testing.T) {
	ten, zero := 10, 0
	long := strings.Repeat("a", 300)
	s := newServer(t,
		text("@", `say "hi" \o/ é`), text("long", long),
		Record{Type: "A", Name: "Mail", Data: "192.0.2.1", TTL: 3600},
		Record{Type: "A", Name: "mail", Data: "192.0.2.2", TTL: 600},
		Record{Type: "A", Name: "@", Data: "Parked", TTL: 600},
		Record{Type: "CNAME", Name: "www", Data: "@", TTL: 600},
		Record{Type: "CNAME", Name: "shop", Data: "Shop.example.net.", TTL: 600},
		Record{Type: "CNAME", Name: "left", TTL: 600},
		Record{Type: "MX", Name: "@", Data: "mail.example.com", TTL: 600, Priority: &ten},
		Record{Type: "SRV", Name: "@", Data: "mail.example.com.", TTL: 600, Service: "_imaps", Protocol: "_tcp", Priority: &zero, Weight: &zero, Port: &ten},
		Record{Type: "CAA", Name: "@", Data: "ca.example", TTL: 600, Flag: &zero, Tag: "issue"},
	)
	zones, err := s.Zones()
	if err != nil {
		t.Fatal(err)
	}
	if len(zones) != 1 || zones[0].Apex != zone || !slices.Equal(zones[0].NameServers, NameServers) {
		t.Fatalf("the zones are %+v", zones)
	}
	var lines []string
	for _, rr := range zones[0].Records {
		lines = append(lines, strings.Join(strings.Fields(rr.String()), " "))
	}
	want := []string{
		"example.com. 3600 IN NS ns01.domaincontrol.com.",
		"example.com. 3600 IN NS ns02.domaincontrol.com.",
		`example.com. 3600 IN TXT "say \"hi\" \\o/ \195\169"`,
		`long.example.com. 3600 IN TXT "` + long[:255] + `" "` + long[255:] + `"`,
		"mail.example.com. 600 IN A 192.0.2.1",
		"mail.example.com. 600 IN A 192.0.2.2",
		"www.example.com. 600 IN CNAME example.com.",
		"shop.example.com. 600 IN CNAME shop.example.net.",
		"example.com. 600 IN MX 10 mail.example.com.",
		"_imaps._tcp.example.com. 600 IN SRV 0 0 10 mail.example.com.",
		`example.com. 600 IN CAA 0 issue "ca.example"`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("served are\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}

	again, err := s.Zones()
	if err != nil || &again[0] != &zones[0] {
		t.Errorf("nothing has changed, and yet the zones are new (%v)", err)
	}
	s.call(t, "PATCH", recordsV1, withKey, `[{"type":"TXT","name":"new","data":"x"}]`).want(t, 200, "")
	if again, err = s.Zones(); err != nil || len(again[0].Records) != len(want)+1 {
		t.Errorf("after a change there are %d records (%v)", len(again[0].Records), err)
	}
}
