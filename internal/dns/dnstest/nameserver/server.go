package nameserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
)

// Server is a running name server.
type Server struct {
	// Host and Port are its address, for UDP and TCP.
	Host string
	Port int
	// Updater may transfer and update all zones. Writer may only update them, Reader only transfer
	// them. Denied is known to the server, and may do neither.
	Updater, Writer, Reader, Denied Key
	// Dir is the server's own folder. Stop removes it.
	Dir string

	program Program
	process *exec.Cmd
	exited  chan struct{}
	log     *lockedBuffer
}

// Addr is the server's address, "host:port".
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Keys returns all keys that the server knows.
func (s *Server) Keys() []Key { return []Key{s.Updater, s.Writer, s.Reader, s.Denied} }

// Log returns what the server has written to its standard output and error.
func (s *Server) Log() []byte {
	if s.log == nil {
		return nil
	}
	return s.log.Bytes()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error { return errors.Join(s.end(), os.RemoveAll(s.Dir)) }

func (s *Server) start(path string, zones []Zone) error {
	s.log = &lockedBuffer{}
	port, err := freePort(s.Host)
	if err != nil {
		return err
	}
	s.Port = port
	args, err := s.program.Prepare(s, zones)
	if err != nil {
		return err
	}
	if s.program.Copied {
		if path, err = s.copyProgram(path); err != nil {
			return err
		}
	}
	s.process = exec.Command(path, args...)
	s.process.Dir = s.Dir
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
	if err := s.await(zones); err != nil {
		return errors.Join(err, s.end())
	}
	return nil
}

// copyProgram copies the program into the server's folder.
func (s *Server) copyProgram(program string) (string, error) {
	path := filepath.Join(s.Dir, s.program.File)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	// This process does not copy the file itself. Another test may fork while the copy is open for
	// writing, and a program that is open somewhere cannot be started.
	return path, exec.Command("cp", program, path).Run()
}

// await returns after all zones are served.
func (s *Server) await(zones []Zone) error {
	client := dns.Client{Timeout: time.Second}
	deadline := time.Now().Add(startTimeout)
	for _, zone := range zones {
		for {
			reply, _, err := client.Exchange(probe(zone), s.Addr())
			if err == nil && reply.Authoritative && isReady(zone, reply) && s.answersItself(zone) {
				break
			}
			select {
			case <-s.exited:
				return errors.New("it has ended by itself")
			case <-time.After(10 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("after %s it does not serve %s", startTimeout, zone.Apex)
			}
		}
	}
	return nil
}

// probe returns a question that only a completely served zone answers. A signed zone proves that a
// name does not exist with its chain of names, which is made last.
func probe(zone Zone) *dns.Msg {
	if zone.Kind == Plain {
		return new(dns.Msg).SetQuestion(dns.Fqdn(zone.Apex), dns.TypeNS)
	}
	return new(dns.Msg).SetQuestion("does-not-exist."+dns.Fqdn(zone.Apex), dns.TypeA).SetEdns0(dns.DefaultMsgSize, true)
}

func isReady(zone Zone, reply *dns.Msg) bool {
	if zone.Kind == Plain {
		return len(reply.Answer) > 0
	}
	return slices.ContainsFunc(reply.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNSEC })
}

// answersItself reports whether it is this server that answers at its address. Until it listens,
// another one may have taken the port, and serve a zone of the same name.
func (s *Server) answersItself(zone Zone) bool {
	client := dns.Client{Timeout: time.Second, TsigSecret: map[string]string{dns.Fqdn(s.Updater.Name): s.Updater.Secret}}
	question := new(dns.Msg).SetQuestion(dns.Fqdn(zone.Apex), dns.TypeSOA)
	question.SetTsig(dns.Fqdn(s.Updater.Name), dns.Fqdn(s.Updater.Algorithm), 300, time.Now().Unix())
	reply, _, err := client.Exchange(question, s.Addr())
	return err == nil && reply.IsTsig() != nil && reply.Rcode == dns.RcodeSuccess
}

// end ends the program if it runs.
func (s *Server) end() error {
	select {
	case <-s.exited:
		return nil
	default:
	}
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopTimeout):
		err := s.process.Process.Kill()
		<-s.exited
		return errors.Join(fmt.Errorf("it did not end within %s", stopTimeout), err)
	}
}

// freePort returns a port that nobody uses at the moment, for UDP and TCP.
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
