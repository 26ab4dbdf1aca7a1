package mailserverapi_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// What the server would refuse, or store in part or not at all, is not sent.
func TestWhatTheServerCannotStoreIsNotSent(t *testing.T) {
	s := newSimulation(t)
	s.seed("example.com")
	s.insert(func(st *mailserversim.State) {
		st.LastDomainID++
		st.Domains = append(st.Domains, mailserversim.Domain{ID: st.LastDomainID, Name: "m.example.net"})
	})
	c := s.client()
	create := func(name, email string, p mailserverapi.Credential) error {
		_, err := c.CreateDomain(t.Context(), name, email, p)
		return err
	}
	export := func(name string) error {
		_, err := c.ExportDomain(t.Context(), name)
		return err
	}
	long := mailserverapi.Credential{Value: strings.Repeat("p", 257)}
	host := strings.Repeat("d", 46) + ".org"
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"label of one character":      {create("x.example", "postmaster@x.example", password), `"x" has one`},
		"last label of one":           {create("example.x", "postmaster@example.x", password), `"x" has one`},
		"label of one in the middle":  {create("foo.b.example.com", "postmaster@foo.b.example.com", password), `"b" has one`},
		"51 characters":               {create("a"+host, "postmaster@a"+host, password), "at most 50"},
		"deleting a one-letter label": {c.DeleteDomain(t.Context(), "m.example.net"), `"m" has one`},
		"exporting one":               {export("m.example.net"), `"m" has one`},
		"first password of 257":       {create("example.org", "postmaster@example.org", long), "after 256"},
		"first address of 101":        {create(host, strings.Repeat("a", 50)+"@"+host, password), "at most 100"},
		"password of 257":             {c.CreateAccount(t.Context(), alice, long), "after 256"},
		"new password of 257":         {c.SetPassword(t.Context(), "postmaster@example.com", long), "after 256"},
		"address of 101":              {c.CreateAccount(t.Context(), strings.Repeat("a", 89)+"@example.com", password), "at most 100"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, c.err, nil, c.says, "Nothing was sent")
			if strings.Contains(c.err.Error(), long.Value) {
				t.Errorf("the error shows the password: %v", c.err)
			}
		})
	}
	for _, call := range []string{"POST /domains", "DELETE /domain", "GET /export/domain", "POST /users/ID", "POST /user-change-password"} {
		if n := s.count(call); n != 0 {
			t.Errorf("%s was sent %d times", call, n)
		}
	}

	// At the limits all is well.
	local := strings.Repeat("a", 100-len("@"+host))
	if err := create(host, local+"@"+host, mailserverapi.Credential{Value: long.Value[:256]}); err != nil {
		t.Error(err)
	}
	// An account in such a domain is no trouble.
	if err := c.CreateAccount(t.Context(), "alice@m.example.net", password); err != nil {
		t.Error(err)
	}
}
