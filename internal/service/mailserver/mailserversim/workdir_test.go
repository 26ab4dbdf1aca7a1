package mailserversim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// while has something happen each time that a key is being made.
func (s *server) while(happens func()) {
	makeKey := s.makeKey
	s.makeKey = func(bits int) (*rsa.PrivateKey, error) {
		happens()
		return makeKey(bits)
	}
}

func TestKeyIsTheSigners(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.get(t, "/export/domain?domain=example.com")
	for range 2 {
		s.post(t, "/dkim/add-new-domain", "domain", "example.com")
		if state := s.state(t); len(state.DKIM.Unreadable) != 0 || state.WorkingDirectory != "/etc/opendkim/keys/example.com" {
			t.Errorf("state %+v", state)
		}
	}
}

// The export changes the working directory, so that the program does not find the new key that is
// to be the signer's.
func TestExportDuringAnAddMakesTheKeyUnreadable(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.addDomain(t, "example.org")
	export := func() { s.get(t, "/export/domain?domain=example.org") }
	s.while(func() { export() })
	if got := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t); got["result"] != true || got["public"] == "" {
		t.Errorf("answer %v", got)
	}
	if got := s.state(t).DKIM.Unreadable; !slices.Equal(got, []string{"example.com"}) {
		t.Errorf("unreadable are the keys of %q", got)
	}
	export = func() {}
	s.post(t, "/dkim/add-new-domain", "domain", "example.com")
	if got := s.state(t).DKIM.Unreadable; len(got) != 0 {
		t.Errorf("after another call, unreadable are the keys of %q", got)
	}
	// A key that the signer could read stays so: the new one is written into its file.
	export = func() { s.get(t, "/export/domain?domain=example.org") }
	s.post(t, "/dkim/add-new-domain", "domain", "example.com")
	if got := s.state(t).DKIM.Unreadable; len(got) != 0 {
		t.Errorf("a replaced key became unreadable: %q", got)
	}
}

func TestParallelAddsMakeKeysUnreadable(t *testing.T) {
	s := newServer(t)
	domains := []string{"one.example", "two.example", "three.example"}
	var here sync.WaitGroup
	here.Add(len(domains))
	s.while(func() { here.Done(); here.Wait() })
	var calls sync.WaitGroup
	for _, domain := range domains {
		calls.Go(func() { s.post(t, "/dkim/add-new-domain", "domain", domain) })
	}
	calls.Wait()
	last := strings.TrimPrefix(s.state(t).WorkingDirectory, keysFolder)
	unreadable := s.state(t).DKIM.Unreadable
	if len(unreadable) != len(domains)-1 || slices.Contains(unreadable, last) || !slices.Contains(domains, last) {
		t.Errorf("in the folder of %q, unreadable are the keys of %q", last, unreadable)
	}
}

// The database is gone when the change falls due, long after the answer.
func TestPasswordChangeIsLostWithTheDatabase(t *testing.T) {
	s := newServer(t)
	s.hashPassword = func(password string) string { return "hash of " + password }
	s.addDomain(t, "example.com")
	s.post(t, "/user-change-password", "id", "1", "domain_id", "1", "password", "new").want(t, 200, `{"result":true}`)
	s.Turn(SwitchDatabaseDown, true)
	s.Advance(time.Minute)
	s.get(t, "/domains").want(t, 200, `{"domains":null}`)
	s.Turn(SwitchDatabaseDown, false)
	s.get(t, "/domains").want(t, 200, `{"domains":[{"id":1,"name":"example.com","users_count":1}]}`)
	if state := s.state(t); state.Accounts[0].PasswordHash != "hash of correct horse" || len(state.PasswordChanges) != 0 {
		t.Errorf("state %+v", state)
	}
}

// Sandboxes of the first version have keys in the older form.
func TestKeysInTheOlderForm(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	made := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)
	block, _ := pem.Decode([]byte(made["private"].(string)))
	key, err := parseRSAKey(block)
	if err != nil {
		t.Fatal(err)
	}
	older := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := s.store.PutKey(dkimKeyName("example.com"), older); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, "/export/domain?domain=example.com").json(t)["dkim"].(map[string]any); got["public"] != made["public"] {
		t.Errorf("exported %v, made %v", got["public"], made["public"])
	}
}
