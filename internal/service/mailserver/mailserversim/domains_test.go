package mailserversim

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// addDomain creates a domain with the first account postmaster@.
func (s *server) addDomain(t *testing.T, name string) {
	t.Helper()
	s.post(t, "/domains", "domain", name, "username", "postmaster@"+name, "password", "correct horse").want(t, 200, `{"result":true}`)
}

func TestListDomains(t *testing.T) {
	s := newServer(t)
	s.get(t, "/domains").want(t, 200, `{"domains":null}`)
	s.addDomain(t, "one.example.com")
	s.addDomain(t, "Two.Example.com")
	s.post(t, "/users/1", "domain_id", "1", "email", "alice@one.example.com", "password", "x").want(t, 200, `{"result":true}`)
	s.get(t, "/domains").want(t, 200,
		`{"domains":[{"id":2,"name":"Two.Example.com","users_count":1},{"id":1,"name":"one.example.com","users_count":2}]}`)

	s.Turn(SwitchDatabaseDown, true)
	s.get(t, "/domains").want(t, 200, `{"domains":null}`)
}

func TestCreateDomainIsRefused(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	const host, email = "example.org", "postmaster@example.org"

	tests := map[string]struct{ domain, username, password, want string }{
		"nothing": {"", "", "", "DomainName: non zero value required;Username: non zero value required;" +
			"Password: non zero value required;"},
		"no password":      {host, email, "", "Password: non zero value required;"},
		"space":            {"a b.example", email, "x", "DomainName: a b.example does not validate as host;"},
		"Unicode":          {"bücher.example", email, "x", "DomainName: bücher.example does not validate as host;"},
		"empty label":      {"a..example", email, "x", "DomainName: a..example does not validate as host;"},
		"leading hyphen":   {"-a.example", email, "x", "DomainName: -a.example does not validate as host;"},
		"short label":      {"x.example", email, "x", "DomainName: x.example does not validate as host;"},
		"short last label": {"example.x", email, "x", "DomainName: example.x does not validate as host;"},
		"underscore first": {"_a.example", email, "x", "DomainName: _a.example does not validate as host;"},
		"trailing dot":     {"example.org.", email, "x", "DomainName: example.org. does not validate as host;"},
		"email, number":    {host, "a@m.123", "x", "Username: a@m.123 does not validate as email;"},
		"label too long":   {strings.Repeat("a", 64) + ".example", email, "x", "DomainName: " + strings.Repeat("a", 64) + ".example does not validate as host;"},
		"no email":         {host, "postmaster", "x", "Username: postmaster does not validate as email;"},
		"email, one label": {host, "postmaster@localhost", "x", "Username: postmaster@localhost does not validate as email;"},
		"email, dots":      {host, "a..b@example.org", "x", "Username: a..b@example.org does not validate as email;"},
		"email, no local":  {host, "@example.org", "x", "Username: @example.org does not validate as email;"},
		"exists":           {"example.com", "other@example.com", "x", "Domain is already exist"},
		"exists, case":     {"EXAMPLE.com", "other@example.com", "x", "Domain is already exist"},
		"51 bytes":         {strings.Repeat("a", 43) + ".example", email, "x", "Error 1406: Data too long for column 'name' at row 1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s.post(t, "/domains", "domain", test.domain, "username", test.username, "password", test.password).
				want(t, 200, `{"error_msg":"`+test.want+`","result":false}`)
		})
	}
	s.get(t, "/domains").want(t, 200, `{"domains":[{"id":1,"name":"example.com","users_count":1}]}`)
}

func TestCreateDomainIsAccepted(t *testing.T) {
	for name, domain := range map[string]string{
		"50 bytes":   strings.Repeat("a", 42) + ".example",
		"punycode":   "xn--bcher-kva.example",
		"underscore": "a_.example",
		"one label":  "localhost",
		"address":    "2001:db8::1",
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			form := url.Values{"domain": {domain}, "username": {"o'neil+x@büro.example"}, "password": {"x"}}
			s.urlencoded(t, "POST", "/domains", form).want(t, 200, `{"result":true}`)
			s.get(t, "/domains").want(t, 200, `{"domains":[{"id":1,"name":"`+domain+`","users_count":1}]}`)
		})
	}
}

func TestCreateDomainIsNotAtomic(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.post(t, "/domains", "domain", "example.org", "username", "POSTMASTER@example.com", "password", "x").
		want(t, 200, `{"error_msg":"User already exist!","result":false}`)
	s.get(t, "/domains").want(t, 200,
		`{"domains":[{"id":2,"name":"example.org","users_count":0},{"id":1,"name":"example.com","users_count":1}]}`)
}

func TestCreateDomainWithoutDatabase(t *testing.T) {
	s := newServer(t)
	s.Turn(SwitchDatabaseDown, true)
	s.post(t, "/domains", "domain", "example.com", "username", "a@example.com", "password", "x").
		want(t, 200, `{"error_msg":"dial tcp 127.0.0.1:3306: connect: connection refused","result":false}`)
	s.Turn(SwitchDatabaseDown, false)
	s.get(t, "/domains").want(t, 200, `{"domains":null}`)
}

