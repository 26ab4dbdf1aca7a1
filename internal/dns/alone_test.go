package dns_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
)

// rewriting is a zone that everybody writes as a whole, so that one of two simultaneous writes
// undoes the other.
func rewriting(t *testing.T, lines ...string) *hosted {
	t.Helper()
	whole := limits
	whole.RewritesZone = true
	return host(t, whole, lines...)
}

// platform writes a record to the zone on our behalf, as somebody else: it reads the zone, takes
// its time, and writes it as a whole.
func (h *hosted) platform(t *testing.T, line string) error {
	t.Helper()
	other := &dnstest.Memory{Zones: h.Zones, Behaviour: h.Behaviour, Latency: time.Second}
	base, err := other.Read(t.Context(), zone)
	if err != nil {
		return err
	}
	return other.Apply(t.Context(), base, dns.ChangeSet{Create: records(t, line)})
}

func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rewriting(t, "www A 192.0.2.1")
		h.Latency = 100 * time.Millisecond
		var alone atomic.Int32
		h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
			if alone.Load() != 0 {
				t.Error("the editor writes while somebody is alone")
			}
			return apply()
		}
		var writing sync.WaitGroup
		for i := range 10 {
			writing.Go(func() {
				time.Sleep(time.Duration(i) * 300 * time.Millisecond)
				if _, err := h.publish(t, fmt.Sprint(i), fmt.Sprintf("ours%d A 192.0.2.1", i)); err != nil {
					t.Error(err)
				}
			})
			writing.Go(func() {
				time.Sleep(time.Duration(i) * 500 * time.Millisecond)
				if err := h.editor.Alone(t.Context(), zone, func() error {
					if alone.Add(1) != 1 {
						t.Error("two are alone")
					}
					defer alone.Add(-1)
					return h.platform(t, fmt.Sprintf("theirs%d A 192.0.2.1", i))
				}); err != nil {
					t.Error(err)
				}
			})
		}
		writing.Wait()
		if n := len(h.Records(zone.Apex)); n != 21 {
			t.Errorf("%d records, want 21: %v", n, h.Records(zone.Apex))
		}
	})
}

