// Package bind runs BIND's named for tests: a primary name server on a loopback
// port, with zones that take dynamic updates.
//
// It needs named of BIND 9.18 or later, in PATH or where Debian's package bind9
// puts it, and fails the test without it.
package bind

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
	// portAttempts is how often another port is tried, when somebody has been
	// quicker to take the one that was free.
	portAttempts = 5
)

// Server is a running named.
type Server struct {
	// Host and Port are its address, for UDP and TCP.
	Host string
	Port int
	// Updater may transfer and update all zones. Reader may only transfer them,
	// and Denied may do nothing but ask.
	Updater, Reader, Denied Key

	dir     string
	process *exec.Cmd
	exited  chan struct{}
	log     *lockedBuffer
}

// Start runs a server with these zones until the test ends. The log of a server
// that fails is in the test's output.
func Start(t testing.TB, zones ...Zone) *Server {
	t.Helper()
	program, err := findNamed()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		Host:    "127.0.0.1",
		Updater: newKey("updater.test"),
		Reader:  newKey("reader.test"),
		Denied:  newKey("denied.test"),
		dir:     t.TempDir(),
	}
	for attempt := 1; ; attempt++ {
		err := s.start(program, zones)
		if err == nil {
			break
		}
		if attempt == portAttempts || !bytes.Contains(s.log.Bytes(), []byte("address in use")) {
			t.Fatalf("starting named: %v; it says:\n%s", err, s.log.Bytes())
		}
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stopping named: %v", err)
		}
		if t.Failed() {
			t.Logf("named says:\n%s", s.log.Bytes())
		}
	})
	return s
}

// Addr is the server's address, "host:port".
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// findNamed looks where a user other than root does not.
func findNamed() (string, error) {
	if path, err := exec.LookPath("named"); err == nil {
		return path, nil
	}
	for _, path := range []string{"/usr/sbin/named", "/usr/local/sbin/named"} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("this test needs BIND's named, and there is none in PATH or /usr/sbin: install it (Debian: apt-get install bind9)")
}

func (s *Server) start(program string, zones []Zone) error {
	s.log = &lockedBuffer{}
	port, err := freePort(s.Host)
	if err != nil {
		return err
	}
	s.Port = port
	if err := s.configure(zones); err != nil {
		return err
	}
	program, err = s.copyProgram(program)
	if err != nil {
		return err
	}
	s.process = exec.Command(program, "-g", "-n", "2", "-c", filepath.Join(s.dir, "named.conf"))
	s.process.Dir = s.dir
	s.process.Stdout, s.process.Stderr = s.log, s.log
	if err := s.process.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	s.exited = exited
	go func() {
		_ = s.process.Wait() // how it ended is in its log
		close(exited)
	}()
	return s.await(zones)
}

// copyProgram takes named out of reach of an AppArmor profile, which goes by the
// program's path and keeps it to folders of the system.
func (s *Server) copyProgram(program string) (string, error) {
	path := filepath.Join(s.dir, "named")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	// Not by this process: another test may fork while it has the file open for
	// writing, and a program that is open somewhere cannot be started.
	return path, exec.Command("cp", program, path).Run()
}

// await returns when all zones are served.
func (s *Server) await(zones []Zone) error {
	client := dns.Client{Timeout: time.Second}
	deadline := time.Now().Add(startTimeout)
	for _, zone := range zones {
		for {
			reply, _, err := client.Exchange(new(dns.Msg).SetQuestion(dns.Fqdn(zone.Apex), readyType(zone.Kind)), s.Addr())
			if err == nil && reply.Authoritative && len(reply.Answer) > 0 {
				break
			}
			select {
			case <-s.exited:
				return fmt.Errorf("it has ended by itself")
			case <-time.After(10 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("after %s it does not serve %s", startTimeout, zone.Apex)
			}
		}
	}
	return nil
}

// readyType is what a zone has once it is served as it should be: a signed one
// its chain of names, which comes last.
func readyType(kind Kind) uint16 {
	if kind == Plain {
		return dns.TypeSOA
	}
	return dns.TypeNSEC
}

func (s *Server) stop() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopTimeout):
		err := s.process.Process.Kill()
		<-s.exited
		if err != nil {
			return fmt.Errorf("it did not end within %s, and could not be killed: %w", stopTimeout, err)
		}
		return fmt.Errorf("it did not end within %s", stopTimeout)
	}
}

// freePort returns a port that nobody uses at the moment, by UDP or TCP.
func freePort(host string) (int, error) {
	for range 20 {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return 0, err
		}
		port := listener.Addr().(*net.TCPAddr).Port
		packets, err := net.ListenPacket("udp", listener.Addr().String())
		if err == nil {
			err = packets.Close()
		}
		if closing := listener.Close(); err == nil && closing == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no port of %s is free for both UDP and TCP", host)
}

// lockedBuffer is what named has written so far.
type lockedBuffer struct {
	mu      sync.Mutex
	content bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.content.Write(p)
}

// Bytes returns a copy of the content.
func (b *lockedBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.content.Bytes())
}
