package dns_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A write that was made in part and is refused for good: the error says what the owner has now. The
// old record that the new one was to replace is still the owner's, and what was added to an SPF
// record is taken out again and is not.
func TestAPartOfAPublication(t *testing.T) {
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise, `@ TXT "v=spf1 mx -all"`)
	first, err := h.publish(t, "one", "x TXT old")
	if err != nil {
		t.Fatal(err)
	}
	refusal := &api.Error{Service: "host", Op: "create", Status: 400}
	h.failing(func(func() error) error {
		h.Add(zone.Apex, records(t, "x TXT new", `@ TXT "v=spf1 mx a -all"`)...)
		h.Remove(zone.Apex, records(t, `@ 300 TXT "v=spf1 mx -all"`)[0])
		return refusal
	})
	_, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published,
		Wanted: wanted(t, "x TXT new", "y TXT more", `@ TXT "v=spf1 a -all"`)})
	var partial *dns.PartialError
	if !errors.As(err, &partial) || !errors.Is(err, refusal) {
		t.Fatalf("%v", err)
	}
	for _, words := range []string{"Done: create x.example.com TXT", "Not done: create y.example.com TXT", "delete x.example.com TXT", "The reason: "} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%v lacks %q", err, words)
		}
	}
	var has []string
	for _, p := range partial.Has() {
		has = append(has, p.Record.Value)
	}
	slices.Sort(has)
	if !slices.Equal(has, []string{"new", "old"}) {
		t.Errorf("the owner has %q", has)
	}
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: partial.Has()}); err != nil {
		t.Fatal(err)
	}
	h.check(t, `@ 300 TXT "v=spf1 mx -all"`)
}

// If nothing of a publication is in the zone, the error stays as it is.
func TestNoPartOfAPublication(t *testing.T) {
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise)
	h.failing(func(func() error) error { return &api.Error{Service: "host", Op: "create", Status: 400} })
	_, err := h.publish(t, "one", "x TXT new")
	var partial *dns.PartialError
	if err == nil || errors.As(err, &partial) {
		t.Errorf("%v", err)
	}
}
