package octethapi_test

import (
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

func TestFromRegistrationToTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		kind      octethapi.Kind
		version   octethapi.Version
		subdomain string
		session   bool
	}{
		"campaign":             {kind: octethapi.Campaign, version: octethapi.Version{5, 9, 4}, subdomain: "sl"},
		"campaign, by session": {kind: octethapi.Campaign, version: octethapi.Version{5, 9, 1}, subdomain: "sl", session: true},
		"gateway":              {kind: octethapi.EmailGateway, version: octethapi.Version{5, 9, 4}, subdomain: "eg"},
		"gateway of 5.8":       {kind: octethapi.EmailGateway, version: octethapi.Version{5, 8}, subdomain: "eg", session: true},
		"gateway of 5.9.0":     {kind: octethapi.EmailGateway, version: octethapi.Version{5, 9}, subdomain: "eg"},
		"gateway of 5.7.2":     {kind: octethapi.EmailGateway, version: octethapi.Version{5, 7, 2}, subdomain: "eg"},
		"gateway of 5.6":       {kind: octethapi.EmailGateway, version: octethapi.Version{5, 6}, subdomain: "eg"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *simulation) {
				ctx := t.Context()
				s.version(test.version.String())
				changes := []func(*octethapi.Config){atVersion(test.version)}
				if test.session {
					changes = append(changes, bySession)
				}
				c := s.client(changes...)
				d, err := c.Create(ctx, test.kind, "example.com", octethapi.Options{OpenTracking: off()})
				if err != nil {
					t.Fatal(err)
				}
				returnPath := test.subdomain + ".example.com"
				if d.ID != 1 || d.Kind != test.kind || d.Domain != "example.com" || d.Status != octethapi.ApprovalPending ||
					len(d.Records) != 5 || d.Records[returnPath].Type != "CNAME" {
					t.Fatalf("%+v", d)
				}
				state := s.state()
				if options := state.Domains[0].Options; options.OpenTracking || !options.LinkTracking {
					t.Errorf("options: %+v", options)
				}

				s.publish(d.Records)
				waitOutProbe(test.version)
				v, err := c.Verify(ctx, test.kind, d.ID)
				if err != nil || !v.Verified || v.Status != octethapi.Enabled || len(v.Records) != 5 {
					t.Errorf("%+v, %v", v, err)
				}
				for host, r := range v.Records {
					if r.Verified == nil || !*r.Verified {
						t.Errorf("%s has not been seen", host)
					}
				}
				read, err := c.Domain(ctx, test.kind, d.ID)
				if err != nil || read.Status != octethapi.Enabled || read.Domain != "example.com" || read.ID != d.ID {
					t.Errorf("read: %+v, %v", read, err)
				}
				if older := isBefore(test.version, octethapi.Version{5, 9, 1}); older != (read.Records == nil) {
					t.Errorf("records: %v", read.Records)
				}

				changed, regenerated, err := c.Update(ctx, test.kind, d.ID, octethapi.Options{Subdomain: new("em")})
				if err != nil || !regenerated || changed.Status != octethapi.ApprovalPending || changed.Domain != "example.com" || changed.Records["em.example.com"].Type != "CNAME" {
					t.Errorf("updated: %+v, %t, %v", changed, regenerated, err)
				}
				if err := c.Delete(ctx, test.kind, d.ID); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Domain(ctx, test.kind, d.ID); !errors.Is(err, api.ErrNotFound) {
					t.Errorf("after its end: %v", err)
				}
				if _, err := c.DomainByName(ctx, test.kind, "example.com"); !errors.Is(err, api.ErrNotFound) {
					t.Errorf("by name: %v", err)
				}
				if err := c.Delete(ctx, test.kind, d.ID); !errors.Is(err, api.ErrNotFound) {
					t.Errorf("deleted again: %v", err)
				}
				if again, err := c.Create(ctx, test.kind, "example.com", octethapi.Options{}); err != nil || again.Domain != "example.com" {
					t.Errorf("created again: %+v, %v", again, err)
				}
				for _, sent := range s.sent() {
					if sent.query != "" || sent.path != octethsim.CommandPath {
						t.Errorf("a call to %s?%s", sent.path, sent.query)
					}
				}
			})
		})
	}
}

func TestCreateLooksFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		ctx := t.Context()
		s.create(s.client(), 1)
		s.made()
		c := s.client()
		_, err := c.Create(ctx, octethapi.Campaign, "d000.example", octethapi.Options{})
		if !errors.Is(err, api.ErrConflict) || !strings.Contains(err.Error(), `"octeth/campaign/1"`) {
			t.Errorf("%v", err)
		}
		if made := s.made(); !slices.Equal(made, []string{"user.senderdomain.list"}) {
			t.Errorf("calls: %v", made)
		}
		if _, err := c.Create(ctx, octethapi.Campaign, "other.example", octethapi.Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Create(ctx, octethapi.Campaign, "other.example", octethapi.Options{}); !errors.Is(err, api.ErrConflict) {
			t.Errorf("what was just created: %v", err)
		}
		if made := s.made(); !slices.Equal(made, []string{"user.senderdomain.create", "user.senderdomain.get"}) {
			t.Errorf("calls: %v", made)
		}
	})
}

func TestOneOfTwoCreationsOfADomainIsRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.latency = 20_000_000
		c := s.client()
		results := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := c.Create(t.Context(), octethapi.EmailGateway, "example.com", octethapi.Options{})
				results <- err
			}()
		}
		a, b := <-results, <-results
		if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), api.ErrConflict) {
			t.Errorf("%v and %v", a, b)
		}
	})
}

func TestManyCreationsShareALook(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.latency = 20_000_000
		s.create(s.client(), 40)
		if made := s.made(); count(made, "user.senderdomain.list") != 1 || count(made, "user.senderdomain.create") != 40 {
			t.Errorf("%d lists for %d creations", count(made, "user.senderdomain.list"), count(made, "user.senderdomain.create"))
		}
	})
}

func TestReadingManyDomainsTakesOneCall(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.create(s.client(), 30)
		s.made()
		c := s.client()
		inParallel(t, 10, len(domains), func(i int) error {
			d, err := c.Domain(t.Context(), octethapi.Campaign, domains[i].ID)
			if err == nil && !reflect.DeepEqual(d.Records, domains[i].Records) {
				t.Errorf("%+v was created as %+v", d, domains[i])
			}
			return err
		})
		if made := s.made(); len(made) != 1 {
			t.Errorf("calls: %v", made)
		}
	})
}

