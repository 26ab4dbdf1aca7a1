package dnstest

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Run tests each clause of the contract of [dns.Host]. open returns a fresh fixture for each test.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, clause := range []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"finds the zone of a name", findsZone},
		{"says what is not found", missesZone},
		{"lists the zones of the account", listsZones},
		{"finds a zone by its ID", findsZoneByID},
		{"says which ID is not found", missesID},
		{"never takes a private zone", avoidsPrivate},
		{"does not choose between zones with one name", choosesNoTwin},
		{"says what it accepts", saysLimits},
		{"checks access and changes nothing", checksAccess},
		{"refuses a zone that cannot be edited", refusesReadOnly},
		{"reads what others wrote", readsOthers},
		{"reads the zone as it is now", readsNow},
		{"reads single names", readsNames},
		{"writes every kind of record", writesKinds},
		{"writes long and odd texts", writesTexts},
		{"writes special data", writesSpecimens},
		{"writes TTLs", writesTTLs},
		{"writes many records at once", writesMany},
		{"does nothing for no changes", writesNothing},
		{"replaces exactly one record", replacesOne},
		{"deletes exactly one record", deletesOne},
		{"tells MX records apart by their preference", tellsPreferences},
		{"tells twins apart", tellsTwins},
		{"puts a CNAME in the place of other data, and back", exchangesTypes},
		{"keeps the order of the zone", keepsOrder},
		{"notices a change of the record set concerned", comparesAndSwaps},
		{"does not mind changes elsewhere", mindsOnlyItsSets},
		{"applies all or nothing", appliesAllOrNothing},
		{"refuses a type that it does not have", refusesType},
		{"stops when the context ends", obeysContext},
		{"is used by many at once", servesMany},
		{"leaves nothing behind after an editor", servesEditor},
	} {
		t.Run(clause.name, func(t *testing.T) { clause.test(t, open(t)) })
	}
}

// kinds returns records of all kinds that mail needs and that zones have, if the host has the
// types.
func kinds(f Fixture) []dns.Record {
	mx := record(f, "", "MX", "mx1.example.net")
	mx.Priority = 10
	backup := record(f, "", "MX", "mx2.example.net")
	backup.Priority = 20
	deeper := record(f, "shop", "MX", "mx1.example.net")
	all := []dns.Record{
		record(f, "www", "A", "192.0.2.1"),
		record(f, "www", "A", "192.0.2.2"),
		record(f, "www", "AAAA", "2001:db8::1"),
		record(f, "", "TXT", "v=spf1 mx -all"),
		record(f, "", "TXT", "verification=0123456789"),
		mx, backup, deeper,
		record(f, "s1._domainkey", "CNAME", "s1.domainkey.example.net"),
		record(f, "s2._domainkey", "TXT", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
		record(f, "_dmarc", "TXT", "v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
		record(f, "*", "TXT", "answers for the rest"),
		record(f, "*.wild", "A", "192.0.2.3"),
		record(f, "xn--bcher-kva", "A", "192.0.2.4"),
		record(f, "a.b.c.d", "TXT", "deep"),
	}
	for _, extra := range []dns.Record{
		record(f, "sub", "NS", "ns1.example.net"),
		record(f, "", "CAA", `0 issue "ca.example.net"`),
		record(f, "_imaps._tcp", "SRV", "0 1 993 imap.example.net."),
	} {
		if accepts(f, extra.Type) {
			all = append(all, extra)
		}
	}
	return all
}

func readsOthers(t *testing.T, f Fixture) {
	want := kinds(f)
	if f.Host.Limits().Comments {
		want[0].Comment = "the web server"
	}
	before := read(t, f).Records
	for _, r := range want {
		f.Add(t, r)
	}
	snapshot := read(t, f)
	checkRecords(t, "the snapshot", snapshot.Records, append(before, want...))
	if snapshot.Zone.Apex != f.Zone.Apex || snapshot.Names != nil {
		t.Errorf("the snapshot is of %+v, names %q", snapshot.Zone, snapshot.Names)
	}
	for _, r := range snapshot.Records {
		canonical, err := dns.Canonical(r.Name)
		if err != nil || canonical != r.Name || !f.Zone.Holds(r.Name) {
			t.Errorf("%s: the name is not canonical, or not in the zone", r)
		}
		switch r.Type {
		case "SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "TYPE65534":
			t.Errorf("%s: records of this type belong to the host", r)
		}
	}
}

func readsNow(t *testing.T, f Fixture) {
	r := record(f, "www", "A", "192.0.2.1")
	if contains(read(t, f).Records, r) {
		t.Fatalf("%s is there before it was added", r)
	}
	f.Add(t, r)
	if !contains(read(t, f).Records, r) {
		t.Errorf("%s was added and is not there", r)
	}
	f.Remove(t, r)
	if contains(read(t, f).Records, r) {
		t.Errorf("%s was removed and is still there", r)
	}
}

func readsNames(t *testing.T, f Fixture) {
	reader, ok := f.Host.(dns.NameReader)
	if !ok {
		return // the whole zone is always there to be read
	}
	for _, r := range kinds(f) {
		f.Add(t, r)
	}
	www, missing := "www."+f.Zone.Apex, "missing."+f.Zone.Apex
	snapshot, err := reader.ReadNames(t.Context(), f.Zone, []string{www, missing})
	if err != nil {
		t.Fatal(err)
	}
	var want []dns.Record
	for _, r := range f.Records(t) {
		if r.Name == www {
			want = append(want, r)
		}
	}
	var got []dns.Record
	for _, r := range snapshot.Records {
		if r.Name == www {
			got = append(got, r)
		}
		if r.Name == missing {
			t.Errorf("%s is not in the zone", r)
		}
	}
	checkRecords(t, "at "+www, got, want)
	if len(snapshot.Names) < 2 {
		t.Errorf("the snapshot tells about %q only", snapshot.Names)
	}
	added := record(f, "missing", "TXT", "no longer")
	if err := f.Host.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{added}}); err != nil {
		t.Fatal(err)
	}
	if !contains(f.Records(t), added) {
		t.Errorf("%s is not in the zone", added)
	}
}
