package cert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

// certificateHost is a host, the endpoint that serves its certificate, and when to renew the
// certificate.
type certificateHost struct {
	name            string // in canonical spelling
	endpoint        tlsprobe.Endpoint
	renewBeforeDays int64
}

// look is the result of one look at an endpoint.
type look struct {
	served  *tlsprobe.Served // nil if the host shows no certificate
	problem string           // why clients refuse it; "" if they accept it
}

// Look reads the certificate from the endpoint. After an error, nothing is known about it.
func (r *letsEncryptResource) Look(ctx context.Context, host certificateHost) (look, error) {
	prober, err := r.prober()
	if err != nil {
		return look{}, err
	}
	served, err := prober.Probe(ctx, host.endpoint, host.name)
	switch {
	case errors.Is(err, tlsprobe.ErrNoTLS):
		return look{problem: err.Error()}, nil
	case err != nil:
		return look{}, err
	case served.Problem != nil:
		return look{served: &served, problem: served.Problem.Error()}, nil
	}
	return look{served: &served}, nil
}

// prober returns the client that reads certificates from endpoints.
func (r *letsEncryptResource) prober() (tlsprobe.Prober, error) {
	roots, err := r.certificates().Roots()
	if err != nil {
		return tlsprobe.Prober{}, err // a guess could report a problem that does not exist
	}
	return tlsprobe.Prober{Dial: r.Run.Dial, Roots: roots, Now: r.Run.Now}, nil
}

// renewalReason says why the certificate must be renewed, or "" if it is good.
func (l look) renewalReason(host certificateHost) string {
	if l.problem != "" {
		return l.problem
	}
	leaf := l.served.Leaf
	left := leaf.NotAfter.Sub(l.served.At)
	threshold := renewalThreshold(host.renewBeforeDays, leaf.NotAfter.Sub(leaf.NotBefore))
	if left >= threshold {
		return ""
	}
	return fmt.Sprintf("it expires on %s, in %s, and is renewed %s before", leaf.NotAfter.UTC().Format(time.RFC3339), inDays(left), inDays(threshold))
}

// renewalThreshold returns how little lifetime may be left before a renewal: the configured days,
// but at most a third of the certificate's lifetime. Otherwise a certificate with a short lifetime,
// such as six days, would always be due.
func renewalThreshold(days int64, lifetime time.Duration) time.Duration {
	third := lifetime / 3
	if days > int64(third/day) { // as a Duration, days may overflow
		return third
	}
	return time.Duration(days) * day
}

const day = 24 * time.Hour

// inDays returns a duration in words, in days if it is long enough.
func inDays(d time.Duration) string {
	if d < 2*day {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%d days", d/day)
}

// renewalNote is the note in private state about what the last look found. The plan reads it.
type renewalNote struct {
	Reason string `json:"reason,omitempty"` // "" if no renewal is due
}

const (
	renewalKey   = "renewal"
	aboutRenewal = "whether the certificate is due"
)

func (n renewalNote) write(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) {
	diags.Append(kit.WriteNote(ctx, private, renewalKey, aboutRenewal, n)...)
}

func readRenewalNote(ctx context.Context, private kit.PrivateState, diags *diag.Diagnostics) (n renewalNote) {
	_, d := kit.ReadNote(ctx, private, renewalKey, aboutRenewal, &n)
	diags.Append(d...)
	return n
}

// obtain returns a good certificate: the one that is served already, or a new one that the service
// was asked for. If the served one is good, it cannot be the old one, because the old one was not.
// Ok is false after an error.
func (r *letsEncryptResource) obtain(ctx context.Context, host certificateHost, timeout time.Duration, diags *diag.Diagnostics) (found look, ok bool) {
	found, err := r.Look(ctx, host)
	if err != nil {
		// Do not order a certificate whose arrival could not be seen. The order would still count
		// towards Let's Encrypt's rate limits.
		diags.AddError("Unable to look at the certificate that the host serves",
			fmt.Sprintf("%s. %s was not asked for another one. Check that the host is up and reachable from here, "+
				"or set endpoint to a port that is open before there is a certificate, such as smtp://%s:25.", err, r.server(), host.name))
		return look{}, false
	}
	if found.renewalReason(host) == "" {
		return found, true
	}
	return r.order(ctx, host, timeout, func(l look) bool { return l.renewalReason(host) == "" }, func(string) {}, diags)
}

// order asks the service for a certificate and waits until the host serves one that is the new one.
// Say reports what was done so far. Ok is false after an error.
func (r *letsEncryptResource) order(ctx context.Context, host certificateHost, timeout time.Duration, isNew func(look) bool, say func(string), diags *diag.Diagnostics) (found look, ok bool) {
	if !r.open(diags) {
		return look{}, false
	}
	begun := time.Now()
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	promise, err := r.certificates().Order(waiting, host.name)
	if err != nil {
		diags.AddError("Unable to ask for a certificate",
			fmt.Sprintf("%s. The next apply looks at %s first, and asks again only if no good certificate is served there by then.", err, host.endpoint))
		return look{}, false
	}
	say(fmt.Sprintf("%s was asked for a certificate for %s. Waiting until %s serves it.", r.server(), host.name, host.endpoint))
	pause := time.NewTicker(r.interval)
	defer pause.Stop()
	for {
		// Use ctx, not waiting: the last look has as much time as the first, and its error then
		// comes from the host. The host may be restarting with its new certificate.
		found, err = r.Look(ctx, host)
		if err == nil && isNew(found) {
			return found, true
		}
		select {
		case <-pause.C:
		case <-waiting.Done():
		}
		switch {
		case ctx.Err() != nil:
			diags.AddError("Stopped while waiting for the certificate",
				fmt.Sprintf("%s was asked for a certificate for %s, which may still arrive. The wait lasted %s. The next apply takes the certificate over if it has arrived.", r.server(), host.name, kit.WaitedSince(begun)))
			return look{}, false
		case waiting.Err() != nil:
			diags.AddError("The certificate did not arrive", r.notArrived(ctx, host, promise, timeout, found, err))
			return look{}, false
		}
	}
}

// notArrived says what the host serves instead of the new certificate, and what to do.
func (r *letsEncryptResource) notArrived(ctx context.Context, host certificateHost, promise string, timeout time.Duration, last look, lookErr error) string {
	text := fmt.Sprintf("%s was asked for a certificate for %s", r.server(), host.name)
	if promise != "" {
		text += fmt.Sprintf(" and answered %q", promise)
	}
	text += fmt.Sprintf(", but within %s no good one was served. ", timeout)
	switch {
	case lookErr != nil:
		text += fmt.Sprintf("At the end the host could not be looked at: %s.", lookErr)
	case last.served == nil:
		text += last.problem + "."
	default:
		leaf := last.served.Leaf
		text += fmt.Sprintf("%s serves:\n\n  hosts:       %s\n  issuer:      %s\n  valid:       %s to %s\n  fingerprint: %s\n  problem:     %s",
			host.endpoint, tlsprobe.Names(leaf), leaf.Issuer, timeValue(leaf.NotBefore).ValueString(), timeValue(leaf.NotAfter).ValueString(),
			fingerprint(leaf), cmp.Or(last.renewalReason(host), "it is still the one from before"))
	}
	return text + "\n\n" + r.certificates().Explain(ctx, host.name) +
		" The next apply looks at the endpoint first, and takes over what has arrived by then."
}
