package mailrecord

import "testing"

func TestMXString(t *testing.T) {
	for want, mx := range map[string]MX{"10 mx.example.com": {10, "mx.example.com"}, "0 .": {0, ""}, "10 2001:db8::1": {10, "2001:db8::1"}} {
		if got := mx.String(); got != want {
			t.Errorf("%+v is %q", mx, got)
		}
	}
}

func TestMXCheckTarget(t *testing.T) {
	for _, host := range []string{"mx.example.com", "", "xn--bcher-kva.example"} {
		if err := (MX{10, host}).CheckTarget(); err != nil {
			t.Error(err)
		}
	}
	tests := []struct{ host, want string }{
		{"192.0.2.1", "is an address"},
		{"2001:db8::1", "is an address"},
		{"[192.0.2.1]", "is an address"},
		{"my_mail.example.com", "underscore"},
		{"mail", `"mail" is not a complete`},
		{"300.1.1.1", "ends in a number"},
	}
	for _, test := range tests {
		t.Run("10 "+test.host, func(t *testing.T) {
			checkError(t, MX{10, test.host}.CheckTarget(), []string{`MX record "10 ` + test.host + `"`, test.want})
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

// A host that is good for mail can be in an SPF record.
func FuzzMX(f *testing.F) {
	for _, seed := range []string{"mx.example.com", "", "192.0.2.1", "::1", "a", "a.."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		mx := MX{10, host}
		if mx.Null() || mx.CheckTarget() != nil {
			return
		}
		text, err := BuildSPF(host)
		if err != nil {
			t.Fatalf("%q is good for mail, but %v", host, err)
		}
		if _, err := ParseSPF(text); err != nil {
			t.Fatalf("the SPF record of a host good for mail: %v", err)
		}
	})
}
