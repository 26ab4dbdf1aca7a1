package namecheapapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Apply implements dns.Host. See [Host] for the risks for changes of others. It reads the zone
// after the write; if the zone differs from what was sent, the error is an [*InterferenceError].
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	_, err := h.ApplyAndRead(ctx, base, changes)
	return err
}

// ApplyAndRead implements dns.ReadBacker.
func (h *Host) ApplyAndRead(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) (*dns.Snapshot, error) {
	if changes.Empty() {
		return nil, nil
	}
	before, ok := base.Native.(*zoneState)
	if !ok {
		return nil, fmt.Errorf("%s: %s %s: the snapshot is not from here", service, writeOp, base.Zone.Apex)
	}
	after, err := before.changed(changes)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	h.wrote(before.apex)
	err = h.write(ctx, before, after, base.Began, changes.Current)
	h.wrote(before.apex)
	if err != nil {
		return nil, err
	}
	h.settle(ctx, time.Since(start))
	return h.confirm(ctx, before, after)
}

// write replaces the zone. If Namecheap refuses it because of too many calls, it tries again. read
// is when the reading of before began; current is whether that reading is newer than the request.
func (h *Host) write(ctx context.Context, before, after *zoneState, read time.Time, current bool) error {
	for attempt := 1; ; attempt++ {
		asked, err := h.replace(ctx, before, after, read, current && attempt == 1)
		// A write that was refused as one call too many was not carried out. But the zone may have
		// changed meanwhile, so it is read again.
		tooMany := asked && errors.Is(err, api.ErrRateLimited) && attempt < rateLimitAttempts
		if !tooMany || h.config.Pause(ctx, rateLimitPause) != nil {
			return err
		}
	}
}

// freshFor is how old a snapshot may be to write the zone without reading it again. Changes of
// others within that time are overwritten.
const freshFor = time.Second

// longestSettling limits the wait for another process that may have read the zone before our write
// and may write it after.
const longestSettling = 5 * time.Second

// settle waits for another process that may have read the zone before our write, so that we see if
// its write undoes ours. If ctx ends first, the caller still has to learn the outcome of the write.
func (h *Host) settle(ctx context.Context, elapsed time.Duration) {
	h.config.Pause(ctx, min(2*elapsed, longestSettling)) //nolint:errcheck // see above
}

// replace writes the zone if it is still the same as before. It reads the zone to check that,
// unless the reading of before, which began at read, is current and fresh. asked is whether it made
// the write.
func (h *Host) replace(ctx context.Context, before, after *zoneState, read time.Time, current bool) (asked bool, err error) {
	isFresh := func() bool { return current && time.Since(read) <= freshFor }
	turns := 2
	if isFresh() {
		turns = 1
	}
	// All turns are awaited first, because between reading and writing others are overwritten.
	if err := h.turn(ctx, writeOp, before.apex, turns); err != nil {
		return false, err
	}
	if turns == 1 && isFresh() {
		return true, h.setHosts(ctx, after)
	}
	if turns == 1 { // after the wait, the reading is too old
		if err := h.turn(ctx, writeOp, before.apex, 1); err != nil {
			return false, err
		}
	}
	now, err := h.getHosts(ctx, before.apex)
	if err != nil {
		return false, err
	}
	if d := compare(before, now); !d.none() {
		return false, fmt.Errorf("%s: %s %s: %w: %s", service, writeOp, before.apex, dns.ErrZoneChanged, d)
	}
	return true, h.setHosts(ctx, after)
}

// confirm reads a zone that was written, and compares.
func (h *Host) confirm(ctx context.Context, before, after *zoneState) (*dns.Snapshot, error) {
	err := h.turn(ctx, readOp, after.apex, 1)
	var now *zoneState
	began := time.Now()
	if err == nil {
		now, err = h.getHosts(ctx, after.apex)
	}
	if err != nil {
		return nil, &api.Error{
			Service: service, Op: "check what became of zone", Object: after.apex, Kind: api.ErrUnavailable, Unsure: true,
			Cause: fmt.Errorf("the change was accepted, but the zone could not be read after it: %w", err),
		}
	}
	return now.snapshot(began), interference(before, after, now)
}

