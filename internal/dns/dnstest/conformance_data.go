package dnstest

import (
	"errors"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// specimens are records with special data: they name no host, have no text, or hold characters that
// a host's API has to split or escape.
func specimens(f Fixture) []dns.Record {
	return []dns.Record{
		record(f, "nomail", "MX", dns.NullTarget),
		record(f, "_pop3._tcp", "SRV", "0 0 0 ."),
		record(f, "_imap._tcp.shop", "SRV", "0 0 0 ."),
		record(f, "_submissions._tcp", "SRV", "10 20 465 mail.example.net."),
		record(f, "empty", "TXT", ""),
		record(f, "caa1", "CAA", `0 issue "ca.example.net; validationmethods=dns-01"`),
		record(f, "caa2", "CAA", `128 issue ";"`),
		record(f, "caa3", "CAA", `0 iodef "mailto:security@example.com"`),
		record(f, "_25._tcp.mail", "TLSA", "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
		record(f, "4.3.2.1", "PTR", "host.example.net"),
	}
}

// writesSpecimens checks that each of them is either written as it is, or refused by the limits
// that the host declares. If it is refused, nothing is written, and the error is a
// [dns.RefusedError].
func writesSpecimens(t *testing.T, f Fixture) {
	objection := f.Host.Limits().Objection
	for _, r := range specimens(f) {
		before := f.Records(t)
		refused := !accepts(f, r.Type) || objection != nil && objection(f.Zone.Apex, r) != ""
		err := f.Host.Apply(t.Context(), read(t, f), dns.ChangeSet{Create: []dns.Record{r}})
		if refused {
			var refusal *dns.RefusedError
			if !errors.As(err, &refusal) {
				t.Errorf("%s: got %v, although the host says that it cannot hold the record", r, err)
			}
			checkRecords(t, "the zone after a refusal", f.Records(t), before)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", r, err)
			continue
		}
		checkRecords(t, "the zone with "+r.String(), f.Records(t), append(before, r))
		snapshot := read(t, f)
		if !contains(snapshot.Records, r) {
			t.Errorf("%s is read otherwise: %v", r, at(snapshot.Records, r.Name))
			continue
		}
		change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, snapshot, r)}})
		checkRecords(t, "the zone without "+r.String(), f.Records(t), before)
	}
}
