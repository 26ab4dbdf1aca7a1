package mailrecord

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseDKIM(t *testing.T) {
	rsa2048 := rsaText(t, 2048)
	tests := []struct {
		name string
		text string
		want DKIM
	}{
		{
			name: "as opendkim-genkey writes it",
			text: "v=DKIM1; h=sha256; k=rsa; p=" + rsa2048,
			want: DKIM{Version: "DKIM1", KeyType: "rsa", Hashes: []string{"sha256"}, PublicKey: rsa2048, Bits: 2048},
		},
		{
			name: "only the key",
			text: "p=" + rsa2048,
			want: DKIM{KeyType: "rsa", PublicKey: rsa2048, Bits: 2048},
		},
		{
			name: "RSAPublicKey without the SubjectPublicKeyInfo around it",
			text: "v=DKIM1;p=" + pkcs1Text(1024) + ";",
			want: DKIM{Version: "DKIM1", KeyType: "rsa", PublicKey: pkcs1Text(1024), Bits: 1024},
		},
		{
			name: "every tag, with blanks wherever they may be",
			text: "v = DKIM1 ;\tk=RSA; h= sha1 : SHA256; s=email:* ; t=y:s; n= for  people ; x=unknown; p= " + rsa2048[:40] + " " + rsa2048[40:] + " ; ",
			want: DKIM{Version: "DKIM1", KeyType: "rsa", Hashes: []string{"sha1", "sha256"}, Services: []string{"email", "*"},
				Flags: []string{"y", "s"}, Notes: "for  people", PublicKey: rsa2048, Bits: 2048},
		},
		{
			name: "ed25519",
			text: "v=DKIM1; k=ed25519; p=" + ed25519Text(),
			want: DKIM{Version: "DKIM1", KeyType: "ed25519", PublicKey: ed25519Text(), Bits: 256},
		},
		{
			name: "base64 without padding",
			text: "v=DKIM1; k=ed25519; p=" + strings.TrimRight(ed25519Text(), "="),
			want: DKIM{Version: "DKIM1", KeyType: "ed25519", PublicKey: strings.TrimRight(ed25519Text(), "="), Bits: 256},
		},
		{
			name: "revoked",
			text: "v=DKIM1; p=",
			want: DKIM{Version: "DKIM1", KeyType: "rsa"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseDKIM(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
			again, err := ParseDKIM(got.String())
			if err != nil {
				t.Fatalf("%q, its canonical text: %v", got.String(), err)
			}
			if !reflect.DeepEqual(again, got) {
				t.Errorf("%q reads as %+v, not as %+v", got.String(), again, got)
			}
		})
	}
}

func TestDKIMKeepsTheTextOfOpendkim(t *testing.T) {
	for _, text := range []string{
		"v=DKIM1; h=sha256; k=rsa; p=" + rsaText(t, 2048),
		"v=DKIM1; h=sha256; k=rsa; s=email; t=y:s; n=made-by-hand; p=" + rsaText(t, 2048),
	} {
		key, err := ParseDKIM(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := key.String(); got != text {
			t.Errorf("got %q\nwant %q", got, text)
		}
	}
}

func TestParseDKIMErrors(t *testing.T) {
	rsa2048 := rsaText(t, 2048)
	tests := []struct {
		name string
		text string
		want []string // all of them are in the message
	}{
		{"empty", "", []string{"tag number 1 is empty"}},
		{"an empty tag in the middle", "v=DKIM1;; p=" + rsa2048, []string{"tag number 2 is empty"}},
		{"no equals sign", "v=DKIM1; rsa; p=" + rsa2048, []string{"tag number 2", `"rsa"`, `"="`}},
		{"a name that is none", "v=DKIM1; 1k=rsa; p=" + rsa2048, []string{"tag number 2", `"1k"`}},
		{"twice the same tag", "v=DKIM1; p=" + rsa2048 + "; p=", []string{"tag p=", "twice"}},
		{"another version", "v=DKIM2; p=" + rsa2048, []string{"tag v=", `"DKIM2"`}},
		{"version in lower case", "v=dkim1; p=" + rsa2048, []string{"tag v=", `"dkim1"`}},
		{"version behind", "p=" + rsa2048 + "; v=DKIM1", []string{"tag v=", "first"}},
		{"an SPF record", "v=spf1 a ~all", []string{"tag v=", "spf1 a ~all"}},
		{"unknown key type", "v=DKIM1; k=dsa; p=" + rsa2048, []string{"tag k=", `"dsa"`}},
		{"only sha1", "v=DKIM1; h=sha1; p=" + rsa2048, []string{"tag h=", "sha256", "RFC 8301"}},
		{"an empty hash", "v=DKIM1; h=sha256:; p=" + rsa2048, []string{"tag h=", "entry 2"}},
		{"an empty list", "v=DKIM1; t=; p=" + rsa2048, []string{"tag t=", "entry 1"}},
		{"not for mail", "v=DKIM1; s=tlsrpt; p=" + rsa2048, []string{"tag s=", "tlsrpt"}},
		{"no key", "v=DKIM1; k=rsa", []string{"tag p=", "missing"}},
		{"not base64", "v=DKIM1; p=MIIB\"IjAN", []string{"tag p=", "not base64"}},
		{"cut off", "v=DKIM1; p=" + rsa2048[:200], []string{"tag p=", "no RSA public key", "cut off"}},
		{"too short", "v=DKIM1; p=" + rsaText(t, 512), []string{"tag p=", "512 bits", "1024"}},
		{"one bit too short", "v=DKIM1; p=" + rsaText(t, 1023), []string{"tag p=", "1023 bits"}},
		{"another algorithm than k= says", "v=DKIM1; p=" + spkiText(t, inventedEd25519()), []string{"tag p=", "not an RSA key", "ed25519"}},
		{"ed25519 wrapped as RSA keys are", "v=DKIM1; k=ed25519; p=" + spkiText(t, inventedEd25519()), []string{"tag p=", "44", "without the ASN.1"}},
		{"RSA called ed25519", "v=DKIM1; k=ed25519; p=" + rsa2048, []string{"tag p=", "32 bytes"}},
		{"a control character", "v=DKIM1; n=\x01; p=" + rsa2048, []string{"tag n=", "0x01"}},
		{"UTF-8", "v=DKIM1; n=é; p=" + rsa2048, []string{"tag n=", "0xC3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseDKIM(test.text)
			checkError(t, err, append(test.want, "DKIM key record: "))
		})
	}
}

// checkError expects an error whose text has all the parts.
func checkError(t *testing.T, err error, parts []string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestDKIMWarnings(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string // one part of each warning
	}{
		{"good", "v=DKIM1; p=" + rsaText(t, 2048), nil},
		{"the largest that verifiers know", "v=DKIM1; p=" + rsaText(t, 4096), nil},
		{"ed25519", "v=DKIM1; k=ed25519; p=" + ed25519Text(), nil},
		{"testing and short", "v=DKIM1; t=s:y; p=" + rsaText(t, 2047), []string{"t=y", "2047 bits"}},
		{"long", "v=DKIM1; p=" + rsaText(t, 4097), []string{"4097 bits"}},
		{"revoked", "v=DKIM1; t=y; p=", []string{"revoked"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key, err := ParseDKIM(test.text)
			if err != nil {
				t.Fatal(err)
			}
			checkWarnings(t, key.Warnings(), test.want)
		})
	}
}

// checkWarnings expects exactly as many warnings as parts, each with its part.
func checkWarnings(t *testing.T, got, parts []string) {
	t.Helper()
	if len(got) != len(parts) {
		t.Fatalf("got %d warnings, want %d: %q", len(got), len(parts), got)
	}
	for i, part := range parts {
		if !strings.Contains(got[i], part) {
			t.Errorf("warning %q does not say %q", got[i], part)
		}
	}
}

func TestSameKey(t *testing.T) {
	parse := func(text string) DKIM {
		t.Helper()
		key, err := ParseDKIM(text)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	key := parse("v=DKIM1; k=rsa; p=" + rsaText(t, 2048))
	ed := parse("k=ed25519; p=" + ed25519Text())
	revoked := parse("p=")
	tests := []struct {
		name  string
		other DKIM
		of    DKIM
		want  bool
	}{
		{"other tags, same key", parse("h=sha256; n=x; p=" + rsaText(t, 2048)), key, true},
		{"other padding", parse("k=ed25519; p=" + strings.TrimRight(ed25519Text(), "=")), ed, true},
		{"another key", parse("p=" + rsaText(t, 2049)), key, false},
		{"another type", ed, key, false},
		{"revoked", revoked, key, false},
		{"both revoked", revoked, revoked, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.of.SameKey(test.other); got != test.want {
				t.Errorf("got %v", got)
			}
			if got := test.other.SameKey(test.of); got != test.want {
				t.Errorf("the other way round: %v", got)
			}
		})
	}
}

func FuzzDKIM(f *testing.F) {
	for _, seed := range []string{
		"v=DKIM1; h=sha256; k=rsa; p=" + rsaText(f, 1024),
		"v=DKIM1; k=ed25519; t=y:s; s=*; n=note; p=" + ed25519Text(),
		"v=DKIM1; p=", "p=;;", " = ", "v=DKIM1; p=====", "v=DKIM1; k=ed25519; t=y A=1; p=" + ed25519Text(),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseDKIM(text)
		if err != nil {
			return
		}
		again, err := ParseDKIM(key.String())
		if err != nil {
			t.Fatalf("%q, the canonical text of %q: %v", key.String(), text, err)
		}
		if !reflect.DeepEqual(again, key) {
			t.Fatalf("%q reads as %+v, its canonical text %q as %+v", text, key, key.String(), again)
		}
	})
}
