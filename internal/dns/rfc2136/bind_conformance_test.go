package rfc2136

import (
	"fmt"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

func TestConformsOnBIND(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := bindFixtures(t, kind, 40)
			dnstest.Run(t, func(t *testing.T) dnstest.Fixture { return next(t) })
		})
	}
}

// bindFixtures starts one server with so many zones, and returns what gives each
// test one of them.
func bindFixtures(t *testing.T, kind nameserver.Kind, count int) func(t *testing.T) dnstest.Fixture {
	t.Helper()
	zones := make([]nameserver.Zone, count)
	for i := range zones {
		zones[i] = nameserver.Zone{Apex: fmt.Sprintf("zone%d.example", i), Kind: kind}
	}
	server := bind.Start(t, zones...)
	return func(t *testing.T) dnstest.Fixture {
		if len(zones) == 0 {
			t.Fatal("there are more tests than zones")
		}
		o := &operator{server: server, apex: zones[0].Apex, lags: kind == nameserver.InlineSigned}
		zones = zones[1:]
		return o.fixture(t)
	}
}

func (o *operator) fixture(t *testing.T) dnstest.Fixture {
	return dnstest.Fixture{
		Host:    bindHost(t, o.server, o.server.Updater),
		Other:   func(testing.TB) dns.Host { return bindHost(t, o.server, o.server.Updater) },
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

// operator is somebody else with a key to a server.
type operator struct {
	server *nameserver.Server
	apex   string
	lags   bool // what is served follows an update in the background
}

func (o *operator) update(t testing.TB, change func(*miekg.Msg)) {
	t.Helper()
	msg := new(miekg.Msg).SetUpdate(miekg.Fqdn(o.apex))
	change(msg)
	key := o.server.Updater
	msg.SetTsig(miekg.Fqdn(key.Name), miekg.HmacSHA256, fudge, time.Now().Unix())
	client := miekg.Client{Net: "tcp", TsigSecret: map[string]string{miekg.Fqdn(key.Name): key.Secret}}
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

// settle returns when all earlier updates are served: updates arrive there in
// their order, so it waits for one more and takes that back. BIND 9.18 may not
// notice an update that comes while it signs the one before; the next one makes up
// for it.
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
