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

// The notes of a postmaster_dns_records in private state.
const (
	// publishedKeyName is what was published. It is written by an apply and by a refresh.
	publishedKeyName = "published"
	// sharedKeyName is what other resources of the configuration want at the names of
	// records that the planned change takes away. It is written by a plan, for Delete and,
	// where Terraform hands it on, for Update.
	sharedKeyName = "shared"
	// successorKeyName is what the planned resource wants. It is written by the plan of a
	// create, for the Delete of the object that it replaces: Terraform hands that the
	// private data of the plan instead of its own.
	successorKeyName = "successor"
	// displacedKeyName is what the plan showed as displaced. Terraform 1.16 hands it on to
	// the plan that is made at apply.
	displacedKeyName = "displaced"

	aboutPublished = "what was published"
	aboutShared    = "what other resources publish"
	aboutSuccessor = "what the resource that replaces this one wants"
	aboutDisplaced = "which records of others make way"
)

// successor is what the resource wants that takes the place of another object.
type successor struct {
	Wanted []dns.Wanted `json:"wanted"`
	// Complete is whether all that it wants was known. Keys that are not among the wanted
	// ones may be wanted otherwise.
	Complete bool `json:"complete"`
}

// loadPublished is nil where nothing is remembered: after an import, and for Delete of
// what is replaced.
func loadPublished(ctx context.Context, private kit.PrivateState) ([]dns.Published, diag.Diagnostics) {
	var published publishedNote
	found, diags := kit.ReadNote(ctx, private, publishedKeyName, aboutPublished, &published)
	if diags.HasError() || !found {
		return nil, diags
	}
	return published, diags
}

// publishedNote refuses what decodes and yet is no note of published records.
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

func savePublished(ctx context.Context, private kit.PrivateState, published []dns.Published) diag.Diagnostics {
	if published == nil {
		published = []dns.Published{} // nothing was published, which is not the same as nothing remembered
	}
	return kit.WriteNote(ctx, private, publishedKeyName, aboutPublished, published)
}

// forgetPlanned forgets what a plan has noted for the change that has been made, so that it
// does not stay in the state.
func forgetPlanned(ctx context.Context, private kit.PrivateState) diag.Diagnostics {
	diags := kit.WriteNote(ctx, private, sharedKeyName, aboutShared, []dns.Wanted{})
	diags.Append(kit.WriteNote(ctx, private, displacedKeyName, aboutDisplaced, nil)...)
	return diags
}

// loadShared returns what other resources want, as the plan has noted it.
func loadShared(ctx context.Context, private kit.PrivateState) (shared []dns.Wanted, diags diag.Diagnostics) {
	_, diags = kit.ReadNote(ctx, private, sharedKeyName, aboutShared, &shared)
	return shared, diags
}

var _ json.Unmarshaler = (*publishedNote)(nil)
