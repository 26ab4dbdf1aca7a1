package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

func TestOthersPublish(t *testing.T) {
	w := testWorld(t)
	if err := w.letOthersPublish(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, err := w.contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for apex := range w.box.DefaultZones() {
		for _, r := range othersRecords(apex) {
			if !slices.ContainsFunc(before, func(line string) bool { return strings.HasPrefix(line, r.String()+" (TTL ") }) {
				t.Errorf("%s is in no zone", r)
			}
		}
		// They are in the DNS, where a lookup finds them.
		www := &estate.Record{Name: "www." + apex, Type: "A", Value: "192.0.2.80"}
		if err := w.lookUp(t.Context(), &estate.Estate{Domains: []*estate.Domain{{Name: apex, Records: []*estate.Record{www}}}}); err != nil || www.Presence != estate.Seen {
			t.Errorf("%s: %+v, %v", www.Name, www, err)
		}
	}

	// At every DNS host, a record that was added or removed is noticed.
	for _, z := range w.zones {
		base, err := z.host.Read(t.Context(), z.HostedZone)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(base.Records, func(r dns.Record) bool { return r.Name == "www."+z.Apex })
		added := dns.Record{Name: "left." + z.Apex, Type: "TXT", Value: "left over", TTL: 3600}
		if err := z.host.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[i : i+1], Create: []dns.Record{added}}); err != nil {
			t.Fatal(err)
		}
	}
	after, err := w.contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	differences := same(before, after)
	if differences == nil {
		t.Fatal("changed zones passed for the same")
	}
	for apex := range w.box.DefaultZones() {
		for _, want := range []string{
			"a record of others is lost: www." + apex + " A 192.0.2.80 (TTL 3600)",
			"a record is left in the zone that was not there before: left." + apex + ` TXT "left over" (TTL 3600)`,
		} {
			if !slices.Contains(strings.Split(differences.Error(), "\n"), want) {
				t.Errorf("%q is not among the differences:\n%v", want, differences)
			}
		}
	}
}

func TestSame(t *testing.T) {
	for _, test := range []struct {
		name          string
		before, after []string
		want          string
	}{
		{"nothing", nil, nil, ""},
		{"the same", []string{"a", "b", "b"}, []string{"a", "b", "b"}, ""},
		{"a twin lost", []string{"a", "b", "b"}, []string{"a", "b"}, "a record of others is lost: b"},
		{"a twin more", []string{"a", "b"}, []string{"a", "a", "b"}, "a record is left in the zone that was not there before: a"},
	} {
		got := ""
		if err := same(test.before, test.after); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestUnknownHost(t *testing.T) {
	if _, err := testWorld(t).host("somewhere"); err == nil || !strings.Contains(err.Error(), "somewhere") {
		t.Errorf("the error of a DNS host that the sandbox has not is %v", err)
	}
}
