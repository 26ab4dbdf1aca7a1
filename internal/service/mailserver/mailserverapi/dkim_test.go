package mailserverapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

func TestAddDKIMKey(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	c := s.client()
	text, err := c.AddDKIMKey(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "mail._domainkey\tIN\tTXT\t( \"v=DKIM1;") {
		t.Errorf("zone text %q", text)
	}
	export, err := c.ExportDomain(t.Context(), "example.com")
	if err != nil || export.DKIMPublic != text {
		t.Errorf("exported key %q, %v; want the one added", export.DKIMPublic, err)
	}
	_, err = c.AddDKIMKey(t.Context(), "example.net")
	wantError(t, err, api.ErrNotFound)
	_, err = c.AddDKIMKey(t.Context(), "")
	wantError(t, err, nil)
	if n := s.count("POST /dkim/add-new-domain"); n != 1 {
		t.Errorf("%d keys made, want 1", n)
	}
}

// A key that may be in force is never replaced by a repetition.
func TestAddDKIMKeyWithLostAnswer(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Cut, fault.CutAfter, fault.StatusAfter, fault.TruncatedBody, fault.InvalidJSON} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSimulation(t)
			s.seed("example.com")
			s.set(fault.Conditions{
				Settings: map[string]string{mailserversim.SettingDKIMBits: "1024"},
				Faults: []fault.Fault{{
					Path: "/dkim/*", Kind: kind,
					Body: `{"result":true,"private":"-----BEGIN RSA PRIVATE KEY-----\nMIIinvented`,
				}},
			})
			_, err := s.client().AddDKIMKey(t.Context(), "example.com")
			wantError(t, err, api.ErrOutcomeUnknown, "may sign with a new key", "Run again")
			if strings.Contains(err.Error(), "MIIinvented") {
				t.Errorf("the error shows the private key: %v", err)
			}
			if n := s.count("POST /dkim/add-new-domain"); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestExportDomain(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.org", "example.com")
	c := s.client()
	export, err := c.ExportDomain(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	if export.Domain != "example.com" || export.GeneratedAt == "" || export.DKIMPublic != "" ||
		!strings.HasPrefix(export.ArchivePath, "/opt/easymail/backupsByDomain/example.com/") ||
		len(export.Emails) != 1 || export.Emails[0] != "postmaster@example.com" {
		t.Errorf("exported %+v", export)
	}
	_, err = c.ExportDomain(t.Context(), "example.net")
	wantError(t, err, api.ErrNotFound, "example.net")
	if n := s.count("GET /export/domain"); n != 1 {
		t.Errorf("%d exports asked for, want 1", n)
	}

	// Gone since the list was made.
	s.insert(func(st *mailserversim.State) { st.Domains = st.Domains[:1] })
	_, err = c.ExportDomain(t.Context(), "example.com")
	wantError(t, err, api.ErrNotFound, "example.com")
	// Or the database is down.
	s.switchOn(mailserversim.SwitchDatabaseDown)
	_, err = c.ExportDomain(t.Context(), "example.org")
	wantError(t, err, api.ErrUnavailable)
}

// Each export writes an archive: it is a GET that must not be repeated.
func TestExportIsNotRepeated(t *testing.T) {
	for _, kind := range []fault.Kind{fault.CutAfter, fault.StatusAfter, fault.TruncatedBody, fault.EmptyError} {
		s := newSimulation(t)
		s.seed("example.com")
		s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/export/*", Kind: kind}}})
		_, err := s.client().ExportDomain(t.Context(), "example.com")
		if !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("%s: %v", kind, err)
		}
		if n := s.count("GET /export/domain"); n != 1 {
			t.Errorf("%s: sent %d times", kind, n)
		}
	}
}
