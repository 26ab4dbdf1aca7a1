package mail_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// postForm calls the server as a script of somebody's does, which checks nothing.
func postForm(t *testing.T, s *world.MailServer, path string, fields ...string) {
	t.Helper()
	send := func(path, token string, fields ...string) string {
		form := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Auth-token", token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // it was only read
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s %v", path, resp.StatusCode, body, err)
		}
		return string(body)
	}
	login := send("/auth", "", "username", mailserversim.Username, "password", mailserversim.Password)
	token := regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(login)
	if token == nil {
		t.Fatalf("no token in %s", login)
	}
	send(path, token[1], fields...)
}

// The mail server stores addresses that no resource can have. They are listed without an ID: one
// would be refused by an import.
func TestListsWithOddRows(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	for _, email := range []string{"", "no at sign", "who@example.org", "zoë@example.com", "a/../b@example.com", "Bob@Example.com"} {
		postForm(t, s, "/users/1", "domain_id", "1", "email", email, "password", "invented")
	}
	postForm(t, s, "/domains", "domain", "localhost", "username", "info@example.net", "password", "invented")
	user := func(id knownvalue.Check, email string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"id": id, "email": knownvalue.StringExact(email)})
	}
	domain := func(id knownvalue.Check, name string, users int64) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"id": id, "domain": knownvalue.StringExact(name), "user_count": knownvalue.Int64Exact(users)})
	}
	known := func(name string) knownvalue.Check { return knownvalue.StringExact("mailserver/" + name) }
	config := s.Provider(t) + `
data "postmaster_mail_domains" "all" {}
data "postmaster_mail_users" "all" { mail_domain_id = "mailserver/example.com" }
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.postmaster_mail_users.all", tfjsonpath.New("users"), knownvalue.ListExact([]knownvalue.Check{
					user(knownvalue.Null(), ""),
					user(knownvalue.Null(), "a/../b@example.com"),
					user(known("bob@example.com"), "Bob@Example.com"),
					user(known("info@example.com"), "info@example.com"),
					user(knownvalue.Null(), "no at sign"),
					user(knownvalue.Null(), "who@example.org"),
					user(knownvalue.Null(), "zoë@example.com"),
				})),
				statecheck.ExpectKnownValue("data.postmaster_mail_domains.all", tfjsonpath.New("domains"), knownvalue.ListExact([]knownvalue.Check{
					domain(known("example.com"), "example.com", 7),
					domain(knownvalue.Null(), "localhost", 1),
				})),
			},
		}},
	})
	// What has an ID can be imported.
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{{
			Config: s.Provider(t) + fmt.Sprintf("import {\n to = postmaster_mail_user.u\n id = %q\n}\n", "mailserver/bob@example.com") +
				world.UserConfig("bob", world.WriteOnly),
		}},
	})
}
