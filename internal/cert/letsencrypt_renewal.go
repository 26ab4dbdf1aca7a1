package cert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

// certificateHost is a host, where its certificate is looked at, and how early it
// is renewed.
type certificateHost struct {
	name            string // canonical
	endpoint        tlsprobe.Endpoint
	renewBeforeDays int64
}

// look is what one look at an endpoint has found.
type look struct {
	served  *tlsprobe.Served // nil where the host has no certificate to show
	problem string           // why clients refuse it; "" if they accept it
}

// Look asks the endpoint for its certificate. The error means that nothing is
// known of it.
func (r *letsEncryptCertResource) Look(ctx context.Context, host certificateHost) (look, error) {
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

func (r *letsEncryptCertResource) prober() (tlsprobe.Prober, error) {
	roots, err := r.certificates().Roots()
	if err != nil {
		return tlsprobe.Prober{}, err // to guess would be to find a problem that is none
	}
	return tlsprobe.Prober{Dial: r.Run.Dial, Roots: roots, Now: r.Run.Now}, nil
}

// renewalReason says why the certificate is to be replaced, "" if it is good.
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

// renewalThreshold is how little time a certificate may have left: the days that
// were asked for, but not more than a third of its lifetime, or one of six days
// would be renewed for ever.
func renewalThreshold(days int64, lifetime time.Duration) time.Duration {
	third := lifetime / 3
	if days > int64(third/day) { // days might be more than a Duration holds
		return third
	}
	return time.Duration(days) * day
}

const day = 24 * time.Hour

func inDays(d time.Duration) string {
	if d < 2*day {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%d days", d/day)
}

// renewalNote is what the last look found, kept in private state for the plan.
type renewalNote struct {
	Reason string `json:"reason,omitempty"` // "" where no renewal is due
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

// obtain returns a good certificate: the one that is served, or else the one that
// the service was asked for, once it is served. A good one cannot be that of
// before, which was not good. After an error, ok is false.
func (r *letsEncryptCertResource) obtain(ctx context.Context, host certificateHost, timeout time.Duration, diags *diag.Diagnostics) (found look, ok bool) {
	found, err := r.Look(ctx, host)
	if err != nil {
		// An order that nobody can see fulfilled would count against the limits of
		// Let's Encrypt all the same.
		diags.AddError("Unable to look at the certificate that the host serves",
			fmt.Sprintf("%s. %s was not asked for another one. Check that the host is up and reachable from here, "+
				"or set endpoint to a port that is open before there is a certificate, such as smtp://%s:25.", err, r.server(), host.name))
		return look{}, false
	}
	if found.renewalReason(host) == "" {
		return found, true
	}
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
	pause := time.NewTicker(r.interval)
	defer pause.Stop()
	for {
		// Not on waiting's time: the last look has as much of it as the first, and an
		// error is the host's. It may be restarting with its new certificate.
		found, err = r.Look(ctx, host)
		if err == nil && found.renewalReason(host) == "" {
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

// notArrived tells what there is instead of the certificate, and what to do.
func (r *letsEncryptCertResource) notArrived(ctx context.Context, host certificateHost, promise string, timeout time.Duration, last look, lookErr error) string {
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
			Fingerprint(leaf), last.renewalReason(host))
	}
	return text + "\n\n" + r.certificates().Explain(ctx, host.name) +
		" The next apply looks at the endpoint first, and takes over what has arrived by then."
}
