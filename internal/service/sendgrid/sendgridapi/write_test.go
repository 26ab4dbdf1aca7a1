package sendgridapi_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

func TestUpdate(t *testing.T) {
	for _, shape := range []struct {
		name     string
		switches []string
	}{{"object", nil}, {"array", []string{sendgridsim.SwitchAsDescribed}}} {
		t.Run(shape.name, func(t *testing.T) {
			s := newSimulation(t)
			s.switchOn(shape.switches...)
			c := s.client()
			first := create(t, c, sendgridapi.NewDomain{Domain: "example.com", AutomaticSecurity: ptr(false), Default: ptr(true)})
			second := create(t, c, sendgridapi.NewDomain{Domain: "example.org"})
			d, err := c.Update(t.Context(), number(first.ID), sendgridapi.Changes{CustomSPF: ptr(true)})
			if err != nil || !d.CustomSPF || !d.Default || d.Records["domain_spf"].Name != "example.com" {
				t.Errorf("%+v, %v", d, err)
			}
			if d, err = c.Update(t.Context(), number(second.ID), sendgridapi.Changes{Default: ptr(true)}); err != nil || !d.Default {
				t.Errorf("%+v, %v", d, err)
			}
			if d, err = c.Domain(t.Context(), number(first.ID)); err != nil || d.Default {
				t.Errorf("the list is not read anew: %+v, %v", d, err)
			}
		})
	}
}

func TestIPsAndSubusers(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	id := create(t, c, sendgridapi.NewDomain{Domain: "example.com", AutomaticSecurity: ptr(false)}).ID
	ctx := t.Context()
	if d, err := c.AddIP(ctx, number(id), "2001:db8::1"); err != nil || !slices.Equal(d.IPs, []string{"2001:db8::1"}) {
		t.Errorf("%v, %v", d.IPs, err)
	}
	for range 2 { // what is gone already is no error
		if d, err := c.RemoveIP(ctx, number(id), "2001:db8::1"); err != nil || len(d.IPs) != 0 || d.ID != id {
			t.Errorf("%v, %v", d, err)
		}
	}
	if d, err := c.AssociateSubuser(ctx, number(id), sendgridsim.OtherSubuser); err != nil || !slices.Equal(d.SubuserNames(), []string{sendgridsim.OtherSubuser}) {
		t.Errorf("%v, %v", d.Subusers, err)
	}
	if d, err := c.DisassociateSubuser(ctx, number(id), sendgridsim.OtherSubuser); err != nil || len(d.Subusers) != 0 || d.ID != id {
		t.Errorf("%v, %v", d, err)
	}
	_, err := c.AssociateSubuser(ctx, number(id), "nobody")
	wantError(t, err, nil, "associate the subuser nobody with domain example.com (45000001)", "username is invalid (field username)")
	_, err = c.AddIP(ctx, number(id), "nowhere")
	wantError(t, err, nil, "add the IP address nowhere to domain", "ip is invalid")
	if err := c.Delete(ctx, number(id)); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func() error{
		"update":    func() error { _, err := c.Update(ctx, number(id), sendgridapi.Changes{Default: ptr(true)}); return err },
		"add IP":    func() error { _, err := c.AddIP(ctx, number(id), "192.0.2.1"); return err },
		"remove IP": func() error { _, err := c.RemoveIP(ctx, number(id), "192.0.2.1"); return err },
		"validate":  func() error { _, err := c.Validate(ctx, number(id)); return err },
	} {
		if err := change(); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s a domain that is gone: %v", what, err)
		}
	}
}

func TestDelete(t *testing.T) {
	s := newSimulation(t)
	s.seed(1)
	c := s.client()
	// Its answer is lost, so that it is repeated and finds nothing.
	s.breakOnce("DELETE", fault.Fault{Kind: fault.StatusAfter})
	if err := c.Delete(t.Context(), number(45000001)); err != nil {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), number(45000001)); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	if rows, err := c.Domains(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
}

// An answer that is not the documented one is not believed.
func TestDeleteThatDidNotHappen(t *testing.T) {
	s := newSimulation(t)
	s.seed(1)
	for status, says := range map[int]string{200: "took the call, and still lists the domain", 404: "answers that there is no such domain, and still lists it"} {
		s.breakOnce("DELETE", fault.Fault{Kind: fault.Status, Status: status, Body: "{}"})
		err := s.client().Delete(t.Context(), number(45000001))
		wantError(t, err, nil, "delete domain", says, "safe to run again")
	}
}

// A result of no record is kept if it says something.
func TestValidateWithAReasonOfSPF(t *testing.T) {
	s := newSimulation(t)
	s.seed(1)
	s.breakOnce("POST", fault.Fault{Kind: fault.Status, Status: 200,
		Body: `{"id":45000001,"valid":false,"validation_results":{"spf":{"valid":false,"reason":"Expected one SPF record."}}}`})
	v, err := s.client().Validate(t.Context(), number(45000001))
	if err != nil || v.Valid || v.Results["spf"].Reason != "Expected one SPF record." {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestValidate(t *testing.T) {
	for name, automatic := range map[string]bool{"automatic": true, "manual": false} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			c := s.client()
			d := create(t, c, sendgridapi.NewDomain{Domain: "example.com", AutomaticSecurity: &automatic})
			v, err := c.Validate(t.Context(), number(d.ID))
			if err != nil || v.Valid || len(v.Results) != 3 {
				t.Fatalf("%+v, %v", v, err)
			}
			for purpose, r := range v.Results {
				if _, ok := d.Records[purpose]; !ok || r.Valid || !strings.Contains(r.Reason, "Expected") {
					t.Errorf("%s: %+v", purpose, r)
				}
			}
			s.publish(d)
			if v, err = c.Validate(t.Context(), number(d.ID)); err != nil || !v.Valid {
				t.Errorf("%+v, %v", v, err)
			}
			for purpose, r := range v.Results {
				if !r.Valid || r.Reason != "" {
					t.Errorf("%s: %+v", purpose, r)
				}
			}
			d, err = c.Domain(t.Context(), number(d.ID))
			if err != nil || !d.Valid || d.LastValidation.IsZero() || !d.Records["dkim1"].Valid && automatic {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
}

func TestValidateWhileSendGridCannotLook(t *testing.T) {
	s := newSimulation(t)
	c := s.client()
	d := create(t, c, sendgridapi.NewDomain{Domain: "example.com"})
	s.publish(d)
	failure := fault.Fault{Kind: fault.Status, Status: 500, Body: `{"errors":[{"message":"internal error getting TXT"}]}`}
	s.breakOnce("POST", failure)
	if v, err := c.Validate(t.Context(), number(d.ID)); err != nil || !v.Valid {
		t.Errorf("it is not tried again: %+v, %v", v, err)
	}
	s.set(fault.Conditions{Faults: []fault.Fault{failure}})
	_, err := c.Validate(t.Context(), number(d.ID))
	wantError(t, err, sendgridapi.ErrLookupFailed, "validate domain example.com", "internal error getting TXT", "ask again later")
	wantError(t, err, api.ErrUnavailable)

	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: `{"id":45000001}`}}})
	_, err = c.Validate(t.Context(), number(d.ID))
	wantError(t, err, api.ErrUnavailable, "lacks what the API documents")
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 500, Body: `{"errors":[{"message":"oops"}]}`}}})
	if _, err = c.Validate(t.Context(), number(d.ID)); errors.Is(err, sendgridapi.ErrLookupFailed) {
		t.Errorf("another server error is taken for a lookup's: %v", err)
	}
}
