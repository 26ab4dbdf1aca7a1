package tlsprobe

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// The limits, in bytes, of what a host may send before TLS begins. RFC 5321 section 4.5.3.1.5 has
// replies of 512 bytes a line; real greetings are longer.
const (
	longestLine     = 4 << 10
	longestDialogue = 64 << 10
)

// startTLS holds, by scheme, the dialogues up to the beginning of TLS.
var startTLS = map[string]func(*dialogue) error{
	SMTP: startSMTP,
	IMAP: startIMAP,
}

// dialogue is a conversation in lines.
type dialogue struct {
	conn  net.Conn
	left  *io.LimitedReader
	lines *bufio.Reader
}

func newDialogue(conn net.Conn) *dialogue {
	left := &io.LimitedReader{R: conn, N: longestDialogue}
	return &dialogue{conn: conn, left: left, lines: bufio.NewReaderSize(left, longestLine)}
}

// read returns a line without its end.
func (d *dialogue) read() (string, error) {
	line, err := d.lines.ReadSlice('\n')
	switch {
	case err == nil:
		return strings.TrimRight(string(line), "\r\n"), nil
	case errors.Is(err, bufio.ErrBufferFull), d.left.N == 0:
		return "", errors.New("the host says more than a server of its protocol does")
	case errors.Is(err, io.EOF):
		return "", errors.New("the host closed the connection before TLS began")
	}
	return "", err
}

func (d *dialogue) say(line string) error {
	_, err := io.WriteString(d.conn, line+"\r\n")
	return err
}

// over is called when the host has agreed to begin TLS. Data after its agreement was not protected,
// so it must not become part of the session (RFC 3207 section 6).
func (d *dialogue) over() error {
	if d.lines.Buffered() > 0 {
		return errors.New("the host sent more after agreeing to begin TLS")
	}
	return nil
}

// startSMTP is RFC 3207.
func startSMTP(d *dialogue) error {
	var talk Talk
	agreed, err := d.askForTLS(&talk)
	switch {
	case err != nil || agreed:
		return err
	case talk.Refusal != "":
		return errors.New(talk.Refusal)
	}
	return talk.NoTLS
}

// smtpReply is a reply of one or more lines: RFC 5321 section 4.2.
type smtpReply struct {
	code  string
	lines []string // without the code
}

// String quotes the reply's last line, which has the reason.
func (r smtpReply) String() string { return quote(r.code + " " + r.lines[len(r.lines)-1]) }

func (d *dialogue) reply() (smtpReply, error) {
	var r smtpReply
	for {
		line, err := d.read()
		if err != nil {
			return r, err
		}
		if len(line) < 3 || strings.Trim(line[:3], "0123456789") != "" || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
			return r, fmt.Errorf("the host does not speak SMTP: it says %s", quote(line))
		}
		r.code = line[:3]
		if len(line) == 3 {
			r.lines = append(r.lines, "")
			return r, nil
		}
		r.lines = append(r.lines, line[4:])
		if line[3] == ' ' {
			return r, nil
		}
	}
}

// addressLiteral is the name in the greeting of a client without a name of its own: RFC 5321
// section 4.1.4.
func addressLiteral(local net.Addr) string {
	from, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return "[127.0.0.1]" // not a socket of the network
	}
	address := from.Addr().Unmap().WithZone("")
	if address.Is6() {
		return "[IPv6:" + address.String() + "]"
	}
	return "[" + address.String() + "]"
}

// startIMAP is RFC 9051 section 6.2.1.
func startIMAP(d *dialogue) error {
	greeting, err := d.read()
	if err != nil {
		return err
	}
	switch word := strings.ToUpper(field(greeting, 1)); {
	case field(greeting, 0) != "*":
		return fmt.Errorf("the host does not speak IMAP: it says %s", quote(greeting))
	case word == "PREAUTH":
		return fmt.Errorf("%w: it takes every client for logged in, and then there is no STARTTLS", ErrNoTLS)
	case word != "OK":
		return fmt.Errorf("the host greets by %s", quote(greeting))
	}
	offered := false
	if _, err := d.command("a1", "CAPABILITY", func(line string) {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) > 1 && words[1] == "CAPABILITY" {
			offered = slices.Contains(words, "STARTTLS")
		}
	}); err != nil {
		return err
	}
	if !offered {
		return fmt.Errorf("%w: it does not offer STARTTLS", ErrNoTLS)
	}
	result, err := d.command("a2", "STARTTLS", func(string) {})
	if err != nil {
		return err
	}
	if !strings.EqualFold(field(result, 1), "OK") {
		return fmt.Errorf("%w: it answers STARTTLS by %s", ErrNoTLS, quote(result))
	}
	return d.over()
}

// command sends a command and returns the line with its tag. It passes the lines before it to
// untagged.
func (d *dialogue) command(tag, name string, untagged func(line string)) (string, error) {
	if err := d.say(tag + " " + name); err != nil {
		return "", err
	}
	for {
		line, err := d.read()
		switch {
		case err != nil:
			return "", err
		case field(line, 0) == tag:
			return line, nil
		case strings.EqualFold(field(line, 1), "BYE"):
			return "", fmt.Errorf("the host says good-bye: %s", quote(line))
		}
		untagged(line)
	}
}

// field returns the nth word of a line, "" if it has fewer.
func field(line string, n int) string {
	if words := strings.Fields(line); n < len(words) {
		return words[n]
	}
	return ""
}

// quote shows what a host sent, whatever its bytes, up to a limit.
func quote(line string) string {
	const longest = 200
	if len(line) > longest {
		return fmt.Sprintf("%.*q …", longest, line)
	}
	return fmt.Sprintf("%q", line)
}
