package check

import (
	"context"
	"fmt"
	"net"

	"blitiri.com.ar/go/spf"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// spfSender evaluates the record for each sending address, as receivers do. The lookups of the tree
// are not made again.
func (r *run) spfSender(facts spfFacts) outcome {
	switch {
	case len(r.SendingAddresses) == 0:
		return skipped("no sending addresses were given")
	case facts.err != nil:
		return couldNotLook(facts.err)
	case !r.wantsAny("spf_sender", "bulk_auth"):
		return outcome{}
	}
	helo := r.HELOName
	if helo == "" {
		helo = r.Domain
	}
	var t tally
	for _, addr := range r.SendingAddresses {
		result, err := spf.CheckHostWithSender(net.IP(addr.Unmap().AsSlice()), helo, "postmaster@"+r.Domain,
			spf.WithContext(r.ctx), spf.WithResolver(spfResolver{r}))
		because := ""
		if err != nil {
			because = fmt.Sprintf(" (%v)", err)
		}
		switch result {
		case spf.Pass:
			t.add(passed("%s passes", addr))
		case spf.TempError:
			t.add(unknown("could not look whether %s passes%s", addr, because))
		default:
			t.add(failed("%s: %s%s", addr, result, because).want("a term in the SPF record that permits the address"))
		}
	}
	return t.outcome(skipped("no sending addresses were given"))
}

// spfResolver lets the evaluation ask the run's questions.
type spfResolver struct{ r *run }

var _ spf.DNSResolver = spfResolver{}

func (s spfResolver) ask(name string, qtype uint16) ([]miekg.RR, error) {
	a := s.r.ask(name, qtype)
	switch {
	case a.err != nil:
		return nil, &net.DNSError{Err: a.err.Error(), Name: name, IsTemporary: true}
	case len(a.records) == 0:
		return nil, &net.DNSError{Err: "no such record", Name: name, IsNotFound: true}
	}
	return a.records, nil
}

// LookupTXT implements [spf.DNSResolver].
func (s spfResolver) LookupTXT(_ context.Context, name string) ([]string, error) {
	records, err := s.ask(name, miekg.TypeTXT)
	return texts(records), err
}

// LookupMX implements [spf.DNSResolver].
func (s spfResolver) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	records, err := s.ask(name, miekg.TypeMX)
	var hosts []*net.MX
	for _, rr := range records {
		mx := rr.(*miekg.MX)
		hosts = append(hosts, &net.MX{Host: mx.Mx, Pref: mx.Preference})
	}
	return hosts, err
}

// LookupIPAddr implements [spf.DNSResolver].
func (s spfResolver) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	h := s.r.host(name)
	switch {
	case len(h.addresses) > 0:
	case h.err != nil:
		return nil, &net.DNSError{Err: h.err.Error(), Name: name, IsTemporary: true}
	default:
		return nil, &net.DNSError{Err: "no address", Name: name, IsNotFound: true}
	}
	var addrs []net.IPAddr
	for _, addr := range h.addresses {
		addrs = append(addrs, net.IPAddr{IP: addr.AsSlice()})
	}
	return addrs, nil
}

// LookupAddr implements [spf.DNSResolver].
func (s spfResolver) LookupAddr(_ context.Context, addr string) ([]string, error) {
	name, err := miekg.ReverseAddr(addr)
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: addr, IsNotFound: true}
	}
	records, err := s.ask(name, miekg.TypePTR)
	var names []string
	for _, rr := range records {
		names = append(names, dns.FoldName(rr.(*miekg.PTR).Ptr)+".")
	}
	return names, err
}