// changed returns the new zone: every record in its place and unchanged, except for the changes,
// with new records at the end.
func (z *zoneState) changed(changes dns.ChangeSet) (*zoneState, error) {
	for _, h := range z.hosts {
		if r := h.record(z.apex); !slices.Contains(keptTypes, r.Type) {
			return nil, &dns.RefusedError{Record: r, Reason: "Namecheap shows this record, but its API cannot write it: any change of the zone would delete it. Change the zone in the web interface"}
		}
	}
	var written []dns.Record
	become := map[int][]host{} // by position: the records that replace a changed one; none if it is deleted
	for _, r := range changes.Delete {
		i, err := z.find(r, become)
		if err != nil {
			return nil, err
		}
		become[i] = nil
	}
	for _, replacement := range changes.Replace {
		i, err := z.find(replacement.Old, become)
		if err != nil {
			return nil, err
		}
		become[i] = []host{newHost(replacement.New, z.apex)}
		written = append(written, replacement.New)
	}
	kept := make([]host, 0, len(z.hosts)+len(changes.Create))
	for i, h := range z.hosts {
		if changed, found := become[i]; found {
			kept = append(kept, changed...)
		} else {
			kept = append(kept, h)
		}
	}
	for _, r := range changes.Create {
		kept = append(kept, newHost(r, z.apex))
		written = append(written, r)
	}
	for _, r := range written {
		if reason := z.objection(r); reason != "" {
			return nil, &dns.RefusedError{Record: r, Reason: reason}
		}
	}
	if len(kept) > maxRecords && len(kept) > len(z.hosts) {
		return nil, &dns.RefusedError{Reason: fmt.Sprintf("the zone %s would have %d records, and Namecheap takes at most %d", z.apex, len(kept), maxRecords)}
	}
	emailType, err := z.emailTypeFor(written, kept, changes.ReplaceMail)
	if err != nil {
		return nil, err
	}
	return &zoneState{apex: z.apex, emailType: emailType, hosts: kept}, nil
}

// find returns the position of a record of the snapshot that has not been changed yet.
func (z *zoneState) find(r dns.Record, become map[int][]host) (int, error) {
	at, ok := r.Native.(position)
	i := int(at)
	_, taken := become[i]
	if !ok || i < 0 || i >= len(z.hosts) || taken || z.hosts[i].record(z.apex).Identity() != r.Identity() {
		return 0, &dns.RefusedError{Record: r, Reason: "this record is not, or not any more, one of the snapshot that the change was planned on"}
	}
	return i, nil
}

// emailTypeFor returns the mail setting of the new zone. written are the records that the change
// writes, and kept all of its records. The setting stays the same with two exceptions. If MX
// records are written, it is the one setting with which Namecheap keeps them. If the last MX record
// goes, there is no mail service any more, as before the first.
func (z *zoneState) emailTypeFor(written []dns.Record, kept []host, replaceMail bool) (string, error) {
	i := slices.IndexFunc(written, func(r dns.Record) bool { return r.Type == "MX" })
	switch {
	case z.emailType == emailRecords && hasMX(z.hosts) && !hasMX(kept):
		return emailNone, nil
	case i < 0 || z.emailType == emailRecords:
		return z.emailType, nil
	}
	if z.mailHosted() && !replaceMail {
		return "", &dns.RefusedError{Record: written[i], Reason: fmt.Sprintf(
			"%s (EmailType %s), and Namecheap drops MX records beside that. Set replace_mx = true if the mail is to go to the MX records instead", z.mailService(), z.emailType)}
	}
	return emailRecords, nil
}

func hasMX(hosts []host) bool {
	return slices.ContainsFunc(hosts, func(h host) bool { return strings.EqualFold(h.Type, "MX") })
}

// objection returns why Namecheap would not keep a record as it is; "" if it would.
func (z *zoneState) objection(r dns.Record) string {
	switch {
	case !(dns.HostedZone{Apex: z.apex}).Holds(r.Name):
		return "it is not in the zone " + z.apex
	case !slices.Contains(writableTypes, r.Type):
		return "Namecheap's API takes records of these types only: " + strings.Join(writableTypes, ", ")
	case r.TTL != 0 && (r.TTL < minTTL || r.TTL > maxTTL):
		return fmt.Sprintf("its TTL is %d, and Namecheap takes %d to %d", r.TTL, minTTL, maxTTL)
	case r.Type == "TXT" && len(r.Value) > maxTXT:
		return fmt.Sprintf("its text has %d bytes, and Namecheap takes at most %d", len(r.Value), maxTXT)
	}
	return Objection(z.apex, r)
}

// Objection returns why the zone cannot hold a record of a type that the API writes, in a sentence
// without its full stop; "" if nothing is known against the record. See [dns.Limits].
func Objection(apex string, r dns.Record) string {
	switch {
	case r.Type == "NS" && r.Name == apex:
		return "Namecheap does not let the API change the zone's own name servers. Choose the domain's name servers in the web interface"
	case r.Type == "MX" && r.Value == dns.NullTarget:
		return "Namecheap takes no null MX (RFC 7505). Leave the record out: a name that has neither MX nor address records receives no mail either"
	case r.Type == "TXT" && r.Value == "":
		return "Namecheap takes no TXT record without a text. Leave the record out, or write a text"
	case r.Type == "TXT" && (!utf8.ValidString(r.Value) || strings.ContainsFunc(r.Value, isControl)):
		return "the text has bytes that Namecheap's API cannot show, because it answers in XML. Use valid UTF-8 without control characters"
	}
	return ""
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f || c == 0xfffe || c == 0xffff }
