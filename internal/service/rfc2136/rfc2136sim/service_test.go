package rfc2136sim

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/bind"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

const apex = "example.com."

// world is a server with the zone example.com: the simulation, or BIND.
type world struct {
	t           *testing.T
	addr        string
	key, secret string // may do everything

	// Of the simulation only.
	store   *store.Store
	service *Service
	mu      sync.Mutex
	calls   []string // what it was asked
}

// eachServer runs a test on the simulation, and on BIND to see that it is right.
func eachServer(t *testing.T, test func(t *testing.T, open func(t *testing.T, records ...string) *world)) {
	t.Run("simulation", func(t *testing.T) { test(t, newWorld) })
	t.Run("BIND", func(t *testing.T) { test(t, newBIND) })
}

func newBIND(t *testing.T, records ...string) *world {
	t.Helper()
	server := bind.Start(t, nameserver.Zone{Apex: "example.com", Records: append(records, "@ 3600 IN NS ns2.nameserver.example.")})
	return &world{t: t, addr: server.Addr(), key: server.Updater.Name, secret: server.Updater.Secret}
}

// newWorld opens the simulation.
func newWorld(t *testing.T, records ...string) *world {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, key: KeyName, secret: KeySecret, store: st}
	w.service = New(Config{Store: st, Conditions: func() fault.Conditions {
		c, err := fault.Get(st, Section)
		if err != nil {
			t.Error(err)
		}
		return c
	}})
	if err := w.service.AddZone("Example.COM."); err != nil {
		t.Fatal(err)
	}
	w.edit(func(rrs []miekg.RR) []miekg.RR { return append(rrs, w.rrs(records...)...) })
	observe := func(service, method, path string, status int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.calls = append(w.calls, fmt.Sprintf("%s %s %s %d", service, method, path, status))
	}
	handler := fault.Observe(Section, observe, fault.Wrap(Section, st, w.service))
	server, err := dnsserver.Serve("127.0.0.1:0", w.service, w.service.Primary(handler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w.addr = server.Addr()
	return w
}

func (w *world) edit(change func([]miekg.RR) []miekg.RR) {
	w.t.Helper()
	if err := w.service.Edit("example.com", change); err != nil {
		w.t.Fatal(err)
	}
}

// rrs parses records, relative to example.com.
func (w *world) rrs(lines ...string) []miekg.RR {
	w.t.Helper()
	rrs := make([]miekg.RR, len(lines))
	for i, line := range lines {
		rr, err := miekg.NewRR("$ORIGIN " + apex + "\n" + line)
		if err != nil || rr == nil {
			w.t.Fatalf("%s: %v", line, err)
		}
		rrs[i] = rr
	}
	return rrs
}

// records returns the zone, the SOA first.
func (w *world) records() []miekg.RR {
	w.t.Helper()
	rrs, err := w.transfer(apex, w.key, w.secret)
	if err != nil {
		w.t.Fatal(err)
	}
	return rrs[:len(rrs)-1]
}

// zone shows the zone without its SOA and name servers, sorted.
func (w *world) zone() string {
	w.t.Helper()
	var shown []string
	for _, rr := range w.records() {
		h := rr.Header()
		if h.Rrtype == miekg.TypeSOA || h.Rrtype == miekg.TypeNS && h.Name == apex {
			continue
		}
		shown = append(shown, fmt.Sprintf("%s %d %s %s", strings.TrimSuffix(h.Name, "."+apex), h.Ttl, miekg.Type(h.Rrtype), strings.TrimPrefix(rr.String(), h.String())))
	}
	slices.Sort(shown)
	return strings.Join(shown, "\n")
}

func (w *world) serial() uint32 { return w.records()[0].(*miekg.SOA).Serial }

// send signs a message with the key, if there is one.
func (w *world) send(msg *miekg.Msg, keyName, secret string) (*miekg.Msg, error) {
	w.t.Helper()
	client := miekg.Client{Net: "tcp", Timeout: 5 * time.Second}
	if keyName != "" {
		client.TsigSecret = map[string]string{miekg.Fqdn(keyName): secret}
		msg.SetTsig(miekg.Fqdn(keyName), miekg.HmacSHA256, 300, time.Now().Unix())
	}
	reply, _, err := client.Exchange(msg, w.addr)
	return reply, err
}

// update sends an update with the key that may do everything.
func (w *world) update(change func(*miekg.Msg)) int {
	w.t.Helper()
	msg := new(miekg.Msg).SetUpdate(apex)
	change(msg)
	reply, err := w.send(msg, w.key, w.secret)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply.Rcode
}

func (w *world) transfer(zone, keyName, secret string) ([]miekg.RR, error) {
	w.t.Helper()
	msg := new(miekg.Msg).SetAxfr(zone)
	transfer := miekg.Transfer{}
	if keyName != "" {
		transfer.TsigSecret = map[string]string{miekg.Fqdn(keyName): secret}
		msg.SetTsig(miekg.Fqdn(keyName), miekg.HmacSHA256, 300, time.Now().Unix())
	}
	answers, err := transfer.In(msg, w.addr)
	if err != nil {
		return nil, err
	}
	var rrs []miekg.RR
	for answer := range answers {
		if answer.Error != nil {
			err = answer.Error
		}
		rrs = append(rrs, answer.RR...)
	}
	return rrs, err
}

func TestTransfer(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf(`n%d 60 IN TXT "%s"`, i, strings.Repeat("x", 100)))
	}
	w := newWorld(t, many...)
	for name, secret := range map[string]string{KeyName: KeySecret, ReadOnlyKeyName: ReadOnlyKeySecret} {
		rrs, err := w.transfer(apex, name, secret)
		if err != nil || len(rrs) != 1004 {
			t.Fatalf("%d records, %v", len(rrs), err)
		}
		if first, last := rrs[0], rrs[1003]; first.Header().Rrtype != miekg.TypeSOA || first.String() != last.String() {
			t.Errorf("from %s to %s", first, last)
		}
	}
	for name, c := range map[string]struct{ zone, key, secret, says string }{
		"unsigned":     {apex, "", "", "bad xfr rcode: 5"},
		"other zone":   {"example.org.", KeyName, KeySecret, "bad authentication"}, // so the library calls any NOTAUTH
		"wrong secret": {apex, KeyName, ReadOnlyKeySecret, "bad authentication"},
		"unknown key":  {apex, "unknown.example", KeySecret, "bad authentication"},
	} {
		if _, err := w.transfer(c.zone, c.key, c.secret); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := fault.Set(w.store, Section, fault.Conditions{Switches: map[string]bool{SwitchNoTransfers: true}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.transfer(apex, KeyName, KeySecret); err == nil || !strings.Contains(err.Error(), "rcode: 5") {
		t.Errorf("switched off: %v", err)
	}
}

func TestWhoMayUpdate(t *testing.T) {
	for name, c := range map[string]struct {
		zone, key, secret string
		empty             bool // prerequisites only
		rcode             int
		tsig              uint16
	}{
		"the key":                  {apex, KeyName, KeySecret, false, miekg.RcodeSuccess, 0},
		"key in other case":        {"EXAMPLE.com.", "Postmaster.SANDBOX", KeySecret, false, miekg.RcodeSuccess, 0},
		"unsigned":                 {apex, "", "", false, miekg.RcodeRefused, 0},
		"read-only key":            {apex, ReadOnlyKeyName, ReadOnlyKeySecret, false, miekg.RcodeRefused, 0},
		"read-only, asking only":   {apex, ReadOnlyKeyName, ReadOnlyKeySecret, true, miekg.RcodeSuccess, 0},
		"wrong secret":             {apex, KeyName, ReadOnlyKeySecret, false, miekg.RcodeNotAuth, miekg.RcodeBadSig},
		"unknown key":              {apex, "unknown.example", KeySecret, false, miekg.RcodeNotAuth, miekg.RcodeBadKey},
		"zone of nobody":           {"example.org.", KeyName, KeySecret, false, miekg.RcodeNotAuth, 0},
		"name below the zone":      {"www.example.com.", KeyName, KeySecret, false, miekg.RcodeNotAuth, 0},
		"zone of nobody, unsigned": {"example.org.", "", "", false, miekg.RcodeNotAuth, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			msg := new(miekg.Msg).SetUpdate(c.zone)
			if !c.empty {
				msg.Insert(w.rrs(`new 60 IN TXT "x"`))
			}
			key := c.key
			if key != "" {
				key = strings.ToLower(key)
			}
			reply, _ := w.send(msg, key, c.secret) // the library takes NOTAUTH for an error
			if reply == nil || reply.Rcode != c.rcode {
				t.Fatalf("answer %v", reply)
			}
			if c.tsig != 0 && (reply.IsTsig() == nil || reply.IsTsig().Error != c.tsig) {
				t.Errorf("TSIG %v", reply.IsTsig())
			}
			want := ""
			if c.rcode == miekg.RcodeSuccess && !c.empty {
				want = `new 60 TXT "x"`
			}
			if got := w.zone(); got != want {
				t.Errorf("the zone has %q", got)
			}
		})
	}
}

func TestConditionsAndObserver(t *testing.T) {
	w := newWorld(t)
	insert := func(msg *miekg.Msg) { msg.Insert(w.rrs(`new 60 IN TXT "x"`)) }
	if err := fault.Set(w.store, Section, fault.Conditions{Faults: []fault.Fault{
		{Method: "UPDATE", Path: "/example.com", Kind: fault.StatusAfter, Count: 1},
		{Method: "UPDATE", Kind: fault.Cut, Count: 1},
		{Method: "AXFR", Kind: fault.Status, Count: 1},
	}}); err != nil {
		t.Fatal(err)
	}
	if code := w.update(insert); code != miekg.RcodeServerFailure {
		t.Errorf("answered %s", miekg.RcodeToString[code])
	}
	msg := new(miekg.Msg).SetUpdate(apex)
	insert(msg)
	if reply, err := w.send(msg, KeyName, KeySecret); err == nil {
		t.Errorf("the connection was not cut: %v", reply)
	}
	if _, err := w.transfer(apex, KeyName, KeySecret); err == nil {
		t.Error("the transfer succeeded")
	}
	if _, err := w.transfer(apex, KeyName, KeySecret); err != nil {
		t.Error(err)
	}
	if got := w.zone(); got != `new 60 TXT "x"` {
		t.Errorf("the zone has %q", got)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	want := []string{"UPDATE /example.com 502", "UPDATE /example.com 0", "AXFR /example.com 500", "AXFR /example.com 200", "AXFR /example.com 200"}
	for i := range want {
		want[i] = Section + " " + want[i]
	}
	if !slices.Equal(w.calls, want) {
		t.Errorf("observed %q, want %q", w.calls, want)
	}
}

func TestAddZoneKeepsWhatIsThere(t *testing.T) {
	w := newWorld(t, `www 60 IN A 192.0.2.1`)
	if err := w.service.AddZone("example.com"); err != nil {
		t.Fatal(err)
	}
	if got := w.zone(); got != "www 60 A 192.0.2.1" {
		t.Errorf("the zone has %q", got)
	}
	if err := w.service.AddZone("exa mple.com"); err == nil {
		t.Error("a name that is none makes a zone")
	}
	reply, _, err := new(miekg.Client).Exchange(new(miekg.Msg).SetQuestion("www.example.com.", miekg.TypeA), w.addr)
	if err != nil || len(reply.Answer) != 1 {
		t.Errorf("www: %v, %v", reply, err)
	}
}
