package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/knot"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/powerdns"
)

// programs are the servers that take dynamic updates.
var programs = []nameserver.Program{bind.Program, knot.Program, powerdns.Program}

// situation is a way in which a zone is served to a Host.
type situation struct {
	program nameserver.Program
	kind    nameserver.Kind
	access  nameserver.Access
	byName  bool // the Host may not transfer the zone
}

func (s situation) String() string {
	return s.program.Name + ", " + map[nameserver.Kind]string{nameserver.Plain: "plain", nameserver.Signed: "signed", nameserver.InlineSigned: "inline-signed"}[s.kind] +
		map[bool]string{true: ", by name"}[s.byName] + map[bool]string{true: ", without a key"}[s.access != nameserver.Keys]
}

// situations are all that there are: whether zones are signed makes no difference for who may do
// what.
func situations() []situation {
	var all []situation
	for _, p := range programs {
		for _, byName := range []bool{false, true} {
			access := nameserver.Unsigned
			if byName {
				access = nameserver.UnsignedUpdates
			}
			all = append(all,
				situation{program: p, kind: nameserver.Plain, byName: byName},
				situation{program: p, kind: nameserver.Signed, byName: byName},
				situation{program: p, kind: nameserver.Plain, access: access, byName: byName})
			if p.Name == bind.Program.Name {
				all = append(all, situation{program: p, kind: nameserver.InlineSigned, byName: byName})
			}
		}
	}
	return all
}

func TestConformsOnServers(t *testing.T) {
	t.Parallel()
	for _, s := range situations() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			next := s.fixtures(t, 40)
			dnstest.Run(t, func(t *testing.T) dnstest.Fixture {
				f := next(t)
				if s.byName {
					f.Host = whole{Host: f.Host.(*Host), records: f.Records, t: t}
				}
				return f
			})
		})
	}
}

// whole is a Host of which all names are known: it reads the zone name by name.
type whole struct {
	*Host
	records func(t testing.TB) []dns.Record
	t       testing.TB
}

// Read implements [dns.Host].
func (w whole) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	if _, err := w.Host.Read(ctx, zone); !errors.Is(err, dns.ErrNotListable) {
		return nil, fmt.Errorf("the zone can be transferred, or not for another reason: %w", err)
	}
	names := []string{zone.Apex}
	for _, r := range w.records(w.t) {
		names = append(names, r.Name)
	}
	snapshot, err := w.ReadNames(ctx, zone, unique(names))
	if err == nil {
		snapshot.Names = nil
	}
	return snapshot, err
}

func unique(names []string) []string {
	known := map[string]bool{}
	var each []string
	for _, name := range names {
		if !known[name] {
			each = append(each, name)
		}
		known[name] = true
	}
	return each
}

// fixtures starts one server with so many zones, and returns what gives each test one of them.
func (s situation) fixtures(t *testing.T, count int) func(t *testing.T) dnstest.Fixture {
	t.Helper()
	zones := make([]nameserver.Zone, count)
	for i := range zones {
		zones[i] = nameserver.Zone{Apex: fmt.Sprintf("zone%d.example", i), Kind: s.kind, Access: s.access}
	}
	server := s.program.Start(t, zones...)
	key := s.key(server)
	return func(t *testing.T) dnstest.Fixture {
		if len(zones) == 0 {
			t.Fatal("there are more tests than zones")
		}
		o := &operator{server: server, apex: zones[0].Apex, lags: s.kind == nameserver.InlineSigned, unsigned: s.access != nameserver.Keys}
		zones = zones[1:]
		return o.fixture(t, key)
	}
}

// key is what the Host signs with.
func (s situation) key(server *nameserver.Server) nameserver.Key {
	switch {
	case s.access != nameserver.Keys:
		return nameserver.Key{}
	case s.byName:
		return server.Writer
	}
	return server.Updater
}

