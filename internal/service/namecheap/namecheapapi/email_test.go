package namecheapapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// The mail setting follows the MX records: it comes with the first one and goes with the last one.
// A change that takes away no MX record leaves it as it is.
func TestMailSettingFollowsMXRecords(t *testing.T) {
	mx := dns.Record{Name: "example.com", Type: "MX", Value: "mail.example.net", Priority: 20, TTL: 600}
	deeper := namecheapsim.Host{Name: "shop", Type: "MX", Address: "mail.example.net.", MXPref: 20, TTL: 600}
	isMX := func(r dns.Record) bool { return r.Type == "MX" && r.Name == "example.com" }
	isText := func(r dns.Record) bool { return r.Type == "TXT" }
	for name, test := range map[string]struct {
		before string
		hosts  []namecheapsim.Host
		delete func(dns.Record) bool
		create []dns.Record
		after  string
	}{
		"the last one goes":                     {"MX", []namecheapsim.Host{mail, spf}, isMX, nil, "NONE"},
		"the last two go":                       {"MX", []namecheapsim.Host{mail, spf, backup}, isMX, nil, "NONE"},
		"one below the apex stays":              {"MX", []namecheapsim.Host{mail, deeper}, isMX, nil, "MX"},
		"another one comes in its place":        {"MX", []namecheapsim.Host{backup}, isMX, []dns.Record{mx}, "MX"},
		"there was none before":                 {"MX", []namecheapsim.Host{spf, www}, isText, nil, "MX"},
		"something else goes":                   {"MX", []namecheapsim.Host{mail, spf}, isText, nil, "MX"},
		"a mail service's own ones stay":        {"OX", []namecheapsim.Host{spf, www}, isText, nil, "OX"},
		"forwarded mail has nothing to do here": {"FWD", []namecheapsim.Host{spf, www}, isText, nil, "FWD"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.set(test.before, test.hosts...)
			h := w.host()
			base := read(t, h)
			changes := dns.ChangeSet{Create: test.create}
			for _, r := range base.Records {
				if test.delete(r) {
					changes.Delete = append(changes.Delete, r)
				}
			}
			if err := h.Apply(t.Context(), base, changes); err != nil {
				t.Fatal(err)
			}
			if emailType, _ := w.zone(); emailType != test.after {
				t.Errorf("the mail setting is %s, want %s", emailType, test.after)
			}
		})
	}
}

// A mail setting comes with the records of an editor and goes with them.
func TestMailSettingIsRestored(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	e := dns.NewEditor(w.host(), dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	zone := dns.HostedZone{Apex: "example.com", ID: "example.com"}
	wanted := []dns.Wanted{{Key: "mx", Record: dns.Record{Name: "example.com", Type: "MX", Value: "mail.example.net", Priority: 20}}}
	result, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Wanted: wanted})
	if err != nil {
		t.Fatal(err)
	}
	if emailType, _ := w.zone(); emailType != "MX" {
		t.Errorf("the mail setting is %s", emailType)
	}
	if _, err := e.Publish(t.Context(), zone, dns.Publication{Owner: "a", Previous: result.Published}); err != nil {
		t.Fatal(err)
	}
	w.wantZone("NONE", www)
}
