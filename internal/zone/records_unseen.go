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

// toArrive are the published records that name servers will answer with. The others
// were named when they were planned, so nothing waits for them.
func toArrive(published []dns.Published) []dns.Record {
	var records []dns.Record
	for _, p := range published {
		if p.Unseen == "" {
			records = append(records, p.Record)
		}
	}
	return records
}

// warnOfHiddenAlias is whether a published CNAME is in the zone and the host answers
// with addresses in its place. It then says so.
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

// hiddenPatience is how long name servers may lack a record before it is looked at
// whether they answer with something else for good.
const hiddenPatience = 4 * time.Second

// hiddenWatch finds out, while records are waited for, which of them cannot come
// because of a setting of the zone that its records do not show.
type hiddenWatch struct {
	zone  dns.HostedZone
	host  *Host
	title string // of the host
	since time.Time
}

// newHiddenWatch is for records in a zone at a host.
func (r *DNSRecordsResource) newHiddenWatch(host string, zone dns.HostedZone) *hiddenWatch {
	w := &hiddenWatch{zone: zone, host: &Host{}, title: r.Hosts.title(host), since: time.Now()}
	if s, ok := kit.Named(r.Hosts, host); ok {
		w.host = s.Host()
	}
	return w
}

// leaveOut takes the records that cannot come out of those that are waited for, and
// out of their lines in a message, with a warning for each.
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
			fmt.Sprintf("%s stands in the zone %s, but %s Nothing waits for it any longer, and a verification of it fails.", r, w.zone.Apex, reason))
	}
	return stillWaiting, theirLines
}

// reason says what the name servers answer with for good in place of a record, as
// sentences that begin in the middle of one; empty where nothing speaks for that.
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
		advice := "Have it flatten the one at the apex only"
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
			"If the MX is to be seen as it is, switch off the proxy for %s.", r.Value, r.Value)
	}
	return ""
}
