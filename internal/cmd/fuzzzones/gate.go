package main

import (
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// verdict is what becomes of one call that passes a gate.
type verdict int

const (
	pass      verdict = iota
	cutBefore         // the service does not learn of it
	cutAfter          // the service does it, and its answer is lost
)

// gate is the way of one process to the service. At a given call it kills the process: from
// then on nothing gets through.
type gate struct {
	dead chan struct{} // closed once the process is dead and the service has done what had reached it

	mu       sync.Mutex
	closed   bool
	calls    int // that count for killAt
	cuts     map[int]verdict
	killAt   int // the number of the call; 0: never
	killHow  verdict
	writes   bool // whether only writes are counted
	inFlight sync.WaitGroup
}

func newGate() *gate { return &gate{dead: make(chan struct{})} }

// killed is whether the process is dead, or about to be.
func (g *gate) killed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// shut lets nothing through any more, and returns when what has got through is done.
func (g *gate) shut() {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	g.mu.Unlock()
	g.inFlight.Wait()
	if first {
		close(g.dead)
	}
}

// enter decides about a call. Whoever gets another answer than cutBefore calls leave once
// the service has done it.
func (g *gate) enter(write bool) (verdict, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return cutBefore, false
	}
	if write || !g.writes {
		g.calls++
		if g.calls == g.killAt {
			g.closed = true
			if g.killHow != cutBefore {
				g.inFlight.Add(1)
			}
			return g.killHow, true
		}
	}
	how := g.cuts[g.calls]
	delete(g.cuts, g.calls)
	if how != cutBefore {
		g.inFlight.Add(1)
	}
	return how, false
}

// leave ends a call that the service has done. Where the call kills the process, that is
// known from now on.
func (g *gate) leave(how verdict, kills bool) {
	if how != cutBefore {
		g.inFlight.Done()
	}
	if kills {
		go func() {
			g.inFlight.Wait()
			close(g.dead)
		}()
	}
}

// serveHTTP puts the gate before HTTP services, at an address of its own.
func (g *gate) serveHTTP(services http.Handler) (address string, stop func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how, kills := g.enter(r.Method != http.MethodGet || strings.Contains(r.URL.RawQuery, "setHosts"))
		defer g.leave(how, kills)
		switch how {
		case pass:
			services.ServeHTTP(w, r)
			return
		case cutAfter:
			services.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}))
	server.Config.ErrorLog = nil
	return server.URL, func() { go server.Close() }
}

// opcodeUpdate is the opcode of a dynamic update (RFC 2136 section 2.2).
const opcodeUpdate = 5

// serveDNS puts the gate before a name server, for DNS by TCP.
func (g *gate) serveDNS(server string) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go g.relay(client, server)
		}
	}()
	return listener.Addr().String(), func() { listener.Close() }, nil //nolint:errcheck // nobody is left to be told
}

// relay carries the messages of one connection.
func (g *gate) relay(client net.Conn, address string) {
	defer client.Close() //nolint:errcheck // nobody is left to be told
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // nobody is left to be told
	for {
		query, err := message(client)
		if err != nil {
			return
		}
		if !g.exchange(client, server, query) {
			return
		}
	}
}

// exchange carries one query and all of its answer. It reports whether the connection goes on.
func (g *gate) exchange(client, server net.Conn, query []byte) bool {
	update := len(query) > 4 && query[4]>>3&0xf == opcodeUpdate
	how, kills := g.enter(update)
	defer g.leave(how, kills)
	if how == cutBefore {
		return false
	}
	if _, err := server.Write(query); err != nil {
		return false
	}
	answer, err := message(server)
	if err != nil || how == cutAfter {
		return false
	}
	if _, err := client.Write(answer); err != nil {
		return false
	}
	if !transfer(query) {
		return true
	}
	// A zone transfer may have more messages. It ends with its second SOA record, and where it is
	// refused.
	for bounds := 0; ; {
		var m dns.Msg
		if err := m.Unpack(answer[2:]); err != nil || m.Rcode != dns.RcodeSuccess {
			return false
		}
		for _, rr := range m.Answer {
			if rr.Header().Rrtype == dns.TypeSOA {
				bounds++
			}
		}
		if bounds > 1 {
			return true
		}
		if answer, err = message(server); err != nil {
			return false
		}
		if _, err := client.Write(answer); err != nil {
			return false
		}
	}
}

// typeAXFR is the type of a query for a zone transfer (RFC 5936).
const typeAXFR = 252

// transfer is whether a query with its length before it asks for a zone transfer.
func transfer(query []byte) bool {
	const header = 2 + 12
	for i := header; i < len(query); {
		label := int(query[i])
		i += 1 + label
		if label == 0 {
			return i+2 <= len(query) && binary.BigEndian.Uint16(query[i:]) == typeAXFR
		}
	}
	return false
}

// message reads a DNS message with its length before it (RFC 1035 section 4.2.2).
func message(from net.Conn) ([]byte, error) {
	length := make([]byte, 2)
	if _, err := io.ReadFull(from, length); err != nil {
		return nil, err
	}
	text := make([]byte, 2+binary.BigEndian.Uint16(length))
	copy(text, length)
	_, err := io.ReadFull(from, text[2:])
	return text, err
}
