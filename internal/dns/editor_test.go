package dns_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
)

// hosted is a zone in memory and its editor, whose pauses take no time.
type hosted struct {
	*dnstest.Memory
	editor *dns.Editor
}

func host(t testing.TB, behaviour dns.Limits, lines ...string) *hosted {
	t.Helper()
	h := &hosted{Memory: &dnstest.Memory{Zones: dnstest.NewZones(zone), Behaviour: behaviour}}
	h.Add(zone.Apex, records(t, lines...)...)
	h.editor = dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	return h
}

// publish publishes as the given owner.
func (h *hosted) publish(t testing.TB, owner string, lines ...string) (dns.Result, error) {
	t.Helper()
	return h.editor.Publish(t.Context(), zone, dns.Publication{Owner: owner, Wanted: wanted(t, lines...)})
}

// check compares the zone with lines, in order.
func (h *hosted) check(t testing.TB, want ...string) {
	t.Helper()
	var got []string
	for _, r := range h.Records(zone.Apex) {
		got = append(got, line(r))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the zone is\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

var errUnsure = &api.Error{Service: "host", Op: "write zone", Object: "example.com", Cause: io.ErrUnexpectedEOF, Unsure: true}

func TestPublishAndWithdraw(t *testing.T) {
	h := host(t, limits, "www A 192.0.2.1", `@ TXT "v=spf1 mx -all"`)
	result, err := h.publish(t, "one", `@ 1 TXT "v=spf1 include:spf.example.net ~all"`, "s1._domainkey 600 CNAME s1.example.net.")
	if err != nil {
		t.Fatal(err)
	}
	h.check(t, "www 300 A 192.0.2.1", `@ 300 TXT "v=spf1 mx include:spf.example.net -all"`, "s1._domainkey 600 CNAME s1.example.net")
	if len(result.Published) != 2 || result.Published[0].Record.Value != "v=spf1 mx include:spf.example.net -all" ||
		result.Published[1].Record.ID == "" || result.Published[1].Record.TTL != 600 || len(result.Warnings) > 0 {
		t.Errorf("%+v", result)
	}
	if result, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: result.Published}); err != nil || len(result.Warnings) > 0 {
		t.Errorf("%+v, %v", result, err)
	}
	h.check(t, "www 300 A 192.0.2.1", `@ 300 TXT "v=spf1 mx -all"`)
	if h.Applied() != 2 {
		t.Errorf("%d writes, want 2", h.Applied())
	}
}

