package zone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// What the external tests of this package use of its insides.
type (
	AuthorizationModel = authorizationModel
	RecordsModel       = recordsModel
	RecordsResource    = recordsResource
)

const ViaDirect = viaDirect

var (
	RecordsFromJSON      = recordsFromJSON
	CutRecords           = cutRecords
	RefuseFaults         = refuseFaults
	WarnOfFaults         = warnOfFaults
	ReplaceUnlessSameWay = replaceUnlessSameWay
)

func (h Hosts) Detect(zone dns.Zone) (dns.Detection, bool) { return h.detect(zone) }

func (h Hosts) ParseID(text string) (AuthorizationID, error) { return h.parseID(text) }

func (h Hosts) Unsupported(name string) string { return h.unsupported(name) }

func (id AuthorizationID) Within() string { return id.within() }

func (z *Zones) AccountHost(account string) (string, bool) { return z.accountHost(account) }

func (z *Zones) LookUpValues(ctx context.Context, name, recordType string) ([]string, error) {
	return z.lookUpValues(ctx, name, recordType)
}

// EditorKeys returns what the editors are kept by.
func (z *Zones) EditorKeys() (accounts []string) {
	for key := range z.editors {
		accounts = append(accounts, key.Account)
	}
	return accounts
}

func (r *AuthorizationResource) ParseImport(text string) (AuthorizationID, string, error) {
	return r.parseImport(text)
}

func (r *recordsResource) AwaitArrival(ctx context.Context, host string, zone dns.HostedZone, published []dns.Published, timeout time.Duration, diags *diag.Diagnostics) {
	r.awaitArrival(ctx, host, zone, published, timeout, diags)
}

// Notes are the notes of this package, by their keys.
var Notes = map[string]func() any{
	publishedKeyName: func() any { return new(publishedNote) },
	zoneKeyName:      func() any { return new(zoneNote) },
	movingKeyName:    func() any { return new(movingNote) },
	sharedKeyName:    func() any { return new([]dns.Wanted) },
	successorKeyName: func() any { return new(successor) },
	displacedKeyName: func() any { return new([]dns.Identity) },
	plannedHostKey:   func() any { return new(plannedHost) },
}
