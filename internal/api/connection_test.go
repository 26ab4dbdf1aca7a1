package api_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// dialer is a transport whose connections fail in one way, for good or only at the first attempt.
func dialer(dials *atomic.Int32, err error, always bool) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) == 1 || always {
			return nil, &net.OpError{Op: "dial", Net: network, Err: err}
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
}

// What fails before a connection stands was not carried out, whatever it was.
func TestNoConnection(t *testing.T) {
	for _, tc := range []struct {
		name  string
		err   error
		dials int32 // when it goes on failing
	}{
		{"connection refused", syscall.ECONNREFUSED, 3},
		{"no route", syscall.EHOSTUNREACH, 3},
		{"no such host", &net.DNSError{Err: "no such host", Name: "mail.example.com", IsNotFound: true}, 1},
		{"name server silent", &net.DNSError{Err: "i/o timeout", Name: "mail.example.com", IsTimeout: true}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, r := range []api.Request{create(), list()} {
				s := serve(t, answer(200, "")).start()
				var dials atomic.Int32
				cfg := config(t, s.URL)
				cfg.Transport = dialer(&dials, tc.err, true)
				_, err := api.New(cfg).Send(context.Background(), r)
				if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) {
					t.Errorf("%s: %v", r.Method, err)
				}
				if !errors.Is(err, tc.err) {
					t.Errorf("%s: the cause is not in the chain of: %v", r.Method, err)
				}
				if got := dials.Load(); got != tc.dials {
					t.Errorf("%s: %d dials, want %d", r.Method, got, tc.dials)
				}
				if tc.dials == 1 {
					continue
				}
				dials.Store(0)
				cfg.Transport = dialer(&dials, tc.err, false)
				if _, err := api.New(cfg).Send(context.Background(), r); err != nil {
					t.Errorf("%s was not sent when there was a connection: %v", r.Method, err)
				}
				if got := s.arrived.Load(); got != 1 {
					t.Errorf("%s arrived %d times", r.Method, got)
				}
			}
		})
	}
}

// A dial that hangs until the attempt's time is up has sent nothing either.
func TestTimeoutWhileDialling(t *testing.T) {
	cfg := config(t, "http://mail.example.com")
	cfg.Timeout = 5 * time.Millisecond
	cfg.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	_, err := api.New(cfg).Send(context.Background(), create())
	if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
}

// connections counts what a server accepts.
func (s *server) connections() *atomic.Int32 {
	var n atomic.Int32
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			n.Add(1)
		}
	}
	return &n
}

func TestUntrustedCertificate(t *testing.T) {
	for _, r := range []api.Request{create(), list()} {
		s := serve(t, answer(200, ""))
		connections := s.connections()
		s.StartTLS()
		_, err := api.New(config(t, s.URL)).Send(context.Background(), r)
		if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", r.Method, err)
		}
		if !strings.Contains(err.Error(), "is not trusted here") {
			t.Errorf("%s: no word of trust in: %s", r.Method, err)
		}
		if connections.Load() != 1 || s.arrived.Load() != 0 {
			t.Errorf("%s: %d connections, %d calls", r.Method, connections.Load(), s.arrived.Load())
		}
	}
}

func TestTLSWhereThereIsNone(t *testing.T) {
	for _, r := range []api.Request{create(), list()} {
		s := serve(t, answer(200, ""))
		connections := s.connections()
		s.Start()
		_, err := api.New(config(t, "https://"+s.Listener.Addr().String())).Send(context.Background(), r)
		if !errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", r.Method, err)
		}
		if connections.Load() != 1 {
			t.Errorf("%s: %d connections", r.Method, connections.Load())
		}
	}
}

func TestOwnAuthorityOverBothProtocols(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		protocols := make(chan string, 1)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { protocols <- r.Proto })
		s.EnableHTTP2 = http2
		s.StartTLS()
		cfg := config(t, s.URL)
		cfg.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		client := api.New(cfg)
		want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]
		for _, r := range []api.Request{create(), list()} {
			if _, err := client.Send(context.Background(), r); err != nil {
				t.Fatal(err)
			}
			if got := <-protocols; got != want {
				t.Errorf("%s went over %s, want %s", r.Method, got, want)
			}
		}
	}
}

// A server that closes what it accepts may have read the call before.
func TestClosedBeforeTheHandler(t *testing.T) {
	for _, r := range []api.Request{create(), list()} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var accepted atomic.Int32
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				accepted.Add(1)
				_ = conn.Close()
			}
		}()
		_, err = api.New(config(t, "http://"+listener.Addr().String())).Send(context.Background(), r)
		_ = listener.Close()
		want := int32(3)
		if r.Repeat == api.Never {
			want = 1
		}
		if got := accepted.Load(); got != want {
			t.Errorf("%s: %d connections, want %d", r.Method, got, want)
		}
		if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) != (r.Repeat == api.Never) {
			t.Errorf("%s: %v", r.Method, err)
		}
	}
}

// net/http itself repeats a GET when a connection that it used before breaks. That must not happen
// to a GET that changes something.
func TestReusedConnectionBreaks(t *testing.T) {
	for _, tc := range []struct {
		repeat api.Repeat
		want   int32
	}{
		{api.Never, 1},
		{api.Safely, 2}, // by net/http, as our own retries are off: the trap is there
	} {
		s := serve(t, answer(200, ""), cut).start()
		cfg := config(t, s.URL)
		cfg.Retries = -1
		client := api.New(cfg)
		r := list()
		r.Repeat = tc.repeat
		if _, err := client.Send(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		_, err := client.Send(context.Background(), r)
		if got := s.arrived.Load() - 1; got != tc.want {
			t.Errorf("repeat %d: arrived %d times, want %d", tc.repeat, got, tc.want)
		}
		if errors.Is(err, api.ErrOutcomeUnknown) != (tc.repeat == api.Never) {
			t.Errorf("repeat %d: %v", tc.repeat, err)
		}
	}
}
