package sendgridapi_test

import (
	"errors"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

var (
	sandboxOwner    = sendgridapi.Owner{UserID: 7770001, Username: sendgridsim.User}
	newsletterOwner = sendgridapi.Owner{UserID: 7770002, Username: sendgridsim.Subuser}
	customerOwner   = sendgridapi.Owner{UserID: 7770005, Username: sendgridsim.Customer}
)

// A domain is gone where the key is that of the account which had it. Otherwise it may merely be
// out of sight.
func TestGoneForWhom(t *testing.T) {
	withKey := func(key string) func(*sendgridapi.Config) { return func(c *sendgridapi.Config) { c.APIKey = key } }
	onBehalfOf := func(name string) func(*sendgridapi.Config) {
		return func(c *sendgridapi.Config) { c.OnBehalfOf = name }
	}
	for name, c := range map[string]struct {
		owner  sendgridapi.Owner
		client func(*sendgridapi.Config)
		others []string // who else has domains
		gone   bool
		says   string
	}{
		"the account":                            {owner: sandboxOwner, client: withKey(sendgridsim.Key), gone: true},
		"the account, by its name":               {owner: sendgridapi.Owner{Username: sendgridsim.User}, client: withKey(sendgridsim.Key), gone: true},
		"the account, by its number":             {owner: sendgridapi.Owner{UserID: 7770001}, client: withKey(sendgridsim.Key), gone: true},
		"nobody is known":                        {client: withKey(sendgridsim.KeyOfCustomer), gone: true},
		"a key for domains, with others":         {owner: sandboxOwner, client: withKey(sendgridsim.KeyDomainsOnly), others: []string{sendgridsim.User}, gone: true},
		"a subuser of the key's account":         {owner: newsletterOwner, client: withKey(sendgridsim.Key), gone: true},
		"the same, with a key for domains":       {owner: newsletterOwner, client: withKey(sendgridsim.KeyDomainsOnly), gone: true},
		"on behalf of the subuser":               {owner: newsletterOwner, client: onBehalfOf(sendgridsim.Subuser), gone: true},
		"the subuser's own key":                  {owner: newsletterOwner, client: withKey(sendgridsim.KeyOfSubuser), gone: true},
		"another account's key":                  {owner: sandboxOwner, client: withKey(sendgridsim.KeyOfCustomer), says: `the API key acts for the account "a0b1c2d3"`},
		"another account's, with domains":        {owner: sandboxOwner, client: withKey(sendgridsim.KeyOfCustomer), others: []string{sendgridsim.Customer}, says: `it belongs to the account "sandbox"`},
		"a subuser's key for its parent":         {owner: sandboxOwner, client: withKey(sendgridsim.KeyOfSubuser), says: `acts for the account "newsletter"`},
		"another subuser":                        {owner: newsletterOwner, client: onBehalfOf(sendgridsim.OtherSubuser), says: `acts for the account "shop"`},
		"a customer, without on_behalf_of":       {owner: customerOwner, client: withKey(sendgridsim.Key), says: `acts for the account "sandbox"`},
		"a key that may not say whose it is":     {owner: customerOwner, client: withKey(sendgridsim.KeyDomainsOnly), says: "user.username.read"},
		"such a key, and others have some there": {owner: customerOwner, client: withKey(sendgridsim.KeyDomainsOnly), others: []string{sendgridsim.User}, says: "could not be told"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.insert(func(st *sendgridsim.State) {
				for i, owner := range c.others {
					st.Domains = append(st.Domains, &sendgridsim.Domain{ID: int64(45000001 + i), Region: "global", Target: "global", Owner: owner, Subdomain: "em", Domain: "example.org"})
				}
			})
			ref := sendgridapi.Ref{ID: 45000099, Domain: "example.com", Owner: c.owner}
			for what, do := range map[string]func(*sendgridapi.Client) error{
				"read":     func(c *sendgridapi.Client) error { _, err := c.Domain(t.Context(), ref); return err },
				"read now": func(c *sendgridapi.Client) error { _, err := c.DomainNow(t.Context(), ref); return err },
				"update": func(c *sendgridapi.Client) error {
					_, err := c.Update(t.Context(), ref, sendgridapi.Changes{Default: ptr(true)})
					return err
				},
				"delete": func(c *sendgridapi.Client) error {
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
				wantError(t, err, sendgridapi.ErrOtherAccount, c.says, "example.com (45000099)")
			}
		})
	}
}

// An account that cannot be asked for proves nothing.
func TestGoneIsNotSaidWhileTheAccountCannotBeRead(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Path: "/v3/user/username", Kind: fault.Status, Status: 501}}})
	_, err := s.client().Domain(t.Context(), sendgridapi.Ref{ID: 45000099, Owner: sandboxOwner})
	wantError(t, err, api.ErrUnavailable, "read the name of the account", "HTTP 501")
}