// A change of which no answer comes back is looked for, and never made again.
func TestCreateWithoutAnAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		done bool
		err  error
		says *http.Response
	}{
		"carried out":                {done: true, err: errCut},
		"not carried out":            {err: errCut},
		"carried out, with a page":   {done: true, says: says(200, "<html><body>Error</body></html>")},
		"carried out, with half":     {done: true, says: says(200, `{"Success":true,`)},
		"carried out, without an id": {done: true, says: says(200, `{"Success":true}`)},
		"a gateway's answer":         {says: says(502, "<html><body>Bad Gateway</body></html>")},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *simulation) {
				s.spoils(func(c call) (*http.Response, error, bool) {
					if c.command != "user.senderdomain.create" {
						return nil, nil, false
					}
					return test.says, test.err, test.done
				})
				d, err := s.client().Create(t.Context(), octethapi.Campaign, "example.com", octethapi.Options{})
				made := s.made()
				if n := count(made, "user.senderdomain.create"); n != 1 {
					t.Errorf("created %d times", n)
				}
				if test.done {
					if err != nil || d.ID != 1 || len(d.Records) != 5 {
						t.Errorf("%+v, %v", d, err)
					}
					return
				}
				if !errors.Is(err, api.ErrOutcomeUnknown) || !errors.Is(err, api.ErrUnavailable) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

func TestCreateThatCannotBeCompletedIsUndone(t *testing.T) {
	refuse := func(command string) func(call) (*http.Response, error, bool) {
		return func(c call) (*http.Response, error, bool) {
			if strings.Contains(command, c.command) {
				return says(200, `{"Success":false,"ErrorCode":[7],"ErrorText":["no luck"]}`), nil, false
			}
			return nil, nil, false
		}
	}
	inBubble(t, func(t *testing.T, s *simulation) {
		s.spoils(refuse("EmailGateway.UpdateDomain"))
		_, err := s.client().Create(t.Context(), octethapi.EmailGateway, "example.com", octethapi.Options{LinkTracking: off()})
		if err == nil || !strings.Contains(err.Error(), "no luck") || !strings.Contains(err.Error(), "deleted again") {
			t.Errorf("%v", err)
		}
		if d := s.state().Domains[0]; d.Status != octethsim.StatusDeleted {
			t.Errorf("%+v is left", d)
		}
	})
	inBubble(t, func(t *testing.T, s *simulation) {
		s.spoils(refuse("EmailGateway.UpdateDomain EmailGateway.DeleteDomain"))
		_, err := s.client().Create(t.Context(), octethapi.EmailGateway, "example.com", octethapi.Options{LinkTracking: off()})
		if err == nil || !strings.Contains(err.Error(), `import it, by the id "octeth/email-gateway/1"`) {
			t.Errorf("%v", err)
		}
	})
}

func TestUpdateSendsWhatIsAskedForAndNothingElse(t *testing.T) {
	for name, test := range map[string]struct {
		kind   octethapi.Kind
		change octethapi.Options
		want   map[string]any
	}{
		"campaign flags":  {octethapi.Campaign, octethapi.Options{LinkTracking: off(), UseTrackingSubdomain: off()}, map[string]any{"LinkTracking": false, "UseTrackingSubdomain": false}},
		"campaign labels": {octethapi.Campaign, octethapi.Options{Subdomain: new("em"), TrackPrefix: new("")}, map[string]any{"CustomSubdomain": "em", "CustomTrackPrefix": ""}},
		"gateway flags":   {octethapi.EmailGateway, octethapi.Options{OpenTracking: off(), UnsubscribeLink: on(), UseTrackingSubdomain: off()}, map[string]any{"OpenTracking": 0.0, "UnsubscribeLink": 1.0, "TrackPrefixDisabled": 1.0}},
		"gateway labels":  {octethapi.EmailGateway, octethapi.Options{Subdomain: new("em"), TrackPrefix: new("t")}, map[string]any{"Subdomain": "em", "TrackPrefix": "t"}},
		"nothing":         {octethapi.EmailGateway, octethapi.Options{}, map[string]any{}},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			c := s.client()
			d, err := c.Create(t.Context(), test.kind, "example.com", octethapi.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Domains(t.Context(), test.kind); err != nil {
				t.Fatal(err)
			}
			changed, regenerated, err := c.Update(t.Context(), test.kind, d.ID, test.change)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			calls := s.sent()
			sent := maps.Clone(calls[len(calls)-2].params) // the last one reads it back
			for _, always := range []string{"Command", "ResponseFormat", "APIKey", "DomainID"} {
				delete(sent, always)
			}
			if !maps.Equal(sent, test.want) {
				t.Errorf("%s: sent %v", name, sent)
			}
			again := s.client()
			read, err := again.Domain(t.Context(), test.kind, d.ID)
			if err != nil || !reflect.DeepEqual(read, changed) {
				t.Errorf("%s: %+v is %+v, %v", name, changed, read, err)
			}
			if cached, err := c.Domain(t.Context(), test.kind, d.ID); err != nil || !reflect.DeepEqual(cached, changed) {
				t.Errorf("%s: the list of before is still believed: %+v, %v", name, cached, err)
			}
			if wantNew := test.change.Subdomain != nil || test.change.UseTrackingSubdomain != nil; regenerated != wantNew {
				t.Errorf("%s: regenerated: %t", name, regenerated)
			}
		})
	}
}

// Whoever has a domain of a version that has the calls can go on with it, also where the
// configuration says another version; where the installation has no such calls, the error names the
// attribute.
func TestRegisteredDomainsAreAskedForInAnyVersion(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		ctx := t.Context()
		d, err := s.client().Create(ctx, octethapi.Campaign, "example.com", octethapi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := s.client(atVersion(octethapi.Version{5, 9}))
		if read, err := c.Domain(ctx, octethapi.Campaign, d.ID); err != nil || read.Domain != d.Domain {
			t.Errorf("%+v, %v", read, err)
		}
		for _, version := range []string{"5.6", "5.7.2", "5.9.0"} {
			s.version(version)
			_, err := s.client().Domain(ctx, octethapi.Campaign, d.ID)
			if !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "api_version") {
				t.Errorf("%s: %v", version, err)
			}
		}
		s.version("5.9.1")
		if err := c.Delete(ctx, octethapi.Campaign, d.ID); err != nil {
			t.Error(err)
		}
	})
}

