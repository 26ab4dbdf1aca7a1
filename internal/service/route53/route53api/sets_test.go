package route53api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

func editor(h dns.Host) *dns.Editor {
	return dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
}

func publish(t *testing.T, h dns.Host, zone dns.HostedZone, owner string, records ...dns.Record) (dns.Result, error) {
	t.Helper()
	return editor(h).Publish(t.Context(), zone, dns.Publication{Owner: owner, Wanted: wanted(records...)})
}

func wanted(records ...dns.Record) []dns.Wanted {
	var all []dns.Wanted
	for i, r := range records {
		all = append(all, dns.Wanted{Key: fmt.Sprint("k", i), Record: r})
	}
	return all
}

// A value that joins a set leaves the others as they were typed, with the TTL of the set. A second TXT
// does not replace the first one, and one MX is not written over a set.
func TestJoiningASetLosesNothing(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com",
		plain("example.com", "TXT", 1, `"v=spf1 mx -all"`, `"two" "parts"`, `"next""to each other"`, `"\303\244\042;"`),
		plain("mail.example.com", "MX", 7200, "10 mx1.example.net", "20 mx2.example.net."))
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	snapshot := read(t, h, zone)
	joining := dns.Record{Name: "mail.example.com", Type: "MX", Value: "mx3.example.net", Priority: 30, TTL: 300}
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", "token"), joining}}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`example.com. TXT 1 "v=spf1 mx -all" "two" "parts" "next""to each other" "\303\244\042;" "token"`,
		`mail.example.com. MX 7200 10 mx1.example.net 20 mx2.example.net. 30 mx3.example.net.`,
	}
	if got := w.lines(t, "example.com"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var values []string
	for _, r := range read(t, h, zone).Records {
		if r.Type == "TXT" {
			values = append(values, r.Value)
		}
	}
	if want := []string{"v=spf1 mx -all", "twoparts", "nextto each other", `ä";`, "token"}; !slices.Equal(values, want) {
		t.Errorf("got %q, want %q", values, want)
	}
	// One of several values goes, and the set stays.
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Delete: []dns.Record{at(t, read(t, h, zone), "mail.example.com", "MX")}}); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(t, "example.com")[1]; got != `mail.example.com. MX 7200 20 mx2.example.net. 30 mx3.example.net.` {
		t.Errorf("got %q", got)
	}
}

// A set is deleted exactly as it was read, and there is never an UPSERT.
func TestBatchOnTheWire(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com", plain("example.com", "TXT", 60, `"b"`, `"a"`))
	var body string
	w.Before(func(r *http.Request) {
		if r.Method == http.MethodPost {
			content, _ := io.ReadAll(r.Body)
			body = html.UnescapeString(string(content))
			r.Body = io.NopCloser(bytes.NewReader(content))
		}
	})
	h := w.host(t, route53sim.AccessKey)
	snapshot := read(t, h, find(t, h, "example.com"))
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text("example.com", "c"), text("new.example.com", "d")}}); err != nil {
		t.Fatal(err)
	}
	deletion, rest, found := strings.Cut(body, `<Value>"a"</Value>`)
	if !found || !strings.Contains(deletion, "<Action>DELETE</Action>") || !strings.Contains(deletion, `<Value>"b"</Value>`) || strings.Count(rest, "<Action>CREATE</Action>") != 2 {
		t.Errorf("the batch is %s", body)
	}
	if strings.Contains(body, "UPSERT") {
		t.Errorf("the batch has an UPSERT: %s", body)
	}
}

// A key that is a CNAME elsewhere is published and withdrawn at its own name. Nothing at the apex goes.
func TestCNAMEIsNotFollowed(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com", plain("example.com", "TXT", 300, `"v=spf1 -all"`), plain("_acme.example.com", "CNAME", 300, "example.com."))
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	before := w.lines(t, "example.com")
	e := editor(h)
	token := text("_token.example.com", "x")
	result, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: wanted(token)})
	if err != nil {
		t.Fatal(err)
	}
	var conflict *dns.ConflictError
	if _, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "b", Wanted: wanted(text("_acme.example.com", "x"))}); !errors.As(err, &conflict) {
		t.Errorf("a text beside a CNAME: %v", err)
	}
	if _, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Previous: result.Published}); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
		t.Errorf("got %q, want %q", got, before)
	}
}

// Names with wildcards, IDN and unusual characters are read and written.
func TestNames(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com", plain(`\052.example.com`, "A", 60, "192.0.2.1"), plain(`odd\040name.example.com`, "A", 60, "192.0.2.2"), plain("UPPER.example.com", "A", 60, "192.0.2.3"))
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	var names []string
	for _, r := range read(t, h, zone).Records {
		if r.Type == "A" {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	if want := []string{"*.example.com", `odd\032name.example.com`, "upper.example.com"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	star := dns.Record{Name: "*.xn--bcher-kva.example.com", Type: "TXT", Value: "x", TTL: 60}
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{star}}); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(t, "example.com"); !slices.Contains(got, `\052.xn--bcher-kva.example.com. TXT 60 "x"`) {
		t.Errorf("got %q", got)
	}
	if r := at(t, read(t, h, zone), star.Name, "TXT"); r.Value != "x" {
		t.Errorf("read as %+v", r)
	}
}

// Fifty resources that publish at the same time need few calls, and the texts of an apex that has forty
// stay as they are.
func TestManyResourcesAtOnce(t *testing.T) {
	w := newWorld(t, "example.com")
	var texts []string
	for i := range 40 {
		texts = append(texts, fmt.Sprintf(`"verification-%d" "=token"`, i))
	}
	w.put(t, "example.com", plain("example.com", "TXT", 900, texts...))
	h := w.host(t, route53sim.AccessKey)
	zone := find(t, h, "example.com")
	e := dns.NewEditor(h, dns.EditorOptions{})
	w.Forget()
	var publishing sync.WaitGroup
	for i := range 50 {
		publishing.Go(func() {
			p := dns.Publication{Owner: fmt.Sprint("o", i), Wanted: wanted(text("example.com", fmt.Sprint("of resource ", i)))}
			if _, err := e.Publish(t.Context(), zone, p); err != nil {
				t.Error(err)
			}
		})
	}
	publishing.Wait()
	stored := w.lines(t, "example.com")[0]
	if !strings.HasPrefix(stored, "example.com. TXT 900 "+strings.Join(texts, " ")) || strings.Count(stored, "of resource") != 50 {
		t.Errorf("the apex has %s", stored)
	}
	posts := w.Count("POST")
	t.Logf("%d calls, %d of them changes", len(w.Called()), posts)
	if posts > 3 {
		t.Errorf("%d changes", posts)
	}
}
