package yandexsim_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// dkim returns what a call says of DKIM.
func (r reply) dkim() object {
	r.t.Helper()
	dkim, _ := r.ok()["dkim"].(object)
	return dkim
}

func TestDKIM(t *testing.T) {
	w := newWorld(t)
	w.verified()
	status := func() object { return w.get("dkim/status", "domain", "example.com").dkim() }
	has(t, status(), "enabled", "no", "txtrecord", "", "nsready", "no", "mailready", "no")
	if _, told := w.get("dkim/status", "domain", "example.com", "secretkey", "yes").dkim()["secretkey"]; told {
		t.Error("there is a private key before there is any")
	}

	enabled := w.post("dkim/enable", "domain", "example.com").dkim()
	text, _ := enabled["txtrecord"].(string)
	if enabled["enabled"] != "yes" || !strings.HasPrefix(text, "v=DKIM1; k=rsa; t=s; p=") {
		t.Fatalf("enabled: %v", enabled)
	}
	has(t, status(), "enabled", "yes", "txtrecord", text, "nsready", "no", "mailready", "no")
	w.Publish("TXT", "mail._domainkey.example.com", "v=DKIM1; p=AAAA", "v=spf1 -all")
	has(t, status(), "nsready", "no")
	w.Publish("TXT", "mail._domainkey.example.com", strings.ReplaceAll(text, " ", ""))
	has(t, status(), "nsready", "yes", "mailready", "no")
	w.Publish("MX", "example.com", "10 mx.yandex.net")
	w.get("domain/registration_status", "domain", "example.com").ok()
	has(t, status(), "nsready", "yes", "mailready", "yes")

	w.post("dkim/disable", "domain", "example.com").ok()
	has(t, status(), "enabled", "no", "txtrecord", text, "nsready", "yes", "mailready", "no")
	has(t, w.post("dkim/enable", "domain", "example.com").dkim(), "txtrecord", text)

	w.post("domain/delete", "domain", "example.com").ok()
	w.register("example.com")
	if again := w.post("dkim/enable", "domain", "example.com").dkim(); again["txtrecord"] == text {
		t.Error("another registration has the same key")
	}
}

// The private key is the one of the record, and is told to nobody who does not ask for it.
func TestPrivateKey(t *testing.T) {
	w := newWorld(t)
	w.register("example.com")
	text := w.post("dkim/enable", "domain", "example.com").dkim()["txtrecord"].(string)
	for _, r := range []reply{
		w.post("dkim/enable", "domain", "example.com"),
		w.get("dkim/status", "domain", "example.com"),
		w.get("dkim/status", "domain", "example.com", "secretkey", "no"),
	} {
		if _, told := r.dkim()["secretkey"]; told || strings.Contains(r.body, "PRIVATE") {
			t.Errorf("%s tells the private key", r.call)
		}
	}
	private, _ := w.get("dkim/status", "domain", "example.com", "secretkey", "yes").dkim()["secretkey"].(string)
	block, _ := pem.Decode([]byte(private))
	if block == nil {
		t.Fatal("the private key is no PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(text, "p="+base64.StdEncoding.EncodeToString(der)) {
		t.Error("the private key is not that of the record")
	}
}

// Where the domain's DNS is hosted by the service, the record comes and goes with the key.
func TestDKIMOfDelegatedDomain(t *testing.T) {
	w := newWorld(t)
	w.delegated()
	keys := func() (found []string) {
		w.state(func(st *yandexsim.State) {
			for _, r := range st.Zones[0].Records {
				if r.Subdomain == "mail._domainkey" {
					found = append(found, r.Content)
				}
			}
		})
		return found
	}
	for range 2 {
		text := w.post("dkim/enable", "domain", "shop.example").dkim()["txtrecord"]
		if got := keys(); len(got) != 1 || got[0] != text {
			t.Errorf("published: %q, want %q", got, text)
		}
	}
	w.post("dkim/disable", "domain", "shop.example").ok()
	if got := keys(); len(got) != 0 {
		t.Errorf("still published: %q", got)
	}
}
