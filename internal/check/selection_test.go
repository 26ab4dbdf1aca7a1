package check

import (
	"strings"
	"testing"
)

// A run of which no check is left would tell that all is right, so it is refused.
func TestNoCheckIsLeft(t *testing.T) {
	for _, test := range []struct {
		only, silence []string
		says          string
	}{
		{[]string{"spf"}, []string{"spf_*"}, "all that only (spf) asks for"},
		{[]string{"mx_null", "mx_cname"}, []string{"mx"}, "all that only (mx_null, mx_cname) asks for"},
		{nil, []string{"*"}, "silence (*) leaves out all of them"},
		{[]string{"spf"}, []string{"spf_all"}, ""},
		{nil, []string{"spf"}, ""},
	} {
		s := newScene(t)
		s.options.Lookup, s.options.Only, s.options.Silence = s.world.serve(t), test.only, test.silence
		_, err := s.options.withDefaults()
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("only %v, silence %v: %v; want %q", test.only, test.silence, err, test.says)
		}
	}
}
