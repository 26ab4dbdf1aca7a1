package mailrecord

import "testing"

func TestParseMX(t *testing.T) {
	tests := []struct {
		value string
		want  MX
		text  string
	}{
		{"10 mx.example.com", MX{10, "mx.example.com"}, "10 mx.example.com"},
		{" 0\tMX.Example.COM. ", MX{0, "mx.example.com"}, "0 mx.example.com"},
		{"65535 localhost", MX{65535, "localhost"}, "65535 localhost"},
		{"0 .", MX{0, ""}, "0 ."},
		{"10 .", MX{10, ""}, "10 ."},
		{"10 my_mail.example.com.", MX{10, "my_mail.example.com"}, "10 my_mail.example.com"},
		{"10 2001:db8::1", MX{10, "2001:db8::1"}, "10 2001:db8::1"},
	}
	for _, test := range tests {
		got, err := ParseMX(test.value)
		if err != nil || got != test.want || got.String() != test.text {
			t.Errorf("%q: got %+v (%s), %v", test.value, got, got, err)
		}
	}
}

func TestParseMXErrors(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", "a preference and a host"},
		{"mx.example.com", "a preference and a host"},
		{"10 mx.example.com mx2.example.com", "a preference and a host"},
		{"mx.example.com 10", `preference "mx.example.com"`},
		{"65536 mx.example.com", `preference "65536"`},
		{"-1 mx.example.com", `preference "-1"`},
		{"10 mx..example.com", "empty label"},
		{"10 ..", "empty label"},
		{`10 "mx.example.com"`, "contains"},
		{"10 bücher.example", "punycode"},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			_, err := ParseMX(test.value)
			checkError(t, err, []string{"MX record ", test.want})
		})
	}
}

func TestMXCheckTarget(t *testing.T) {
	for _, value := range []string{"10 mx.example.com", "0 .", "10 xn--bcher-kva.example"} {
		mx, err := ParseMX(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := mx.CheckTarget(); err != nil {
			t.Error(err)
		}
	}
	tests := []struct{ value, want string }{
		{"10 192.0.2.1", "is an address"},
		{"10 2001:db8::1", "is an address"},
		{"10 [192.0.2.1]", "is an address"},
		{"10 my_mail.example.com", "underscore"},
		{"10 mail", `"mail" is not a complete`},
		{"10 300.1.1.1", "ends in a number"},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			mx, err := ParseMX(test.value)
			if err != nil {
				t.Fatal(err)
			}
			checkError(t, mx.CheckTarget(), []string{`MX record "` + test.value + `"`, test.want})
		})
	}
}

func TestCheckMXSet(t *testing.T) {
	host, null := MX{10, "mx.example.com"}, MX{0, ""}
	for _, set := range [][]MX{nil, {null}, {host}, {host, {20, "mx2.example.com"}}} {
		if err := CheckMXSet(set); err != nil {
			t.Errorf("%v: %v", set, err)
		}
	}
	checkError(t, CheckMXSet([]MX{host, null}), []string{`"0 ."`, "10 mx.example.com"})
}

func FuzzMX(f *testing.F) {
	for _, seed := range []string{"10 mx.example.com.", "0 .", "10 192.0.2.1", "10 ::1", "65536 a", "1 a..", "1 ..", "+1 a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		mx, err := ParseMX(value)
		if err != nil {
			return
		}
		if again, err := ParseMX(mx.String()); err != nil || again != mx {
			t.Fatalf("%q is %+v, written anew %q it is %+v, %v", value, mx, mx, again, err)
		}
		if mx.CheckTarget() == nil && !mx.Null() {
			text, err := BuildSPF(mx.Host)
			if err != nil {
				t.Fatalf("%q is good for mail, but %v", mx.Host, err)
			}
			if _, err := ParseSPF(text); err != nil {
				t.Fatalf("the SPF record of a host good for mail: %v", err)
			}
		}
	})
}