// Callers take turns in the order in which they come: a running write ends first, and nobody waits
// for those who came later.
func TestAloneTakesItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rewriting(t)
		var order []string
		var ordering sync.Mutex
		note := func(what string) {
			ordering.Lock()
			defer ordering.Unlock()
			order = append(order, what)
		}
		goOn := make(chan struct{})
		h.OnApply = func(c dns.ChangeSet, apply func() error) error {
			note(c.Create[0].Name)
			<-goOn
			return apply()
		}
		var writing sync.WaitGroup
		publish := func(name string) {
			writing.Go(func() {
				if _, err := h.publish(t, name, name+" A 192.0.2.1"); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		alone := func(name string) {
			writing.Go(func() {
				if err := h.editor.Alone(t.Context(), zone, func() error {
					note(name + ".example.com")
					return h.platform(t, name+" A 192.0.2.1")
				}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		publish("first")
		alone("second")
		alone("third")
		publish("fourth")
		close(goOn)
		writing.Wait()
		if want := []string{"first.example.com", "second.example.com", "third.example.com", "fourth.example.com"}; !slices.Equal(order, want) {
			t.Errorf("in the order %q, want %q", order, want)
		}
		if n := len(h.Records(zone.Apex)); n != 4 {
			t.Errorf("%d records, want 4: %v", n, h.Records(zone.Apex))
		}
	})
}

// Zones do not wait for each other.
func TestAloneInOneZone(t *testing.T) {
	other := dns.HostedZone{Apex: "example.org", ID: "example.org"}
	h := &hosted{Memory: &dnstest.Memory{Zones: dnstest.NewZones(zone, other), Behaviour: limits}}
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	if err := h.editor.Alone(t.Context(), other, func() error {
		_, err := h.publish(t, "one", "www A 192.0.2.1")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.check(t, "www 300 A 192.0.2.1")
}

// What was read before somebody else wrote does not count any more, neither for plans nor for
// requests that the read was to serve. The same holds if the writing failed.
func TestAloneOutdatesWhatWasRead(t *testing.T) {
	errFailed := errors.New("the platform has failed")
	for name, failure := range map[string]error{"success": nil, "failure": errFailed} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := host(t, limits)
				goOn := make(chan struct{})
				h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
					<-goOn
					return apply()
				}
				var writing sync.WaitGroup
				writing.Go(func() {
					if _, err := h.publish(t, "one", "www A 192.0.2.1"); err != nil {
						t.Error(err)
					}
				})
				synctest.Wait()
				writing.Go(func() {
					err := h.editor.Alone(t.Context(), zone, func() error {
						if snapshot, err := h.editor.Snapshot(t.Context(), zone, nil); err != nil || len(snapshot.Records) != 1 {
							t.Errorf("%v, %v; want what was read back", snapshot, err)
						}
						h.Add(zone.Apex, records(t, "web CNAME theirs.example.net.")...)
						return failure
					})
					if !errors.Is(err, failure) {
						t.Errorf("%v, want %v", err, failure)
					}
				})
				synctest.Wait()
				writing.Go(func() { // it is here when the first one is read back
					_, err := h.publish(t, "two", "web A 192.0.2.1")
					var conflict *dns.ConflictError
					if !errors.As(err, &conflict) {
						t.Errorf("%v, want a conflict with what was written meanwhile", err)
					}
				})
				synctest.Wait()
				close(goOn)
				writing.Wait()
				if snapshot, err := h.editor.Snapshot(t.Context(), zone, nil); err != nil || len(snapshot.Records) != 2 {
					t.Errorf("%v, %v; want both records", snapshot, err)
				}
			})
		})
	}
}

// A caller that is cancelled before its turn has written nothing, and others lose nothing by it.
func TestAloneCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rewriting(t)
		goOn := make(chan struct{})
		h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
			<-goOn
			return apply()
		}
		var writing sync.WaitGroup
		writing.Go(func() {
			if _, err := h.publish(t, "one", "www A 192.0.2.1"); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		never := func() error { t.Error("it is called all the same"); return nil }
		go func() { ended <- h.editor.Alone(ctx, zone, never) }()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "example.com ended before anything was written") {
			t.Errorf("%v, want the context's error", err)
		}
		close(goOn)
		writing.Wait()
		for range 100 { // with a turn to be had as well
			if err := h.editor.Alone(ctx, zone, never); !errors.Is(err, context.Canceled) {
				t.Fatalf("%v, want the context's error", err)
			}
		}
		if err := h.editor.Alone(t.Context(), zone, func() error { return h.platform(t, "web A 192.0.2.1") }); err != nil {
			t.Error(err)
		}
		h.check(t, "www 300 A 192.0.2.1", "web 300 A 192.0.2.1")
	})
}

// A write that has begun is brought to its end, and its caller learns of it. Those who wait for it
// may leave.
func TestAloneCancelledMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := rewriting(t)
		ctx, cancel := context.WithCancel(t.Context())
		begun, ended := make(chan struct{}), make(chan error, 1)
		go func() {
			ended <- h.editor.Alone(ctx, zone, func() error {
				close(begun)
				return h.platform(t, "theirs A 192.0.2.1")
			})
		}()
		<-begun
		left := make(chan error, 1)
		go func() {
			_, err := h.editor.Publish(ctx, zone, dns.Publication{Owner: "left", Wanted: wanted(t, "left A 192.0.2.1")})
			left <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the context's error", err)
		}
		select {
		case err := <-ended:
			t.Errorf("it ended early: %v", err)
		default:
		}
		if _, err := h.publish(t, "one", "ours A 192.0.2.1"); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		h.check(t, "theirs 300 A 192.0.2.1", "ours 300 A 192.0.2.1")
	})
}
