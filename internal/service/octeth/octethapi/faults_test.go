package octethapi_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// writes are the calls that change a domain, by what their commands end in.
var writes = map[string]func(t *testing.T, c *octethapi.Client, kind octethapi.Kind, id int64) error{
	"create": func(t *testing.T, c *octethapi.Client, kind octethapi.Kind, _ int64) error {
		return second(c.Create(t.Context(), kind, "new.example.com", octethapi.Options{Subdomain: new("em"), OpenTracking: off()}))
	},
	"update": func(t *testing.T, c *octethapi.Client, kind octethapi.Kind, id int64) error {
		_, _, err := c.Update(t.Context(), kind, id, octethapi.Options{Subdomain: new("em")})
		return err
	},
	"delete": func(t *testing.T, c *octethapi.Client, kind octethapi.Kind, id int64) error {
		return c.Delete(t.Context(), kind, id)
	},
}

// isWrite tells whether a call carries out a write.
func isWrite(c call, write string) bool {
	command := strings.ToLower(c.command)
	return strings.HasSuffix(command, "."+write) || strings.HasSuffix(command, map[string]string{"create": ".adddomain", "update": ".updatedomain", "delete": ".deletedomain"}[write])
}

// kindsInVersions are both kinds of domains in versions of each generation.
var kindsInVersions = map[string]octethapi.Kind{"5.6": octethapi.EmailGateway, "5.8": octethapi.EmailGateway, "5.9.1": octethapi.Campaign, "5.9.4": octethapi.Campaign}

// eachWrite runs a test with a domain "mine.example.com" and one beside it, "bank.example", which
// comes first.
func eachWrite(t *testing.T, test func(t *testing.T, s *simulation, c *octethapi.Client, kind octethapi.Kind, write string, id int64)) {
	t.Helper()
	for version, kind := range kindsInVersions {
		for write := range writes {
			t.Run(version+" "+write, func(t *testing.T) {
				inBubble(t, func(t *testing.T, s *simulation) {
					s.version(version)
					parsed, err := octethapi.ParseVersion(version)
					if err != nil {
						t.Fatal(err)
					}
					c := s.client(atVersion(parsed))
					if _, err := c.Create(t.Context(), kind, "bank.example", octethapi.Options{}); err != nil {
						t.Fatal(err)
					}
					d, err := c.Create(t.Context(), kind, "mine.example.com", octethapi.Options{})
					if err != nil {
						t.Fatal(err)
					}
					test(t, s, c, kind, write, d.ID)
				})
			})
		}
	}
}

// hasBank makes sure that nothing has become of the domain beside.
func hasBank(t *testing.T, s *simulation) {
	t.Helper()
	if bank := s.state().Domains[0]; bank.Name != "bank.example" || bank.Status == octethsim.StatusDeleted || bank.Options.Subdomain != "" {
		t.Errorf("the domain beside it is %+v", bank)
	}
}

// A connection that is cut around a write leaves things as they were or as they are seen to be, and
// the next attempt ends well.
func TestConnectionsCutAroundWrites(t *testing.T) {
	for name, carriedOut := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			eachWrite(t, func(t *testing.T, s *simulation, c *octethapi.Client, kind octethapi.Kind, write string, id int64) {
				cuts := 0
				s.spoils(func(arrived call) (*http.Response, error, bool) {
					if isWrite(arrived, write) && cuts < 1 {
						cuts++
						return nil, errCut, carriedOut
					}
					return nil, nil, false
				})
				err := writes[write](t, c, kind, id)
				if cuts != 1 {
					t.Fatalf("%d cuts", cuts)
				}
				hasBank(t, s)
				if err != nil {
					if write == "delete" && carriedOut && errors.Is(err, api.ErrNotFound) {
						return // repeated, it found nothing to delete: gone is gone
					}
					if !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "may or may not have been carried out") {
						t.Errorf("the error does not say what is known: %v", err)
					}
					err = writes[write](t, c, kind, id)
					if write == "create" && carriedOut {
						if !errors.Is(err, api.ErrConflict) {
							t.Errorf("what is there is not found: %v", err)
						}
						return
					}
				}
				if err != nil {
					t.Errorf("the next attempt: %v", err)
				}
			})
		})
	}
}

// A success that is none is an error, and nothing is recorded on its ground.
func TestSuccessesThatAreNone(t *testing.T) {
	eachWrite(t, func(t *testing.T, s *simulation, c *octethapi.Client, kind octethapi.Kind, write string, id int64) {
		s.spoils(func(arrived call) (*http.Response, error, bool) {
			if isWrite(arrived, write) {
				return says(200, `{"Success":true,"ErrorCode":0,"DomainID":99,"NewSenderDomainID":99}`), nil, false
			}
			return nil, nil, false
		})
		err := writes[write](t, c, kind, id)
		// Version 5.6 shows no options, so that an update cannot be proved by a read there.
		if version := s.conditions.Settings[octethsim.SettingVersion]; err == nil && (write != "update" || version != "5.6") {
			t.Error("it is believed")
		}
		hasBank(t, s)
	})
}

// An answer about another domain is an error, and does not lead to the other one, neither now nor
// when something is undone.
func TestAnswersAboutAnotherDomain(t *testing.T) {
	for name, answer := range map[string]string{
		"by name":   `{"Success":true,"ErrorCode":0,"DomainID":1,"NewSenderDomainID":1,"SenderDomain":{"DomainID":"1","SenderDomain":"bank.example"},"Domain":{"DomainID":1,"SenderDomain":"bank.example","DomainName":"bank.example"}}`,
		"by number": `{"Success":true,"ErrorCode":0,"DomainID":1,"NewSenderDomainID":1,"SenderDomain":{"DomainID":"1","SenderDomain":"new.example.com"},"Domain":{"DomainID":1,"SenderDomain":"new.example.com","DomainName":"new.example.com"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			eachWrite(t, func(t *testing.T, s *simulation, c *octethapi.Client, kind octethapi.Kind, write string, id int64) {
				s.spoils(func(arrived call) (*http.Response, error, bool) {
					if isWrite(arrived, write) && write != "delete" {
						return says(200, answer), nil, false
					}
					return nil, nil, false
				})
				if err := writes[write](t, c, kind, id); (err == nil) != (write == "delete") {
					t.Errorf("%v", err)
				}
				hasBank(t, s)
			})
		})
	}
}
