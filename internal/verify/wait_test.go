package verify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// The report names each record once for each value that name servers have instead. Its advice
// depends on whether the configuration refers to records.
func TestVerificationReport(t *testing.T) {
	t.Parallel()
	record := dns.Record{Name: "em.example.com", Type: "CNAME", Value: "u1.wl1.sendgrid.net"}
	missing := dns.Arrival{Record: record, Lacking: []dns.Lack{
		{Server: "a.ns.example"}, {Server: "b.ns.example", Found: []string{"y.example", "x.example"}},
		{Server: "c.ns.example"}, {Server: "d.ns.example", Found: []string{"x.example", "y.example"}},
	}}
	w := Wait{Domain: neverVerified{}, Timeout: time.Minute}
	for name, c := range map[string]struct {
		refers bool
		now    attempt
		says   string
		not    string
	}{
		"not published": {
			now: attempt{arrivals: []dns.Arrival{missing}},
			says: "SendGrid has not verified example.com within 1 minute. These records are not published, or not at all name servers: " +
				"CNAME em.example.com expected: u1.wl1.sendgrid.net found: nothing asked: a.ns.example, c.ns.example " +
				"CNAME em.example.com expected: u1.wl1.sendgrid.net found: x.example, y.example asked: b.ns.example, d.ns.example " +
				"Publish them with postmaster_dns_records",
		},
		"an alias": {
			now:  attempt{arrivals: []dns.Arrival{{Record: record, Lacking: []dns.Lack{{Server: "a.ns.example", Alias: "other.example"}}}}},
			says: "found: a CNAME to other.example asked: a.ns.example",
		},
		"published, and gone": {
			refers: true, now: attempt{arrivals: []dns.Arrival{missing}},
			says: "not the records that dns_records refers to, or somebody has changed them since", not: "Publish them",
		},
		"published": {
			now:  attempt{arrivals: []dns.Arrival{{Record: record}}, reasons: map[string]string{"mail_cname": "no such host"}, last: api.ErrUnavailable},
			says: "published at the zone's name servers. SendGrid says: mail_cname: no such host Usually its resolvers have cached",
			not:  "not published",
		},
		"nobody to ask": {
			now:  attempt{blind: errors.New("port 53 is closed"), last: api.ErrRateLimited},
			says: "could not be looked up from here: port 53 is closed. Its last answer was: rate limited.",
			not:  "Usually",
		},
	} {
		w.refers = c.refers
		got := strings.Join(strings.Fields(w.report(c.now)), " ")
		if !strings.Contains(got, c.says) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: it says %q", name, got)
		}
	}
}

// verified is a domain that its service has verified, and verifies again on request.
type verified struct {
	neverVerified
	times *int
}

func (verified) Valid() bool { return true }

func (v verified) Verify(context.Context) (bool, map[string]string, error) {
	*v.times++
	return true, nil, nil
}

// An earlier verification counts, unless the records have changed since.
func TestVerificationOfADomainThatIsVerified(t *testing.T) {
	t.Parallel()
	lookup := dns.NewLookup(dns.LookupConfig{Resolvers: []string{testkit.SilentAddress(t)}, Timeout: time.Millisecond})
	for anew, want := range map[bool]int{false: 0, true: 1} {
		times := 0
		w := Wait{Domain: verified{times: &times}, Timeout: time.Hour, pause: time.Hour, anew: anew, Lookup: lookup}
		if failing, err := w.Run(t.Context()); failing != "" || err != nil || times != want {
			t.Errorf("anew %t: asked %d times, %q, %v", anew, times, failing, err)
		}
	}
}

// switchedOff is a domain that somebody has switched off at its service.
type switchedOff struct{ neverVerified }

func (switchedOff) Verify(context.Context) (bool, map[string]string, error) {
	return false, nil, &api.Error{Service: "SendGrid", Op: "verify", Object: "example.com", Kind: ErrWithheld, Answer: "switched off"}
}

// Nothing waits for a domain that is switched off. It is reported as a finding about this domain,
// so `required` decides whether it is an error.
func TestVerificationOfADomainThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	w := Wait{Domain: switchedOff{}, Timeout: time.Hour, pause: time.Hour, Lookup: dns.NewLookup(dns.LookupConfig{
		Resolvers: []string{testkit.SilentAddress(t)}, Timeout: time.Millisecond,
	})}
	if failing, err := w.Run(t.Context()); err != nil || failing != "SendGrid: verify example.com: switched off." {
		t.Errorf("%q, %v", failing, err)
	}
}

// neverVerified is a domain whose records are never found.
type neverVerified struct{ asked chan struct{} }

func (neverVerified) Title() string                  { return "SendGrid" }
func (neverVerified) Domain() string                 { return "example.com" }
func (neverVerified) Records() map[string]dns.Record { return nil }
func (neverVerified) Valid() bool                    { return false }

func (v neverVerified) Verify(context.Context) (bool, map[string]string, error) {
	select {
	case v.asked <- struct{}{}:
	default:
	}
	return false, nil, api.ErrUnavailable
}

// An interrupted run does not wait for the pause to end.
func TestDomainVerificationInterrupted(t *testing.T) {
	t.Parallel()
	domain := neverVerified{make(chan struct{}, 1)}
	w := Wait{Domain: domain, Timeout: 2 * time.Hour, pause: time.Hour, Lookup: dns.NewLookup(dns.LookupConfig{
		Resolvers: []string{testkit.SilentAddress(t)}, Timeout: time.Millisecond,
	})}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := w.Run(ctx)
		ended <- err
	}()
	<-domain.asked
	cancel()
	var err error
	select {
	case err = <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not stop before its pause ends")
	}
	if err == nil || !strings.Contains(err.Error(), "the run was stopped after it had waited") || strings.Contains(err.Error(), "2h") || errors.Is(err, api.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}
