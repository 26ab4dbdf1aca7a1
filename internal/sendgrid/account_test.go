package sendgrid_test

import (
	"errors"
	"slices"
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

// A domain is gone where the key is that of the account which had it. Otherwise it may
// merely be out of sight.
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

// A parent account lists its subusers' domains, which are not in the way of its own,
// nor the other way round.
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
			// With the subdomain of another's, SendGrid refuses it; that one is not for import.
			_, err := c.Create(t.Context(), sendgrid.NewDomain{Domain: "example.com", Subdomain: "em1001"})
			var exists *sendgrid.ExistsError
			if name == "account not told yet" && (!errors.As(err, &exists) || len(exists.Existing) != 0) {
				t.Errorf("%v", err)
			}
			if name == "account not told yet" {
				wantError(t, err, api.ErrConflict, "45000001 (em1001.example.com of newsletter)", "belongs to another account or subuser: give this one another subdomain")
			}
		})
	}
}

// A lost answer is not taken for that about a subuser's domain of the same name, which
// another run makes at that moment.
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

// each is a change of the domain first, which has one address and one subuser.
var each = map[string]struct {
	method string
	do     func(*testing.T, *sendgrid.Client) error
	done   func(*simulated.Domain) bool
}{
	"default": {
		"PATCH", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.Update(t.Context(), number(first), sendgrid.Changes{Default: ptr(true)})
			return err
		}, func(d *simulated.Domain) bool { return d.Default },
	},
	"custom SPF": {
		"PATCH", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.Update(t.Context(), number(first), sendgrid.Changes{CustomSPF: ptr(true)})
			return err
		}, func(d *simulated.Domain) bool { return d.CustomSPF },
	},
	"add an address": {
		"POST", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.AddIP(t.Context(), number(first), "192.0.2.2")
			return err
		}, func(d *simulated.Domain) bool { return slices.Contains(d.IPs, "192.0.2.2") },
	},
	"remove an address": {
		"DELETE", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.RemoveIP(t.Context(), number(first), "192.0.2.1")
			return err
		}, func(d *simulated.Domain) bool { return len(d.IPs) == 0 },
	},
	"associate": {
		"POST", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.AssociateSubuser(t.Context(), number(first), simulated.OtherSubuser)
			return err
		}, func(d *simulated.Domain) bool { return slices.Contains(d.Subusers, simulated.OtherSubuser) },
	},
	"disassociate": {
		"DELETE", func(t *testing.T, c *sendgrid.Client) error {
			_, err := c.DisassociateSubuser(t.Context(), number(first), simulated.Subuser)
			return err
		}, func(d *simulated.Domain) bool { return len(d.Subusers) == 0 },
	},
	"delete": {
		"DELETE", func(t *testing.T, c *sendgrid.Client) error { return c.Delete(t.Context(), number(first)) },
		func(d *simulated.Domain) bool { return d == nil },
	},
}

// seedOne makes the domain that each changes.
func (s *simulation) seedOne() {
	s.seed(1)
	s.insert(func(st *simulated.State) {
		d := st.Domains[0]
		d.AutomaticSecurity, d.IPs, d.Subusers = false, []string{"192.0.2.1"}, []string{simulated.Subuser}
	})
}

// one is the domain at the service; nil if it is gone.
func (s *simulation) one() (d *simulated.Domain) {
	s.insert(func(st *simulated.State) {
		if len(st.Domains) > 0 {
			copied := *st.Domains[0]
			d = &copied
		}
	})
	return d
}

// Whatever becomes of the connection before, in or after a change, what is returned is
// what has become of it.
func TestChangesOverBrokenConnections(t *testing.T) {
	const forEver = 0
	for name, change := range each {
		for _, kind := range []fault.Kind{fault.Cut, fault.CutAfter, fault.TruncatedBody, fault.InvalidJSON, fault.EmptyError, fault.StatusAfter} {
			for _, times := range []int{1, forEver} {
				t.Run(name+" "+string(kind), func(t *testing.T) {
					s := newSimulation(t)
					s.seedOne()
					s.set(fault.Conditions{Faults: []fault.Fault{{Method: change.method, Kind: kind, Count: times}}})
					err := change.do(t, s.client())
					done := change.done(s.one())
					if done != (err == nil) {
						t.Errorf("done is %t, and the error %v", done, err)
					}
					before := kind == fault.Cut || kind == fault.EmptyError
					if done == (before && times == forEver) {
						t.Errorf("with %s %d times, done is %t", kind, times, done)
					}
					if err != nil {
						says := "the change was not made"
						if name == "delete" {
							says = "the domain is still there"
						}
						wantError(t, err, api.ErrUnavailable, says)
					}
				})
			}
		}
	}
}

// A change that is acknowledged and does not show is not done.
func TestChangesThatAreOnlyAcknowledged(t *testing.T) {
	for name, change := range each {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seedOne()
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: change.method, Kind: fault.Status, Status: 200, Body: `{}`}}})
			wantError(t, change.do(t, s.client()), nil, "SendGrid took the call, and still")
		})
	}
}

// Where SendGrid answers as described, changes are proved by the list, which alone
// names subusers.
func TestChangesAsDescribed(t *testing.T) {
	for name, change := range each {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seedOne()
			s.switchOn(simulated.SwitchAsDescribed)
			if err := change.do(t, s.client()); err != nil || !change.done(s.one()) {
				t.Error(err)
			}
		})
	}
}

// Where neither a change nor a look at it is answered, the error says so.
func TestChangesThatCannotBeChecked(t *testing.T) {
	for name, change := range each {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seedOne()
			c := s.client()
			if _, err := c.Domains(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 501, Body: "down"}}})
			wantError(t, change.do(t, c), api.ErrUnavailable, "could not be checked", "HTTP 501")
		})
	}
}

// An answer that repeats the API key is not used, and the key is not shown.
func TestChangesThatRepeatTheKey(t *testing.T) {
	const body = `{"id":45000001,"domain":"d000.example","username":"` + simulated.Key + `","default":true,"dns":{}}`
	for name, change := range each {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seedOne()
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: change.method, Kind: fault.InvalidJSON, Body: body}}})
			if err := change.do(t, s.client()); err != nil || !change.done(s.one()) {
				t.Errorf("done is %t, %v", change.done(s.one()), err)
			}
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: "GET", Kind: fault.Status, Status: 200, Body: "[" + body + "]"}}})
			_, err := s.client().Domains(t.Context())
			wantError(t, err, api.ErrUnavailable, "the answer repeats the API key")
		})
	}
}
