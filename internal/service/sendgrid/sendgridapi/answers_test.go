package sendgridapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

const (
	// bank is somebody else's domain in an answer.
	bank = `{"id":%d,"user_id":%d,"username":"%s","domain":"bank.example","subdomain":"em","automatic_security":true,"default":true,"dns":{}}`
	// first is the number of the first domain that a simulation makes.
	first = 45000001
)

// A creation that is answered with another domain is looked for in the list, and what the answer is
// about is left alone.
func TestCreateAnsweredWithAnotherDomain(t *testing.T) {
	for name, answer := range map[string]string{
		"another name":      fmt.Sprintf(bank, 45000099, 7770001, "sandbox"),
		"another subdomain": `{"id":45000099,"user_id":7770001,"username":"sandbox","domain":"example.com","subdomain":"other","dns":{}}`,
		"another owner":     `{"id":45000099,"user_id":1,"username":"somebody","domain":"example.com","subdomain":"news","dns":{}}`,
		"one from before":   `{"id":45000001,"user_id":7770001,"username":"sandbox","domain":"example.com","subdomain":"news","dns":{}}`,
		"a wrong type":      `{"id":45000002,"domain":"example.com","subdomain":"news","dns":{"dkim1":5}}`,
		"the API key":       `{"id":45000002,"domain":"example.com","subdomain":"news","username":"` + sendgridsim.Key + `","dns":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			c := s.client()
			create(t, c, sendgridapi.NewDomain{Domain: "example.org"}) // which tells the account
			s.breakOnce("POST", fault.Fault{Kind: fault.InvalidJSON, Body: answer})
			d, err := c.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news"})
			if err != nil || d.ID != 45000002 || d.Domain != "example.com" || len(d.Records) != 3 {
				t.Errorf("%+v, %v", d, err)
			}
			// Where nothing was made, the error says of what the answer was.
			s.breakOnce("POST", fault.Fault{Kind: fault.Status, Status: 201, Body: answer})
			_, err = c.Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com", Subdomain: "news2"})
			wantError(t, err, api.ErrOutcomeUnknown, "create domain example.com", "SendGrid does not list the domain", "base_url")
			if strings.Contains(err.Error(), sendgridsim.Key) {
				t.Errorf("the key is shown: %v", err)
			}
		})
	}
}

// Reads and changes that are answered with another domain record nothing of it.
func TestAnswersAboutAnotherDomain(t *testing.T) {
	other := fmt.Sprintf(bank, 45000099, 7770001, "sandbox")
	renamed := fmt.Sprintf(bank, first, 7770001, "sandbox")
	moved := strings.Replace(fmt.Sprintf(bank, first, 1, "somebody"), "bank.example", "d000.example", 1)
	ref := sendgridapi.Ref{ID: first, Domain: "d000.example", Owner: sendgridapi.Owner{UserID: 7770001, Username: "sandbox"}}
	for name, c := range map[string]struct{ answer, says string }{
		"another number": {other, "the answer is about 45000099 (em.bank.example of sandbox)"},
		"another name":   {renamed, "the domain 45000001 is bank.example and not d000.example"},
		"another owner":  {moved, `belongs to the account "somebody" (user id 1) and not to the account "sandbox" (user id 7770001)`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.seed(1)
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: "GET", Path: "/v3/whitelabel/domains/*", Kind: fault.Status, Status: 200, Body: c.answer}}})
			_, err := s.client().DomainNow(t.Context(), ref)
			wantError(t, err, sendgridapi.ErrOtherDomain, "read domain d000.example (45000001)", c.says)
			// A change is read back where its answer is about something else.
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: "PATCH", Kind: fault.InvalidJSON, Body: c.answer}}})
			d, err := s.client().Update(t.Context(), ref, sendgridapi.Changes{Default: ptr(true)})
			if err != nil || d.Domain != "d000.example" || !d.Default || d.Owner() != ref.Owner {
				t.Errorf("%+v, %v", d, err)
			}
			if name == "another number" {
				return // of which a list says nothing
			}
			s.set(fault.Conditions{Faults: []fault.Fault{{Method: "GET", Path: "/v3/whitelabel/domains", Kind: fault.Status, Status: 200, Body: "[" + c.answer + "]"}}})
			_, err = s.client().Domain(t.Context(), ref)
			wantError(t, err, sendgridapi.ErrOtherDomain, c.says, "removed block")
			// What turns out to be another domain is not deleted.
			s.wantSomeCalls()
			err = s.client().Delete(t.Context(), ref)
			wantError(t, err, sendgridapi.ErrOtherDomain, "d000.example (45000001)", c.says, "Nothing was done with that domain")
			s.wantCalls(map[string]int{"GET": 1})
		})
	}
}

func TestValidationOfAnotherDomain(t *testing.T) {
	s := newSimulation(t)
	s.seed(1)
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: "POST", Kind: fault.Status, Status: 200, Body: `{"id":45000099,"valid":true,"validation_results":{}}`}}})
	_, err := s.client().Validate(t.Context(), number(first))
	wantError(t, err, sendgridapi.ErrOtherDomain, "the answer is about the domain 45000099")
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: "POST", Kind: fault.Status, Status: 200, Body: `{"valid":true,"validation_results":{}}`}}})
	_, err = s.client().Validate(t.Context(), number(first))
	wantError(t, err, api.ErrUnavailable, "lacks what the API documents")
}

// One row that cannot be read does not take the others with it. It is an error where it is the one
// that is meant.
func TestRowsThatCannotBeRead(t *testing.T) {
	const good = `{"id":45000001,"user_id":7770001,"username":"sandbox","domain":"example.com","subdomain":"em","dns":{}}`
	for name, c := range map[string]struct {
		row  string
		fine bool
	}{
		"text id":         {`{"id":"fifty","domain":"example.org"}`, false},
		"id in quotes":    {`{"id":"45000002","domain":"example.org"}`, true},
		"id as a decimal": {`{"id":45000002.0,"domain":"example.org"}`, true},
		"no id":           {`{"domain":"example.org"}`, false},
		"text time":       {`{"id":45000002,"domain":"example.org","last_validation_attempt_at":"yesterday"}`, true},
		"RFC 3339 time":   {`{"id":45000002,"domain":"example.org","last_validation_attempt_at":"2026-01-31T02:00:00Z"}`, true},
		"text user id":    {`{"id":45000002,"domain":"example.org","user_id":"me"}`, false},
		"text flag":       {`{"id":45000002,"domain":"example.org","valid":"yes"}`, false},
		"text addresses":  {`{"id":45000002,"domain":"example.org","ips":"192.0.2.1"}`, false},
		"odd records":     {`{"id":45000002,"domain":"example.org","dns":{"dkim":5}}`, false},
		"no object":       {`5`, false},
		"null":            {`null`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.set(fault.Conditions{Faults: []fault.Fault{
				{Method: "GET", Path: "/v3/whitelabel/domains", Kind: fault.Status, Status: 200, Body: "[" + c.row + "," + good + "]"},
				{Method: "GET", Kind: fault.Status, Status: 200, Body: c.row},
			}})
			client := s.client()
			if d, err := client.Domain(t.Context(), number(first)); err != nil || d.Domain != "example.com" {
				t.Errorf("the good row: %+v, %v", d, err)
			}
			_, err := client.Domain(t.Context(), number(45000002))
			switch {
			case c.fine && err != nil:
				t.Errorf("the row: %v", err)
			case !c.fine && !errors.Is(err, api.ErrUnavailable):
				t.Errorf("the odd row: %v", err)
			}
		})
	}
}

// Texts come as they are, or in the presentation format of zone files.
func TestTextsInQuotes(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: `[{"id":1,"domain":"example.com","dns":{` +
		`"plain":{"type":"txt","host":"a.example.com","data":"k=rsa; p=MII"},` +
		`"quoted":{"type":"txt","host":"b.example.com","data":"\"k=rsa; p=MII\""},` +
		`"parts":{"type":"TXT","host":"c.example.com","data":"\"k=rsa; \" \"p=MII\""},` +
		`"half":{"type":"txt","host":"d.example.com","data":"\"k=rsa"}}}]`}}})
	d, err := s.client().Domain(t.Context(), number(1))
	if err != nil {
		t.Fatal(err)
	}
	for purpose, want := range map[string]string{"plain": "k=rsa; p=MII", "quoted": "k=rsa; p=MII", "parts": "k=rsa; p=MII", "half": `"k=rsa`} {
		if got := d.Records[purpose].Data; got != want {
			t.Errorf("%s: %q", purpose, got)
		}
	}
}

