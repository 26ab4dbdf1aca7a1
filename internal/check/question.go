package check

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// maxQuestions limits the questions of one run, whatever a zone holds. A usual domain takes fewer
// than a hundred.
const maxQuestions = 600

// errTooMany ends a run that a zone would make ask without end.
var errTooMany = fmt.Errorf("the domain leads to more than %d DNS questions", maxQuestions)

// reply is what a resolver knows about a name and a type.
type reply struct {
	records []miekg.RR
	aliases []string // the CNAME targets on the way
	nx      bool     // the name does not exist
	// bogus says that DNSSEC validation fails: only a resolver that was told not to validate answers.
	bogus bool
	// authentic says that the resolver claims to have validated the answer.
	authentic bool
	// malformed says why the name cannot exist: it is no name at all. There are no records then.
	malformed error
	// err says why nothing is known.
	err error
}

type question struct {
	name  string
	qtype uint16
}

// memo has the answers of a run, so that each question is asked once.
type memo struct {
	mu      sync.Mutex
	answers map[question]func() reply
	// replied counts the questions about the domain and its hosts that somebody answered.
	replied int
}

func newMemo() *memo { return &memo{answers: map[question]func() reply{}} }

func (m *memo) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.answers)
}

func (m *memo) noteReply() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replied++
}

// repliedTo returns how many questions about the domain and its hosts were answered.
func (m *memo) repliedTo() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.replied
}

// answer returns what gives the answer to a question. Whoever calls it first asks.
func (m *memo) answer(q question, ask func() reply) func() reply {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer, known := m.answers[q]
	switch {
	case known:
	case len(m.answers) >= maxQuestions:
		return func() reply { return reply{err: errTooMany} }
	default:
		answer = sync.OnceValue(ask)
		m.answers[q] = answer
	}
	return answer
}

// ask asks the resolvers for the records of a name and a type.
func (r *run) ask(name string, qtype uint16) reply {
	canonical := name
	if name != "." {
		var err error
		if canonical, err = dns.Canonical(name); err != nil {
			return reply{nx: true, malformed: err}
		}
	}
	return r.memo.answer(question{canonical, qtype}, func() reply {
		answer, err := r.Lookup.Recursive(r.ctx, canonical, qtype)
		if err != nil {
			return reply{err: err}
		}
		if canonical != r.ProofZone { // which says nothing about the domain
			r.memo.noteReply()
		}
		return reply{records: answer.Records, aliases: answer.Aliases, nx: answer.NXDomain, bogus: answer.BrokenDNSSEC, authentic: answer.Authenticated}
	})()
}

// each calls look for all elements at the same time, and returns the results in their order.
func each[T, R any](elements []T, look func(T) R) []R {
	results := make([]R, len(elements))
	var looking sync.WaitGroup
	for i, element := range elements {
		looking.Go(func() { results[i] = look(element) })
	}
	looking.Wait()
	return results
}

// askText asks for the texts of the TXT records of a name.
func (r *run) askText(name string) (found []string, a reply) {
	a = r.ask(name, miekg.TypeTXT)
	return texts(a.records), a
}

// dangling says that a name is an alias of one without the records that were asked for; "" if it is
// not.
func (r *run) dangling(name string, a reply) string {
	switch {
	case a.err != nil || len(a.aliases) == 0 || len(a.records) > 0:
		return ""
	case a.nx:
		target := a.aliases[len(a.aliases)-1]
		return fmt.Sprintf("%s is an alias (CNAME) of %s, which does not exist%s", name, target, r.meant(target))
	}
	return fmt.Sprintf("%s is an alias (CNAME) of %s, which has no TXT record", name, a.aliases[len(a.aliases)-1])
}

// textOf returns the joined text of a TXT record.
func textOf(rr miekg.RR) (string, bool) {
	record, err := dns.RecordFromWire(rr)
	return record.Value, err == nil && record.Type == "TXT"
}

// host is the addresses of a host.
type host struct {
	name      string
	addresses []netip.Addr
	aliases   []string
	malformed error
	// err says why it is not known which addresses there are. There may be some all the same.
	err error
}

// none reports whether it is certain that the host has no address.
func (h host) none() bool { return h.err == nil && len(h.addresses) == 0 }

// host asks for both kinds of addresses of a host.
func (r *run) host(name string) host {
	replies := each([]uint16{miekg.TypeA, miekg.TypeAAAA}, func(qtype uint16) reply { return r.ask(name, qtype) })
	h := host{name: name}
	var errs []error
	for _, a := range replies {
		h.malformed = a.malformed
		if a.err != nil {
			errs = append(errs, a.err)
		}
		if len(a.aliases) > 0 {
			h.aliases = a.aliases
		}
		for _, rr := range a.records {
			var addr netip.Addr
			switch rr := rr.(type) {
			case *miekg.A:
				addr, _ = netip.AddrFromSlice(rr.A)
			case *miekg.AAAA:
				addr, _ = netip.AddrFromSlice(rr.AAAA)
			}
			if addr.IsValid() {
				h.addresses = append(h.addresses, addr.Unmap())
			}
		}
	}
	h.err = errors.Join(errs...)
	slices.SortFunc(h.addresses, netip.Addr.Compare) // resolvers change the order
	h.addresses = slices.Compact(h.addresses)
	return h
}

// reachable returns the addresses of a host that may be contacted.
func (r *run) reachable(h host) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(h.addresses), func(a netip.Addr) bool { return !r.public(a) })
}
