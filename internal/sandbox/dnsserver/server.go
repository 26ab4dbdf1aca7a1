// Package dnsserver is the DNS of the sandbox: one server on UDP and TCP that acts as every name
// server of every simulated zone, and as a resolver for them.
//
// It answers a query without RD like the name server of a zone. It answers a query with RD like a
// resolver: with RA, and with NXDOMAIN from the root for names in no zone. It never asks another
// server. A [Primary] makes it the primary server of some zones, which takes updates and zone
// transfers.
package dnsserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// maxUDPSize is the largest answer by UDP, and the size that the server advertises: small enough
// for every path without fragments.
const maxUDPSize = 1232

// closeTimeout limits how long Close waits for answers under way.
const closeTimeout = 2 * time.Second

// Source holds the zones to answer from.
type Source interface {
	// Zones returns all zones. It is called for each query. As long as nothing has changed it
	// should return the same slice, so that the server can keep its index. Nobody may change a
	// returned slice. An error makes the answer SERVFAIL, with the error's text as extended error
	// (RFC 8914). Several goroutines may call it at once.
	Zones() ([]Zone, error)
}

// Server answers DNS queries until it is closed.
type Server struct {
	source  Source
	primary Primary // may be nil
	keys    map[string]Key
	addr    string
	udp     *dns.Server
	tcp     *dns.Server
	done    sync.WaitGroup
	closing context.Context // ends when Close begins
	cancel  context.CancelFunc

	mu    sync.Mutex // guards world and what it indexes while answering
	world *world
}

// Serve starts a server on addr, "host:port", for UDP and TCP. With port 0 it finds a port that is
// free for both. primary may be nil: then nothing takes updates and transfers.
func Serve(addr string, source Source, primary Primary) (*Server, error) {
	packets, listener, err := listen(addr)
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox's DNS server on %s: %w", addr, err)
	}
	s := &Server{source: source, primary: primary, keys: map[string]Key{}, addr: listener.Addr().String(), world: newWorld(nil)}
	s.closing, s.cancel = context.WithCancel(context.Background())
	secrets := map[string]string{}
	if primary != nil {
		for _, key := range primary.Keys() {
			name := dns.CanonicalName(key.Name)
			s.keys[name], secrets[name] = key, key.Secret
		}
	}
	s.udp = &dns.Server{PacketConn: packets, Handler: s, TsigSecret: secrets, MsgAcceptFunc: accept, UDPSize: dns.DefaultMsgSize}
	s.tcp = &dns.Server{Listener: listener, Handler: s, TsigSecret: secrets, MsgAcceptFunc: accept}
	if err := errors.Join(s.start(s.udp), s.start(s.tcp)); err != nil {
		// The server that did start is shut down. The error of the other one is known already.
		_ = s.Close()
		_ = packets.Close()
		_ = listener.Close()
		return nil, fmt.Errorf("starting the sandbox's DNS server on %s: %w", addr, err)
	}
	return s, nil
}

// start returns when the server serves, which Shutdown requires, or with the error.
func (s *Server) start(server *dns.Server) error {
	result := make(chan error, 2)
	server.NotifyStartedFunc = func() { result <- nil }
	s.done.Go(func() { result <- server.ActivateAndServe() })
	return <-result
}

// listen opens both sockets on one port. If the port that the system chose for TCP is not free for
// UDP, it tries another one.
func listen(addr string) (net.PacketConn, net.Listener, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, nil, err
	}
	const tries = 20
	for try := 1; ; try++ {
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, nil, err
		}
		packets, err := net.ListenPacket("udp", listener.Addr().String())
		if err == nil {
			return packets, listener, nil
		}
		_ = listener.Close()
		if port != "0" || try == tries {
			return nil, nil, err
		}
	}
}

// Addr is the address that the server listens on, "host:port".
func (s *Server) Addr() string {
	return s.addr
}

// Close stops the server after the answers under way, and frees its port.
func (s *Server) Close() error {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := errors.Join(s.udp.ShutdownContext(ctx), s.tcp.ShutdownContext(ctx))
	s.done.Wait()
	return err
}

// ServeDNS answers one query. It implements [dns.Handler].
func (s *Server) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	tsig := query.IsTsig()
	if failure := s.signatureError(w, tsig); failure != dns.RcodeSuccess {
		send(w, badSignature(query, tsig, failure))
		return
	}
	if s.primary != nil && isTransaction(query) {
		s.transact(w, query, tsig)
		return
	}
	reply := s.reply(query)
	size := dns.MaxMsgSize
	if isUDP(w) {
		size = udpSize(query)
	}
	if tsig != nil {
		size -= signatureSize
	}
	reply.Truncate(size)
	sign(reply, tsig)
	send(w, reply)
}

func send(w dns.ResponseWriter, reply *dns.Msg) {
	// If this fails, the client is gone.
	_ = w.WriteMsg(reply)
}

func isUDP(w dns.ResponseWriter) bool { return w.RemoteAddr().Network() == "udp" }

func (s *Server) reply(query *dns.Msg) *dns.Msg {
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = query.RecursionDesired
	edns := query.IsEdns0()
	if edns != nil {
		reply.SetEdns0(maxUDPSize, edns.Do())
	}
	q := query.Question[0]
	switch {
	case edns != nil && edns.Version() != 0:
		reply.Rcode = dns.RcodeBadVers
	case query.Opcode != dns.OpcodeQuery:
		reply.Rcode = dns.RcodeNotImplemented
	case q.Qclass != dns.ClassINET, q.Qtype == dns.TypeAXFR, q.Qtype == dns.TypeIXFR:
		reply.Rcode = dns.RcodeRefused
	default:
		s.answer(reply, q, query.RecursionDesired)
	}
	return reply
}

func (s *Server) answer(reply *dns.Msg, q dns.Question, recursive bool) {
	zones, err := s.source.Zones()
	if err != nil {
		reply.Rcode = dns.RcodeServerFailure
		if opt := reply.IsEdns0(); opt != nil {
			opt.Option = append(opt.Option, &dns.EDNS0_EDE{
				InfoCode:  dns.ExtendedErrorCodeOther,
				ExtraText: err.Error(),
			})
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.world.madeFrom(zones) {
		s.world = newWorld(zones)
	}
	s.world.answer(reply, q, recursive)
}

// udpSize is the largest answer that fits the client and the path.
func udpSize(query *dns.Msg) int {
	edns := query.IsEdns0()
	if edns == nil {
		return dns.MinMsgSize
	}
	return max(dns.MinMsgSize, min(int(edns.UDPSize()), maxUDPSize))
}
