package zone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// Keys of the notes of a postmaster_dns_records in private state, and their names in messages.
const (
	// publishedKeyName is the key of what was published. An apply and a refresh write it.
	publishedKeyName = "published"
	// sharedKeyName is the key of what other resources of the configuration want at the names of
	// records that the planned change removes. A plan writes it, for Delete and, if Terraform
	// passes it on, for Update.
	sharedKeyName = "shared"
	// successorKeyName is the key of what the planned resource wants. The plan of a create writes
	// it, for the Delete of the object that is replaced: Terraform passes that Delete the private
	// state of the plan instead of the object's own.
	successorKeyName = "successor"
	// displacedKeyName is the key of what the plan showed as displaced. Terraform 1.16 passes it to
	// the plan at apply.
	displacedKeyName = "displaced"

	aboutPublished = "what was published"
	aboutShared    = "what other resources publish"
	aboutSuccessor = "what the resource that replaces this one wants"
	aboutDisplaced = "which records of others make way"
)

// successor is what the resource wants that replaces another object.
type successor struct {
	Wanted []dns.Wanted `json:"wanted"`
	// Complete says that everything the resource wants was known. Otherwise it may also want
	// records under keys that are not listed.
	Complete bool `json:"complete"`
	// Host and ZoneID say where. They are empty if the zone was not known, or if a version before 0.2.0
	// wrote the note.
	Host   string `json:"host,omitempty"`
	ZoneID string `json:"zone_id,omitempty"`
}

// elsewhere reports whether the resource is in another zone, so that it takes over nothing.
func (s successor) elsewhere(host string, zone dns.HostedZone) bool {
	return s.ZoneID != "" && (s.ZoneID != zone.ID || s.Host != host)
}

// loadPublished returns what was published. It returns nil if there is no note: after an import,
// and in the Delete of a replaced object.
func loadPublished(ctx context.Context, private kit.PrivateState) ([]dns.Published, diag.Diagnostics) {
	var published publishedNote
	found, diags := kit.ReadNote(ctx, private, publishedKeyName, aboutPublished, &published)
	if diags.HasError() || !found {
		return nil, diags
	}
	return published, diags
}

// publishedNote decodes the note and refuses a text that is not a note of published records.
type publishedNote []dns.Published

// UnmarshalJSON implements json.Unmarshaler.
func (n *publishedNote) UnmarshalJSON(text []byte) error {
	var published []dns.Published
	if err := kit.Strictly(text, &published); err != nil {
		return err
	}
	if published == nil {
		return errors.New("it is empty")
	}
	for _, p := range published {
		if p.Wanted.Name == "" || p.Record.Name == "" {
			return fmt.Errorf("the element with the key %q has no record", p.Key)
		}
	}
	*n = published
	return nil
}

// savePublished writes the note of what was published.
func savePublished(ctx context.Context, private kit.PrivateState, published []dns.Published) diag.Diagnostics {
	if published == nil {
		published = []dns.Published{} // nothing was published, which differs from a missing note
	}
	return kit.WriteNote(ctx, private, publishedKeyName, aboutPublished, published)
}

// forgetPlanned clears the plan's notes after the change, so that they do not stay in the state.
func forgetPlanned(ctx context.Context, private kit.PrivateState) diag.Diagnostics {
	diags := kit.WriteNote(ctx, private, sharedKeyName, aboutShared, []dns.Wanted{})
	diags.Append(kit.WriteNote(ctx, private, displacedKeyName, aboutDisplaced, nil)...)
	return diags
}

// loadShared returns what other resources want, according to the plan's note.
func loadShared(ctx context.Context, private kit.PrivateState) (shared []dns.Wanted, diags diag.Diagnostics) {
	_, diags = kit.ReadNote(ctx, private, sharedKeyName, aboutShared, &shared)
	return shared, diags
}

var _ json.Unmarshaler = (*publishedNote)(nil)