func TestPublishingTheSameAgainWritesNothing(t *testing.T) {
	h := host(t, limits)
	for range 2 {
		if _, err := h.publish(t, "one", "www A 192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	h.check(t, "www 300 A 192.0.2.1")
	if h.Applied() != 1 {
		t.Errorf("%d writes, want 1", h.Applied())
	}
}

// Fifty resources with one record each are written in at most four writes.
func TestPublicationsAreWrittenTogether(t *testing.T) {
	h := host(t, limits, "www A 192.0.2.1")
	h.Latency = 10 * time.Millisecond
	var publishing sync.WaitGroup
	for i := range 50 {
		publishing.Go(func() {
			if _, err := h.publish(t, fmt.Sprint(i), fmt.Sprintf("n%d A 192.0.2.%d", i, i)); err != nil {
				t.Error(err)
			}
		})
	}
	publishing.Wait()
	if n := len(h.Records(zone.Apex)); n != 51 {
		t.Errorf("%d records, want 51", n)
	}
	if h.Applied() > 4 || h.Reads() > 8 {
		t.Errorf("%d writes and %d reads", h.Applied(), h.Reads())
	}
}

// together publishes several publications in one write: the first write is held up until the others
// wait.
func (h *hosted) together(t *testing.T, publications ...dns.Publication) (results []dns.Result, errs []error) {
	t.Helper()
	results, errs = make([]dns.Result, len(publications)), make([]error, len(publications))
	var publishing sync.WaitGroup
	queued := make(chan struct{})
	onRead := h.OnRead
	h.OnRead = sync.OnceValue(func() error { <-queued; return nil })
	for i, p := range publications {
		publishing.Go(func() { results[i], errs[i] = h.editor.Publish(t.Context(), zone, p) })
	}
	for h.editor.Waiting(zone) < len(publications) {
		time.Sleep(50 * time.Microsecond)
	}
	close(queued)
	publishing.Wait()
	h.OnRead = onRead
	return results, errs
}

// A publication after somebody's edit sees the zone with that edit, even if the write before it has
// only just ended.
func TestPublishAfterAnEdit(t *testing.T) {
	whole := limits
	whole.RewritesZone = true
	h := host(t, whole)
	var result dns.Result
	for i := range 1000 {
		edit := records(t, fmt.Sprintf("foreign%d A 192.0.2.1", i))
		h.Add(zone.Apex, edit...)
		var err error
		result, err = h.editor.Publish(t.Context(), zone, dns.Publication{
			Owner: "one", Previous: result.Published, Wanted: wanted(t, fmt.Sprintf("www TXT %d", i))})
		if err != nil {
			t.Fatal(err)
		}
		if !h.Remove(zone.Apex, edit[0]) {
			t.Fatalf("edit %d is undone", i)
		}
	}
}

func TestOneConflictFailsAlone(t *testing.T) {
	h := host(t, limits, "em CNAME x.example.org.")
	results, errs := h.together(t,
		dns.Publication{Owner: "one", Wanted: wanted(t, "www A 192.0.2.1")},
		dns.Publication{Owner: "two", Wanted: wanted(t, "web A 192.0.2.1", "em TXT x")},
		dns.Publication{Owner: "three", Wanted: wanted(t, "@ TXT x")})
	var conflict *dns.ConflictError
	if !errors.As(errs[1], &conflict) || errs[0] != nil || errs[2] != nil || len(results[0].Published) != 1 {
		t.Fatalf("%v", errs)
	}
	checkProblems(t, conflict.Problems, []string{"error b", "CNAME x.example.org"})
	if !strings.Contains(conflict.Error(), "DNS record in the way: ") {
		t.Errorf("the error says %q", conflict)
	}
	if n := len(h.Records(zone.Apex)); n != 3 || h.Applied() != 1 {
		t.Errorf("%d records, %d writes", n, h.Applied())
	}
}

// A record that one owner removes and another one wants is handed over, in either order.
func TestRecordsAreHandedOver(t *testing.T) {
	h := host(t, limits, `@ TXT "v=spf1 mx -all"`)
	lines := []string{`@ 1 TXT "v=spf1 a:a.example.net ~all"`, "www A 192.0.2.1"}
	result, err := h.publish(t, "old", lines...)
	if err != nil {
		t.Fatal(err)
	}
	results, errs := h.together(t,
		dns.Publication{Owner: "new", Wanted: wanted(t, lines...)},
		dns.Publication{Owner: "old", Previous: result.Published})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	h.check(t, `@ 300 TXT "v=spf1 mx a:a.example.net -all"`, "www 300 A 192.0.2.1")
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "new", Previous: results[0].Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t, `@ 300 TXT "v=spf1 mx -all"`)
}

func TestWithdrawingWhatAnotherOwnerPublishes(t *testing.T) {
	h := host(t, limits)
	first, err := h.publish(t, "one", "www A 192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.publish(t, "two", "www A 192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t, "www 300 A 192.0.2.1")
}

func TestSnapshotsAreReadOnce(t *testing.T) {
	h := host(t, limits, "www A 192.0.2.1")
	var reading sync.WaitGroup
	for range 10 {
		reading.Go(func() {
			if _, err := h.editor.Snapshot(t.Context(), zone, nil); err != nil {
				t.Error(err)
			}
			if planned, err := h.editor.Plan(t.Context(), zone, dns.Publication{Wanted: wanted(t, "web A 192.0.2.1")}); err != nil || len(planned.Changes.Create) != 1 {
				t.Errorf("%+v, %v", planned, err)
			}
		})
	}
	reading.Wait()
	if h.Reads() != 1 {
		t.Errorf("%d reads, want 1", h.Reads())
	}
	if _, err := h.publish(t, "one", "web A 192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	snapshot, err := h.editor.Snapshot(t.Context(), zone, nil)
	if err != nil || len(snapshot.Records) != 2 || h.Reads() != 3 {
		t.Errorf("after a write: %v, %v, %d reads; want those before and after the write and no more", snapshot.Records, err, h.Reads())
	}
}

// Under the lock the zone is read again, whatever was planned before.
func TestPublishReadsTheZoneAgain(t *testing.T) {
	h := host(t, limits)
	p := dns.Publication{Owner: "one", Wanted: wanted(t, "www CNAME a.example.net.")}
	if planned, err := h.editor.Plan(t.Context(), zone, p); err != nil || planned.Err() != nil {
		t.Fatal(err, planned.Err())
	}
	h.Add(zone.Apex, records(t, "www A 192.0.2.1")...)
	_, err := h.editor.Publish(t.Context(), zone, p)
	var conflict *dns.ConflictError
	if !errors.As(err, &conflict) {
		t.Errorf("%v, want a conflict", err)
	}
	h.check(t, "www 300 A 192.0.2.1")
}

func TestCancelling(t *testing.T) {
	h := host(t, limits)
	begun, goOn := make(chan struct{}), make(chan struct{})
	h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
		close(begun)
		<-goOn
		return apply()
	}
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error), make(chan error)
	publish := func(owner, line string, done chan error) {
		_, err := h.editor.Publish(ctx, zone, dns.Publication{Owner: owner, Wanted: wanted(t, line)})
		done <- err
	}
	go publish("one", "www A 192.0.2.1", first)
	<-begun
	go publish("two", "web A 192.0.2.1", second)
	for h.editor.Waiting(zone) == 0 {
		time.Sleep(50 * time.Microsecond)
	}
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "before anything was written") {
		t.Errorf("%v, want the context's error", err)
	}
	h.OnApply = nil
	close(goOn)
	if err := <-first; err != nil {
		t.Errorf("a write that is under way does not end well: %v", err)
	}
	if _, err := h.publish(t, "three", "third A 192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	// The running write went on; the one that waited was never begun.
	h.check(t, "www 300 A 192.0.2.1", "third 300 A 192.0.2.1")
}