// Below 5.9.3 a new campaign domain has the installation's own labels in its records until an
// update.
func TestLabelsOfANewCampaignDomainAreInItsRecords(t *testing.T) {
	for version, updates := range map[string]int{"5.9.1": 1, "5.9.2": 1, "5.9.3": 0, "5.9.4": 0} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.version(version)
			parsed, err := octethapi.ParseVersion(version)
			if err != nil {
				t.Fatal(err)
			}
			c := s.client(atVersion(parsed))
			d, err := c.Create(t.Context(), octethapi.Campaign, "example.com", octethapi.Options{Subdomain: new("em"), TrackPrefix: new("go"), OpenTracking: off()})
			if err != nil {
				t.Fatalf("%s: %v", version, err)
			}
			if d.Records["em.example.com"].Type != "CNAME" || d.Records["go-em.example.com"].Type != "CNAME" || *d.Options.OpenTracking {
				t.Errorf("%s: %+v", version, d)
			}
			if made := count(s.made(), "user.senderdomain.update"); made != updates {
				t.Errorf("%s: %d updates", version, made)
			}
			d, err = c.Create(t.Context(), octethapi.Campaign, "untracked.example.com", octethapi.Options{UseTrackingSubdomain: off()})
			if err != nil || len(d.Records) != 4 {
				t.Errorf("%s: %+v, %v", version, d, err)
			}
			s.made()
			if _, err := c.Create(t.Context(), octethapi.Campaign, "plain.example.com", octethapi.Options{Subdomain: new(""), UseTrackingSubdomain: new(true)}); err != nil {
				t.Errorf("%s: %v", version, err)
			}
			if made := count(s.made(), "user.senderdomain.update"); made != 0 {
				t.Errorf("%s: %d updates to what a new domain has anyway", version, made)
			}
		})
	}
}

// Where the update of a new domain's labels fails, the domain is deleted again.
func TestANewDomainWithoutItsLabelsIsUndone(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.version("5.9.1")
		s.spoils(func(c call) (*http.Response, error, bool) {
			if c.command == "user.senderdomain.update" {
				return says(200, `{"Errors":[{"Code":6,"Message":"Invalid CustomSubdomain"}]}`), nil, false
			}
			return nil, nil, false
		})
		_, err := s.client(atVersion(octethapi.Version{5, 9, 1})).Create(t.Context(), octethapi.Campaign, "example.com", octethapi.Options{Subdomain: new("em")})
		if err == nil || !strings.Contains(err.Error(), "has been deleted again") {
			t.Errorf("%v", err)
		}
		if left := s.state().Domains; len(left) != 1 || left[0].Status != octethsim.StatusDeleted {
			t.Errorf("%+v", left)
		}
	})
}

func TestWhatAVersionDoesNotHaveIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		ctx, c := t.Context(), s.client(atVersion(octethapi.Version{5, 6}))
		if c.RegistersCampaigns() {
			t.Error("5.6 registers campaign domains")
		}
		_, err := c.Create(ctx, octethapi.Campaign, "example.com", octethapi.Options{})
		if !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "5.9.1 is the first") || !strings.Contains(err.Error(), "api_version") {
			t.Errorf("a campaign domain: %v", err)
		}
		if made := s.made(); len(made) > 0 {
			t.Errorf("%v was sent", made)
		}
		_, err = c.Create(ctx, octethapi.EmailGateway, "example.com", octethapi.Options{TrackPrefix: new("t")})
		if err == nil || !strings.Contains(err.Error(), "takes no tracking prefix") {
			t.Errorf("a prefix: %v", err)
		}
		if _, err := c.Domains(ctx, "newsletter"); err == nil {
			t.Error("an unknown kind is accepted")
		}
		if made := s.made(); len(made) != 0 {
			t.Errorf("calls: %v", made)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestGoneIsOnlyWhatThePlatformSaysIsGone(t *testing.T) {
	for name, answers := range map[string]map[string]string{
		"no list":            {"user.senderdomain.list": `{"Success":true}`},
		"a list of nothings": {"user.senderdomain.list": `{"Success":true,"SenderDomains":[{}]}`},
		"a page":             {"user.senderdomain.list": `<html></html>`},
		"another domain":     {"user.senderdomain.get": `{"Success":true,"SenderDomain":{"DomainID":"2","SenderDomain":"other.example","Status":"Enabled"}}`},
		"nothing":            {"user.senderdomain.get": `{}`},
	} {
		inBubble(t, func(t *testing.T, s *simulation) {
			s.spoils(func(c call) (*http.Response, error, bool) {
				if body, spoilt := answers[c.command]; spoilt {
					return says(200, body), nil, false
				}
				return nil, nil, false
			})
			_, err := s.client().Domain(t.Context(), octethapi.Campaign, 1)
			if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestWithoutTemplateADomainIsEnabledWithoutRecords(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		s.under(fault.Conditions{Switches: map[string]bool{octethsim.SwitchNoTemplate: true}})
		for _, kind := range []octethapi.Kind{octethapi.Campaign, octethapi.EmailGateway} {
			d, err := s.client().Create(t.Context(), kind, "example.com", octethapi.Options{})
			if err != nil || d.Status != octethapi.Enabled || d.Records == nil || len(d.Records) != 0 {
				t.Errorf("%s: %+v, %v", kind, d, err)
			}
		}
	})
}
