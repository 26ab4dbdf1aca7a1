package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

func (s *simulation) with(t *testing.T, c fault.Conditions) {
	t.Helper()
	if err := fault.Set(s.Store, rfc2136sim.Section, c); err != nil {
		t.Fatal(err)
	}
}

func (s *simulation) switches(t *testing.T, name string) {
	t.Helper()
	s.with(t, fault.Conditions{Switches: map[string]bool{name: true}})
}

var (
	hostedZone = dns.HostedZone{Apex: apex, ID: apex}
	newRecord  = dns.Record{Name: "new." + apex, Type: "TXT", Value: "x", TTL: 60}
)

// An answer that does not come leaves the outcome open, and the update is not sent a second time,
// whether it was carried out or not.
func TestLostAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		fault   fault.Fault
		applied bool
	}{
		"before":          {fault.Fault{Method: "UPDATE", Kind: fault.Cut}, false},
		"after":           {fault.Fault{Method: "UPDATE", Kind: fault.CutAfter}, true},
		"silence":         {fault.Fault{Method: "UPDATE", Kind: fault.HangAfter}, true},
		"server's failed": {fault.Fault{Method: "UPDATE", Kind: fault.StatusAfter}, true},
	} {
		for _, transport := range []string{"tcp", "udp"} {
			t.Run(name+" by "+transport, func(t *testing.T) {
				s := newSimulation(t)
				config := s.config()
				config.Transport, config.Timeout = transport, time.Second
				h := newHost(t, config)
				base := read(t, h, hostedZone)
				c.fault.Count = 1 // a second one would be carried out
				s.with(t, fault.Conditions{Faults: []fault.Fault{c.fault}})
				err := h.Apply(context.Background(), base, dns.ChangeSet{Create: []dns.Record{newRecord}})
				if !errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, dns.ErrZoneChanged) {
					t.Errorf("error %v", err)
				}
				if _, there := find(read(t, h, hostedZone), newRecord); there != c.applied {
					t.Errorf("the record is there: %t", there)
				}
			})
		}
	}
}

func TestReadsAreRepeated(t *testing.T) {
	s := newSimulation(t)
	h := newHost(t, s.config())
	s.with(t, fault.Conditions{Faults: []fault.Fault{{Method: "AXFR", Kind: fault.Cut, Count: 1}}})
	if n := len(read(t, h, hostedZone).Records); n != 2 {
		t.Errorf("%d records", n)
	}
	s.with(t, fault.Conditions{Faults: []fault.Fault{{Method: "AXFR", Kind: fault.Cut}}})
	if _, err := h.Read(context.Background(), hostedZone); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "port") {
		t.Errorf("error %v", err)
	}
	s.with(t, fault.Conditions{Faults: []fault.Fault{{Method: "AXFR", Kind: fault.Status}}})
	if _, err := h.Read(context.Background(), hostedZone); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "SERVFAIL") {
		t.Errorf("error %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, Config{Server: "127.0.0.1", Port: port})
	if _, err := h.FindZone(context.Background(), apex); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), strconv.Itoa(port)) {
		t.Errorf("finding the zone: %v", err)
	}
	base := snapshotOf(t, hostedZone, nil)
	err = h.Apply(context.Background(), base, dns.ChangeSet{Create: []dns.Record{newRecord}})
	if !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("what was never sent: %v", err)
	}
}

func TestCancelledBeforeAndWhileWaiting(t *testing.T) {
	s := newSimulation(t)
	config := s.config()
	config.Timeout = 2 * time.Minute
	h := newHost(t, config)
	base := read(t, h, hostedZone)
	s.with(t, fault.Conditions{Faults: []fault.Fault{{Method: "UPDATE", Kind: fault.Hang}}})
	change := dns.ChangeSet{Create: []dns.Record{newRecord}}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.Apply(ctx, base, change); !errors.Is(err, context.Canceled) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("before: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	err := h.Apply(ctx, base, change)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("while waiting: %v", err)
	}
	if waited := time.Since(began); waited > time.Minute {
		t.Errorf("waited %s", waited)
	}
}

// scripted answers as a server without the key, or somebody in its place, would.
func scripted(t *testing.T, answer func(w miekg.ResponseWriter, query *miekg.Msg)) *Host {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &miekg.Server{
		Listener:          listener,
		Handler:           miekg.HandlerFunc(answer),
		TsigSecret:        map[string]string{"key.example.": otherSecret},
		MsgAcceptFunc:     func(miekg.Header) miekg.MsgAcceptAction { return miekg.MsgAccept },
		NotifyStartedFunc: func() { close(started) },
	}
	done := make(chan error, 1)
	go func() { done <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := errors.Join(server.Shutdown(), <-done); err != nil {
			t.Error(err)
		}
	})
	return newHost(t, Config{
		Server: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port,
		KeyName: "key.example", KeySecret: otherSecret, Timeout: 2 * time.Second,
	})
}

