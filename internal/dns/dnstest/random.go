package dnstest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	ownersPerProcess = 8
	perRound         = 12 // steps that are done at the same time
	attemptsPerStep  = 20
)

// RandomSteps has two processes, each with an editor and several owners, publish, change and
// withdraw records in one zone while somebody else edits it. After every round it checks that all
// records of others are there, unchanged, and all published records too. At the end everything is
// withdrawn, and the zone must be as the others left it.
//
// If the host cannot tell that the zone changed between reading and writing, only one process
// writes at a time. If each write replaces the zone, nobody else edits it in the meantime. In these
// cases such a change could not be kept.
func RandomSteps(t *testing.T, f Fixture, steps int, seed uint64) {
	t.Logf("seed %d", seed)
	w := newWorld(t, f, seed)
	for done := 0; done < steps && !t.Failed(); {
		done += w.round()
		w.check()
	}
	for _, o := range w.owners {
		w.withdraw(o)
	}
	w.check()
	left := slices.DeleteFunc(f.Records(t), func(r dns.Record) bool { return w.spf[r.Name] == "" && r.Value == deserted })
	checkRecords(t, "the zone in the end", left, slices.Concat(w.initial, w.foreign, w.foreignSPF()))
}

// owner is one resource of one process.
type owner struct {
	name      string
	editor    *dns.Editor
	random    *rand.Rand
	published []dns.Published
}

// world is what the zone should have.
type world struct {
	t       *testing.T
	f       Fixture
	random  *rand.Rand
	owners  []*owner
	initial []dns.Record      // what the zone had to begin with
	foreign []dns.Record      // in the order in which they were added; SPF is in spf
	spf     map[string]string // by name: what the others wrote
	numbers int
}

func newWorld(t *testing.T, f Fixture, seed uint64) *world {
	w := &world{t: t, f: f, random: rand.New(rand.NewPCG(seed, 0)), initial: f.Records(t), spf: map[string]string{}}
	for process, host := range []dns.Host{f.Host, f.Other(t)} {
		editor := dns.NewEditor(host, dns.EditorOptions{Attempts: attemptsPerStep, Pause: func(context.Context, time.Duration) {}})
		for i := range ownersPerProcess {
			name := fmt.Sprintf("p%do%d", process, i)
			w.owners = append(w.owners, &owner{name: name, editor: editor, random: rand.New(rand.NewPCG(seed, uint64(len(w.owners)+1)))})
		}
	}
	for range 10 {
		w.addForeign("")
	}
	for _, name := range []string{"", "shared1"} {
		r := record(f, name, "TXT", "v=spf1  mx include:spf.example.org -all")
		f.Add(t, r)
		w.spf[r.Name] = r.Value
	}
	return w
}

// foreignSPF returns the SPF records of the others.
func (w *world) foreignSPF() []dns.Record {
	var records []dns.Record
	for name, text := range w.spf {
		r := record(w.f, "", "TXT", text)
		r.Name = name
		records = append(records, r)
	}
	return records
}

// round does some steps at the same time and returns how many.
func (w *world) round() int {
	limits := w.f.Host.Limits()
	steps := 1 + w.random.IntN(perRound)
	var writers []*owner
	process := w.random.IntN(2)
	for _, i := range w.random.Perm(len(w.owners)) {
		if len(writers) < steps && (limits.CompareAndSwap || i/ownersPerProcess == process) {
			writers = append(writers, w.owners[i])
		}
	}
	var working sync.WaitGroup
	for _, o := range writers {
		working.Go(func() { w.step(o) })
	}
	edits := 1 + w.random.IntN(3)
	if !limits.RewritesZone {
		for range edits {
			w.editElsewhere(limits.CompareAndSwap)
		}
	}
	working.Wait()
	for range edits {
		w.editElsewhere(true)
	}
	w.editSPF()
	return len(writers) + 2*edits
}

// step makes an owner publish something else than before, or withdraw everything.
func (w *world) step(o *owner) {
	switch o.random.IntN(8) {
	case 0:
		w.withdraw(o)
	case 1:
		w.conflict(o)
	default:
		w.publish(o, w.wanted(o))
	}
}

func (w *world) wanted(o *owner) []dns.Wanted {
	version := o.random.IntN(4)
	var wanted []dns.Wanted
	want := func(key, name, recordType, value string, priority uint16) {
		r := record(w.f, name, recordType, value)
		r.Priority = priority
		if o.random.IntN(3) > 0 {
			r.TTL = 0
		}
		if o.random.IntN(4) > 0 {
			wanted = append(wanted, dns.Wanted{Key: key, Record: r})
		}
	}
	shared := fmt.Sprintf("shared%d", o.random.IntN(3))
	want("spf", "", "TXT", fmt.Sprintf("v=spf1 include:%s-%d.example.net ~all", o.name, version), 0)
	want("spf of a subdomain", shared, "TXT", fmt.Sprintf("v=spf1 ip4:192.0.2.%d include:%s.example.net ~all", 10+slices.Index(w.owners, o), o.name), 0)
	want("token", shared, "TXT", fmt.Sprintf("token of %s, %d", o.name, version), 0)
	want("apex token", "", "TXT", fmt.Sprintf("%s=%d", o.name, version), 0)
	want("dkim", o.name+"._domainkey", "CNAME", fmt.Sprintf("k%d.%s.example.net", version, o.name), 0)
	want("dmarc", "_dmarc."+o.name, "TXT", []string{"v=DMARC1; p=none", "v=DMARC1; p=reject"}[version%2], 0)
	want("mx", o.name, "MX", "mx.example.net", uint16(version))
	want("address", o.name, "A", fmt.Sprintf("192.0.2.%d", version+1), 0)
	return wanted
}