// A parent account lists its subusers' domains, which are not in the way of its own, nor the other
// way round.
func TestCreateBesideASubusersDomain(t *testing.T) {
	for name, client := range map[string]func(s *simulation) *sendgridapi.Client{
		"account not told yet": func(s *simulation) *sendgridapi.Client { return s.client() },
		"account told": func(s *simulation) *sendgridapi.Client {
			c := s.client()
			create(s.t, c, sendgridapi.NewDomain{Domain: "example.org"})
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.Subuser})
			c := client(s)
			own := create(t, c, sendgridapi.NewDomain{Domain: "example.com", CustomDKIMSelector: "abc"})
			if own.Username != sendgridsim.User || !own.HasSelector("abc") {
				t.Errorf("%+v", own)
			}
			create(t, c, sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.OtherSubuser})
			for _, n := range []sendgridapi.NewDomain{{Domain: "example.com"}, {Domain: "example.com", Username: sendgridsim.Subuser}} {
				_, err := s.client().Create(t.Context(), n)
				var exists *sendgridapi.ExistsError
				if !errors.As(err, &exists) || len(exists.Existing) != 1 {
					t.Errorf("a second one for %q: %v", n.Username, err)
				}
			}
		})
	}
	// With the subdomain of another's, SendGrid refuses it; that one is not for import.
	s := newSimulation(t)
	create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.Subuser})
	_, err := s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "em1001"})
	var exists *sendgridapi.ExistsError
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
	create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.Subuser})
	s.breakOnce("POST", fault.Fault{Kind: fault.CutAfter})
	d, err := c.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	if err != nil || d.Username != sendgridsim.User {
		t.Errorf("%+v, %v", d, err)
	}
	s.breakOnce("POST", fault.Fault{Kind: fault.Cut})
	_, err = s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
	wantError(t, err, api.ErrOutcomeUnknown, "SendGrid does not list the domain")
}

func TestOwn(t *testing.T) {
	s := newSimulation(t)
	mine := create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com"})
	create(t, s.client(), sendgridapi.NewDomain{Domain: "example.com", Username: sendgridsim.Subuser})
	create(t, s.client(), sendgridapi.NewDomain{Domain: "example.org", Username: sendgridsim.Subuser})
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
		host, domain   sendgridapi.Region
		region, target string
	}{
		"neither":          {"", "", "global", "global"},
		"the domain's, EU": {"", sendgridapi.EU, "eu", "eu"},
		"global and EU":    {sendgridapi.Global, sendgridapi.EU, "global", "eu"},
		"EU":               {sendgridapi.EU, "", "eu", "eu"},
		"EU twice":         {sendgridapi.EU, sendgridapi.EU, "eu", "eu"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			client := s.client(func(cfg *sendgridapi.Config) { cfg.Region = c.host }).ForNew(c.domain, "")
			create(t, client, sendgridapi.NewDomain{Domain: "example.com", Region: c.domain})
			s.insert(func(st *sendgridsim.State) {
				if d := st.Domains[0]; d.Region != c.region || d.Target != c.target {
					t.Errorf("created at the host %s for %s", d.Region, d.Target)
				}
			})
		})
	}
	// What the host does not have is refused, and not put right without a word.
	s := newSimulation(t)
	_, err := s.client(func(cfg *sendgridapi.Config) { cfg.Region = sendgridapi.EU }).Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Region: sendgridapi.Global})
	wantError(t, err, nil, "region is invalid (field region)")
}
