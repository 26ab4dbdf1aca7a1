package mailrecord

import (
	"reflect"
	"slices"
	"testing"
)

func TestIsDMARC(t *testing.T) {
	tests := map[string]bool{
		"v=DMARC1":            true,
		"v=DMARC1;":           true,
		"v = DMARC1 ; p=none": true,
		"v=DMARC1; nonsense":  true,
		"V=DMARC1; p=none":    true, // RFC 9989 section 4.8: only the value is case-sensitive
		"v=dmarc1; p=none":    false,
		"v=DMARC2; p=none":    false,
		"v=DMARC1 p=none":     false,
		" v=DMARC1; p=none":   false,
		"p=none; v=DMARC1":    false,
		"v=spf1 -all":         false,
		"":                    false,
	}
	for text, want := range tests {
		if got := IsDMARC(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestParseDMARC(t *testing.T) {
	tests := []struct {
		name string
		text string
		want DMARC
		anew string
	}{
		{"the least", "v=DMARC1", DMARC{}, "v=DMARC1"},
		{"usual", "v=DMARC1; p=none; rua=mailto:dmarc@example.com", DMARC{Policy: "none", AggregateReports: []string{"mailto:dmarc@example.com"}},
			"v=DMARC1; p=none; rua=mailto:dmarc@example.com"},
		{
			"every tag, in any order, with blanks",
			"v = DMARC1 ;rua=mailto:a@example.com!10m , mailto:b%2Cc@example.net?subject=x;ruf=https://example.com/r; fo=1:D; t=Y; psd=u; aspf=s; adkim=R; np=reject; sp=Quarantine; p=REJECT ; ",
			DMARC{Policy: "reject", SubdomainPolicy: "quarantine", NonexistentPolicy: "reject", DKIMAlignment: "r", SPFAlignment: "s", FailureOptions: []string{"1", "d"},
				AggregateReports: []string{"mailto:a@example.com!10m", "mailto:b%2Cc@example.net?subject=x"}, FailureReports: []string{"https://example.com/r"}, PublicSuffix: "u", Testing: true},
			"v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=r; aspf=s; fo=1:d; rua=mailto:a@example.com!10m,mailto:b%2Cc@example.net?subject=x; ruf=https://example.com/r; psd=u; t=y",
		},
		{"names of tags in upper case", "V=DMARC1; P=none; RUA=mailto:a@example.com; X=Y", DMARC{Policy: "none", AggregateReports: []string{"mailto:a@example.com"}, Others: []string{"x=Y"}},
			"v=DMARC1; p=none; rua=mailto:a@example.com; x=Y"},
		{"tags that are gone or unknown are kept", "v=DMARC1; pct=50; p=none; x=1 2; ri=86400; t=n", DMARC{Policy: "none", Others: []string{"pct=50", "x=1 2", "ri=86400"}},
			"v=DMARC1; p=none; pct=50; x=1 2; ri=86400"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseDMARC(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
			if got.String() != test.anew {
				t.Errorf("written anew %q\nwant %q", got, test.anew)
			}
			if again, err := ParseDMARC(got.String()); err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("%q reads as %+v, %v", got, again, err)
			}
		})
	}
}

func TestParseDMARCErrors(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"p=none", []string{"v=DMARC1", "p=none"}},
		{"v=DMARC1; p=", []string{"tag p=", "no value"}},
		{"v=DMARC1; p=block", []string{"tag p=", `"block"`, "none, quarantine, reject"}},
		{"v=DMARC1; sp=all", []string{"tag sp=", `"all"`}},
		{"v=DMARC1; np=x", []string{"tag np="}},
		{"v=DMARC1; adkim=strict", []string{"tag adkim=", `"strict"`}},
		{"v=DMARC1; aspf=x", []string{"tag aspf="}},
		{"v=DMARC1; psd=yes", []string{"tag psd="}},
		{"v=DMARC1; t=yes", []string{"tag t="}},
		{"v=DMARC1; fo=0:", []string{"tag fo=", `""`}},
		{"v=DMARC1; fo=2", []string{"tag fo=", `"2"`}},
		{"v=DMARC1; fo=d:D", []string{"tag fo=", "twice"}},
		{"v=DMARC1; fo=0:d:1", []string{"tag fo=", "both 0", "and 1"}},
		{"v=DMARC1; p=none; P=reject", []string{"tag p=", "twice"}},
		{"v=DMARC1; P=all; RUA=mailto:a@example.com", []string{"tag p=", "take the policy as none"}},
		{"v=DMARC1; p=none; p=reject", []string{"tag p=", "twice"}},
		{"v=DMARC1; p=none,", []string{"tag p=", `"none,"`}},
		{"v=DMARC1; p=none rua=mailto:a@example.com", []string{"tag p=", "rua"}},
		{"v=DMARC1; p=none; rua", []string{"tag number 3", `"rua"`}},
		{"v=DMARC1; rua=a@example.com", []string{"tag rua=", "mailto:a@example.com"}},
		{"v=DMARC1; rua=example.com", []string{"tag rua=", "not a URI"}},
		{"v=DMARC1; rua=mailto:a@example.com,", []string{"tag rua=", `""`}},
		{"v=DMARC1; rua=mailto:example.com", []string{"tag rua=", "no mail address"}},
		{"v=DMARC1; ruf=mailto:@example.com", []string{"tag ruf=", "no mail address"}},
		{"v=DMARC1; ruf=mailto:a@my_host.example", []string{"tag ruf=", "underscore"}},
		{"v=DMARC1; rua=mailto:a b@example.com", []string{"tag rua=", "a blank"}},
		{"v=DMARC1; rua=mailto:a!b@example.com", []string{"tag rua=", "%21"}},
		{"v=DMARC1; rua=mailto:a@example.com!10p", []string{"tag rua=", "%21"}},
		{"v=DMARC1; ruf=mailto:a%zz@example.com:x", []string{"tag ruf="}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, err := ParseDMARC(test.text)
			checkError(t, err, append(test.want, "DMARC record: "))
		})
	}
}

