package check

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
)

// network is the hosts that can be connected to, by "address:port".
type network struct {
	mu    sync.Mutex
	hosts map[string]func(net.Conn)
	errs  map[string]error
	// dialled are the connections that were asked for, talking those that are open now.
	dialled []string
	talking map[string]int
	most    int // the most connections to one mail server at a time
	said    []string
}

func newNetwork() *network {
	return &network{hosts: map[string]func(net.Conn){}, errs: map[string]error{}, talking: map[string]int{}}
}

// dial implements [Options.Dial]. A connection to an address that nobody serves runs out of time, as
// behind a firewall that drops packets, but at once.
func (n *network) dial(_ context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dialled = append(n.dialled, address)
	serve, err := n.hosts[address], n.errs[address]
	n.mu.Unlock()
	switch {
	case err != nil:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	case serve == nil:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
	}
	ours, theirs := net.Pipe()
	n.mu.Lock()
	n.talking[address]++
	if strings.HasSuffix(address, ":25") {
		n.most = max(n.most, n.talking[address])
	}
	n.mu.Unlock()
	go func() {
		serve(theirs)
		theirs.Close()
	}()
	return &countedConn{Conn: ours, closed: sync.OnceFunc(func() {
		n.mu.Lock()
		n.talking[address]--
		n.mu.Unlock()
	})}, nil
}

// countedConn tells when it is closed.
type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// refuse lets connections to an address fail.
func (n *network) refuse(address string, code syscall.Errno) {
	delete(n.hosts, address)
	n.errs[address] = code
}

// mailServer is a simulated server at port 25.
type mailServer struct {
	greeting string // "220 ..." by default
	ehlo     string // the answer to EHLO; by default it offers STARTTLS
	plain    bool   // no STARTTLS
	version  uint16 // the newest version of TLS
	tls      tls.Certificate
	silent   bool // says nothing
}

func (n *network) mail(address string, m mailServer) {
	n.hosts[address+":25"] = func(conn net.Conn) {
		if m.silent {
			bufio.NewReader(conn).ReadByte()
			return
		}
		say := func(line string) { fmt.Fprint(conn, line+"\r\n") }
		lines := bufio.NewReader(conn)
		if m.greeting == "" {
			m.greeting = "220 mail.example.com ESMTP"
		}
		say(m.greeting)
		secured := false
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			n.mu.Lock()
			n.said = append(n.said, verb)
			n.mu.Unlock()
			switch {
			case verb == "EHLO" && m.ehlo != "":
				say(m.ehlo)
			case verb == "EHLO" && (m.plain || secured):
				say("250-mail.example.com\r\n250 8BITMIME")
			case verb == "EHLO":
				say("250-mail.example.com\r\n250 STARTTLS")
			case verb == "QUIT":
				say("221 Bye")
				return
			case verb == "STARTTLS":
				say("220 Go ahead")
				over := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{m.tls}, MinVersion: tls.VersionTLS10, MaxVersion: m.version})
				if over.Handshake() != nil {
					return
				}
				conn, lines, secured = over, bufio.NewReader(over), true
			default:
				say("500 What?")
			}
		}
	}
}

// file is what a web server answers.
type file struct {
	status      int // 200 by default
	contentType string
	location    string
	body        string
	endless     bool // never stops sending
	stalled     bool // never begins
}

// web serves files by path.
func (n *network) web(address string, certificate tls.Certificate, files map[string]file) {
	n.hosts[address+":443"] = func(conn net.Conn) {
		over := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
		request, err := http.ReadRequest(bufio.NewReader(over))
		if err != nil {
			return
		}
		f, found := files[request.Host+request.URL.Path]
		if !found {
			f.status = http.StatusNotFound
		}
		if f.status == 0 {
			f.status = http.StatusOK
		}
		if f.contentType == "" {
			f.contentType = "text/plain"
		}
		if f.stalled {
			bufio.NewReader(over).ReadByte()
			return
		}
		fmt.Fprintf(over, "HTTP/1.1 %d X\r\nContent-Type: %s\r\nConnection: close\r\n", f.status, f.contentType)
		if f.location != "" {
			fmt.Fprintf(over, "Location: %s\r\n", f.location)
		}
		fmt.Fprintf(over, "\r\n%s", f.body)
		for f.endless {
			if _, err := fmt.Fprint(over, strings.Repeat("x", 1000)); err != nil {
				return
			}
		}
		over.Close()
	}
}
