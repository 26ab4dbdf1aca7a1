package octethapi_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// verifyAtOnce verifies domains as Terraform does with a -parallelism of so many.
func verifyAtOnce(t *testing.T, c *octethapi.Client, parallelism int, domains []octethapi.SenderDomain) []octethapi.Verification {
	t.Helper()
	verified := make([]octethapi.Verification, len(domains))
	inParallel(t, parallelism, len(domains), func(i int) (err error) {
		verified[i], err = c.VerifyShared(t.Context(), octethapi.Campaign, domains[i].ID)
		return err
	})
	return verified
}

func TestTwoHundredDomainsAreVerifiedWithinTheLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.register(200)
		for _, d := range domains {
			s.publish(d.Records)
		}
		for _, parallelism := range []int{10, 200} {
			s.forgetVerifications()
			time.Sleep(time.Minute)
			s.made()
			start := time.Now()
			for i, v := range verifyAtOnce(t, s.client(), parallelism, domains) {
				if !v.Verified || v.ID != domains[i].ID || v.Status != octethapi.Enabled || len(v.Records) != 2 {
					t.Fatalf("domain %d: %+v", domains[i].ID, v)
				}
			}
			if calls, took := len(s.made()), time.Since(start); calls > 60 || took > time.Minute {
				t.Errorf("%d at once: %d calls in %s", parallelism, calls, took)
			}
		}
	})
}

// Domains whose records are missing stay pending, and are the first that the platform looks at when
// it is asked again.
func TestDomainsThatFailDoNotHoldUpTheOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.register(60)
		for _, d := range domains[30:] {
			s.publish(d.Records)
		}
		time.Sleep(time.Minute)
		c := s.client()
		if _, err := c.Domains(t.Context(), octethapi.Campaign); err != nil { // from before the verification: it must not be believed after it
			t.Fatal(err)
		}
		s.made()
		for i, v := range verifyAtOnce(t, c, 60, domains) {
			if v.Verified != (i >= 30) || len(v.Records) != 2 {
				t.Errorf("domain %d: %+v", i, v)
			}
			for host, r := range v.Records {
				if r.Verified == nil || *r.Verified != (i >= 30) {
					t.Errorf("domain %d, %s: %v", i, host, r.Verified)
				}
			}
		}
		// Two looks at the first 25, a list, and one call for each of the 35 that have not been
		// among them.
		if calls := len(s.made()); calls > 40 {
			t.Errorf("%d calls", calls)
		}
	})
}

func TestFewVerificationsAreMadeOneByOne(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.create(s.client(), 10)
		s.made()
		c := s.client()
		verifyAtOnce(t, c, 2, domains[:2])
		for _, call := range s.sent() {
			if call.command != "user.senderdomain.verify" || call.params["verifyall"] != nil {
				t.Errorf("%+v", call)
			}
		}
		s.made()
		if _, err := c.VerifyShared(t.Context(), octethapi.Campaign, 99); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("an unknown domain: %v", err)
		}
	})
}

// One who asks while others are being served gets a look that begins after that, and one unknown
// domain is nobody else's error.
func TestSharedVerificationsAreEachOnesOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.create(s.client(), 12)
		gone := domains[0]
		if err := s.client().Delete(t.Context(), octethapi.Campaign, gone.ID); err != nil {
			t.Fatal(err)
		}
		for _, d := range domains {
			s.publish(d.Records)
		}
		s.latency = 50 * time.Millisecond
		c := s.client()
		inParallel(t, 12, 12, func(i int) error {
			time.Sleep(time.Duration(i) * 100 * time.Millisecond)
			v, err := c.VerifyShared(t.Context(), octethapi.Campaign, domains[i].ID)
			if domains[i].ID == gone.ID {
				if !errors.Is(err, api.ErrNotFound) {
					t.Errorf("the deleted one: %+v, %v", v, err)
				}
				return nil
			}
			if !v.Verified || v.ID != domains[i].ID {
				t.Errorf("%+v", v)
			}
			return err
		})
	})
}

func TestWaitForASharedVerificationEndsWithItsCaller(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.create(s.client(), 2)
		for _, d := range domains {
			s.publish(d.Records)
		}
		s.latency = time.Second
		c := s.client()
		other := make(chan octethapi.Verification)
		go func() {
			v, err := c.VerifyShared(t.Context(), octethapi.Campaign, domains[1].ID)
			if err != nil {
				t.Error(err)
			}
			other <- v
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := c.VerifyShared(ctx, octethapi.Campaign, domains[0].ID); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if v := <-other; !v.Verified {
			t.Errorf("the other one: %+v", v)
		}
	})
}

func TestGatewayDomainsAreVerifiedOneByOne(t *testing.T) {
	inBubble(t, func(t *testing.T, s *simulation) {
		c := s.client()
		d, err := c.Create(t.Context(), octethapi.EmailGateway, "example.com", octethapi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s.publish(d.Records)
		v, err := c.VerifyShared(t.Context(), octethapi.EmailGateway, d.ID)
		if err != nil || !v.Verified || !maps.EqualFunc(v.Records, d.Records, func(a, b octethapi.Record) bool { return a.Type == b.Type && a.Value == b.Value }) {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// Platforms that want an operator to approve domains hold them back after their records have been
// seen.
func TestRecordsCanBeSeenOfADomainThatIsHeldBack(t *testing.T) {
	blocked := map[string]string{
		"user.senderdomain.verify":  `{"Success":true,"IsVerified":true,"Status":"Blocked","DNSRecords":{"sl.example.com":["CNAME","mfrom.example.",true]},"Domains":[{"DomainID":1,"IsVerified":true,"Status":"Blocked"},{"DomainID":2,"IsVerified":true,"Status":"Blocked"},{"DomainID":3,"IsVerified":true,"Status":"Blocked"},{"DomainID":4,"IsVerified":false,"Status":"Approval Pending"}]}`,
		"EmailGateway.VerifyDomain": `{"Success":true,"Domain":{"Status":"Blocked"},"DNSVerificationResults":{"sl.example.com":["CNAME","mfrom.example.",true]}}`,
	}
	inBubble(t, func(t *testing.T, s *simulation) {
		domains := s.register(4)
		_, err := s.service.SetDomain(1, func(d *octethsim.Domain) { d.Status = "Blocked" })
		if err != nil {
			t.Fatal(err)
		}
		s.spoils(func(c call) (*http.Response, error, bool) {
			if body, spoilt := blocked[c.command]; spoilt {
				return says(200, body), nil, false
			}
			return nil, nil, false
		})
		for _, kind := range []octethapi.Kind{octethapi.Campaign, octethapi.EmailGateway} {
			if v, err := s.client().Verify(t.Context(), kind, 1); err != nil || !v.Verified || v.Status != "Blocked" {
				t.Errorf("%s: %+v, %v", kind, v, err)
			}
		}
		together := verifyAtOnce(t, s.client(), 4, domains)
		if v := together[0]; !v.Verified || v.Status != "Blocked" {
			t.Errorf("among others: %+v", v)
		}
		if v := together[3]; v.Verified {
			t.Errorf("one that is not seen: %+v", v)
		}
	})
}
