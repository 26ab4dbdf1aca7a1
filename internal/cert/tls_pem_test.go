package cert

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

func TestParseCertificateChain(t *testing.T) {
	root := testkit.IssueCertificate(t, nil, "Example Root", testkit.AsAuthority)
	issuer := testkit.IssueCertificate(t, root, "Example Issuer", testkit.AsAuthority)
	leaf := testkit.IssueCertificate(t, issuer, "mail.example.com")
	all := testkit.ChainPEM(leaf, issuer, root)
	secret := testkit.KeyPEM(t, leaf)
	for name, test := range map[string]struct {
		text string
		want string // of the error; "" for none
		n    int
	}{
		"leaf":                {testkit.ChainPEM(leaf), "", 1},
		"chain":               {testkit.ChainPEM(leaf, issuer), "", 2},
		"chain with its root": {all, "", 3},
		"text around":         {"Bag Attributes\n" + testkit.ChainPEM(leaf) + "\nsubject=CN = Example Issuer\n" + testkit.ChainPEM(issuer), "", 2},
		"carriage returns":    {strings.ReplaceAll(all, "\n", "\r\n"), "", 3},
		"self-signed":         {testkit.ChainPEM(testkit.IssueCertificate(t, nil, "mail.example.com")), "", 1},
		"empty":               {"", "no certificate in PEM form", 0},
		"not PEM":             {"mail.example.com", "no certificate in PEM form", 0},
		"DER":                 {string(leaf.Raw), "no certificate in PEM form", 0},
		"indented":            {strings.ReplaceAll(all, "-----BEGIN", "  -----BEGIN"), "3 of the 3 PEM blocks in it cannot be read", 0},
		"damaged in between":  {testkit.ChainPEM(leaf) + strings.Replace(testkit.ChainPEM(issuer), "\nM", "\n!", 1) + testkit.ChainPEM(root), "1 of the 3 PEM blocks", 0},
		"cut off":             {all[:len(all)-40], "1 of the 3 PEM blocks", 0},
		"not a certificate":   {testkit.PEMText("CERTIFICATE", []byte("nonsense")), "certificate 1 cannot be read", 0},
		"request":             {testkit.PEMText("CERTIFICATE REQUEST", leaf.Raw), `block 1 is not a certificate but "CERTIFICATE REQUEST"`, 0},
		"key behind":          {testkit.ChainPEM(leaf) + secret, "block 2 is a private key", 0},
		"key before":          {strings.ReplaceAll(secret, " PRIVATE", " EC PRIVATE") + testkit.ChainPEM(leaf), "block 1 is a private key", 0},
		"authority first":     {testkit.ChainPEM(issuer, leaf), "the first certificate, of CN=Example Issuer, is that of an authority", 0},
		"authorities swapped": {testkit.ChainPEM(leaf, root, issuer), "certificate 1, of CN=mail.example.com, is not signed by the one after it, of CN=Example Root, but by CN=Example Issuer", 0},
		"leaf twice":          {testkit.ChainPEM(leaf, leaf), "out of order: certificate 1", 0},
		"gap":                 {testkit.ChainPEM(leaf, root), "out of order: certificate 1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			chain, err := parseChain(test.text)
			for _, line := range testkit.KeyMaterial(secret) {
				if err != nil && strings.Contains(err.Error(), line) {
					t.Errorf("the error shows the key")
				}
			}
			if test.want == "" {
				if err != nil || len(chain) != test.n {
					t.Fatalf("%d certificates, error %v", len(chain), err)
				}
				if again, err := parseChain(string(chain.pem())); err != nil || len(again) != test.n || !again[0].Equal(chain[0]) {
					t.Errorf("what is sent is not what was read: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestParsePrivateKey(t *testing.T) {
	ec := testkit.IssueCertificate(t, nil, "mail.example.com")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ec.Key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	withRSA := testkit.IssueFor(t, nil, rsaKey, "mail.example.com")
	pkcs1 := testkit.PEMText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	for name, test := range map[string]struct {
		text  string
		owner *testkit.Issued
		want  string
	}{
		"PKCS #8":             {testkit.KeyPEM(t, ec), ec, ""},
		"PKCS #8 with RSA":    {testkit.KeyPEM(t, withRSA), withRSA, ""},
		"PKCS #1":             {pkcs1, withRSA, ""},
		"SEC 1":               {testkit.PEMText("EC PRIVATE KEY", sec1), ec, ""},
		"SEC 1 of openssl":    {testkit.PEMText("EC PARAMETERS", []byte{6, 1, 0}) + testkit.PEMText("EC PRIVATE KEY", sec1), ec, ""},
		"empty":               {"", nil, "there are 0 blocks"},
		"two keys":            {testkit.KeyPEM(t, ec) + pkcs1, nil, "there are 2 blocks"},
		"with a certificate":  {testkit.ChainPEM(ec) + testkit.KeyPEM(t, ec), nil, "there are 2 blocks"},
		"certificate":         {testkit.ChainPEM(ec), nil, `not a private key but "CERTIFICATE"`},
		"public key":          {testkit.PEMText("PUBLIC KEY", []byte("x")), nil, `not a private key but "PUBLIC KEY"`},
		"damaged":             {strings.Replace(pkcs1, "\nM", "\n!", 1), nil, "1 of the 1 PEM blocks in it cannot be read"},
		"nonsense":            {testkit.PEMText("PRIVATE KEY", []byte("nonsense")), nil, "damaged"},
		"label of another":    {testkit.PEMText("RSA PRIVATE KEY", sec1), nil, "damaged"},
		"encrypted":           {testkit.PEMText("ENCRYPTED PRIVATE KEY", []byte("x")), nil, "decrypt it first"},
		"encrypted, old form": {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", nil, "decrypt it first"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := parsePrivateKey(test.text)
			shown := fmt.Sprintf("%v %+v %#v %s %v", key, key, key, key, err)
			for _, line := range testkit.KeyMaterial(test.text) {
				if strings.Contains(shown, line) {
					t.Errorf("the key is shown in %q", shown)
				}
			}
			switch {
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error is %v, want %q", err, test.want)
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want == "":
				if err := (chain{test.owner.Certificate}).checkKey(key); err != nil {
					t.Error(err)
				}
				if again, err := parsePrivateKey(string(key.pem)); err != nil || again.signer == nil {
					t.Errorf("what is sent is not what was read: %v", err)
				}
			}
		})
	}
}

func TestCertificateChecks(t *testing.T) {
	issuer := testkit.IssueCertificate(t, nil, "Example Issuer", testkit.AsAuthority)
	leaf := testkit.IssueCertificate(t, issuer, "mail.example.com", func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "*.example.net") })
	whole := chain{leaf.Certificate, issuer.Certificate}

	for host, want := range map[string]string{
		"mail.example.com": "",
		"mx.example.net":   "",
		"example.net":      "issued for mail.example.com, *.example.net; clients that connect to example.net would refuse it",
		"a.mx.example.net": "would refuse it",
	} {
		checkErr(t, host, whole.checkHost(host), want)
	}
	for name, test := range map[string]struct {
		of   *testkit.Issued
		want string
	}{
		"own":        {leaf, ""},
		"authority":  {issuer, "another certificate of the chain"},
		"stranger's": {testkit.IssueCertificate(t, nil, "mail.example.com"), "not the key of the certificate of CN=mail.example.com (serial number 5afe)"},
	} {
		checkErr(t, name, whole.checkKey(privateKey{signer: test.of.Key}), test.want)
	}
	short := testkit.IssueCertificate(t, nil, "Short-lived Issuer", testkit.AsAuthority, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(10 * testkit.Days) })
	for name, test := range map[string]struct {
		chain chain
		after time.Duration
		want  string
	}{
		"now":                  {whole, 0, ""},
		"last day":             {whole, 89 * testkit.Days, ""},
		"expired":              {whole, 91 * testkit.Days, "certificate 1, of CN=mail.example.com, expired on"},
		"before":               {whole, -2 * time.Hour, "certificate 1, of CN=mail.example.com, is not valid before"},
		"intermediate expired": {chain{leaf.Certificate, short.Certificate}, 11 * testkit.Days, "certificate 2, of CN=Short-lived Issuer, expired on"},
	} {
		checkErr(t, name, test.chain.checkDates(time.Now().Add(test.after)), test.want)
	}
}

func checkErr(t *testing.T, name string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: error is %v, want %q", name, err, want)
	}
}