func (o *operator) fixture(t *testing.T, key nameserver.Key) dnstest.Fixture {
	return dnstest.Fixture{
		Host:    serverHost(t, o.server, key),
		Other:   func(testing.TB) dns.Host { return serverHost(t, o.server, key) },
		Zone:    dns.HostedZone{Apex: o.apex, ID: o.apex},
		Records: func(t testing.TB) []dns.Record { o.settle(t); return o.records(t) },
		Add: func(t testing.TB, r dns.Record) {
			o.update(t, func(msg *miekg.Msg) { msg.Insert([]miekg.RR{encoded(t, r)}) })
			o.settle(t)
		},
		Remove: func(t testing.TB, r dns.Record) {
			o.update(t, func(msg *miekg.Msg) { msg.Remove([]miekg.RR{encoded(t, r)}) })
			o.settle(t)
		},
	}
}

// operator is somebody else who edits a server's zone.
type operator struct {
	server   *nameserver.Server
	apex     string
	lags     bool // what is served follows an update in the background
	unsigned bool // the zone takes updates without a key
}

func (o *operator) update(t testing.TB, change func(*miekg.Msg)) {
	t.Helper()
	msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(o.apex))
	change(msg)
	client := miekg.Client{Net: "tcp"}
	if key := o.server.Updater; !o.unsigned {
		msg.SetTsig(miekg.Fqdn(key.Name), miekg.HmacSHA256, fudge, time.Now().Unix())
		client.TsigSecret = map[string]string{miekg.Fqdn(key.Name): key.Secret}
	}
	reply, _, err := client.Exchange(msg, o.server.Addr())
	if err != nil || reply.Rcode != miekg.RcodeSuccess {
		t.Fatalf("somebody else's update: %v, %v", reply, err)
	}
}
func (o *operator) records(t testing.TB) []dns.Record {
	t.Helper()
	key := o.server.Reader
	transfer := miekg.Transfer{TsigSecret: map[string]string{miekg.Fqdn(key.Name): key.Secret}}
	msg := new(miekg.Msg).SetAxfr(miekg.Fqdn(o.apex))
	msg.SetTsig(miekg.Fqdn(key.Name), miekg.HmacSHA256, fudge, time.Now().Unix())
	answers, err := transfer.In(msg, o.server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	var rrs []miekg.RR
	for answer := range answers {
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
		rrs = append(rrs, answer.RR...)
	}
	return snapshotOf(t, dns.HostedZone{Apex: o.apex}, rrs).Records
}

// settle returns when all earlier updates are served: updates arrive there in their order, so it
// waits for one more and takes that back. BIND 9.18 may not notice an update that comes while it
// signs the one before; the next one makes up for it.
func (o *operator) settle(t testing.TB) {
	t.Helper()
	if !o.lags {
		return
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		marker := dns.Record{Name: "settle-marker." + o.apex, Type: "TXT", Value: time.Now().String()}
		o.update(t, func(msg *miekg.Msg) { msg.Insert([]miekg.RR{encoded(t, marker)}) })
		if !o.soon(t, func(records []dns.Record) bool { return has(records, marker.Name, marker.Value) }) {
			continue
		}
		o.update(t, func(msg *miekg.Msg) { msg.RemoveRRset([]miekg.RR{encoded(t, marker)}) })
		if o.soon(t, func(records []dns.Record) bool { return !has(records, marker.Name, "") }) {
			return
		}
	}
	t.Fatal("the server does not serve what it was sent")
}

// soon is whether a condition on what is served comes true in a while.
func (o *operator) soon(t testing.TB, condition func([]dns.Record) bool) bool {
	for range 60 {
		if condition(o.records(t)) {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// has is whether there is a record of that name and, unless it is empty, value.
func has(records []dns.Record, name, value string) bool {
	for _, r := range records {
		if r.Name == name && (value == "" || r.Value == value) {
			return true
		}
	}
	return false
}
