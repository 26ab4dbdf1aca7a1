package sendgrid_test

import (
	"errors"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	simulated "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

var (
	sandboxOwner    = sendgrid.Owner{UserID: 7770001, Username: simulated.User}
	newsletterOwner = sendgrid.Owner{UserID: 7770002, Username: simulated.Subuser}
	customerOwner   = sendgrid.Owner{UserID: 7770005, Username: simulated.Customer}
)

// A domain is gone where the key is that of the account which had it. Otherwise it may merely be
// out of sight.
func TestGoneForWhom(t *testing.T) {
	withKey := func(key string) func(*sendgrid.Config) { return func(c *sendgrid.Config) { c.APIKey = key } }
	onBehalfOf := func(name string) func(*sendgrid.Config) { return func(c *sendgrid.Config) { c.OnBehalfOf = name } }
	for name, c := range map[string]struct {
		owner  sendgrid.Owner
		client func(*sendgrid.Config)
		others []string // who else has domains
		gone   bool
		says   string
	}{
		"the account":                            {owner: sandboxOwner, client: withKey(simulated.Key), gone: true},
		"the account, by its name":               {owner: sendgrid.Owner{Username: simulated.User}, client: withKey(simulated.Key), gone: true},
		"the account, by its number":             {owner: sendgrid.Owner{UserID: 7770001}, client: withKey(simulated.Key), gone: true},
		"nobody is known":                        {client: withKey(simulated.KeyOfCustomer), gone: true},
		"a key for domains, with others":         {owner: sandboxOwner, client: withKey(simulated.KeyDomainsOnly), others: []string{simulated.User}, gone: true},
		"a subuser of the key's account":         {owner: newsletterOwner, client: withKey(simulated.Key), gone: true},
		"the same, with a key for domains":       {owner: newsletterOwner, client: withKey(simulated.KeyDomainsOnly), gone: true},
		"on behalf of the subuser":               {owner: newsletterOwner, client: onBehalfOf(simulated.Subuser), gone: true},
		"the subuser's own key":                  {owner: newsletterOwner, client: withKey(simulated.KeyOfSubuser), gone: true},
		"another account's key":                  {owner: sandboxOwner, client: withKey(simulated.KeyOfCustomer), says: `the API key acts for the account "a0b1c2d3"`},
		"another account's, with domains":        {owner: sandboxOwner, client: withKey(simulated.KeyOfCustomer), others: []string{simulated.Customer}, says: `it belongs to the account "sandbox"`},
		"a subuser's key for its parent":         {owner: sandboxOwner, client: withKey(simulated.KeyOfSubuser), says: `acts for the account "newsletter"`},
		"another subuser":                        {owner: newsletterOwner, client: onBehalfOf(simulated.OtherSubuser), says: `acts for the account "shop"`},
		"a customer, without on_behalf_of":       {owner: customerOwner, client: withKey(simulated.Key), says: `acts for the account "sandbox"`},
		"a key that may not say whose it is":     {owner: customerOwner, client: withKey(simulated.KeyDomainsOnly), says: "user.username.read"},
		"such a key, and others have some there": {owner: customerOwner, client: withKey(simulated.KeyDomainsOnly), others: []string{simulated.User}, says: "could not be told"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.insert(func(st *simulated.State) {
				for i, owner := range c.others {
					st.Domains = append(st.Domains, &simulated.Domain{ID: int64(45000001 + i), Region: "global", Target: "global", Owner: owner, Subdomain: "em", Domain: "example.org"})
				}
			})
			ref := sendgrid.Ref{ID: 45000099, Domain: "example.com", Owner: c.owner}
			for what, do := range map[string]func(*sendgrid.Client) error{
				"read":     func(c *sendgrid.Client) error { _, err := c.Domain(t.Context(), ref); return err },
				"read now": func(c *sendgrid.Client) error { _, err := c.DomainNow(t.Context(), ref); return err },
				"update": func(c *sendgrid.Client) error {
					_, err := c.Update(t.Context(), ref, sendgrid.Changes{Default: ptr(true)})
					return err
				},
				"delete": func(c *sendgrid.Client) error {
					if err := c.Delete(t.Context(), ref); err != nil {
						return err
					}
					return api.ErrNotFound // which is none to Delete
				},
			} {
				err := do(s.client(c.client))
				if c.gone {
					if !errors.Is(err, api.ErrNotFound) {
						t.Errorf("%s: %v", what, err)
					}
					continue
				}
				if errors.Is(err, api.ErrNotFound) {
					t.Errorf("%s: taken for gone: %v", what, err)
				}
				wantError(t, err, sendgrid.ErrOtherAccount, c.says, "example.com (45000099)")
			}
		})
	}
}

// An account that cannot be asked for proves nothing.
func TestGoneIsNotSaidWhileTheAccountCannotBeRead(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/v3/user/username", Kind: fault.Status, Status: 501}}})
	_, err := s.client().Domain(t.Context(), sendgrid.Ref{ID: 45000099, Owner: sandboxOwner})
	wantError(t, err, api.ErrUnavailable, "read the name of the account", "HTTP 501")
}

