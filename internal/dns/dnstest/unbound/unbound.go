// Package unbound runs the resolver Unbound for tests. It asks the servers that the test names, and
// nobody else: it refuses questions about other names.
package unbound

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Config is what a resolver knows.
type Config struct {
	// Zones are the addresses, "IP:port", of the servers of zones, by apex.
	Zones map[string]string
	// Anchors are the trust anchors: DNSKEY or DS records in presentation format.
	Anchors []string
	// Blind says that the resolver does not validate.
	Blind bool
}

const (
	startTimeout = 20 * time.Second
	portAttempts = 5
)

// Start runs a resolver until the test ends, and returns its address.
func Start(t testing.TB, config Config) (addr string) {
	t.Helper()
	path, err := find()
	if err != nil {
		t.Fatal("Unbound cannot be run: there is no unbound in PATH or /usr/sbin: install it (Debian: apt-get install unbound)")
	}
	for range portAttempts {
		if addr, err = start(t, path, config); err == nil {
			return addr
		}
	}
	t.Fatal(err)
	return ""
}

func start(t testing.TB, path string, config Config) (addr string, err error) {
	dir := t.TempDir()
	port, err := freePort()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "unbound.conf")
	if err := os.WriteFile(file, []byte(config.text(dir, port)), 0o600); err != nil {
		return "", err
	}
	// AppArmor restricts the original to folders of the system, by its path.
	program := filepath.Join(dir, "unbound")
	if err := exec.Command("cp", path, program).Run(); err != nil {
		return "", err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return "", err
	}
	defer log.Close()
	process := exec.Command(program, "-d", "-p", "-c", file)
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return "", err
	}
	exited := make(chan struct{})
	go func() {
		process.Wait() //nolint:errcheck // how it ended is in its log
		close(exited)
	}()
	t.Cleanup(func() {
		process.Process.Kill() //nolint:errcheck // it may have ended
		<-exited
		if said, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("Unbound says:\n%s", said)
		}
	})
	addr = fmt.Sprintf("127.0.0.1:%d", port)
	return addr, await(addr, exited, log.Name())
}

// await returns when the resolver answers.
func await(addr string, exited chan struct{}, log string) error {
	client := dns.Client{Timeout: time.Second}
	question := new(dns.Msg).SetQuestion(".", dns.TypeNS) // which it refuses by itself
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); {
		if reply, _, err := client.Exchange(question, addr); err == nil && reply.Rcode == dns.RcodeRefused {
			return nil
		}
		select {
		case <-exited:
			said, err := os.ReadFile(log)
			return errors.Join(fmt.Errorf("unbound has ended by itself: %s", said), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("after %s unbound does not answer", startTimeout)
}

func (c Config) text(dir string, port int) string {
	modules := "validator iterator"
	if c.Blind {
		modules = "iterator"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `server:
  interface: 127.0.0.1
  port: %d
  directory: %q
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  do-not-query-localhost: no
  do-ip6: no
  num-threads: 1
  module-config: %q
  root-hints: "none.hints"
  local-zone: "." refuse
`, port, dir, modules)
	for apex := range c.Zones {
		fmt.Fprintf(&b, "  local-zone: %q transparent\n", apex)
	}
	for _, anchor := range c.Anchors {
		fmt.Fprintf(&b, "  trust-anchor: %q\n", strings.ReplaceAll(anchor, "\t", " "))
	}
	for apex, addr := range c.Zones {
		fmt.Fprintf(&b, "stub-zone:\n  name: %q\n  stub-addr: %s\n  stub-prime: no\n", apex, strings.Replace(addr, ":", "@", 1))
	}
	b.WriteString("remote-control:\n  control-enable: no\n")
	// The root is a server that does not exist, so that nothing outside is asked.
	hints := ".  3600 IN NS none.invalid.\nnone.invalid. 3600 IN A 127.0.0.1\n"
	if err := os.WriteFile(filepath.Join(dir, "none.hints"), []byte(hints), 0o600); err != nil {
		panic(err) // the folder was made just now
	}
	return b.String()
}

func find() (string, error) {
	if path, err := exec.LookPath("unbound"); err == nil {
		return path, nil
	}
	const path = "/usr/sbin/unbound"
	_, err := os.Stat(path)
	return path, err
}

func freePort() (int, error) {
	for range 20 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
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
	return 0, fmt.Errorf("no port is free for both UDP and TCP")
}