// After a cancellation, the wait for a write that does not end is limited.
func TestCancellingAWriteThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host(t, limits)
		goOn := make(chan struct{})
		h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
			<-goOn
			return apply()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := h.editor.Publish(ctx, zone, dns.Publication{Owner: "one", Wanted: wanted(t, "www A 192.0.2.1")})
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "while the zone example.com was being written") || took > time.Minute {
			t.Errorf("after %s: %v", took, err)
		}
		close(goOn)
	})
}

// A host that does not show whole zones is asked for the names that matter.
func TestHostWithoutZoneLists(t *testing.T) {
	h := host(t, limits, `@ TXT "v=spf1 mx -all"`, "www A 192.0.2.1", "mail A 192.0.2.2", "_domainkey.shop NS ns.example.org.", "* TXT y")
	byName := &byName{Memory: h.Memory}
	h.editor = dns.NewEditor(byName, dns.EditorOptions{})
	result, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Wanted: wanted(t,
		`@ 1 TXT "v=spf1 a ~all"`, "@ MX 10 mail", "_dmarc TXT x")})
	if err != nil {
		t.Fatal(err)
	}
	checkProblems(t, result.Warnings, []string{"warning c", "Wildcard hidden"})
	_, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Wanted: wanted(t, "s1._domainkey.shop CNAME x.example.net.")})
	var conflict *dns.ConflictError
	if !errors.As(err, &conflict) || !strings.Contains(err.Error(), "hands over _domainkey.shop.example.com") {
		t.Errorf("a zone cut above the name: %v", err)
	}
	var observing sync.WaitGroup
	for _, p := range [][]dns.Published{result.Published, published(t, "www A 192.0.2.1")} {
		observing.Go(func() {
			snapshot, err := h.editor.Snapshot(t.Context(), zone, []dns.Record{p[0].Record, p[len(p)-1].Record})
			if err != nil {
				t.Error(err)
				return
			}
			for _, o := range dns.Observe(snapshot, p) {
				if o.Presence != dns.Present {
					t.Errorf("%s is %s", o.Published.Record, o.Presence)
				}
			}
		})
	}
	observing.Wait()
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: result.Published}); err != nil {
		t.Fatal(err)
	}
	if n := len(h.Records(zone.Apex)); n != 5 || byName.refused != 1 {
		t.Errorf("%d records, asked for the whole zone %d times", n, byName.refused)
	}
}

// byName is a host that does not show zones as a whole.
type byName struct {
	*dnstest.Memory
	refused int
}

func (h *byName) Read(context.Context, dns.HostedZone) (*dns.Snapshot, error) {
	h.refused++
	return nil, fmt.Errorf("REFUSED: %w", dns.ErrNotListable)
}

func (h *byName) ReadNames(ctx context.Context, zone dns.HostedZone, names []string) (*dns.Snapshot, error) {
	whole, err := h.Memory.Read(ctx, zone)
	if err != nil {
		return nil, err
	}
	part := &dns.Snapshot{Zone: zone, Names: names}
	for _, r := range whole.Records {
		if slices.Contains(names, r.Name) {
			part.Records = append(part.Records, r)
		}
	}
	return part, nil
}
