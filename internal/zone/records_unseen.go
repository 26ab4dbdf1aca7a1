package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// toArrive returns the published records with which name servers will answer. The plan has named
// the others, and nothing waits for them.
func toArrive(published []dns.Published) []dns.Record {
	var records []dns.Record
	for _, p := range published {
		if p.Unseen == "" {
			records = append(records, p.Record)
		}
	}
	return records
}

// warnOfHiddenAlias reports whether a published CNAME is in the zone but the host answers with
// addresses instead. It adds a warning then.
func warnOfHiddenAlias(o dns.Observation, diags *diag.Diagnostics) bool {
	if o.Record.Type != "CNAME" {
		return false
	}
	at := path.Root("records").AtMapKey(o.Published.Key)
	switch {
	case o.Record.Proxied:
		diags.AddAttributeWarning(at, "A CNAME is behind the host's proxy",
			fmt.Sprintf("%s is in the zone, but the DNS host answers with addresses of its own instead. Publishing it again switches the proxy off for it.", o.Record))
	case o.Record.Flattened:
		diags.AddAttributeWarning(at, "A CNAME is flattened",
			fmt.Sprintf("%s is in the zone, but the DNS host answers with the addresses of %s instead. Publishing it again switches the flattening off for it.", o.Record, o.Record.Value))
	default:
		return false
	}
	return true
}

// hiddenPatience is how long name servers may lack a record before it is checked whether they
// permanently answer with something else.
const hiddenPatience = 4 * time.Second

// hiddenWatch finds out during the wait for records which of them cannot arrive because of a
// setting of the zone that the zone's records do not show.
type hiddenWatch struct {
	zone  dns.HostedZone
	host  *Host
	title string // of the host
	since time.Time
}

// newHiddenWatch returns the watch for a zone at a host.
func (r *recordsResource) newHiddenWatch(host string, zone dns.HostedZone) *hiddenWatch {
	w := &hiddenWatch{zone: zone, host: &Host{}, title: r.Hosts.title(host), since: time.Now()}
	if s, ok := kit.Named(r.Hosts, host); ok {
		w.host = s.Host()
	}
	return w
}

// leaveOut removes the records that cannot arrive from those that are waited for, and from the
// lines of the message. It adds a warning for each.
func (w *hiddenWatch) leaveOut(ctx context.Context, lookup *dns.Lookup, zone dns.Zone, arrivals []dns.Arrival, waiting []dns.Record, lines []string,
	diags *diag.Diagnostics,
) (stillWaiting []dns.Record, theirLines []string) {
	if !w.zone.Flattens || time.Since(w.since) < hiddenPatience {
		return waiting, lines
	}
	for i, r := range waiting {
		reason := w.reason(ctx, lookup, zone, r, arrivals)
		if reason == "" {
			stillWaiting, theirLines = append(stillWaiting, r), append(theirLines, lines[i])
			continue
		}
		diags.AddAttributeWarning(path.Root("records"), "Record is not seen in the DNS",
			fmt.Sprintf("%s stands in the zone %s, but %s The provider does not wait for it any longer, and a verification of it fails.", r, w.zone.Apex, reason))
	}
	return stillWaiting, theirLines
}

// reason says what the name servers permanently answer instead of a record. The text starts in the
// middle of a sentence. It is empty if there is no sign of that.
func (w *hiddenWatch) reason(ctx context.Context, lookup *dns.Lookup, zone dns.Zone, r dns.Record, arrivals []dns.Arrival) string {
	i := slices.IndexFunc(arrivals, func(a dns.Arrival) bool { return a.Record == r })
	if i < 0 {
		return ""
	}
	switch r.Type {
	case "CNAME":
		authority, err := lookup.AskServers(ctx, zone, r.Name, miekg.TypeA)
		if err != nil || len(authority.Responding()) == 0 {
			return ""
		}
		for _, answer := range authority.Responding() {
			if answer.Alias != "" || len(answer.Records) == 0 {
				return ""
			}
		}
		advice := "Set it to flatten only the one at the apex"
		if w.host.FlattensAt != "" {
			advice += fmt.Sprintf(" (at %s: %s)", w.title, w.host.FlattensAt)
		}
		return "the name servers answer with addresses in its place: the DNS host is set to flatten all CNAMEs of the zone. " + advice + "."
	case "MX":
		if w.host.ProxiedMX == "" {
			return ""
		}
		for _, lack := range arrivals[i].Lacking {
			if !slices.ContainsFunc(lack.Found, func(mx string) bool {
				return strings.HasPrefix(mx, fmt.Sprintf("%d %s", r.Priority, w.host.ProxiedMX))
			}) {
				return ""
			}
		}
		return fmt.Sprintf("the name servers answer with an MX to another name, because %s is behind the proxy of the DNS host. Mail arrives all the same. "+
			"To publish the MX as it is, switch off the proxy for %s.", r.Value, r.Value)
	}
	return ""
}
