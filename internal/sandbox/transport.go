package sandbox

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// domain is the end of the services' host names. Nobody can ever register a name below ".invalid"
// (RFC 6761 section 6.4).
const domain = ".sandbox.invalid"

// BaseURL returns the URL of a service for [Sandbox.Transport], without a slash at the end.
func (s *Sandbox) BaseURL(service string) string { return "https://" + service + domain }

// Transport returns a RoundTripper that reaches only the services: a request for any other host
// fails before anything is sent. Below it are a real HTTP client and server with an in-memory
// connection between them, so that connections and bodies behave as on a network.
func (s *Sandbox) Transport() http.RoundTripper {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		server, err := s.startMemory()
		if err != nil {
			return nil, err
		}
		return server.listener.dial(ctx)
	}
	return &transport{sandbox: s, inner: &http.Transport{
		// HTTP treats this connection as one with TLS.
		DialTLSContext:      dial,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
	}}
}

type transport struct {
	sandbox *Sandbox
	inner   *http.Transport
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	_, err := t.sandbox.serviceAt(r.URL.Hostname())
	if r.URL.Scheme != "https" || err != nil {
		if r.Body != nil {
			r.Body.Close() //nolint:errcheck // RoundTrip has to close it; nothing was read
		}
		return nil, fmt.Errorf("the sandbox never talks to the network, and %s://%s is none of its services", r.URL.Scheme, r.URL.Host)
	}
	return t.inner.RoundTrip(r)
}

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }

// memoryServer is the HTTP server behind the transport.
type memoryServer struct {
	listener *memoryListener
	server   *http.Server
	done     sync.WaitGroup
}

func (s *Sandbox) startMemory() (*memoryServer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.memory == nil {
		m := &memoryServer{listener: newMemoryListener(), server: &http.Server{Handler: http.HandlerFunc(s.serveByHost)}}
		m.done.Go(func() {
			m.server.Serve(m.listener) //nolint:errcheck // it ends when it is closed, and not otherwise
		})
		s.memory = m
	}
	return s.memory, nil
}

func (m *memoryServer) close() error {
	err := m.server.Close()
	m.done.Wait()
	return err
}

// serveByHost passes a request to the service in its host name. The transport refuses all other
// hosts.
func (s *Sandbox) serveByHost(w http.ResponseWriter, r *http.Request) {
	m, err := s.serviceAt((&url.URL{Host: r.Host}).Hostname())
	if err != nil {
		http.Error(w, err.Error(), http.StatusMisdirectedRequest)
		return
	}
	m.handler.ServeHTTP(w, r)
}

func (s *Sandbox) serviceAt(host string) (mounted, error) {
	name, ours := strings.CutSuffix(strings.ToLower(host), domain)
	if !ours {
		return mounted{}, fmt.Errorf("%q is no host of the sandbox", host)
	}
	return s.service(name)
}

// memoryListener is a net.Listener whose connections never leave the process.
type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newMemoryListener() *memoryListener {
	l := &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

func (l *memoryListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements [net.Listener].
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, io.EOF
	}
}

// Close implements [net.Listener].
func (l *memoryListener) Close() error {
	l.close()
	return nil
}

// Addr implements [net.Listener].
func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
