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

// aftermath bounds, in a run that has been stopped, each of what is still due: the end
// of Octeth's writing, the look at the zone after it, and what is to be undone then.
const aftermath = 30 * time.Second

// octethPublication has Octeth publish the records of a domain by itself, with the
// credentials of an authorization.
type octethPublication struct {
	client      *octethapi.Client
	domain      string
	provider    string
	credentials octethapi.Credentials
	editor      *dns.Editor
	zone        dns.HostedZone
	host        string // what people call the DNS host
}

// NewOctethPublication prepares one: whatever can be found wrong before anything is
// changed is an error now.
func NewOctethPublication(ctx context.Context, run *kit.Run, client *octethapi.Client, authorization, domain string) (*octethPublication, error) {
	id, err := zone.ParseAuthorizationID(authorization)
	if err != nil {
		return nil, err
	}
	zones := zone.ZonesOf(run)
	p := &octethPublication{client: client, domain: domain, host: zones.Title(id.Host)}
	if p.provider, p.credentials, err = (OctethDelegate{run}).Credentials(id); err != nil {
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

// Publish makes the call, and returns the records of the domain that have come by
// it, also beside an error. own are the records that the domain had before. A
// [*lostRecordsError] says that others' are gone.
//
// It takes its turn among all that this process writes to the zone. Namecheap's zones
// are written as a whole, so that two who do it side by side undo each other; and what
// we change between the two readings would look like Octeth's doing.
func (p *octethPublication) Publish(ctx context.Context, kind octethapi.Kind, own []dns.Record) (written []dns.Record, err error) {
	err = p.editor.Alone(ctx, p.zone, func() (err error) {
		written, err = p.publishAlone(ctx, kind, own)
		return err
	})
	return written, err
}

// publishAlone is publish while nobody else of this process writes to the zone.
func (p *octethPublication) publishAlone(ctx context.Context, kind octethapi.Kind, own []dns.Record) (written []dns.Record, err error) {
	before, err := p.editor.Host().Read(ctx, p.zone)
	if err != nil {
		return nil, fmt.Errorf("nothing was published, as the zone could not be read before: %w", err)
	}
	// Octeth does not stop where nobody waits for its answer any more: it would write
	// in somebody else's turn.
	call, cancel := finishing(ctx)
	defer cancel()
	failed := p.client.DNSSet(call, p.provider, p.domain, p.credentials, kind)
	look, cancel := finishing(ctx)
	defer cancel()
	after, err := p.editor.Host().Read(look, p.zone)
	if err != nil {
		if failed != nil {
			return nil, fmt.Errorf("%w. What has become of the zone could not be read (%w)", failed, err)
		}
		return nil, fmt.Errorf("the records were published, but the zone could not be read afterwards, so that lost records would go unnoticed: %w", err)
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

// finishing returns a context for what has to come to its end once it has begun: it
// outlasts ctx by the time of the aftermath. So a run that is stopped still learns what
// it has done.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	return api.Outlasting(ctx, aftermath)
}

// published is whether a zone has all of a domain's records already.
func (p *octethPublication) published(ctx context.Context, records []dns.Record) (bool, error) {
	now, err := p.editor.Host().Read(ctx, p.zone)
	if err != nil {
		return false, err
	}
	return len(records) > 0 && len(lackingRecords(records, now.Records)) == 0, nil
}

// lackingRecords are the records that others do not have. Each counts once for each
// time that it is there; its TTL does not.
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

// lostRecordsError says which records of others are gone since Octeth has written to
// a zone. Whether it was Octeth or somebody outside this process at the same moment, no
// DNS host tells.
type lostRecordsError struct {
	zone, host string
	lost       []dns.Record
	cause      error // why Octeth says that it has failed besides; nil if it does not
}

// Error implements error.
func (e *lostRecordsError) Error() string {
	text := fmt.Sprintf("Octeth has written to the zone %s at %s, and these records of others are gone since:\n%s\n"+
		"Put back there now what nobody has removed on purpose at that moment; this list is not kept. "+
		"Then leave octeth.dns_authorization_id out, and publish the records with postmaster_dns_records, which leaves the rest of a zone as it is",
		e.zone, e.host, recordLines(e.lost))
	if e.cause != nil {
		text += fmt.Sprintf(". Octeth itself has failed: %s", e.cause)
	}
	return text
}

func (e *lostRecordsError) Unwrap() error { return e.cause }

// recordLines lists records, a line each, as a person writes them anew.
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