// A parent account lists its subusers' domains, which are not in the way of its own, nor the other
// way round.
func TestCreateBesideASubusersDomain(t *testing.T) {
	for name, client := range map[string]func(s *simulation) *sendgrid.Client{
		"account not told yet": func(s *simulation) *sendgrid.Client { return s.client() },
		"account told": func(s *simulation) *sendgrid.Client {
			c := s.client()
			create(s.t, c, sendgrid.NewDomain{Domain: "example.org"})
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			create(t, s.client(), sendgrid.NewDomain{Domain: "example.com", Username: simulated.Subuser})
			c := client(s)
			own := create(t, c, sendgrid.NewDomain{Domain: "example.com", CustomDKIMSelector: "abc"})
			if own.Username != simulated.User || !own.HasSelector("abc") {
				t.Errorf("%+v", own)
			}
			create(t, c, sendgrid.NewDomain{Domain: "example.com", Username: simulated.OtherSubuser})
			for _, n := range []sendgrid.NewDomain{{Domain: "example.com"}, {Domain: "example.com", Username: simulated.Subuser}} {
				_, err := s.client().Create(t.Context(), n)
				var exists *sendgrid.ExistsError
				if !errors.As(err, &exists) || len(exists.Existing) != 1 {
					t.Errorf("a second one for %q: %v", n.Username, err)
				}
			}
		})
	}
	// With the subdomain of another's, SendGrid refuses it; that one is not for import.
	s := newSimulation(t)
	create(t, s.client(), sendgrid.NewDomain{Domain: "example.com", Username: simulated.Subuser})
	_, err := s.client().Create(t.Context(), sendgrid.NewDomain{Domain: "example.com", Subdomain: "em1001"})
	var exists *sendgrid.ExistsError
	if !errors.As(err, &exists) || len(exists.Existing) != 0 {
		t.Errorf("%v", err)
	}
	wantError(t, err, api.ErrConflict, "45000001 (em1001.example.com of newsletter)", "belongs to another account or subuser: give this one another subdomain")
}

// A lost answer is not taken for that about a subuser's domain of the same name, which another run
// makes at that moment.
func TestLostCreationBesideASubusersDomain(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	if _, err := c.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	create(t, s.client(), sendgrid.NewDomain{Domain: "example.com", Username: simulated.Subuser})
	s.breakOnce("POST", fault.Fault{Kind: fault.CutAfter})
	d, err := c.Create(t.Context(), sendgrid.NewDomain{Domain: "example.com"})
	if err != nil || d.Username != simulated.User {
		t.Errorf("%+v, %v", d, err)
	}
	s.breakOnce("POST", fault.Fault{Kind: fault.Cut})
	_, err = s.client().Create(t.Context(), sendgrid.NewDomain{Domain: "example.com", Subdomain: "news"})
	wantError(t, err, api.ErrOutcomeUnknown, "SendGrid does not list the domain")
}

func TestOwn(t *testing.T) {
	s := newSimulation(t)
	mine := create(t, s.client(), sendgrid.NewDomain{Domain: "example.com"})
	create(t, s.client(), sendgrid.NewDomain{Domain: "example.com", Username: simulated.Subuser})
	create(t, s.client(), sendgrid.NewDomain{Domain: "example.org", Username: simulated.Subuser})
	c := s.client()
	rows, err := c.Domains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.wantSomeCalls()
	for range 2 {
		own, err := c.Own(t.Context(), rows)
		if err != nil || len(own) != 1 || own[0].ID != mine.ID {
			t.Errorf("%v, %v", own, err)
		}
	}
	s.wantCalls(map[string]int{"GET": 1})
	if own, err := c.Own(t.Context(), nil); err != nil || len(own) != 0 {
		t.Errorf("of none: %v, %v", own, err)
	}
}

// A domain is created at one host for either region.
func TestRegionsOfHostAndDomain(t *testing.T) {
	for name, c := range map[string]struct {
		host, domain   sendgrid.Region
		region, target string
	}{
		"neither":          {"", "", "global", "global"},
		"the domain's, EU": {"", sendgrid.EU, "eu", "eu"},
		"global and EU":    {sendgrid.Global, sendgrid.EU, "global", "eu"},
		"EU":               {sendgrid.EU, "", "eu", "eu"},
		"EU twice":         {sendgrid.EU, sendgrid.EU, "eu", "eu"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			client := s.client(func(cfg *sendgrid.Config) { cfg.Region = c.host }).ForNew(c.domain, "")
			create(t, client, sendgrid.NewDomain{Domain: "example.com", Region: c.domain})
			s.insert(func(st *simulated.State) {
				if d := st.Domains[0]; d.Region != c.region || d.Target != c.target {
					t.Errorf("created at the host %s for %s", d.Region, d.Target)
				}
			})
		})
	}
	// What the host does not have is refused, and not put right without a word.
	s := newSimulation(t)
	_, err := s.client(func(cfg *sendgrid.Config) { cfg.Region = sendgrid.EU }).Create(t.Context(), sendgrid.NewDomain{Domain: "example.com", Region: sendgrid.Global})
	wantError(t, err, nil, "region is invalid (field region)")
}
