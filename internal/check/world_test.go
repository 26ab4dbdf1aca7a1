package check

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// The faults of a name server, by question.
const (
	servfail = "SERVFAIL" // as a resolver whose name servers are down
	silent   = "silent"   // no reply at all
	bogus    = "bogus"    // SERVFAIL unless the question says not to validate
	refused  = "REFUSED"
	noAA     = "no AA" // an answer without authority
)

// world is simulated zones and their faults.
type world struct {
	zones []dnsserver.Zone
	// faults are by "TYPE name", or "TYPE name @server" for one name server; "*" is any type.
	faults map[string]string
	// validates says that answers of the resolver are authenticated, except for the names in unsigned
	// and below them.
	validates bool
	unsigned  []string
	// liesAboutRoot says that the resolver authenticates every answer but that about the root.
	liesAboutRoot bool
	// secondSerial says that name servers ns2 have a newer version of the zones.
	secondSerial bool
	// referrals are the name servers that the zone above names, by apex.
	referrals map[string][]string
	// delay is how long each answer takes.
	delay  time.Duration
	delays map[string]time.Duration // of the resolver, by "TYPE name"
	// timeout is that of the lookup; 400 ms if zero.
	timeout time.Duration

	mu    sync.Mutex
	open  int            // questions without an answer yet
	most  int            // the most of these at a time
	asked map[string]int // by "TYPE name"
	addr  string
}

// Zones implements [dnsserver.Source].
func (w *world) Zones() ([]dnsserver.Zone, error) { return w.zones, nil }

// put adds a zone of lines of a zone file.
func (w *world) put(t testing.TB, apex string, lines ...string) {
	t.Helper()
	zone := dnsserver.Zone{Apex: apex}
	parser := miekg.NewZoneParser(strings.NewReader("$TTL 300\n"+strings.Join(lines, "\n")+"\n"), miekg.Fqdn(apex), "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		zone.Records = append(zone.Records, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("%s: %v", apex, err)
	}
	w.zones = append(w.zones, zone)
}

// serve serves the world until the test ends.
func (w *world) serve(t testing.TB) *dns.Lookup {
	t.Helper()
	inner, err := dnsserver.Serve("127.0.0.1:0", w, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.asked = map[string]int{}
	w.addr = listen(t, w.handler(inner, false))
	second := listen(t, w.handler(inner, w.secondSerial))
	t.Cleanup(func() { inner.Close() })
	return dns.NewLookup(dns.LookupConfig{
		Resolvers: []string{w.addr},
		AuthorityAddr: func(server string) (string, bool) {
			if strings.HasPrefix(server, "ns2.") {
				return second, true
			}
			return w.addr, true
		},
		Timeout: cmp.Or(w.timeout, 400*time.Millisecond),
	})
}

// listen serves a handler by UDP and TCP until the test ends.
func listen(t testing.TB, handler miekg.Handler) (addr string) {
	t.Helper()
	packets, listener := sockets(t)
	for _, server := range []*miekg.Server{{PacketConn: packets, Handler: handler, UDPSize: miekg.DefaultMsgSize}, {Listener: listener, Handler: handler}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go server.ActivateAndServe()
		<-started
		t.Cleanup(func() { server.Shutdown() })
	}
	return listener.Addr().String()
}

func (w *world) handler(inner miekg.Handler, newer bool) miekg.HandlerFunc {
	return func(out miekg.ResponseWriter, query *miekg.Msg) {
		q := query.Question[0]
		name := strings.TrimSuffix(strings.ToLower(q.Name), ".")
		if name == "" {
			name = "."
		}
		key := miekg.Type(q.Qtype).String() + " " + name
		w.mu.Lock()
		if !query.CheckingDisabled {
			w.asked[key]++
		}
		fault := w.faults[key]
		if fault == "" {
			fault = w.faults["* "+name]
		}
		if direct := w.faults[key+" direct"]; !query.RecursionDesired && direct != "" {
			fault = direct
		}
		delay := w.delay
		if query.RecursionDesired {
			delay += w.delays[key]
		}
		w.open++
		w.most = max(w.most, w.open)
		w.mu.Unlock()
		time.Sleep(delay)
		w.mu.Lock()
		w.open--
		w.mu.Unlock()
		reply := new(miekg.Msg)
		switch {
		case fault == silent:
		case fault == servfail, fault == bogus && !query.CheckingDisabled:
			out.WriteMsg(reply.SetRcode(query, miekg.RcodeServerFailure))
		case fault == refused:
			out.WriteMsg(reply.SetRcode(query, miekg.RcodeRefused))
		case !query.RecursionDesired && q.Qtype == miekg.TypeNS && w.referrals[name] != nil:
			reply.SetReply(query)
			for _, server := range w.referrals[name] {
				reply.Ns = append(reply.Ns, &miekg.NS{Hdr: miekg.RR_Header{Name: q.Name, Rrtype: miekg.TypeNS, Class: miekg.ClassINET, Ttl: 300}, Ns: server + "."})
			}
			out.WriteMsg(reply)
		default:
			signed := w.validates && !slices.ContainsFunc(w.unsigned, func(apex string) bool { return miekg.IsSubDomain(apex+".", name+".") })
			inner.ServeDNS(&rewriter{ResponseWriter: out, change: func(m *miekg.Msg) {
				m.AuthenticatedData = query.RecursionDesired && signed && (!w.liesAboutRoot || name != ".")
				if newer && len(m.Answer) > 0 && q.Qtype == miekg.TypeSOA {
					soa := miekg.Copy(m.Answer[0]).(*miekg.SOA)
					soa.Serial++
					m.Answer[0] = soa
				}
				if fault == noAA {
					m.Authoritative = false
				}
			}}, query)
		}
	}
}

// rewriter changes messages before they leave.
type rewriter struct {
	miekg.ResponseWriter
	change func(*miekg.Msg)
}

func (r *rewriter) WriteMsg(m *miekg.Msg) error {
	r.change(m)
	return r.ResponseWriter.WriteMsg(m)
}
