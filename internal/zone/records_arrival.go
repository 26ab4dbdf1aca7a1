package zone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Pauses between two looks at the name servers. They start short, because most hosts need only
// seconds, and then grow.
const (
	firstArrivalPause   = 200 * time.Millisecond
	longestArrivalPause = 10 * time.Second
)

// awaitArrival waits until all name servers of a zone that answer have the records. If that fails,
// it only warns: the records are written, and a resource that needs them verifies that itself.
func (r *recordsResource) awaitArrival(ctx context.Context, host string, zone dns.HostedZone, published []dns.Published, timeout time.Duration, diags *diag.Diagnostics) {
	lookup, err := r.Run.Lookup()
	if err != nil {
		diags.AddWarning("Unable to see whether the records have arrived", err.Error())
		return
	}
	run, begun := ctx, time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	servers := zone.NameServers
	if len(servers) == 0 {
		public, err := lookup.Apex(ctx, zone.Apex)
		if err != nil {
			diags.AddWarning("Unable to see whether the records have arrived", err.Error()+".")
			return
		}
		servers = public.NameServers
	}
	asked := dns.Zone{Apex: zone.Apex, NameServers: servers}
	records := toArrive(published)
	watch := r.newHiddenWatch(host, zone)
	silent := map[string]bool{}
	var missing []string // what the last look found missing; empty if there was none
	for pause := firstArrivalPause; ; pause = min(2*pause, longestArrivalPause) {
		arrivals := lookup.Arrivals(ctx, asked, records)
		var waiting []dns.Record
		var lines []string
		for _, a := range arrivals {
			for _, server := range a.Silent {
				silent[server] = true
			}
			switch {
			case a.Err != nil && ctx.Err() == nil:
				diags.AddWarning("Unable to see whether the records have arrived", a.Err.Error()+".")
				return
			case !a.Arrived():
				waiting = append(waiting, a.Record)
				lines = append(lines, "    "+a.String())
			}
		}
		waiting, lines = watch.leaveOut(ctx, lookup, asked, arrivals, waiting, lines, diags)
		if len(waiting) == 0 {
			warnOfSilence(zone, silent, diags)
			return
		}
		records = waiting
		if ctx.Err() == nil { // otherwise no server could answer in time
			missing = lines
		}
		tflog.Info(ctx, "Waiting for records to arrive at the name servers", map[string]any{"zone": zone.Apex, "missing": len(waiting)})
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			ended := "after " + kit.Describe(timeout)
			if run.Err() != nil {
				ended = "when the run was stopped, after " + kit.WaitedSince(begun) + ","
			}
			diags.AddAttributeWarning(path.Root("records"), "Records have not arrived yet", notArrivedYet(zone, ended, missing))
			return
		}
	}
}

// notArrivedYet says what was still missing when the wait for records ended.
func notArrivedYet(zone dns.HostedZone, ended string, missing []string) string {
	const next = "The next plan shows no difference. A resource that needs the records verifies them by itself."
	if len(missing) == 0 {
		return fmt.Sprintf("They are written at the DNS host, but %s it was not known whether the name servers of %s have them. %s", ended, zone.Apex, next)
	}
	return fmt.Sprintf("They are written at the DNS host, but %s not all name servers of %s had them:\n\n%s\n\nUsually this takes some minutes. %s",
		ended, zone.Apex, strings.Join(missing, "\n"), next)
}

// warnOfSilence names the name servers that did not answer and were not waited for.
func warnOfSilence(zone dns.HostedZone, silent map[string]bool, diags *diag.Diagnostics) {
	if len(silent) == 0 {
		return
	}
	diags.AddWarning("A name server does not answer",
		fmt.Sprintf("The records have arrived at the other name servers of %s, but these gave no answer:\n\n    %s\n\n"+
			"A resolver that asks one of these sees nothing of the zone. Have it repaired, or remove it from the delegation.",
			zone.Apex, strings.Join(slices.Sorted(maps.Keys(silent)), "\n    ")))
}
