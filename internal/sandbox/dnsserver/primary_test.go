package dnsserver

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const testSecret = "YW4gaW52ZW50ZWQgc2VjcmV0IGZvciB0ZXN0cw=="

// scripted is a primary server that answers what a test says.
type scripted func(query *dns.Msg, key string) *dns.Msg

func (scripted) Keys() []Key {
	return []Key{{Name: "Key.example", Algorithm: "hmac-sha256", Secret: testSecret}}
}

func (s scripted) Transact(_ context.Context, query *dns.Msg, key string) *dns.Msg {
	return s(query, key)
}

func servePrimary(t *testing.T, primary Primary) *Server {
	t.Helper()
	server, err := Serve("127.0.0.1:0", &fixed{zones: testZones(t)}, primary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return server
}

func askSigned(server *Server, network string, query *dns.Msg, name, algorithm, secret string, at time.Time) (*dns.Msg, error) {
	client := dns.Client{Net: network, Timeout: 500 * time.Millisecond, TsigSecret: map[string]string{dns.CanonicalName(name): secret}}
	query.SetTsig(dns.CanonicalName(name), algorithm, fudge, at.Unix())
	reply, _, err := client.Exchange(query, server.Addr())
	return reply, err
}

func TestTransactions(t *testing.T) {
	server := servePrimary(t, scripted(func(query *dns.Msg, key string) *dns.Msg {
		switch query.Question[0].Name {
		case "silent.example.":
			return nil
		case "refused.example.":
			return new(dns.Msg).SetRcode(query, dns.RcodeRefused)
		}
		reply := new(dns.Msg).SetReply(query)
		for i := range 600 {
			reply.Answer = append(reply.Answer, &dns.TXT{
				Hdr: header(fmt.Sprintf("n%d.example.", i), dns.TypeTXT, 60),
				Txt: []string{key, strings.Repeat("x", 200)},
			})
		}
		return reply
	}))
	for _, network := range []string{"udp", "tcp"} {
		reply, err := askSigned(server, network, new(dns.Msg).SetUpdate("refused.example."), "key.example", dns.HmacSHA256, testSecret, time.Now())
		if err != nil || reply.Rcode != dns.RcodeRefused || reply.Opcode != dns.OpcodeUpdate || reply.IsTsig() == nil {
			t.Errorf("%s: %v, %v", network, reply, err)
		}
		if reply, err := askSigned(server, network, new(dns.Msg).SetUpdate("silent.example."), "key.example", dns.HmacSHA256, testSecret, time.Now()); err == nil {
			t.Errorf("%s: %v", network, reply)
		}
	}
	if reply, err := askSigned(server, "udp", new(dns.Msg).SetAxfr("example.com."), "key.example", dns.HmacSHA256, testSecret, time.Now()); err != nil || reply.Rcode != dns.RcodeFormatError {
		t.Errorf("a transfer by UDP: %v, %v", reply, err)
	}

	// A transfer takes as many messages as it needs, each with its signature.
	conn, err := dns.Dial("tcp", server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is written any more
	transfer := &dns.Transfer{Conn: conn, TsigSecret: map[string]string{"key.example.": testSecret}}
	query := new(dns.Msg).SetAxfr("example.")
	query.SetTsig("key.example.", dns.HmacSHA256, fudge, time.Now().Unix())
	if err := transfer.WriteMsg(query); err != nil {
		t.Fatal(err)
	}
	records, messages := 0, 0
	for records < 600 {
		reply, err := conn.ReadMsgHeader(nil)
		if err != nil {
			t.Fatal(err)
		}
		msg := new(dns.Msg)
		if err := msg.Unpack(reply); err != nil {
			t.Fatal(err)
		}
		if msg.IsTsig() == nil || len(reply) > 20<<10 {
			t.Errorf("message %d: %d bytes, signature %v", messages, len(reply), msg.IsTsig())
		}
		if len(msg.Answer) > 0 && msg.Answer[0].(*dns.TXT).Txt[0] != "Key.example" {
			t.Errorf("the key was told as %q", msg.Answer[0].(*dns.TXT).Txt[0])
		}
		records += len(msg.Answer)
		messages++
	}
	if messages < 5 {
		t.Errorf("there were %d messages", messages)
	}
}

func TestSignatures(t *testing.T) {
	server := servePrimary(t, scripted(func(query *dns.Msg, _ string) *dns.Msg {
		t.Errorf("a message with a bad signature has come through: %v", query)
		return nil
	}))
	now := time.Now()
	for name, c := range map[string]struct {
		key, algorithm, secret string
		at                     time.Time
		tsig                   uint16
	}{
		"unknown key":     {"other.example", dns.HmacSHA256, testSecret, now, dns.RcodeBadKey},
		"other algorithm": {"key.example", dns.HmacSHA512, testSecret, now, dns.RcodeBadKey},
		"other secret":    {"key.example", dns.HmacSHA256, "b3RoZXI=", now, dns.RcodeBadSig},
		"clock behind":    {"key.example", dns.HmacSHA256, testSecret, now.Add(-time.Hour), dns.RcodeBadTime},
		"clock ahead":     {"key.example", dns.HmacSHA256, testSecret, now.Add(time.Hour), dns.RcodeBadTime},
	} {
		for _, network := range []string{"udp", "tcp"} {
			t.Run(name+" by "+network, func(t *testing.T) {
				for _, query := range []*dns.Msg{new(dns.Msg).SetUpdate("example.com."), question("example.com.", dns.TypeTXT)} {
					reply, _ := askSigned(server, network, query, c.key, c.algorithm, c.secret, c.at) // the library takes NOTAUTH for an error
					if reply == nil || reply.Rcode != dns.RcodeNotAuth || reply.IsTsig() == nil {
						t.Fatalf("answered %v", reply)
					}
					tsig := reply.IsTsig()
					if signed := tsig.MACSize > 0; tsig.Error != c.tsig || signed != (c.tsig == dns.RcodeBadTime) {
						t.Errorf("TSIG %v", tsig)
					}
					if c.tsig == dns.RcodeBadTime && (tsig.OtherLen != 6 || int64(tsig.TimeSigned) != c.at.Unix()) { //nolint:gosec // a time of this century
						t.Errorf("the server's clock: %q", tsig.OtherData)
					}
				}
			})
		}
	}
}

func TestSignedQuestions(t *testing.T) {
	server := servePrimary(t, scripted(func(*dns.Msg, string) *dns.Msg { return nil }))
	for _, network := range []string{"udp", "tcp"} {
		reply, err := askSigned(server, network, question("example.com.", dns.TypeTXT), "key.example", dns.HmacSHA256, testSecret, time.Now())
		if err != nil || len(reply.Answer) != 2 || reply.IsTsig() == nil {
			t.Errorf("%s: %v, %v", network, reply, err)
		}
	}
	// Without a primary there are no keys.
	plain := servePrimary(t, nil)
	reply, _ := askSigned(plain, "tcp", question("example.com.", dns.TypeTXT), "key.example", dns.HmacSHA256, testSecret, time.Now())
	if reply == nil || reply.Rcode != dns.RcodeNotAuth {
		t.Errorf("without keys: %v", reply)
	}
}
