package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/estate"
)

func testWorld(t *testing.T) *world {
	t.Helper()
	w, err := openWorld(filepath.Join(t.TempDir(), "sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// published is the state of a domain with one record and a verification.
func published(t *testing.T, recordType, value string, valid string) *estate.Estate {
	t.Helper()
	e, err := estate.Read(strings.NewReader(`{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"mode": "managed", "type": "postmaster_dns_records", "values": {"dns_authorization_id": "cloudflare/example.com", "zone": "example.com",
			"published": {"it": {"name": "example.com", "type": "` + recordType + `", "value": "` + value + `"}}}},
		{"mode": "managed", "type": "postmaster_sender_domain", "values": {"id": "sendgrid/1", "domain": "example.com"}},
		{"mode": "managed", "type": "postmaster_domain_verification", "values": {"domain_id": "sendgrid/1", "valid": ` + valid + `}}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestComplete(t *testing.T) {
	w := testWorld(t)
	if err := w.box.PutZone("example.com", []string{`@ TXT "v=spf1 mx ~all"`, `@ TXT "unrelated"`}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		value, valid, complete, gone string
	}{
		{"v=spf1 mx ~all", "true", "", "example.com TXT: after the destroy, v=spf1 mx ~all is seen in the DNS"},
		{"v=spf1 mx ~all", "false", "example.com: its service has not verified the domain", "is seen in the DNS"},
		{"v=spf1 a ~all", "true", "example.com TXT: published was v=spf1 a ~all, and it is missing: not at ", ""},
	} {
		e := published(t, "TXT", test.value, test.valid)
		if err := w.lookUp(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		for _, got := range []struct {
			err  error
			want string
		}{{complete(e), test.complete}, {gone(e), test.gone}} {
			if got.want == "" && got.err != nil || got.want != "" && (got.err == nil || !strings.Contains(got.err.Error(), got.want)) {
				t.Errorf("%s, verified %s: the error is %v, want %q", test.value, test.valid, got.err, test.complete)
			}
		}
	}
	if err := complete(&estate.Estate{}); err == nil {
		t.Error("a state without records passed for a result")
	}
}

// A second lookup shows what is gone.
func TestLookUpAgain(t *testing.T) {
	w := testWorld(t)
	e := published(t, "TXT", "v=spf1 mx ~all", "true")
	for _, zone := range [][]string{{`@ TXT "v=spf1 mx ~all"`}, {`@ TXT "unrelated"`}, nil} {
		if err := w.box.PutZone("example.com", zone); err != nil {
			t.Fatal(err)
		}
		if err := w.lookUp(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		want := slices.Contains(zone, `@ TXT "v=spf1 mx ~all"`)
		if seen, all := count(e); (seen == 1) != want || all != 1 {
			t.Errorf("in the zone %q, %d of %d are seen", zone, seen, all)
		}
	}
}
