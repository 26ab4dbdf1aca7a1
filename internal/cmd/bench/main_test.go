package main

import (
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	all := []benchCase{{name: "a-apply"}, {name: "a-noop"}, {name: "b-noop"}}
	for _, test := range []struct {
		list, want, wantErr string
	}{
		{"", "a-apply a-noop b-noop", ""},
		{"a-noop", "a-noop", ""},
		{"b-noop, a-apply", "a-apply b-noop", ""},
		{"a-noop,c-noop", "", `no case "c-noop"; there are a-apply, a-noop, b-noop`},
	} {
		got, err := choose(all, test.list)
		if test.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("%q: got the error %v; want one with %q", test.list, err, test.wantErr)
			}
			continue
		}
		var names []string
		for _, c := range got {
			names = append(names, c.name)
		}
		if err != nil || strings.Join(names, " ") != test.want {
			t.Errorf("%q: got %v, %v; want %s", test.list, names, err, test.want)
		}
	}
}

func TestCaseNamesAreUnique(t *testing.T) {
	var names []string
	for _, c := range cases {
		if slices.Contains(names, c.name) {
			t.Errorf("two cases are called %s", c.name)
		}
		names = append(names, c.name)
	}
}
