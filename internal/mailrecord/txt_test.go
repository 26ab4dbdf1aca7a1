package mailrecord

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplitTXT(t *testing.T) {
	a := strings.Repeat("a", 255)
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"empty", "", []string{""}},
		{"short", "v=spf1 ~all", []string{"v=spf1 ~all"}},
		{"exactly one string", a, []string{a}},
		{"one byte more", a + "b", []string{a, "b"}},
		{"three strings", a + a + "b", []string{a, a, "b"}},
		{"a character over the border stays whole", a[:254] + "é" + "b", []string{a[:254], "éb"}},
		{"four bytes over the border", a[:252] + "😀", []string{a[:252], "😀"}},
		{"a character that ends at the border", a[:253] + "é" + "b", []string{a[:253] + "é", "b"}},
		{"not UTF-8", a[:250] + "\x80\x80\x80\x80\x80\x80\x80", []string{a[:250] + "\x80", "\x80\x80\x80\x80\x80\x80"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := SplitTXT(test.text); !slices.Equal(got, test.want) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestQuoteTXT(t *testing.T) {
	a := strings.Repeat("a", 255)
	tests := []struct {
		name string
		text string
		want string
	}{
		{"empty", "", `""`},
		{"semicolons and blanks need nothing", "v=DMARC1; p=none", `"v=DMARC1; p=none"`},
		{"quotes and backslashes", `a"b\c`, `"a\"b\\c"`},
		{"UTF-8 and control characters", "é\n\x7f", `"\195\169\010\127"`},
		{"long", a + "b", `"` + a + `" "b"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := QuoteTXT(test.text); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestUnquoteTXT(t *testing.T) {
	long := strings.Repeat("x", 600)
	tests := []struct {
		name         string
		presentation string
		want         string
	}{
		{"one string", `"v=spf1 ~all"`, "v=spf1 ~all"},
		{"several join without blanks", ` "v=DKIM1; " "p="` + "\t\"abc\" ", "v=DKIM1; p=abc"},
		{"strings that touch", `"a""b"`, "ab"},
		{"empty", `""`, ""},
		{"escapes", `"\"\\\;\195\169"`, `"\;é`},
		{"UTF-8 as it is", `"é"`, "é"},
		{"longer than one string can be", `"` + long + `"`, long},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := UnquoteTXT(test.presentation)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestUnquoteTXTErrors(t *testing.T) {
	tests := []struct {
		name         string
		presentation string
		want         string
	}{
		{"nothing", " ", "no string"},
		{"no quotes", "v=spf1 ~all", "no opening quote at byte 0"},
		{"no quotes later", `"a" b`, "no opening quote at byte 4"},
		{"not closed", `"a" "b`, "the string at byte 4: the closing quote is missing"},
		{"closed by an escaped quote", `"a\"`, "closing quote"},
		{"backslash at the end", `"a\`, "escapes nothing"},
		{"more than a byte", `"\256"`, `\256`},
		{"two digits", `"\25"`, "three digits"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := UnquoteTXT(test.presentation)
			checkError(t, err, []string{"TXT value: ", test.want})
		})
	}
}

// checkTXT holds for every text: splitting and quoting lose nothing, and no string is longer than
// DNS allows.
func checkTXT(t *testing.T, text string) {
	t.Helper()
	parts := SplitTXT(text)
	if got := JoinTXT(parts); got != text {
		t.Fatalf("%q joins to %q", text, got)
	}
	for _, part := range parts {
		if len(part) > 255 {
			t.Fatalf("a string of %d bytes in %q", len(part), parts)
		}
		if utf8.ValidString(text) && !utf8.ValidString(part) {
			t.Fatalf("%q is cut inside of a character", part)
		}
	}
	got, err := UnquoteTXT(QuoteTXT(text))
	if err != nil {
		t.Fatalf("%s: %v", QuoteTXT(text), err)
	}
	if got != text {
		t.Fatalf("%q is quoted %s and unquoted %q", text, QuoteTXT(text), got)
	}
}

func TestTXTLosesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", " ", ";", `"`, `\`, "é", "€", "😀", "\x00", "\xff", "0"}
	for range 500 {
		var b strings.Builder
		for range random.IntN(700) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		checkTXT(t, b.String())
	}
}

func FuzzTXT(f *testing.F) {
	f.Add("v=spf1 ~all")
	f.Add(`"a\"b" "\195\169"`)
	f.Add(strings.Repeat("é", 300))
	f.Add("\"\\25")
	f.Fuzz(func(t *testing.T, text string) {
		checkTXT(t, text)
		if contents, err := UnquoteTXT(text); err == nil {
			checkTXT(t, contents)
		}
	})
}
