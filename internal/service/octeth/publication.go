package octeth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// aftermath limits, in a run that has been stopped, the time for each step that is still due: the
// end of Octeth's write, the read of the zone after it, and the undoing of a failed creation.
const aftermath = 30 * time.Second

// publication makes Octeth publish the records of a domain itself, with the credentials of an
// authorization.
type publication struct {
	client      *octethapi.Client
	domain      string
	provider    string
	credentials octethapi.Credentials
	editor      *dns.Editor
	zone        dns.HostedZone
	host        string // title of the DNS host, for messages
}

// newPublication prepares a publication. It returns all errors that can be found before anything is
// changed.
func newPublication(ctx context.Context, run *kit.Run, client *octethapi.Client, authorization, domain string) (*publication, error) {
	id, err := zone.ParseAuthorizationID(authorization)
	if err != nil {
		return nil, err
	}
	zones := zone.ZonesOf(run)
	p := &publication{client: client, domain: domain, host: zones.Title(id.Host)}
	if p.provider, p.credentials, err = (delegate{run}).Credentials(id); err != nil {
		return nil, err
	}
	if p.editor, p.zone, err = zones.OpenZone(ctx, id); err != nil {
		return nil, err
	}
	switch {
	case !p.zone.Holds(domain):
		return nil, fmt.Errorf("%s is not in the zone %s of the authorization %s: set octeth.dns_authorization_id to that of a postmaster_dns_authorization for %s",
			domain, p.zone.Apex, authorization, domain)
	case p.zone.ReadOnly != "":
		return nil, fmt.Errorf("the zone %s at %s cannot be edited: %s", p.zone.Apex, p.host, strings.TrimSuffix(p.zone.ReadOnly, "."))
	}
	return p, nil
}

// Publish makes the call. It returns the records of the domain that are new in the zone after it,
// even with an error. own are the records that the domain had before. A [*lostRecordsError] says
// that records of others are gone.
//
// It waits until nobody else in this process writes to the zone. Namecheap's zones are written as a
// whole, so two writers at the same time would undo each other's changes. And a change by this
// process between the two reads would look like one by Octeth.
func (p *publication) Publish(ctx context.Context, kind octethapi.Kind, own []dns.Record) (written []dns.Record, err error) {
	err = p.editor.Alone(ctx, p.zone, func() (err error) {
		written, err = p.publishAlone(ctx, kind, own)
		return err
	})
	return written, err
}

// publishAlone is Publish without the wait: nobody else in this process writes to the zone
// meanwhile.
func (p *publication) publishAlone(ctx context.Context, kind octethapi.Kind, own []dns.Record) (written []dns.Record, err error) {
	before, err := p.editor.Host().Read(ctx, p.zone)
	if err != nil {
		return nil, fmt.Errorf("nothing was published, as the zone could not be read before: %w", err)
	}
	// Octeth does not stop if nobody waits for its answer any more. It would then write while it is
	// somebody else's turn.
	call, cancel := finishing(ctx)
	defer cancel()
	failed := p.client.DNSSet(call, p.provider, p.domain, p.credentials, kind)
	look, cancel := finishing(ctx)
	defer cancel()
	after, err := p.editor.Host().Read(look, p.zone)
	if err != nil {
		if failed != nil {
			return nil, fmt.Errorf("%w. The zone could not be read afterwards (%w)", failed, err)
		}
		return nil, fmt.Errorf("the records were published, but the zone could not be read afterwards, so it is not known whether records of others were lost: %w", err)
	}
	for _, r := range lackingRecords(after.Records, before.Records) {
		if r.Name == p.domain || strings.HasSuffix(r.Name, "."+p.domain) {
			written = append(written, r)
		}
	}
	if lost := lackingRecords(lackingRecords(before.Records, after.Records), own); len(lost) > 0 {
		return written, &lostRecordsError{zone: p.zone.Apex, host: p.host, lost: lost, cause: failed}
	}
	return written, failed
}

// finishing returns a context for steps that must end once they have begun. It lasts longer than
// ctx, by aftermath, so that a run that is stopped still learns what it has done.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	return api.Outlasting(ctx, aftermath)
}

// published reports whether the zone has all records of a domain already.
func (p *publication) published(ctx context.Context, records []dns.Record) (bool, error) {
	now, err := p.editor.Host().Read(ctx, p.zone)
	if err != nil {
		return false, err
	}
	return len(records) > 0 && len(lackingRecords(records, now.Records)) == 0, nil
}

// lackingRecords returns the records that are not among the others. Records that occur several
// times are counted. TTLs are not compared.
func lackingRecords(records, others []dns.Record) []dns.Record {
	there := map[dns.Identity]int{}
	for _, r := range others {
		there[r.Identity()]++
	}
	var lacking []dns.Record
	for _, r := range records {
		if there[r.Identity()]--; there[r.Identity()] < 0 {
			lacking = append(lacking, r)
		}
	}
	return lacking
}

// lostRecordsError says which records of others are gone after Octeth has written to a zone. No DNS
// host tells whether Octeth removed them, or somebody outside this process at the same time.
type lostRecordsError struct {
	zone, host string
	lost       []dns.Record
	cause      error // the failure that Octeth reports as well, or nil
}

// Error implements error.
func (e *lostRecordsError) Error() string {
	text := fmt.Sprintf("Octeth has written to the zone %s at %s, and since then these records of others are gone:\n%s\n"+
		"Restore them now, except those that somebody has removed on purpose at that moment; this list is not kept. "+
		"Then remove octeth.dns_authorization_id, and publish the records with postmaster_dns_records, which leaves the rest of a zone as it is",
		e.zone, e.host, recordLines(e.lost))
	if e.cause != nil {
		text += fmt.Sprintf(". Octeth itself has failed: %s", e.cause)
	}
	return text
}

func (e *lostRecordsError) Unwrap() error { return e.cause }

// recordLines lists records, one per line, in a form that a person can copy.
func recordLines(records []dns.Record) string {
	var b strings.Builder
	for _, r := range records {
		b.WriteString("\n    " + r.String())
		if r.TTL != 0 {
			fmt.Fprintf(&b, " (TTL %d)", r.TTL)
		}
	}
	return b.String() + "\n"
}