func TestDMARCWarnings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"good", "v=DMARC1; p=reject; np=reject; fo=1; rua=mailto:a@example.com; ruf=mailto:a@example.com; unknown=1", nil},
		{"no policy", "v=DMARC1; rua=mailto:a@example.com", []string{"p= is missing"}},
		{"testing", "v=DMARC1; p=reject; t=y", []string{"t=y"}},
		{"what RFC 9989 dropped", "v=DMARC1; p=reject; pct=50; ri=3600; rf=afrf", []string{`"pct=50"`, `"ri=3600"`, `"rf=afrf"`}},
		{"options without reports", "v=DMARC1; p=reject; fo=1", []string{"fo="}},
		{"URIs", "v=DMARC1; p=reject; rua=mailto:a@example.com!1g, https://example.com/", []string{`"mailto:a@example.com!1g"`, `"https://example.com/"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			record, err := ParseDMARC(test.text)
			if err != nil {
				t.Fatal(err)
			}
			checkWarnings(t, record.Warnings(), test.want)
		})
	}
}

func TestExternalReportNames(t *testing.T) {
	tests := []struct {
		name    string
		domain  string
		reports string
		want    []string
	}{
		{"the same domain", "example.com", "rua=mailto:a@Example.com", nil},
		{"a subdomain, a parent, a sibling", "mail.example.co.uk", "rua=mailto:a@x.mail.example.co.uk,mailto:a@example.co.uk,mailto:a@other.example.co.uk", nil},
		{"others, sorted, once each", "Example.com.", "rua=mailto:a@reports.example.net!10m,mailto:b@example.co.uk; ruf=mailto:c@Reports.example.net,https://example.org/",
			[]string{"example.com._report._dmarc.example.co.uk", "example.com._report._dmarc.reports.example.net"}},
		{"a public suffix has many owners", "one.co.uk", "rua=mailto:a@two.co.uk", []string{"one.co.uk._report._dmarc.two.co.uk"}},
		{"a public suffix itself", "co.uk", "rua=mailto:a@co.uk", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			record, err := ParseDMARC("v=DMARC1; p=none; " + test.reports)
			if err != nil {
				t.Fatal(err)
			}
			if got := record.ExternalReportNames(test.domain); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzDMARC(f *testing.F) {
	for _, seed := range []string{
		"v=DMARC1; p=none; rua=mailto:a@example.com!10m, mailto:b@example.net",
		"v = DMARC1 ; sp=reject; np=none; adkim=s; aspf=r; FO=1:d:s; ruf=https://example.com/; psd=n; t=y; pct=1; x=y=z",
		"v=DMARC1;;", "v=DMARC1; rua=mailto:@,", "v=DMARC1; rua=mailto:%@a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		record, err := ParseDMARC(text)
		if err != nil {
			return
		}
		if !IsDMARC(record.String()) {
			t.Fatalf("%q, written anew %q, is no DMARC record any more", text, record)
		}
		again, err := ParseDMARC(record.String())
		if err != nil || !reflect.DeepEqual(again, record) {
			t.Fatalf("%q is %+v, written anew %q it is %+v, %v", text, record, record, again, err)
		}
		record.Warnings()
		record.ExternalReportNames("example.com")
	})
}
