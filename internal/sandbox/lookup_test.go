package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

func TestServicesLookAtTheDNS(t *testing.T) {
	s := open(t, sandbox.Options{})
	long := strings.Repeat("0123456789", 30)
	err := s.PutZone("look.example", []string{
		`@ MX 20 mail.example.com.`,
		`@ TXT "v=spf1 a:mail.example.com -all"`,
		`@ TXT "` + long[:200] + `" "` + long[200:] + `"`,
		`alias CNAME Target.Look.Example.`,
		`target TXT "behind \"it\""`,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, recordType string
		want             []string
	}{
		{"look.example", "MX", []string{"20 mail.example.com"}},
		{"look.example", "TXT", []string{"v=spf1 a:mail.example.com -all", long}},
		{"alias.look.example", "CNAME", []string{"target.look.example"}},
		{"alias.look.example", "TXT", []string{`behind "it"`}},
		{"alias.look.example", "MX", nil},
		{"absent.look.example", "TXT", nil},
		{"nowhere.example", "CNAME", nil},
	} {
		got, err := s.Look(t.Context(), tc.name, tc.recordType)
		slices.Sort(got)
		slices.Sort(tc.want)
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s %s: %q, %v; want %q", tc.recordType, tc.name, got, err, tc.want)
		}
	}
	if _, err := s.Look(t.Context(), "look.example", "NONSENSE"); err == nil {
		t.Error("a type that there is none of was looked up")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look(t.Context(), "look.example", "MX"); err == nil {
		t.Error("a closed sandbox still answers")
	}
}

// A domain becomes valid at SendGrid when its records are in a zone, and what they point to is in
// the DNS too.
func TestSendGridBelievesTheDNS(t *testing.T) {
	s := open(t, sandbox.Options{})
	base, err := api.ParseBaseURL(s.BaseURL(sendgridsim.Section), false)
	if err != nil {
		t.Fatal(err)
	}
	client := sendgridapi.New(sendgridapi.Config{APIKey: sendgridsim.Key, BaseURL: base, Transport: s.Transport()})
	d, err := client.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := client.Validate(t.Context(), d.Ref()); err != nil || v.Valid {
		t.Fatalf("without records: %+v, %v", v, err)
	}
	var lines []string
	for _, r := range d.Records {
		lines = append(lines, r.Name+". "+r.Type+" "+r.Data+".")
	}
	if err := s.PutZone("example.com", lines); err != nil {
		t.Fatal(err)
	}
	if v, err := client.Validate(t.Context(), d.Ref()); err != nil || !v.Valid {
		t.Errorf("with records: %+v, %v", v, err)
	}
	for purpose, recordType := range map[string]string{"mail_cname": "MX", "dkim1": "TXT", "dkim2": "TXT"} {
		if data, err := s.Look(t.Context(), d.Records[purpose].Name, recordType); err != nil || len(data) != 1 {
			t.Errorf("%s leads to %q, %v", purpose, data, err)
		}
	}
}
