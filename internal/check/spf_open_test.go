package check

import "testing"

// A record may permit everybody in other ways than by +all.
func TestSPFThatPermitsEverybody(t *testing.T) {
	for text, want := range map[string]Status{
		"v=spf1 a:mail.example.com/0 -all": Fail, "v=spf1 mx/0 -all": Fail, "v=spf1 mx//0 -all": Fail, "v=spf1 ip6:::/0 -all": Fail, "v=spf1 ip6:2000::/3 -all": Fail,
		"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all": Fail, "v=spf1 ip4:0.0.0.0/2 ip4:64.0.0.0/2 ip4:128.0.0.0/2 ip4:192.0.0.0/2 -all": Fail,
		"v=spf1 a:mail.example.com/1 ip4:0.0.0.0/1 -all": Fail, "v=spf1 ip4:0.0.0.0/1 include:half.example.com -all": Fail,
		"v=spf1 exists:mail.example.com -all": Fail, "v=spf1 exists:%{o} -all": Pass, "v=spf1 exists:mail.%{d} -all": Fail, "v=spf1 redirect=all.example.com": Fail,
		"v=spf1 ip4:0.0.0.0/1 -all": Warn, "v=spf1 a:mail.example.com/1 -all": Warn, "v=spf1 mx/8 -all": Warn, "v=spf1 ip4:17.0.0.0/8 -all": Warn,
		"v=spf1 ip4:17.0.0.0/9 ip4:17.128.0.0/9 -all": Warn, "v=spf1 ip6:2600::/12 -all": Warn,
		"v=spf1 ip4:10.0.0.0/8 ip6:fc00::/7 -all": Pass, "v=spf1 ip4:17.0.0.0/9 -all": Pass, "v=spf1 -ip4:0.0.0.0/0 mx -all": Pass, "v=spf1 ?mx/0 -all": Pass,
		"v=spf1 a:gone.example.com/0 -all": Pass, "v=spf1 exists:gone.example.com -all": Pass, "v=spf1 exists:%{i}.example.com -all": Pass,
		"v=spf1 a:lost.example.com/0 -all": Unknown, "v=spf1 -all ip4:0.0.0.0/0": Pass,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			s := newScene(t).spf(text).fault(servfail, "* lost.example.com").
				add(`half IN TXT "v=spf1 ip4:128.0.0.0/1 ?all"`, `all IN TXT "v=spf1 mx:example.com/0 -all"`)
			s.options.Only = []string{"spf_all"}
			result, _ := s.run().Result("spf_all")
			severe := result.Status != Fail || result.Severity == Critical
			if result.Status != want || !severe {
				t.Errorf("%s, %s: %s; want %s", result.Status, result.Severity, result.Found, want)
			}
		})
	}
}

// Macros for the domain have a fixed value. What others lead to is not known.
func TestSPFMacros(t *testing.T) {
	for _, test := range []struct {
		text, id string
		want     Status
	}{
		{"v=spf1 include:open.%{d} -all", "spf_all", Fail},
		{"v=spf1 include:open.%{o} -all", "spf_all", Fail},
		{"v=spf1 include:%{d} -all", "spf_lookups", Fail},
		{"v=spf1 include:gone.%{d2} -all", "spf_include", Fail},
		{"v=spf1 redirect=spf.%{d1}", "spf_include", Fail},
		{"v=spf1 include:inner.example.com -all", "spf_include", Pass},
		{"v=spf1 include:%{i}.example.com -all", "spf_include", Info},
		{"v=spf1 include:%{i}.example.com -all", "spf_lookups", Info},
		{"v=spf1 include:%{h}.example.com include:gone.example.com -all", "spf_include", Fail},
		{"v=spf1 redirect=%{l}.example.com", "spf_all", Info},
		{"v=spf1 exists:%{i}.example.com -all", "spf_void", Info},
		{"v=spf1 exists:%{i}.example.com -all", "spf_lookups", Pass},
	} {
		t.Run(test.id+" "+test.text, func(t *testing.T) {
			t.Parallel()
			s := newScene(t).spf(test.text).add(`open IN TXT "v=spf1 +all"`, `inner IN TXT "v=spf1 include:x.%{d} ?all"`, `x.inner IN TXT "v=spf1 ?all"`)
			s.options.Only = []string{test.id}
			if result, _ := s.run().Result(test.id); result.Status != test.want {
				t.Errorf("%s: %s; want %s", result.Status, result.Found, test.want)
			}
		})
	}
}
