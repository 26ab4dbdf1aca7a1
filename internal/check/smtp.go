package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/tlsprobe"
)

var smtpGroup = group{name: "smtp", look: lookAtSMTP, entries: []Entry{
	{ID: "smtp_connect", Title: "Connection to port 25", Severity: High, Needs: []Need{NeedsSMTP}, Rule: "Each MX host answers at port 25.",
		Why:    "Senders deliver to port 25. Mail waits for days for a host that does not answer, and then comes back.",
		Source: "RFC 5321 section 4.5.4"},
	{ID: "smtp_starttls", Title: "STARTTLS", Severity: High, Needs: []Need{NeedsSMTP}, Rule: "Each MX host offers STARTTLS.",
		Why:    "Without STARTTLS, mail crosses the network in clear text, and some senders refuse to deliver.",
		Source: "RFC 3207"},
	{ID: "smtp_tls", Title: "TLS version of the mail servers", Severity: Medium, Needs: []Need{NeedsSMTP}, Rule: "Each MX host speaks TLS 1.2 or later.",
		Why:    "Older versions of TLS can be broken, and senders give them up.",
		Source: "RFC 8996"},
	{ID: "smtp_cert", Title: "Certificates of the mail servers", Severity: Medium, Needs: []Need{NeedsSMTP}, Rule: "Each MX host has a certificate for its name, of an authority that senders trust.",
		Why:    "Most senders deliver all the same, but those that want to be sure whom they talk to do not.",
		Source: "RFC 7817, RFC 8461 section 4.2"},
	{ID: "smtp_expiry", Title: "Expiry of the mail servers' certificates", Severity: Medium, Needs: []Need{NeedsSMTP}, Rule: "The certificate of each MX host is valid for at least 14 days.",
		Why:    "A certificate that is not renewed in time stops the mail of careful senders.",
		Source: "RFC 5280 section 4.1.2.5"},
}}

const fewDays = 14

// smtpFacts is what the hosts that receive the domain's mail said.
type smtpFacts struct {
	hosts []smtpHost
	// open says that port 25 can be reached from here: a host answered, or the control host.
	open bool
}

// smtpHost is the dialogue with a host.
type smtpHost struct {
	name string
	// none is why there was no dialogue; nil if one was tried.
	none error
	// certain says that none is a fault of the domain, as far as it can be seen from here.
	certain bool
	addr    netip.Addr
	talk    tlsprobe.Talk
}

// why says why nothing is known of the host's certificate.
func (h smtpHost) why() error {
	switch {
	case h.none != nil:
		return h.none
	case h.talk.DialError != nil:
		return h.talk.DialError
	case h.talk.Err != nil:
		return h.talk.Err
	case h.talk.Refusal != "":
		return errors.New("it turns this client away: " + h.talk.Refusal)
	case h.talk.HandshakeError != nil:
		return h.talk.HandshakeError
	}
	return noTLS(h.talk.NoTLS)
}

// noTLS is why a host that answers has no TLS, without that it answers.
func noTLS(err error) error {
	return netfault.Says(strings.TrimPrefix(err.Error(), tlsprobe.ErrNoTLS.Error()+": "), err)
}

// unseen is the outcome of checks about the certificate of a host that showed none. That it has no
// address at which senders could reach it is the subject of other checks.
func (h smtpHost) unseen() outcome {
	if h.none != nil && h.certain {
		return skipped("%s: %v", h.name, h.none)
	}
	return unknown("could not look at %s: %v", h.name, h.why())
}

func (r *run) lookForSMTP() smtpFacts {
	var facts smtpFacts
	var control sync.WaitGroup
	controlled := false
	if r.ControlHost != "" {
		control.Go(func() { controlled = r.answers(r.ControlHost) })
	}
	one := &addressLocks{held: map[netip.Addr]*sync.Mutex{}}
	facts.hosts = each(r.mxFacts().receivers(), func(h host) smtpHost { return r.talkTo(h, one) })
	control.Wait()
	facts.open = controlled
	for _, h := range facts.hosts {
		facts.open = facts.open || h.none == nil && h.talk.DialError == nil
	}
	return facts
}

