package sandbox

import (
	"slices"
	"strings"
	"testing"
)

func TestServicesLookAtTheDNS(t *testing.T) {
	s := open(t, Options{})
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
		got, err := s.look(t.Context(), tc.name, tc.recordType)
		slices.Sort(got)
		slices.Sort(tc.want)
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s %s: %q, %v; want %q", tc.recordType, tc.name, got, err, tc.want)
		}
	}
	if _, err := s.look(t.Context(), "look.example", "NONSENSE"); err == nil {
		t.Error("a type that there is none of was looked up")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.look(t.Context(), "look.example", "MX"); err == nil {
		t.Error("a closed sandbox still answers")
	}
}