// Both calls have seen that there is no such domain before either inserts it.
func TestParallelCreatesDoubleADomain(t *testing.T) {
	s := newServer(t)
	var looked sync.WaitGroup
	looked.Add(2)
	s.hashPassword = func(string) string {
		looked.Done()
		looked.Wait()
		return "hash"
	}
	var calls sync.WaitGroup
	for _, email := range []string{"a@example.com", "b@example.com"} {
		calls.Go(func() {
			s.post(t, "/domains", "domain", "example.com", "username", email, "password", "x").want(t, 200, `{"result":true}`)
		})
	}
	calls.Wait()
	s.get(t, "/domains").want(t, 200,
		`{"domains":[{"id":2,"name":"example.com","users_count":1},{"id":1,"name":"example.com","users_count":1}]}`)

	// A deletion takes one of the two.
	s.form(t, "DELETE", "/domain", "domain", "example.com").want(t, 200, `{"result":true}`)
	s.get(t, "/domains").want(t, 200, `{"domains":[{"id":2,"name":"example.com","users_count":1}]}`)
}

func TestDeleteDomain(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	s.addDomain(t, "example.org")
	dkim := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)

	s.Turn(SwitchDatabaseDown, true)
	s.form(t, "DELETE", "/domain", "domain", "example.com").want(t, 200, `{"result":true}`)
	s.Turn(SwitchDatabaseDown, false)
	s.form(t, "DELETE", "/domain", "domain", "example.net").want(t, 200, `{"result":true}`)
	for name, reason := range map[string]string{
		"": "non zero value required", "x.example": "x.example does not validate as host", "bücher.example": "bücher.example does not validate as host",
	} {
		s.form(t, "DELETE", "/domain", "domain", name).want(t, 200, `{"error_msg":"DomainName: `+reason+`;","result":false}`)
	}
	if domains := s.state(t).Domains; len(domains) != 2 {
		t.Fatalf("domains %v", domains)
	}
	if lost := s.state(t).LostMail; !slices.Equal(lost, []string{"example.com"}) {
		t.Errorf("without a database, mail was lost of %q", lost)
	}

	s.form(t, "DELETE", "/domain", "domain", "EXAMPLE.com").want(t, 200, `{"result":true}`)
	s.get(t, "/domains").want(t, 200, `{"domains":[{"id":2,"name":"example.org","users_count":1}]}`)
	s.get(t, "/users/1").want(t, 200, `{"users":[]}`)

	// The account's email is free again, the id is not, and the DKIM files have stayed.
	s.addDomain(t, "example.com")
	s.get(t, "/users/3").want(t, 200, `{"users":[{"id":3,"domain_id":3,"email":"postmaster@example.com"}]}`)
	if export := s.get(t, "/export/domain?domain=example.com").json(t); export["dkim"].(map[string]any)["public"] != dkim["public"] {
		t.Errorf("DKIM key is %v, was %v", export["dkim"], dkim["public"])
	}
}

func TestDeleteIgnoresAnUrlencodedBody(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "aa.example")
	s.addDomain(t, "bb.example")
	s.urlencoded(t, "DELETE", "/domain", url.Values{"domain": {"aa.example"}}).want(t, 200, `{"error_msg":"DomainName: non zero value required;","result":false}`)
	if domains := s.state(t).Domains; len(domains) != 2 {
		t.Errorf("the body was read: %v", domains)
	}
	s.send(t, "DELETE", "/domain?domain=bb.example", "", "").want(t, 200, `{"result":true}`)
	if domains := s.state(t).Domains; len(domains) != 1 || domains[0].Name != "aa.example" {
		t.Errorf("the query string was not read: %v", domains)
	}
}

func TestExportDomain(t *testing.T) {
	s := newServer(t)
	s.hashPassword = func(password string) string { return "$1$hash of " + password }
	s.addDomain(t, "example.com")
	s.addDomain(t, "example.org")
	s.post(t, "/users/1", "domain_id", "1", "email", "alice@example.com", "password", "x").want(t, 200, `{"result":true}`)

	const path = "/opt/easymail/backupsByDomain/example.com/2030-01-02.tar.gz"
	want := `{"accounts":[{"email":"alice@example.com","password":"$1$hash of x"},` +
		`{"email":"postmaster@example.com","password":"$1$hash of correct horse"}],` +
		`"dkim":{"public":"","private":""},"domainName":"example.com",` +
		`"generatedAt":"2030-01-02 03:04:05","export_filename":"` + path + `"}`
	s.get(t, "/export/domain?domain=example.com").want(t, 200, want)
	s.form(t, "GET", "/export/domain", "domain", "example.com").want(t, 200, want)

	archives := s.state(t).Archives
	if len(archives) != 2 || archives[0].Path != path || archives[1].Path != path || archives[0].Domain != "example.com" ||
		!archives[0].GeneratedAt.Equal(s.now()) {
		t.Errorf("the exports left %+v", archives)
	}

	dkim := s.post(t, "/dkim/add-new-domain", "domain", "example.com").json(t)
	got := s.get(t, "/export/domain?domain=example.com").json(t)["dkim"].(map[string]any)
	if got["public"] != dkim["public"] || got["private"] != dkim["private"] || got["private"] == "" {
		t.Error("the export's DKIM key is not the one that was made")
	}
}

func TestExportOfWhatIsNotThere(t *testing.T) {
	s := newServer(t)
	s.addDomain(t, "example.com")
	nothing := `{"accounts":null,"dkim":{"public":"","private":""},"domainName":"","generatedAt":"","export_filename":""}`
	s.get(t, "/export/domain?domain=example.org").want(t, 200, nothing)
	s.get(t, "/export/domain").want(t, 200, `{"error_msg":"DomainName: non zero value required;","result":false}`)
	s.get(t, "/export/domain?domain=a+b").want(t, 200, `{"error_msg":"DomainName: a b does not validate as host;","result":false}`)
	s.Turn(SwitchDatabaseDown, true)
	s.get(t, "/export/domain?domain=example.com").want(t, 200, nothing)
	if archives := s.state(t).Archives; len(archives) != 0 {
		t.Errorf("archives %+v", archives)
	}
}
