package googleapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// setsPerPage is how many record sets one page is to have. The service may return fewer.
const setsPerPage = 1000

// zoneSets are the record sets of a snapshot.
type zoneSets map[dns.SetKey]*recordSet

// specialSets are those record sets of a snapshot that are not edited here, in the order of the list.
type specialSets []*recordSet

// objection says why a record cannot join, replace or leave a special set, as [dns.Snapshot] has it.
func (sets specialSets) objection(r dns.Record) string {
	_, read := r.Native.(native)
	for _, s := range sets {
		if s.key == r.SetKey() || !read && s.excludes(r.SetKey()) {
			return s.reason()
		}
	}
	return ""
}

// excludes reports whether a record of this set cannot be added to the zone while it has the special
// set s.
func (s *recordSet) excludes(other dns.SetKey) bool {
	addresses := s.key.Type == alias && (other.Type == "A" || other.Type == "AAAA")
	return s.key.Excludes(other) || addresses && s.key.Name == other.Name
}

// reason says why a special set stays as it is, and what to do.
func (s *recordSet) reason() string {
	return dns.SpecialSet(service, s.key, s.special)
}

// setsPage is a part of the record sets of a zone.
type setsPage struct {
	Rrsets        []json.RawMessage `json:"rrsets"`
	NextPageToken string            `json:"nextPageToken"`
}

// Read implements [dns.Host]. A zone of several pages is not a snapshot: a set may change after its
// page was read. A change of such a set then fails with [dns.ErrZoneChanged].
func (h *Host) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	const op = "read the records of"
	at, err := h.place(op, zone)
	if err != nil {
		return nil, err
	}
	snapshot := &dns.Snapshot{Zone: zone, Began: time.Now()}
	sets := zoneSets{}
	var special specialSets
	serving := false // the zone has the SOA record that every zone has
	query := url.Values{"maxResults": {strconv.Itoa(setsPerPage)}}
	seen := map[string]bool{}
	for {
		var page setsPage
		request := call{op: op, object: zone.Apex, method: http.MethodGet, path: at.path("rrsets"), query: query, needs: at.needs("dns.resourceRecordSets.list")}
		if err := h.send(ctx, request, &page); err != nil {
			return nil, err
		}
		for _, raw := range page.Rrsets {
			set, err := newSet(raw)
			if err != nil {
				return nil, unexpected(op, zone.Apex, err)
			}
			serving = serving || set.key == dns.SetKey{Name: zone.Apex, Type: "SOA"}
			if slices.Contains(hidden, set.key.Type) || sets[set.key] != nil {
				continue
			}
			sets[set.key] = set
			if set.special != "" {
				special = append(special, set)
			}
			snapshot.Records = append(snapshot.Records, set.records()...)
		}
		if page.NextPageToken == "" {
			break
		}
		if seen[page.NextPageToken] {
			return nil, unexpected(op, zone.Apex, errors.New("the pages of the list go round in a circle"))
		}
		seen[page.NextPageToken] = true
		query.Set("pageToken", page.NextPageToken)
	}
	if !serving {
		return nil, unexpected(op, zone.Apex, errors.New("the zone in it has no SOA record"))
	}
	snapshot.Native, snapshot.Objection = sets, special.objection
	return snapshot, nil
}

// unexpected is the error of an answer that the API cannot have given.
func unexpected(op, object string, cause error) *api.Error {
	return &api.Error{
		Service: service, Op: op, Object: object, Kind: api.ErrUnavailable,
		Cause:  fmt.Errorf("the answer is not what the API documents: %w", cause),
		Advice: checkURL,
	}
}

// checkURL is the advice for an answer that the API cannot have given.
const checkURL = "Check that the URL in the provider configuration is that of the API itself, and that no proxy answers in its place"
