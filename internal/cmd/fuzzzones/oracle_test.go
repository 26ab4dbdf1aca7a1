package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// lossy is a provider that does harm to the zone after each change that it applies.
type lossy struct {
	tfprotov6.ProviderServer
	harm func(context.Context) error
}

func (l lossy) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := l.ProviderServer.ApplyResourceChange(ctx, r)
	return resp, errors.Join(err, l.harm(ctx))
}

// The oracle finds each kind of loss within a few steps.
func TestTheOracleFindsLosses(t *testing.T) {
	honest := serverOf
	t.Cleanup(func() { serverOf = honest })
	for name, harm := range map[string]func(w *world, zone []dns.Record) dns.ChangeSet{
		"a record of others goes": func(w *world, zone []dns.Record) dns.ChangeSet {
			for _, r := range zone {
				if _, foreign := w.model.foreign[r.Identity()]; foreign {
					return dns.ChangeSet{Delete: []dns.Record{r}}
				}
			}
			return dns.ChangeSet{}
		},
		"others' SPF record is written anew": func(w *world, zone []dns.Record) dns.ChangeSet {
			for _, r := range zone {
				if isSPF(r) && w.model.spf[r.Name] != "" {
					changed := r
					changed.Value = "v=spf1 ip4:192.0.2.99 ~all"
					return dns.ChangeSet{Replace: []dns.Replacement{{Old: r, New: changed}}}
				}
			}
			return dns.ChangeSet{}
		},
		"a published record is not there": func(w *world, zone []dns.Record) dns.ChangeSet {
			for _, r := range zone {
				if _, foreign := w.model.foreign[r.Identity()]; !foreign && !isSPF(r) {
					return dns.ChangeSet{Delete: []dns.Record{r}}
				}
			}
			return dns.ChangeSet{}
		},
		"a record stays behind": func(_ *world, zone []dns.Record) dns.ChangeSet {
			left := dns.Record{Name: "left." + apex, Type: "A", Value: "192.0.2.99", TTL: 3600}
			if has(zone, left.Identity()) {
				return dns.ChangeSet{}
			}
			return dns.ChangeSet{Create: []dns.Record{left}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			host, err := openHost(t.Context(), "rfc2136")
			if err != nil {
				t.Fatal(err)
			}
			defer host.close() //nolint:errcheck // the sandbox is in memory
			w, err := newWorld(host, 1)
			if err != nil {
				t.Fatal(err)
			}
			serverOf = func() tfprotov6.ProviderServer {
				return lossy{honest(), func(ctx context.Context) error {
					stranger, err := host.stranger()
					if err != nil {
						return err
					}
					base, err := stranger.Read(ctx, host.zone)
					if err != nil {
						return err
					}
					if changes := harm(w, recordsOf(base)); !changes.Empty() {
						return stranger.Apply(ctx, base, changes)
					}
					return nil
				}}
			}
			_, err = w.run(t.Context(), 5)
			var found *lossError
			if !errors.As(err, &found) {
				t.Errorf("in five steps it found %v", err)
			}
		})
	}
}

// What a plan promises has to be kept, but for what it left open.
func TestDifferences(t *testing.T) {
	list := tftypes.List{ElementType: tftypes.String}
	ty := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"text": tftypes.String, "list": list}}
	object := func(text any, elements any) tftypes.Value {
		return tftypes.NewValue(ty, map[string]tftypes.Value{"text": tftypes.NewValue(tftypes.String, text), "list": tftypes.NewValue(list, elements)})
	}
	one, two := []tftypes.Value{tftypes.NewValue(tftypes.String, "one")}, []tftypes.Value{tftypes.NewValue(tftypes.String, "two")}
	for name, c := range map[string]struct {
		planned, actual tftypes.Value
		differ          int
	}{
		"the same":                 {object("a", one), object("a", one), 0},
		"what was unknown":         {object(tftypes.UnknownValue, tftypes.UnknownValue), object("a", one), 0},
		"another text":             {object("a", one), object("b", one), 1},
		"another element":          {object("a", one), object("a", two), 1},
		"one element less":         {object("a", one), object("a", []tftypes.Value{}), 1},
		"null for a value":         {object("a", one), object(nil, one), 1},
		"a value for null":         {object(nil, one), object("a", one), 1},
		"unknown after it was not": {object("a", one), object(tftypes.UnknownValue, one), 1},
		"all of it":                {object("a", one), object("b", two), 2},
	} {
		if found := differences("", c.planned, c.actual); len(found) != c.differ {
			t.Errorf("%s: it finds %q", name, found)
		}
	}
}

// A configuration keeps its own values when what Terraform proposes is made of it.
func TestProposedLeavesTheConfigurationAlone(t *testing.T) {
	ty := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"ttl": tftypes.Number}}
	value := func(ttl any) tftypes.Value {
		return tftypes.NewValue(ty, map[string]tftypes.Value{"ttl": tftypes.NewValue(tftypes.Number, ttl)})
	}
	config := value(nil)
	if made := proposed(config, value(600)); !made.Equal(value(600)) || !config.Equal(value(nil)) {
		t.Errorf("it proposes %s, and the configuration is %s", made, config)
	}
}

// The rules of the oracle.
func TestRules(t *testing.T) {
	record := func(name, recordType, value string) dns.Record {
		return dns.Record{Name: name + "." + apex, Type: recordType, Value: value}
	}
	for name, c := range map[string]struct {
		a, b dns.Record
		want bool
	}{
		"two addresses":      {record("www", "A", "192.0.2.1"), record("www", "A", "192.0.2.2"), false},
		"a CNAME and a text": {record("www", "CNAME", "a.example"), record("www", "TXT", "x"), true},
		"the same CNAME":     {record("www", "CNAME", "a.example"), record("www", "CNAME", "a.example"), false},
		"two policies":       {record("_dmarc", "TXT", "v=DMARC1; p=none"), record("_dmarc", "TXT", "v=DMARC1; p=reject"), true},
		"two keys":           {record("s._domainkey", "TXT", key(0)), record("s._domainkey", "TXT", key(1)), true},
		"other names":        {record("www", "CNAME", "a.example"), record("app", "TXT", "x"), false},
	} {
		if got := contradict(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if text, found := withoutTerm("v=spf1  mx ip4:192.0.2.1 -all", "ip4:192.0.2.1"); !found || text != "v=spf1  mx -all" {
		t.Errorf("without a term it is %q", text)
	}
	if got := spfTerms("v=spf1 mx ip4:192.0.2.1 -all"); !slices.Equal(got, []string{"mx", "ip4:192.0.2.1"}) {
		t.Errorf("the terms are %q", got)
	}
}
