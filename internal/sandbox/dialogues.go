package sandbox

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// lineLimit is the longest line, in bytes, that a simulated host reads. RFC 5321 section 4.5.3.1.4
// demands 512.
const lineLimit = 2048

// hostName is the name in the greetings of simulated hosts. When they greet, they do not know yet
// which name the client wants.
const hostName = "mail" + domain

// dialogues are the conversations on a connection, by protocol, except for HTTPS ([Sandbox.talkHTTP]).
// They return when the client has finished, or an error if the conversation broke off.
var dialogues = map[protocol]func(net.Conn, *tls.Config) error{
	protocolSMTP:  talkSMTP,
	protocolSMTPS: immediately(talkSMTP),
	protocolIMAP:  talkIMAP,
	protocolIMAPS: immediately(talkIMAP),
}

// immediately begins TLS before a dialogue. The dialogue gets no configuration then, because it
// cannot start TLS again.
func immediately(talk func(net.Conn, *tls.Config) error) func(net.Conn, *tls.Config) error {
	return func(conn net.Conn, config *tls.Config) error {
		secured := tls.Server(conn, config)
		if err := secured.Handshake(); err != nil {
			return err
		}
		if err := talk(secured, nil); err != nil {
			return err
		}
		return secured.Close()
	}
}

// talkSMTP is a mail server that accepts no mail (RFC 5321) but offers STARTTLS (RFC 3207). If TLS
// has begun already, config is nil and it does not offer STARTTLS.
func talkSMTP(conn net.Conn, config *tls.Config) error {
	lines := bufio.NewReaderSize(conn, lineLimit)
	if err := say(conn, "220 %s ESMTP", hostName); err != nil {
		return err
	}
	for {
		line, err := readLine(lines)
		if err != nil {
			return err
		}
		verb, argument, _ := strings.Cut(line, " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO":
			if err = say(conn, "250-%s", hostName); err == nil && config != nil {
				err = say(conn, "250-STARTTLS")
			}
			if err == nil {
				err = say(conn, "250 8BITMIME")
			}
		case "HELO":
			err = say(conn, "250 %s", hostName)
		case "NOOP", "RSET":
			err = say(conn, "250 2.0.0 OK")
		case "QUIT":
			return say(conn, "221 2.0.0 Bye")
		case "STARTTLS":
			if config == nil {
				err = say(conn, "503 5.5.1 TLS is on already")
				break
			}
			if argument != "" {
				err = say(conn, "501 5.5.4 STARTTLS has no parameters")
				break
			}
			if err := say(conn, "220 2.0.0 Ready to start TLS"); err != nil {
				return err
			}
			secured, err := startTLS(conn, lines, config)
			if err != nil {
				return err
			}
			defer secured.Close() //nolint:errcheck // it says goodbye if the client still listens
			// The client begins again, and must not get a second greeting.
			conn, config, lines = secured, nil, bufio.NewReaderSize(secured, lineLimit)
		case "MAIL", "RCPT", "DATA", "AUTH", "VRFY":
			if config != nil {
				err = say(conn, "530 5.7.0 Must issue a STARTTLS command first")
			} else {
				err = say(conn, "502 5.5.1 The sandbox takes no mail")
			}
		default:
			err = say(conn, "500 5.5.2 Command not recognized")
		}
		if err != nil {
			return err
		}
	}
}

// talkIMAP is a mailbox server that refuses every login (RFC 9051) but offers STARTTLS. If TLS has
// begun already, config is nil and it does not offer STARTTLS.
func talkIMAP(conn net.Conn, config *tls.Config) error {
	lines := bufio.NewReaderSize(conn, lineLimit)
	capabilities := func() string {
		if config != nil {
			return "IMAP4rev2 IMAP4rev1 STARTTLS LOGINDISABLED"
		}
		return "IMAP4rev2 IMAP4rev1 AUTH=PLAIN"
	}
	if err := say(conn, "* OK [CAPABILITY %s] %s ready", capabilities(), hostName); err != nil {
		return err
	}
	for {
		line, err := readLine(lines)
		if err != nil {
			return err
		}
		tag, rest, _ := strings.Cut(line, " ")
		command, _, _ := strings.Cut(rest, " ")
		switch command = strings.ToUpper(command); command {
		case "CAPABILITY":
			if err = say(conn, "* CAPABILITY %s", capabilities()); err == nil {
				err = say(conn, "%s OK CAPABILITY completed", tag)
			}
		case "NOOP":
			err = say(conn, "%s OK NOOP completed", tag)
		case "LOGOUT":
			if err := say(conn, "* BYE See you"); err != nil {
				return err
			}
			return say(conn, "%s OK LOGOUT completed", tag)
		case "STARTTLS":
			if config == nil {
				err = say(conn, "%s BAD TLS is on already", tag)
				break
			}
			if err := say(conn, "%s OK Begin TLS negotiation now", tag); err != nil {
				return err
			}
			secured, err := startTLS(conn, lines, config)
			if err != nil {
				return err
			}
			defer secured.Close() //nolint:errcheck // it says goodbye if the client still listens
			conn, config, lines = secured, nil, bufio.NewReaderSize(secured, lineLimit)
		case "LOGIN", "AUTHENTICATE":
			if config != nil {
				err = say(conn, "%s NO [PRIVACYREQUIRED] Only with TLS", tag)
			} else {
				err = say(conn, "%s NO [AUTHENTICATIONFAILED] The sandbox has no mailboxes to look into", tag)
			}
		default:
			err = say(conn, "%s BAD Command not recognized", tag)
		}
		if err != nil {
			return err
		}
	}
}

// startTLS begins TLS after the answer that allows it. Data that a client has sent before that
// answer would seem to be protected by TLS, so it ends the session (RFC 3207 section 6).
func startTLS(conn net.Conn, lines *bufio.Reader, config *tls.Config) (net.Conn, error) {
	if lines.Buffered() > 0 {
		return nil, errors.New("the client went on before TLS had begun")
	}
	secured := tls.Server(conn, config)
	return secured, secured.Handshake()
}

// readLine returns a line without its end. One longer than lineLimit is an error.
func readLine(lines *bufio.Reader) (string, error) {
	line, err := lines.ReadSlice('\n')
	return strings.TrimRight(string(line), "\r\n"), err
}

func say(to io.Writer, format string, values ...any) error {
	_, err := fmt.Fprintf(to, format+"\r\n", values...)
	return err
}
