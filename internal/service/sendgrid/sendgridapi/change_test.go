package sendgridapi_test

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// each is a change of the domain first, which has one address and one subuser.
var each = map[string]struct {
	method string
	do     func(*testing.T, *sendgridapi.Client) error
	done   func(*sendgridsim.Domain) bool
}{
	"default": {
		"PATCH", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.Update(t.Context(), number(first), sendgridapi.Changes{Default: ptr(true)})
			return err
		}, func(d *sendgridsim.Domain) bool { return d.Default },
	},
	"custom SPF": {
		"PATCH", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.Update(t.Context(), number(first), sendgridapi.Changes{CustomSPF: ptr(true)})
			return err
		}, func(d *sendgridsim.Domain) bool { return d.CustomSPF },
	},
	"add an address": {
		"POST", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.AddIP(t.Context(), number(first), "192.0.2.2")
			return err
		}, func(d *sendgridsim.Domain) bool { return slices.Contains(d.IPs, "192.0.2.2") },
	},
	"remove an address": {
		"DELETE", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.RemoveIP(t.Context(), number(first), "192.0.2.1")
			return err
		}, func(d *sendgridsim.Domain) bool { return len(d.IPs) == 0 },
	},
	"associate": {
		"POST", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.AssociateSubuser(t.Context(), number(first), sendgridsim.OtherSubuser)
			return err
		}, func(d *sendgridsim.Domain) bool { return slices.Contains(d.Subusers, sendgridsim.OtherSubuser) },
	},
	"disassociate": {
		"DELETE", func(t *testing.T, c *sendgridapi.Client) error {
			_, err := c.DisassociateSubuser(t.Context(), number(first), sendgridsim.Subuser)
			return err
		}, func(d *sendgridsim.Domain) bool { return len(d.Subusers) == 0 },
	},
	"delete": {
		"DELETE", func(t *testing.T, c *sendgridapi.Client) error { return c.Delete(t.Context(), number(first)) },
		func(d *sendgridsim.Domain) bool { return d == nil },
	},
}

// seedOne makes the domain that each changes.
func (s *simulation) seedOne() {
	s.seed(1)
	s.insert(func(st *sendgridsim.State) {
		d := st.Domains[0]
		d.AutomaticSecurity, d.IPs, d.Subusers = false, []string{"192.0.2.1"}, []string{sendgridsim.Subuser}
	})
}

// one is the domain at the service; nil if it is gone.
func (s *simulation) one() (d *sendgridsim.Domain) {
	s.insert(func(st *sendgridsim.State) {
		if len(st.Domains) > 0 {
			copied := *st.Domains[0]
			d = &copied
		}
	})
	return d
}

// Whatever becomes of the connection before, in or after a change, what is returned is what has
// become of it.
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

// Where SendGrid answers as described, changes are proved by the list, which alone names subusers.
func TestChangesAsDescribed(t *testing.T) {
	for name, change := range each {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seedOne()
			s.switchOn(sendgridsim.SwitchAsDescribed)
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
	const body = `{"id":45000001,"domain":"d000.example","username":"` + sendgridsim.Key + `","default":true,"dns":{}}`
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