// publish publishes until it succeeds, like a person who is told that somebody else was writing.
func (w *world) publish(o *owner, wanted []dns.Wanted) {
	var err error
	for range attemptsPerStep {
		var result dns.Result
		result, err = o.editor.Publish(w.t.Context(), w.f.Zone, dns.Publication{Owner: o.name, Wanted: wanted, Previous: o.published})
		if err == nil {
			o.published = result.Published
			return
		}
	}
	w.t.Errorf("%s publishes %+v: %v", o.name, wanted, err)
}

func (w *world) withdraw(o *owner) {
	result, err := o.editor.Publish(w.t.Context(), w.f.Zone, dns.Publication{Owner: o.name, Previous: o.published})
	if err != nil {
		w.t.Errorf("%s withdraws %+v: %v", o.name, o.published, err)
	}
	for _, warning := range result.Warnings {
		if !strings.Contains(warning.Detail, fmt.Sprintf("%q", deserted)) {
			w.t.Errorf("%s withdraws %+v: %+v", o.name, o.published, warning)
		}
	}
	o.published = nil
}

// conflict makes an owner want something impossible in addition to what it has. Nothing of that may
// be written.
func (w *world) conflict(o *owner) {
	var wanted []dns.Wanted
	for _, p := range o.published {
		wanted = append(wanted, dns.Wanted{Key: p.Key, Record: p.Wanted})
	}
	wanted = append(wanted,
		dns.Wanted{Key: "fine", Record: record(w.f, o.name+"-fine", "TXT", "never written")},
		dns.Wanted{Key: "in the way", Record: record(w.f, "", "TXT", "v=spf1 ?include:spf.example.org ~all")})
	_, err := o.editor.Publish(w.t.Context(), w.f.Zone, dns.Publication{Owner: o.name, Wanted: wanted, Previous: o.published})
	var conflict *dns.ConflictError
	if !errors.As(err, &conflict) {
		w.t.Errorf("%s contradicts the SPF record of others: %v", o.name, err)
	}
}

// editElsewhere makes somebody else add or remove a record: at names of their own or, if anywhere
// is set, also in record sets in which owners publish.
func (w *world) editElsewhere(anywhere bool) {
	if len(w.foreign) > 20 || len(w.foreign) > 5 && w.random.IntN(2) == 0 {
		i := w.random.IntN(len(w.foreign))
		if r := w.foreign[i]; anywhere || !strings.HasPrefix(r.Name, "shared") {
			w.f.Remove(w.t, r)
			// Twins are equal, so it does not matter which one is removed.
			w.foreign = slices.Delete(w.foreign, i, i+1)
		}
		return
	}
	name := ""
	if anywhere && w.random.IntN(2) == 0 {
		name = fmt.Sprintf("shared%d", w.random.IntN(3))
	}
	w.addForeign(name)
}

// addForeign adds a record of somebody else at a name, or at a new one.
func (w *world) addForeign(name string) {
	w.numbers++
	recordType, value := "TXT", fmt.Sprintf("of others %d \"quoted\" \\ é", w.numbers)
	var priority uint16
	if name == "" {
		name = fmt.Sprintf("other%d", w.random.IntN(30))
		switch w.random.IntN(3) {
		case 0:
			recordType, value = "A", fmt.Sprintf("198.51.100.%d", w.numbers%250+1)
		case 1:
			recordType, value, priority = "MX", "mx.example.org", uint16(w.numbers)
		}
	}
	r := record(w.f, name, recordType, value)
	r.Priority = priority
	if w.f.Host.Limits().Comments {
		r.Comment = fmt.Sprintf("comment %d", w.numbers)
	}
	copies := 1
	if w.f.Twins && w.random.IntN(4) == 0 {
		copies = 2
	}
	for range copies {
		w.f.Add(w.t, r)
		w.foreign = append(w.foreign, r)
	}
}

// editSPF makes somebody else add a mechanism to their SPF record, or remove one.
func (w *world) editSPF() {
	name := w.f.Zone.Apex
	for _, r := range w.f.Records(w.t) {
		if r.Name != name || r.Type != "TXT" || !strings.HasPrefix(r.Value, "v=spf1") {
			continue
		}
		change := strings.NewReplacer(" a:web.example.com", "")
		if !strings.Contains(r.Value, "a:web.example.com") {
			change = strings.NewReplacer("  mx", " a:web.example.com  mx")
		}
		w.f.Remove(w.t, r)
		r.Value = change.Replace(r.Value)
		w.f.Add(w.t, plain(r))
		w.spf[name] = change.Replace(w.spf[name])
		return
	}
	w.t.Errorf("the SPF record of others at %s is gone", name)
}