func TestAnswersThatProveNothing(t *testing.T) {
	tests := map[string]func(reply *miekg.Msg){
		"unsigned": func(*miekg.Msg) {},
		"forged": func(reply *miekg.Msg) {
			reply.Extra = append(reply.Extra, &miekg.TSIG{
				Hdr:       miekg.RR_Header{Name: "key.example.", Rrtype: miekg.TypeTSIG, Class: miekg.ClassANY},
				Algorithm: miekg.HmacSHA256, TimeSigned: uint64(time.Now().Unix()), Fudge: 300, //nolint:gosec // after 1970
				MAC: strings.Repeat("ab", 32), MACSize: 32, OrigId: reply.Id,
			})
		},
	}
	for name, sign := range tests {
		t.Run(name, func(t *testing.T) {
			h := scripted(t, func(w miekg.ResponseWriter, query *miekg.Msg) {
				reply := new(miekg.Msg).SetReply(query)
				sign(reply)
				packed, err := reply.Pack()
				if err != nil {
					t.Error(err)
				}
				w.Write(packed) //nolint:errcheck // the client tells
			})
			err := h.Apply(context.Background(), snapshotOf(t, hostedZone, nil), dns.ChangeSet{Create: []dns.Record{newRecord}})
			if !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "key.example") || strings.Contains(err.Error(), otherSecret) {
				t.Errorf("error %v", err)
			}
			if _, err := h.Read(context.Background(), hostedZone); !errors.Is(err, api.ErrUnavailable) {
				t.Errorf("reading: %v", err)
			}
		})
	}
}

// A transfer of many messages need not have a signature in each of them, but none may have been
// changed on the way.
func TestTransferWithFewSignatures(t *testing.T) {
	for name, c := range map[string]struct {
		signed  func(i int) bool
		tamper  bool
		refused bool
	}{
		"each":            {signed: func(int) bool { return true }},
		"first and last":  {signed: func(i int) bool { return i == 0 || i == 9 }},
		"some":            {signed: func(i int) bool { return i%3 == 0 }},
		"not the last":    {signed: func(i int) bool { return i < 9 }, refused: true},
		"not the first":   {signed: func(i int) bool { return i > 0 }, refused: true},
		"changed between": {signed: func(i int) bool { return i == 0 || i == 9 }, tamper: true, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := scripted(t, func(w miekg.ResponseWriter, query *miekg.Msg) { transferTen(t, w, query, c.signed, c.tamper) })
			snapshot, err := h.Read(context.Background(), hostedZone)
			if (err != nil) != c.refused {
				t.Fatalf("error %v", err)
			}
			if err == nil && len(snapshot.Records) != 8 {
				t.Errorf("%d records", len(snapshot.Records))
			}
		})
	}
}

// transferTen sends a zone of ten records in ten messages.
func transferTen(t *testing.T, w miekg.ResponseWriter, query *miekg.Msg, signed func(int) bool, tamper bool) {
	k, err := newKey("key.example", "", otherSecret)
	if err != nil {
		t.Error(err)
		return
	}
	mac := query.IsTsig().MAC
	var unsigned []byte
	for i := range 10 {
		reply := new(miekg.Msg).SetReply(query)
		line := fmt.Sprintf(`r%d.%s. 60 IN TXT "x"`, i, apex)
		if i == 0 || i == 9 {
			line = apex + ". 60 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300"
		}
		rr, err := miekg.NewRR(line)
		if err != nil {
			t.Error(err)
			return
		}
		reply.Answer = []miekg.RR{rr}
		packed, err := reply.Pack()
		if signed(i) && err == nil {
			reply.SetTsig(k.name, k.algorithm, fudge, time.Now().Unix())
			packed, mac, err = miekg.TsigGenerateWithProvider(reply, covering{key: k, at: macPrefix(mac), unsigned: unsigned}, mac, i > 0)
			unsigned = nil
		} else {
			unsigned = append(unsigned, packed...)
		}
		if err != nil {
			t.Error(err)
			return
		}
		if tamper && i == 5 {
			packed[len(packed)-1] = 'y'
		}
		w.Write(packed) //nolint:errcheck // the client tells
	}
}

// Generate is [key.Generate] with the earlier messages put in their place.
func (c covering) Generate(msg []byte, t *miekg.TSIG) ([]byte, error) {
	whole := append(append(append([]byte{}, msg[:c.at]...), c.unsigned...), msg[c.at:]...)
	return c.key.Generate(whole, t)
}
