package dns_test

import (
	"encoding/json"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	digest = "AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899"
	zoneMD = digest + "AABBCCDDEEFF00112233445566778899"
)

// spellings are, by record type, different spellings of data that are the same on the wire.
var spellings = map[string][]string{
	"TLSA":       {"3 1 1 " + digest, "3 1 1 " + digest[:32] + " " + digest[32:], "03 01 1 " + digest},
	"SMIMEA":     {"3 0 1 " + digest, "3 0  1 " + digest[:10] + " " + digest[10:]},
	"SSHFP":      {"4 2 " + digest, "4 2 " + digest[:8] + " " + digest[8:]},
	"DS":         {"12345 13 2 " + digest, "12345 ECDSAP256SHA256 2 " + digest},
	"CDS":        {"12345 13 2 " + digest},
	"DLV":        {"12345 13 2 " + digest},
	"ZONEMD":     {"2018031500 1 1 " + zoneMD},
	"EID":        {"E32C6F78163A9348"},
	"NIMLOC":     {"32251A030067"},
	"HIP":        {"2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D Rvs.Example.com."},
	"TYPE65280":  {`\# 3 0A0B0C`, `\#  3  0A 0B0C`},
	"OPENPGPKEY": {"mQINBFbYmaAB", "mQIN BFbY maAB"},
	"SRV":        {"0 5 993 IMAP.Example.net.", "00 5 0993 IMAP.example.net."},
	"NAPTR":      {`100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" Example.NET.`},
	"SVCB":       {"1 Svc.Example.net. alpn=h2", `1 Svc.Example.net. alpn="h2"`},
	"HTTPS":      {"1 Svc.Example.net. alpn=h2", `1 Svc.Example.net. alpn="h2"`},
	"RP":         {"Hostmaster.Example.net. Info.Example.net."},
	"AFSDB":      {"1 AFS.Example.net."},
	"KX":         {"10 KX.Example.net."},
	"IPSECKEY":   {"10 3 2 GW.Example.net. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="},
	"LOC":        {"51 56 0.123 N 5 54 0.000 E 4.00m 1.00m 10000.00m 10.00m", "51 56 0.123 N 5 54 0.000 E 4m 1m 10000m 10m"},
	"EUI48":      {"00-00-5E-00-53-2A"},
}

// folded are types whose data in these spellings may be written in upper or lower case. The other
// types have base64 or texts, which may not.
var folded = []string{"TLSA", "SMIMEA", "SSHFP", "DS", "CDS", "DLV", "ZONEMD", "EID", "NIMLOC", "TYPE65280", "SRV", "RP", "AFSDB", "KX", "SVCB", "HTTPS", "EUI48"}

// Data has one form for comparing what a person typed, what comes from the wire and what was
// stored. The case of hexadecimal digits and names makes no difference.
func TestOneFormOfData(t *testing.T) {
	for _, recordType := range folded {
		for _, value := range spellings[recordType] {
			spellings[recordType] = append(spellings[recordType], strings.ToLower(value))
		}
	}
	for recordType, values := range spellings {
		want, err := dns.NewRecord("x.example.com", recordType, values[0])
		if err != nil {
			t.Errorf("%s: %v", recordType, err)
			continue
		}
		for _, value := range values {
			if got, err := dns.NewRecord("x.example.com", recordType, value); err != nil || got != want {
				t.Errorf("%s %s: %q, %v; want %q", recordType, value, got.Value, err, want.Value)
			}
			if got := dns.ShownRecord("x.example.com", recordType, value); got != want {
				t.Errorf("%s %s is shown as %q; want %q", recordType, value, got.Value, want.Value)
			}
			rr, err := miekg.NewRR("x.example.com. 0 IN " + recordType + " " + value)
			if err != nil {
				t.Errorf("%s %s: %v", recordType, value, err)
				continue
			}
			if got, err := dns.RecordFromRR(rr); err != nil || got != want {
				t.Errorf("%s %s of a message: %q, %v; want %q", recordType, value, got.Value, err, want.Value)
			}
			kept, err := json.Marshal(dns.Record{Name: "x.example.com", Type: recordType, Value: value})
			if err != nil {
				t.Fatal(err)
			}
			var got dns.Record
			if err := json.Unmarshal(kept, &got); err != nil || got != want {
				t.Errorf("%s kept: %q, %v; want %q", kept, got.Value, err, want.Value)
			}
		}
		if again, err := dns.NewRecord(want.Name, want.Type, want.Value); err != nil || again != want {
			t.Errorf("%s: made of itself it is %s, %v", want, again, err)
		}
	}
}

// Data that does not fit into a message is refused, and kept as it is in records of others.
func TestDataThatIsNone(t *testing.T) {
	for recordType, value := range map[string]string{"TLSA": "3 1 1 ABC", "TYPE65280": `\# 3 0A`, "TYPE65281": "3 1 1"} {
		if r, err := dns.NewRecord("x.example.com", recordType, value); err == nil {
			t.Errorf("%s %s has become %s", recordType, value, r)
		}
		if r := dns.ShownRecord("x.example.com", recordType, value); r.Value != value {
			t.Errorf("%s %s is shown as %q", recordType, value, r.Value)
		}
	}
	var r dns.Record
	if err := json.Unmarshal([]byte(`{"name": 1}`), &r); err == nil {
		t.Errorf("JSON of another shape has become %s", r)
	}
}
