package mailserversim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// zoneFileShape is the layout of opendkim-genkey for a key of 2048 bits, whose value takes two
// strings besides the first.
var zoneFileShape = regexp.MustCompile("^mail\\._domainkey\tIN\tTXT\t" +
	`\( "v=DKIM1; h=sha256; k=rsa; "` + "\n\t  " + `"(p=[A-Za-z0-9+/]{248})"` + "\n\t  " + `"([A-Za-z0-9+/]{144})" \)  ; ----- DKIM key mail for one\.example\.com` + "\n$")

func TestAddDKIM(t *testing.T) {
	s := newServer(t)
	s.Set(SettingDKIMBits, "") // 2048
	got := s.post(t, "/dkim/add-new-domain", "domain", "one.example.com").json(t)
	if got["result"] != true || len(got) != 3 {
		t.Errorf("answer has %d fields, result %v", len(got), got["result"])
	}
	public, private := got["public"].(string), got["private"].(string)
	parts := zoneFileShape.FindStringSubmatch(public)
	if parts == nil {
		t.Fatalf("public is %q", public)
	}
	der, err := base64.StdEncoding.DecodeString((parts[1] + parts[2])[len("p="):])
	if err != nil {
		t.Fatal(err)
	}
	published, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(private))
	if block == nil || block.Type != "PRIVATE KEY" {
		t.Fatal("private is no PEM block of a private key")
	}
	key, err := parseRSAKey(block)
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey.Equal(published) {
		t.Error("the published key is not that of the private key")
	}
}

func TestAddDKIMReplacesTheKey(t *testing.T) {
	s := newServer(t)
	first := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)
	second := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)
	if first["public"] == second["public"] || first["private"] == second["private"] {
		t.Error("the second call returned the key of the first")
	}
	s.addDomain(t, "example.com")
	if now := s.get(t, "/export/domain?domain=example.com").json(t)["dkim"].(map[string]any); now["public"] != second["public"] {
		t.Error("the second key is not the one in use")
	}
	if tables := s.state(t).DKIM; len(tables.KeyTable) != 1 || len(tables.SigningTable) != 1 {
		t.Errorf("tables %+v", tables)
	}
}

func TestAddDKIMValidatesNothing(t *testing.T) {
	s := newServer(t)
	s.Turn(SwitchDatabaseDown, true) // it needs none
	for domain, end := range map[string]string{
		"": "\" )\n", "a b": " for a b\n", "../x": " for ../x\n", "unknown.example": " for unknown.example\n",
	} {
		t.Run(domain, func(t *testing.T) {
			got := s.post(t, "/dkim/add-new-domain", "domain", domain).json(t)
			if public := got["public"].(string); got["result"] != true || !strings.HasSuffix(public, end) {
				t.Errorf("public is %q", public)
			}
		})
	}
}

// dkimEntries are the lines of both tables for the domains, in order.
func dkimEntries(domains ...string) (keyTable, signingTable []string) {
	for _, domain := range domains {
		keyTable = append(keyTable, "mail._domainkey."+domain+" "+domain+":mail:/etc/opendkim/keys/"+domain+"/mail.private")
		signingTable = append(signingTable, "*@"+domain+" mail._domainkey."+domain)
	}
	return keyTable, signingTable
}

func TestSuccessiveAddsKeepTheTables(t *testing.T) {
	s := newServer(t)
	domains := []string{"a.example", "b.example", "c.example"}
	for _, domain := range domains {
		s.post(t, "/dkim/add-new-domain", "domain", domain)
	}
	keyTable, signingTable := dkimEntries(domains...)
	if tables := s.state(t).DKIM; !slices.Equal(tables.KeyTable, keyTable) || !slices.Equal(tables.SigningTable, signingTable) {
		t.Errorf("tables %+v", tables)
	}
}

// All calls have read the tables before any of them writes: each writes what was there before, and
// its own entry.
func TestParallelAddsLoseEntries(t *testing.T) {
	s := newServer(t)
	s.post(t, "/dkim/add-new-domain", "domain", "old.example")

	domains := []string{"a.example", "b.example", "c.example"}
	var read sync.WaitGroup
	read.Add(len(domains))
	makeKey := s.makeKey
	s.makeKey = func(bits int) (*rsa.PrivateKey, error) {
		read.Done()
		read.Wait()
		return makeKey(bits)
	}
	var calls sync.WaitGroup
	for _, domain := range domains {
		calls.Go(func() {
			if got := s.post(t, "/dkim/add-new-domain", "domain", domain).json(t); got["result"] != true {
				t.Errorf("answer %v", got["result"])
			}
		})
	}
	calls.Wait()

	tables := s.state(t).DKIM
	if len(tables.SigningTable) != 2 || len(tables.KeyTable) != 2 {
		t.Fatalf("one of %d parallel adds should have survived beside the old entry: %+v", len(domains), tables)
	}
	survivor := strings.TrimPrefix(strings.Fields(tables.SigningTable[1])[0], "*@")
	keyTable, signingTable := dkimEntries("old.example", survivor)
	if !slices.Equal(tables.KeyTable, keyTable) || !slices.Equal(tables.SigningTable, signingTable) || !slices.Contains(domains, survivor) {
		t.Errorf("tables %+v", tables)
	}
}
