package rfc2136api

import (
	"context"
	"errors"
	"net"
	"time"

	miekg "github.com/miekg/dns"
)

// maxDatagram is the size limit of a message by UDP, which every server accepts without EDNS (RFC
// 1035 section 4.2.1).
const maxDatagram = miekg.MinMsgSize

// readAttempts is how often a query is sent before silence counts.
const readAttempts = 2

// errOtherAnswer is the error of an answer to something else.
var errOtherAnswer = errors.New("the answer belongs to another question")

// conversation is one connection to the server, for one request.
type conversation struct {
	signing
	conn    *miekg.Conn
	id      uint16
	timeout time.Duration
	stop    func() bool
}

// begin connects and sends a request. sent is whether the server may have received it, even if that
// failed.
func (h *Host) begin(ctx context.Context, network string, msg *miekg.Msg) (c *conversation, sent bool, err error) {
	c = &conversation{signing: signing{key: h.key}, id: msg.Id, timeout: h.timeout}
	packed, err := c.sign(msg, h.now().Unix())
	if err != nil {
		return nil, false, err
	}
	if len(packed) > maxDatagram {
		network = "tcp"
	}
	dialer := net.Dialer{Timeout: h.timeout}
	raw, err := dialer.DialContext(ctx, network, h.address)
	if err != nil {
		return nil, false, err
	}
	c.conn = &miekg.Conn{Conn: raw}
	// A cancelled caller does not wait for the server.
	c.stop = context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	if err := c.extend(ctx); err != nil {
		c.end()
		return nil, false, err
	}
	if _, err := c.conn.Write(packed); err != nil {
		c.end()
		return nil, true, cancellation(ctx, err)
	}
	return c, true, nil
}

// extend sets the deadline for the next message. It does not undo a cancellation.
func (c *conversation) extend(ctx context.Context) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	return ctx.Err()
}

// cancellation replaces an error that the caller's cancellation caused by the reason of the
// cancellation.
func cancellation(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *conversation) end() {
	c.stop()
	// From here on nothing is written, so nothing can be lost.
	_ = c.conn.Close()
}

// receive reads one message of the answer and verifies it. By UDP it ignores messages that answer
// something else.
func (c *conversation) receive(ctx context.Context, middle bool) (*miekg.Msg, error) {
	if err := c.extend(ctx); err != nil {
		return nil, err
	}
	_, datagrams := c.conn.Conn.(net.PacketConn)
	buffer := make([]byte, miekg.MaxMsgSize)
	for {
		n, err := c.conn.Read(buffer)
		if err != nil {
			return nil, cancellation(ctx, err)
		}
		packed, reply := buffer[:n], new(miekg.Msg)
		if err := reply.Unpack(packed); err != nil {
			return nil, err
		}
		if reply.Id != c.id || !reply.Response {
			if datagrams {
				continue
			}
			return nil, errOtherAnswer
		}
		return reply, c.verify(packed, reply, middle)
	}
}

// exchange sends a request and returns the answer to it.
func (h *Host) exchange(ctx context.Context, network string, msg *miekg.Msg) (reply *miekg.Msg, sent bool, err error) {
	c, sent, err := h.begin(ctx, network, msg)
	if err != nil {
		return nil, sent, err
	}
	defer c.end()
	reply, err = c.receive(ctx, false)
	if err != nil {
		return nil, true, err
	}
	return reply, true, nil
}

// query asks the server itself, without recursion, for what is at a name.
func (h *Host) query(ctx context.Context, name string, qtype uint16) (*miekg.Msg, error) {
	return h.repeatable(ctx, func() *miekg.Msg {
		msg := new(miekg.Msg).SetQuestion(miekg.Fqdn(name), qtype)
		msg.RecursionDesired = false
		return msg
	})
}

// test asks whether prerequisites hold, by an update that consists only of them.
func (h *Host) test(ctx context.Context, apex string, prerequisites []miekg.RR) (*miekg.Msg, error) {
	return h.repeatable(ctx, func() *miekg.Msg {
		msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(apex))
		msg.Compress = true
		msg.Answer = prerequisites
		return msg
	})
}

// repeatable sends a message that changes nothing. It sends it again if there is no answer, and by
// TCP if it does not fit into UDP.
func (h *Host) repeatable(ctx context.Context, message func() *miekg.Msg) (*miekg.Msg, error) {
	network := h.transport
	for attempt := 1; ; attempt++ {
		reply, _, err := h.exchange(ctx, network, message())
		switch {
		case err == nil && reply.Truncated && network != "tcp":
			network, attempt = "tcp", 0
		case err == nil || attempt == readAttempts || ctx.Err() != nil:
			return reply, err
		}
	}
}