// An array of defaults may have more than the domain that was asked for, and so may a single answer
// be about another.
func TestDefaultOfAnotherName(t *testing.T) {
	const rows = `{"id":1,"domain":"example.com","default":true},{"id":2,"domain":"example.org","default":true},{"id":3,"domain":"example.net"}`
	s := newSimulation(t)
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: "[" + rows + "]"}}})
	if d, err := s.client().Default(t.Context(), "example.org"); err != nil || d == nil || d.ID != 2 {
		t.Errorf("%v, %v", d, err)
	}
	for _, name := range []string{"example.net", "example.edu"} {
		if d, err := s.client().Default(t.Context(), name); err != nil || d != nil {
			t.Errorf("the default of %s: %v, %v", name, d, err)
		}
	}
	s.set(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: fmt.Sprintf(bank, 1, 1, "sandbox")}}})
	if d, err := s.client().Default(t.Context(), "example.com"); err != nil || d != nil {
		t.Errorf("answered with another: %v, %v", d, err)
	}
}

// The message of a service that ends in a full stop does not get a second one.
func TestOneFullStop(t *testing.T) {
	s := newSimulation(t)
	s.set(fault.Conditions{Settings: map[string]string{sendgridsim.SettingDomains: "0"}})
	_, err := s.client().Create(t.Context(), sendgridapi.NewDomain{Domain: "example.com"})
	wantError(t, err, nil, "maximum of 0 authenticated domains")
	if strings.HasSuffix(err.Error(), ".") {
		t.Errorf("it ends in a full stop, which whoever shows it adds: %v", err)
	}
}
