package mailrecord

import "testing"

func TestSPFOfRules(t *testing.T) {
	tests := []struct {
		name  string
		rules []string
		want  string
	}{
		{"one", []string{"include:spf.example.com"}, "v=spf1 include:spf.example.com ~all"},
		{"several in one text", []string{" a  mx include:spf.example.com "}, "v=spf1 a mx include:spf.example.com ~all"},
		{"several texts", []string{"a ip4:192.0.2.1", "include:spf.example.com", "A ip4:192.0.2.1/32"}, "v=spf1 a ip4:192.0.2.1 include:spf.example.com ~all"},
		{"the weaker qualifier counts", []string{"-a ~mx ?ip4:192.0.2.1", "~a ?mx ip4:192.0.2.1", "-a -mx -ip4:192.0.2.1"}, "v=spf1 ~a ?mx ip4:192.0.2.1 ~all"},
		{"part of another one", []string{"include:spf.example.com", "include:spf.example.co"}, "v=spf1 include:spf.example.com include:spf.example.co ~all"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := SPFOfRules(test.rules...)
			if err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
	for rules, want := range map[string]string{
		"":                               "no mechanism",
		"v=spf1 a ~all":                  "has the version",
		"a -all":                         `"-all" ends the record`,
		"redirect=spf.example.com":       "modifier",
		"exp=why.example.com":            "modifier",
		"foo":                            "not a mechanism",
		"ip4:0.0.0.0/0":                  "every address",
		"include:spf.example.com mx;":    "blanks separate",
		"ip4:192.0.2.1 include:_spf%zz.": "begins no macro",
	} {
		_, err := SPFOfRules(rules)
		checkError(t, err, []string{want})
	}
}
