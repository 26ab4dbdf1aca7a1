package dnsserver

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/miekg/dns"
)

// Key is a TSIG key (RFC 8945).
type Key struct {
	// Name is a domain name, Algorithm one like "hmac-sha256".
	Name, Algorithm string
	// Secret is in base64.
	Secret string
}

// Primary is the primary server of some zones: it handles updates and transfers.
type Primary interface {
	// Keys are those that messages may be signed with.
	Keys() []Key
	// Transact answers an UPDATE (RFC 2136) or a request for a zone transfer (AXFR, RFC 5936). key
	// is the name of the key that signed the message, as in Keys, or empty. The signature has been
	// verified, and the answer will be signed. The answer to a transfer has all records of the zone
	// between two copies of its SOA, whatever their number. nil leaves the client without an
	// answer. The context ends with the server.
	Transact(ctx context.Context, query *dns.Msg, key string) *dns.Msg
}

const (
	// signatureSize is the space that is kept free for a TSIG record.
	signatureSize = 128
	// fudge is by how many seconds clocks may differ (RFC 8945 section 10).
	fudge = 300
	// transferSize is how many bytes of records one message of a transfer has.
	transferSize = 16 << 10
)

// accept accepts updates, in addition to what the library accepts.
func accept(h dns.Header) dns.MsgAcceptAction {
	opcode := int(h.Bits>>11) & 0xF
	isQuery := h.Bits>>15 == 0
	if isQuery && opcode == dns.OpcodeUpdate && h.Qdcount == 1 {
		return dns.MsgAccept
	}
	return dns.DefaultMsgAcceptFunc(h)
}

// isTransaction is whether a message is for the primary server of a zone.
func isTransaction(query *dns.Msg) bool {
	return query.Opcode == dns.OpcodeUpdate || query.Opcode == dns.OpcodeQuery && query.Question[0].Qtype == dns.TypeAXFR
}

func (s *Server) transact(w dns.ResponseWriter, query *dns.Msg, tsig *dns.TSIG) {
	if isUDP(w) && query.Opcode == dns.OpcodeQuery {
		reply := new(dns.Msg).SetRcode(query, dns.RcodeFormatError) // RFC 5936 section 4.2
		sign(reply, tsig)
		send(w, reply)
		return
	}
	key := ""
	if tsig != nil {
		key = s.keys[dns.CanonicalName(tsig.Hdr.Name)].Name
	}
	reply := s.primary.Transact(s.closing, query, key)
	if reply == nil {
		if !isUDP(w) {
			_ = w.Close() // the client has gone before
		}
		return
	}
	rest := reply.Answer
	for first := true; first || len(rest) > 0; first = false {
		part := *reply
		part.Answer, rest = cutAt(rest, transferSize)
		sign(&part, tsig)
		send(w, &part)
		w.TsigTimersOnly(true)
	}
}

// cutAt divides records after so many bytes.
func cutAt(rrs []dns.RR, size int) (part, rest []dns.RR) {
	for i, rr := range rrs {
		if size -= dns.Len(rr); size < 0 && i > 0 {
			return rrs[:i], rrs[i:]
		}
	}
	return rrs, nil
}

// signatureError returns what is wrong with a signature, as TSIG says it.
func (s *Server) signatureError(w dns.ResponseWriter, tsig *dns.TSIG) int {
	if tsig == nil {
		return dns.RcodeSuccess
	}
	key, known := s.keys[dns.CanonicalName(tsig.Hdr.Name)]
	err := w.TsigStatus()
	switch {
	case !known, dns.CanonicalName(key.Algorithm) != dns.CanonicalName(tsig.Algorithm):
		return dns.RcodeBadKey
	case errors.Is(err, dns.ErrTime):
		return dns.RcodeBadTime
	case err != nil:
		return dns.RcodeBadSig
	}
	return dns.RcodeSuccess
}

// badSignature answers as RFC 8945 section 5.2 demands: signed only if the time is wrong, and then
// with the time of the server.
func badSignature(query *dns.Msg, tsig *dns.TSIG, failure int) *dns.Msg {
	reply := new(dns.Msg).SetRcode(query, dns.RcodeNotAuth)
	sign(reply, tsig)
	answer := reply.IsTsig()
	answer.Error = uint16(failure) //nolint:gosec // the code has 16 bits
	if failure == dns.RcodeBadTime {
		now := time.Now().Unix()
		clock := make([]byte, 6)
		for i := range clock {
			clock[i] = byte(now >> (40 - 8*i))
		}
		answer.TimeSigned = tsig.TimeSigned
		answer.OtherData, answer.OtherLen = hex.EncodeToString(clock), uint16(len(clock)) //nolint:gosec // it is 6
	}
	return reply
}

// sign marks an answer to be signed like the query.
func sign(reply *dns.Msg, tsig *dns.TSIG) {
	if tsig != nil {
		reply.SetTsig(tsig.Hdr.Name, tsig.Algorithm, fudge, time.Now().Unix())
	}
}
