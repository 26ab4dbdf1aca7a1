package mailrecord

import (
	"slices"
	"testing"
)

func TestReadDMARC(t *testing.T) {
	const rua = "rua=mailto:a@example.com"
	tests := []struct {
		name, text string
		applies    bool
		anew       string // what receivers act on
		faults     []string
	}{
		{"nothing wrong", "v=DMARC1; p=reject; sp=none; " + rua, true, "v=DMARC1; p=reject; sp=none; " + rua, nil},
		{"no policy and no address", "v=DMARC1", false, "v=DMARC1", nil},
		{"no policy, but sp", "v=DMARC1; sp=reject", false, "v=DMARC1; sp=reject", nil},
		{"no policy, with an address", "v=DMARC1; sp=reject; " + rua, true, "v=DMARC1; p=none; " + rua, nil},
		{"no policy, and an address that is none", "v=DMARC1; rua=a@example.com", false, "v=DMARC1", []string{"tag rua="}},
		{"a wrong policy", "v=DMARC1; p=all", false, "v=DMARC1", []string{"tag p="}},
		{"a wrong policy, with an address", "v=DMARC1; p=all; np=reject; " + rua, true, "v=DMARC1; p=none; " + rua, []string{"tag p="}},
		{"a wrong policy of subdomains", "v=DMARC1; p=reject; sp=all", false, "v=DMARC1; p=reject", []string{"tag sp="}},
		{"a wrong policy of subdomains, with an address", "v=DMARC1; p=reject; sp=all; " + rua, true, "v=DMARC1; p=none; " + rua, []string{"tag sp="}},
		{"an empty policy of names that do not exist", "v=DMARC1; p=reject; np=; " + rua, true, "v=DMARC1; p=none; " + rua, []string{"tag np="}},
		{"other tags that are wrong", "v=DMARC1; p=reject; adkim=strict; t=yes; psd=x; fo=9; ruf=x", true, "v=DMARC1; p=reject", []string{"tag adkim=", "tag t=", "tag psd=", "tag fo=", "tag ruf="}},
		{"one valid address among others", "v=DMARC1; rua=a@example.com, mailto:b@example.com,", true, "v=DMARC1; p=none; rua=mailto:b@example.com", []string{"tag rua="}},
		{"no tags", "v=DMARC1; p; =none; p none=x;; ;p=reject;;", true, "v=DMARC1; p=reject", []string{`"p" is ignored`, `"=none" is ignored`, `"p none=x" is ignored`}},
		{"names that no tag has", "v=DMARC1; p=reject; x-y=1; 2=3", true, "v=DMARC1; p=reject", []string{"no tag has such a name", "no tag has such a name"}},
		{"a name that is nearly one", "v=DMARC1; p=reject; s-p=none", true, "v=DMARC1; p=reject", []string{"is not a tag name"}},
		{"a control byte", "v=DMARC1; p=reject; adkim=\x01s", true, "v=DMARC1; p=reject", []string{"0x01 is not printable"}},
		{"a tag twice", "v=DMARC1; p=none; P=reject", true, "v=DMARC1; p=none", []string{"tag p="}},
		{"the wrong one first", "v=DMARC1; p=all; p=reject", false, "v=DMARC1", []string{"tag p=", "twice"}},
		{"unknown tags without a value", "v=DMARC1; p=reject; pct=; x=", true, "v=DMARC1; p=reject", nil},
		{"unknown tags", "v=DMARC1; p=reject; pct=50; x=1", true, "v=DMARC1; p=reject; pct=50; x=1", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := ReadDMARC(test.text)
			if !ok || got.Applies != test.applies || got.Record.String() != test.anew {
				t.Errorf("%q: ok %v, applies %v, %q; want %v, %q", test.text, ok, got.Applies, got.Record, test.applies, test.anew)
			}
			checkWarnings(t, slices.Concat(got.Faults, got.Unknown), test.faults)
		})
	}
	if _, ok := ReadDMARC("v=spf1 -all"); ok {
		t.Error("an SPF record was read as a DMARC record")
	}
}

// What ParseDMARC accepts, receivers understand in the same way, except for the policy of a record
// without p=.
func FuzzReadDMARC(f *testing.F) {
	for _, seed := range []string{"v=DMARC1; p=none; sp=x; rua=mailto:a@example.com", "V=DMARC1;P=reject;;t=Y", "v=DMARC1; rua=a,mailto:b@example.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reading, ok := ReadDMARC(text)
		if ok != IsDMARC(text) {
			t.Fatalf("%q: %v", text, ok)
		}
		if reading.Applies && !slices.Contains([]string{"none", "quarantine", "reject"}, reading.Record.Policy) {
			t.Fatalf("%q applies with the policy %q", text, reading.Record.Policy)
		}
		record, err := ParseDMARC(text)
		if err != nil {
			return
		}
		if len(reading.Faults) > 0 {
			t.Fatalf("%q parses, but receivers find %q", text, reading.Faults)
		}
		if record.Policy != "" && record.String() != reading.Record.String() {
			t.Fatalf("%q is %q, and receivers read %q", text, record, reading.Record)
		}
	})
}