// answers reports whether a host of the user's own can be connected to.
func (r *run) answers(address string) bool {
	ctx, cancel := context.WithTimeout(r.ctx, r.SMTPTimeout)
	defer cancel()
	conn, err := r.Dial(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// addressLocks keeps a run from having two connections to an address at the same time.
type addressLocks struct {
	mu   sync.Mutex
	held map[netip.Addr]*sync.Mutex
}

func (l *addressLocks) lock(addr netip.Addr) (unlock func()) {
	l.mu.Lock()
	own := l.held[addr]
	if own == nil {
		own = &sync.Mutex{}
		l.held[addr] = own
	}
	l.mu.Unlock()
	own.Lock()
	return own.Unlock
}

// talkTo has a dialogue with a host, at one of its addresses.
func (r *run) talkTo(h host, one *addressLocks) smtpHost {
	result := smtpHost{name: h.name}
	addrs := attempts(r.reachable(h))
	switch {
	case len(addrs) > 0:
	case len(h.addresses) > 0:
		result.none = fmt.Errorf("it has private or reserved addresses only (%s), which are not contacted", listed(addressTexts(h.addresses)))
		result.certain = true
		return result
	case h.err != nil:
		result.none = h.err
		return result
	default:
		result.none, result.certain = errors.New("it has no address"), true
		return result
	}
	prober := tlsprobe.Prober{Dial: r.Dial, Roots: r.Roots, Now: r.Now, Timeout: r.SMTPTimeout}
	for _, addr := range addrs {
		unlock := one.lock(addr)
		talk := prober.TalkSMTP(r.ctx, net.JoinHostPort(addr.String(), "25"), h.name)
		unlock()
		if !result.addr.IsValid() || !noRoute(talk.DialError) {
			result.addr, result.talk = addr, talk
		}
		if talk.DialError == nil {
			break
		}
	}
	if result.talk.Served.Leaf != nil {
		r.noteCertificate(h.name, 25, result.talk.Served.Chain, result.talk.Served.Problem)
	}
	return result
}

// noRoute reports whether a connection failed because this machine has no network for the address,
// such as IPv6.
func noRoute(err error) bool {
	for _, code := range []error{syscall.ENETUNREACH, syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

// ranOut reports whether an error is that of a time limit.
func ranOut(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func lookAtSMTP(r *run) {
	ids := []string{"smtp_connect", "smtp_starttls", "smtp_tls", "smtp_cert", "smtp_expiry"}
	mx := r.mxFacts()
	switch {
	case r.DNSOnly:
		r.setAll(noConnections, ids...)
		return
	case mx.err != nil:
		r.setAll(couldNotLook(mx.err), ids...)
		return
	case mx.null:
		r.setAll(takesNoMail, ids...)
		return
	case len(mx.receivers()) == 0:
		r.setAll(skipped("the domain has no MX host"), ids...)
		return
	}
	facts := r.smtpFacts()
	var connect, starttls, version, cert, expiry tally
	for _, h := range facts.hosts {
		connect.add(h.connects(facts.open))
		starttls.add(h.offersTLS())
		if h.talk.Served.Leaf == nil {
			continue
		}
		version.add(tlsVersion(h))
		cert.add(trusted(h))
		expiry.add(r.lasts(h))
	}
	r.set("smtp_connect", connect.outcome(outcome{}))
	r.set("smtp_starttls", starttls.outcome(outcome{}))
	without := skipped("no MX host has a certificate")
	if o := starttls.outcome(outcome{}); o.status == Unknown || o.status == Skip {
		without = o
	}
	r.set("smtp_tls", version.outcome(without))
	r.set("smtp_cert", cert.outcome(without))
	r.set("smtp_expiry", expiry.outcome(without))
}

// connects is about the connection to a host. A timeout proves nothing while port 25 may be blocked
// here.
func (h smtpHost) connects(open bool) outcome {
	switch {
	case h.none != nil:
		return h.unseen()
	case noRoute(h.talk.DialError):
		return unknown("could not look at %s: this machine cannot reach its address: %v", h.name, h.talk.DialError)
	case h.talk.DialError != nil && open:
		return failed("%s does not answer, while port 25 is open from here: %v", h.name, h.talk.DialError)
	case h.talk.DialError != nil:
		return unknown("%s does not answer, which may be because port 25 is blocked from here: %v", h.name, h.talk.DialError)
	case ranOut(h.talk.Err):
		return unknown("%s was connected to, but did not say anything in time", h.name)
	case h.talk.Err != nil:
		return failed("%s answers, but: %v", h.name, h.talk.Err)
	case h.talk.Refusal != "":
		return unknown("%s turns this client away, which says nothing about other senders: %s", h.name, h.talk.Refusal)
	}
	return passed("%s answers", h.name)
}

func (h smtpHost) offersTLS() outcome {
	switch {
	case h.talk.NoTLS != nil:
		return failed("%s: %v", h.name, noTLS(h.talk.NoTLS))
	case h.talk.HandshakeError != nil && !ranOut(h.talk.HandshakeError):
		return failed("%s offers STARTTLS, but TLS does not begin: %v", h.name, h.talk.HandshakeError)
	case h.talk.Served.Leaf == nil:
		return h.unseen()
	}
	return passed("%s offers STARTTLS", h.name)
}

func tlsVersion(h smtpHost) outcome {
	if h.talk.Version < tls.VersionTLS12 {
		return failed("%s speaks %s", h.name, tls.VersionName(h.talk.Version))
	}
	return passed("%s speaks %s", h.name, tls.VersionName(h.talk.Version))
}

// trusted is about the chain and the name of a certificate.
func trusted(h smtpHost) outcome {
	problem := h.talk.Served.Problem
	if errors.Is(problem, tlsprobe.ErrOtherHost) || errors.Is(problem, tlsprobe.ErrUntrusted) {
		return warned("%s: %v", h.name, problem)
	}
	return passed("%s has a certificate for its name", h.name)
}

// lasts is about the end of a certificate.
func (r *run) lasts(h smtpHost) outcome {
	problem, days := h.talk.Served.Problem, daysLeft(h.talk.Served.Leaf, r.Now())
	switch {
	case errors.Is(problem, tlsprobe.ErrExpired) || errors.Is(problem, tlsprobe.ErrNotYetValid):
		return failed("%s: %v", h.name, problem)
	case days < fewDays:
		return warned("the certificate of %s expires in %d days", h.name, days)
	}
	return passed("the certificate of %s expires in %d days", h.name, days)
}
