package check

import (
	"fmt"
	"net/netip"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// Networks with at most so many bits of prefix are large: no sender of mail needs a whole one.
const (
	largeSPF4 = 8
	largeSPF6 = 16
)

// spfNetwork is a network from which mail of the domain passes.
type spfNetwork struct {
	network netip.Prefix
	domain  string // whose record permits it
	term    string
}

func (n spfNetwork) String() string {
	return fmt.Sprintf("%s in the record of %s", quoted(n.term), n.domain)
}

// large reports whether a network is large and not only of private addresses.
func (n spfNetwork) large() bool {
	within := func(p netip.Prefix) bool { return p.Bits() <= n.network.Bits() && p.Contains(n.network.Addr()) }
	return n.network.Bits() <= largeBits(n.network.Addr()) && !slices.ContainsFunc(special, within)
}

func largeBits(addr netip.Addr) int {
	if addr.Is4() {
		return largeSPF4
	}
	return largeSPF6
}

func permitsEverybody(node *spfNode, term mailrecord.SPFTerm) string {
	return fmt.Sprintf("%s in the record of %s permits everybody to send", quoted(term.Text), node.shown.Domain)
}

// wide reports whether the term permits large networks around the addresses of its hosts.
func (s *spfStep) wide() bool {
	four, six := s.term.HostBits()
	return s.term.Qualifier == '+' && s.node.permits && (s.term.Name == "a" || s.term.Name == "mx") && (four <= largeSPF4 || six <= largeSPF6)
}

// mailHosts lists the hosts of MX records, no more than receivers look up.
func mailHosts(records []miekg.RR) []string {
	var hosts []string
	for _, rr := range records[:min(len(records), maxSPFMX)] {
		if mx, ok := rr.(*miekg.MX); ok && mx.Mx != "." {
			hosts = append(hosts, dns.FoldName(mx.Mx))
		}
	}
	return hosts
}

// open notes which senders pass because of what a term found.
func (t *spfTree) open(s *spfStep) {
	switch {
	case s.term.Qualifier != '+' || !s.node.permits:
	case s.term.Name == "exists" && len(s.reply.records) > 0:
		// The name is the same for all senders.
		t.everybody = append(t.everybody, permitsEverybody(s.node, s.term)+", because the name exists")
	case s.wide():
		if s.reply.err != nil {
			t.unseen = s.reply.err
		}
		for _, h := range append(slices.Clone(s.hosts), s.host) {
			if h.err != nil && len(h.addresses) == 0 {
				t.unseen = h.err
			}
			for _, addr := range h.addresses {
				t.networks = append(t.networks, spfNetwork{s.term.Around(addr), s.node.shown.Domain, s.term.Text})
			}
		}
	}
}

// openness tells whether the record permits everybody, or a large part of the Internet.
func (t spfTree) openness() (o outcome, open bool) {
	const only = "-all or ~all, and only addresses that send mail of the domain"
	for _, everybody := range t.everybody {
		return failed("%s", everybody).want(only), true
	}
	var large []string
	for _, family := range []struct {
		name string
		four bool
	}{{"IPv4", true}, {"IPv6", false}} {
		networks := slices.DeleteFunc(slices.Clone(t.networks), func(n spfNetwork) bool { return n.network.Addr().Is4() != family.four })
		if len(networks) == 0 {
			continue
		}
		slices.SortStableFunc(networks, func(a, b spfNetwork) int { return a.network.Bits() - b.network.Bits() })
		share, all := publicShare(networks, family.four)
		var named []string
		for _, n := range networks {
			if !slices.Contains(named, n.String()) {
				named = append(named, n.String())
			}
		}
		// A few holes do not make a difference: who wants to pretend needs only one address.
		if share > 15.0/16 {
			verb := "permits"
			if networks[0].network.Bits() > 0 && len(named) > 1 {
				verb = "together permit"
			} else {
				named = named[:1]
			}
			return failed("%s %s everybody with an %s address to send", listed(named), verb, family.name).want(only), true
		}
		limit := 1 / float64(uint64(1)<<largeBits(networks[0].network.Addr()))
		switch {
		case slices.ContainsFunc(networks, spfNetwork.large):
			for _, n := range networks {
				if n.large() && !slices.Contains(large, n.String()) {
					large = append(large, n.String())
				}
			}
		case all >= limit:
			large = append(large, named...)
		}
	}
	if len(large) > 0 {
		return warned("a large part of the Internet is permitted to send: %s", listed(large)).at(High).want(only), true
	}
	return outcome{}, false
}

// publicShare returns which part of the public addresses of a family the networks hold, and how large
// that is as a part of all addresses of the family.
func publicShare(networks []spfNetwork, four bool) (ofPublic, ofAll float64) {
	var reserved, both []netip.Prefix
	for _, p := range special {
		if p.Addr().Is4() == four {
			reserved = append(reserved, p)
		}
	}
	both = slices.Clone(reserved)
	for _, n := range networks {
		both = append(both, n.network)
	}
	private := share(reserved)
	ofAll = share(both) - private
	return ofAll / (1 - private), ofAll
}

// share returns which part of the addresses of a family the networks hold. Two networks either have
// nothing in common, or one holds the other.
func share(networks []netip.Prefix) float64 {
	slices.SortFunc(networks, func(a, b netip.Prefix) int {
		if d := a.Addr().Compare(b.Addr()); d != 0 {
			return d
		}
		return a.Bits() - b.Bits()
	})
	sum := 0.0
	var last netip.Prefix
	for _, p := range networks {
		if last.IsValid() && last.Contains(p.Addr()) {
			continue
		}
		last = p
		part := 1.0
		for range p.Bits() {
			part /= 2
		}
		sum += part
	}
	return sum
}
