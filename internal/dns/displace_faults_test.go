package dns_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// faultyHosts are the simulated hosts, by the section of their conditions, each with a client that
// does not wait long.
var faultyHosts = map[string]struct {
	apex string
	open func(t *testing.T, box *sandbox.Sandbox) dns.Host
}{
	cloudflaresim.Section: {"example.com", func(t *testing.T, box *sandbox.Sandbox) dns.Host {
		return cloudflareapi.New(cloudflareapi.Config{APIToken: cloudflaresim.Token, BaseURL: address(t, box, cloudflaresim.Section, cloudflaresim.BasePath),
			Transport: box.Transport(), RetryWaitMin: time.Millisecond})
	}},
	namecheapsim.Section: {"example.org", func(t *testing.T, box *sandbox.Sandbox) dns.Host {
		return namecheapapi.New(namecheapapi.Config{APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP,
			BaseURL: address(t, box, namecheapsim.Section, namecheapsim.Path), Transport: box.Transport(), CallsPerMinute: -1,
			RetryWait: time.Millisecond, Pause: func(context.Context, time.Duration) error { return nil }})
	}},
	godaddysim.Section: {"example.net", func(t *testing.T, box *sandbox.Sandbox) dns.Host {
		return godaddyapi.New(godaddyapi.Config{Token: godaddysim.Token, BaseURL: address(t, box, godaddysim.Section, ""), Transport: box.Transport(),
			CallsPerMinute: -1, RetryWait: time.Millisecond, Pause: func(context.Context, time.Duration) error { return nil }})
	}},
	rfc2136sim.Section: {"corp.example", func(t *testing.T, box *sandbox.Sandbox) dns.Host {
		server, err := box.DNSAddr()
		if err != nil {
			t.Fatal(err)
		}
		host, port, err := net.SplitHostPort(server)
		if err != nil {
			t.Fatal(err)
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := rfc2136api.New(rfc2136api.Config{Server: host, Port: number, Timeout: time.Second, Settle: 10 * time.Millisecond,
			KeyName: rfc2136sim.KeyName, KeyAlgorithm: rfc2136sim.Algorithm, KeySecret: rfc2136sim.KeySecret})
		if err != nil {
			t.Fatal(err)
		}
		return opened
	}},
}

func address(t *testing.T, box *sandbox.Sandbox, section, path string) *url.URL {
	t.Helper()
	parsed, err := api.ParseBaseURL(box.BaseURL(section)+path, true)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// displacing returns a publication, and the records of others that it displaces.
func displacing(apex string) (p dns.Publication, displaced []dns.Record) {
	record := func(name, recordType, value string) dns.Record {
		r, err := dns.NewRecord(name, recordType, value)
		if err != nil {
			panic(err)
		}
		if recordType == "MX" {
			r.Priority = 10
		}
		return r
	}
	want := func(key string, r dns.Record) dns.Wanted { return dns.Wanted{Key: key, Record: r} }
	return dns.Publication{
			Owner: "one", Overwrite: true, ReplaceMX: true,
			Wanted: []dns.Wanted{
				want("mx", record(apex, "MX", "mx.ours.example")),
				want("key", record("s1._domainkey."+apex, "TXT", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")),
				want("alias", record("em."+apex, "CNAME", "u1.ours.example")),
				want("policy", record("_dmarc."+apex, "TXT", "v=DMARC1; p=none")),
			},
		}, []dns.Record{
			record(apex, "MX", "mx1.theirs.example"), record(apex, "MX", "mx2.theirs.example"),
			record("s1._domainkey."+apex, "TXT", "v=DKIM1; k=ed25519; p=AAAAAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
			record("em."+apex, "A", "192.0.2.1"), record("em."+apex, "TXT", "theirs"),
			record("_dmarc."+apex, "TXT", "v=DMARC1; p=reject"),
		}
}

// A fault may happen at any call of a write. Success still means that each displaced record is gone
// and each wanted one is there. After a failure, the next run gets there. No name is left without
// the record that it had, unless that record was displaced.
func TestDisplacementSurvivesFaults(t *testing.T) {
	kinds := []fault.Fault{
		{Kind: fault.Status, Status: 502}, {Kind: fault.Status, Status: 429}, {Kind: fault.Status, Status: 400}, {Kind: fault.StatusAfter}, {Kind: fault.EmptyError},
		{Kind: fault.Cut}, {Kind: fault.CutAfter}, {Kind: fault.TruncatedBody}, {Kind: fault.InvalidJSON}, {Kind: fault.Redirect, Header: map[string]string{"Location": "/elsewhere"}},
		{Kind: fault.Hang, Delay: fault.Duration(10 * time.Millisecond)}, {Kind: fault.HangAfter, Delay: fault.Duration(10 * time.Millisecond)},
	}
	for section, faulty := range faultyHosts {
		t.Run(section, func(t *testing.T) {
			t.Parallel()
			calls := displaceUnderFault(t, "without a fault", section, faulty.apex, faulty.open)
			if calls < 3 {
				t.Fatalf("a publication makes %d calls", calls)
			}
			for _, kind := range kinds {
				for _, kind.Count = range []int{1, 2} {
					for kind.Skip = range calls {
						name := fmt.Sprintf("%s %d after %d calls, %d times", kind.Kind, kind.Status, kind.Skip, kind.Count)
						if displaceUnderFault(t, name, section, faulty.apex, faulty.open, kind); t.Failed() {
							return
						}
					}
				}
			}
		})
	}
}

// displaceUnderFault publishes under faults and, if that fails, once more without faults. It
// returns how many calls the first publication made.
func displaceUnderFault(t *testing.T, name, section, apex string, open func(*testing.T, *sandbox.Sandbox) dns.Host, faults ...fault.Fault) (calls int) {
	t.Helper()
	var count atomic.Int64
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated(), Path: filepath.Join(t.TempDir(), "sandbox.json"), Observe: func(service, _, _ string, _ int) {
		if service == section {
			count.Add(1)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close() //nolint:errcheck // nothing is kept of it
	if err := box.AddZones(box.DefaultZones()); err != nil {
		t.Fatal(err)
	}
	conditions := func(faults ...fault.Fault) {
		settings := map[string]string{}
		if section == namecheapsim.Section {
			settings[namecheapsim.SettingCallsPerMinute] = "0"
		}
		if err := box.SetConditions(section, fault.Conditions{Faults: faults, Settings: settings}); err != nil {
			t.Fatal(err)
		}
	}
	conditions()
	host := open(t, box)
	zone, err := host.FindZone(t.Context(), apex)
	if err != nil {
		t.Fatal(err)
	}
	read := func() *dns.Snapshot {
		s, err := open(t, box).Read(t.Context(), zone)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return s
	}
	p, displaced := displacing(apex)
	base := read()
	if err := host.Apply(t.Context(), base, dns.ChangeSet{Create: displaced, ReplaceMail: true}); err != nil {
		t.Fatal(err)
	}
	before := read()
	conditions(faults...)
	count.Store(0)
	publish := func() error {
		editor := dns.NewEditor(open(t, box), dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
		_, err := editor.Publish(t.Context(), zone, p)
		return err
	}
	failure := publish()
	calls = int(count.Load())
	conditions()
	if failure != nil {
		checkNothingElseIsGone(t, name, before, read(), displaced)
		if err := publish(); err != nil {
			t.Errorf("%s: after %v, the next run fails: %v", name, failure, err)
		}
	}
	after := read()
	checkNothingElseIsGone(t, name, before, after, displaced)
	for _, r := range displaced {
		if has(after, r) {
			t.Errorf("%s: the first run ended with %v, and in the end there is still %s", name, failure, r)
		}
	}
	for _, w := range p.Wanted {
		if !has(after, w.Record) {
			t.Errorf("%s: the first run ended with %v, and in the end there is no %s", name, failure, w.Record)
		}
	}
	return calls
}

func has(s *dns.Snapshot, r dns.Record) bool {
	return slices.ContainsFunc(s.Records, func(there dns.Record) bool { return dns.Equivalent(there, r) })
}

func checkNothingElseIsGone(t *testing.T, name string, before, after *dns.Snapshot, displaced []dns.Record) {
	t.Helper()
	for _, r := range before.Records {
		if !has(after, r) && !slices.ContainsFunc(displaced, func(d dns.Record) bool { return dns.Equivalent(d, r) }) {
			t.Errorf("%s: %s is gone", name, r)
		}
	}
}
