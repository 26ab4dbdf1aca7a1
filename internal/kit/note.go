package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// noteVersion is the version of the notes that this provider writes to private state. Version 0.1.0
// of the provider wrote the content without a version, which counts as version 0.
const noteVersion = 1

const unreadablePlan = "Unable to read the approved plan"

// note is the JSON form of a note in private state.
type note struct {
	Version int             `json:"version"`
	Content json.RawMessage `json:"content"`
}

// WriteNote writes a value to private state. About says what the note is about; messages read "the
// note on …".
func WriteNote(ctx context.Context, private PrivateState, key, about string, value any) diag.Diagnostics {
	var diags diag.Diagnostics
	content, err := json.Marshal(value)
	if err == nil {
		content, err = json.Marshal(note{Version: noteVersion, Content: content})
	}
	if err != nil {
		diags.AddError("Unable to write private state", fmt.Sprintf("The note on %s cannot be encoded: %s.", about, err))
		return diags
	}
	return private.SetKey(ctx, key, content)
}

// ReadNote reads a note from private state into value. Found is false if there is none. A note that
// cannot be decoded is an error: to treat it as missing would silently give up records or objects.
func ReadNote(ctx context.Context, private PrivateState, key, about string, value any) (found bool, diags diag.Diagnostics) {
	text, diags := private.GetKey(ctx, key)
	if diags.HasError() || len(text) == 0 {
		return false, diags
	}
	if err := decodeNote(text, value); err != nil {
		diags.AddError("Unreadable private state", fmt.Sprintf("The note on %s cannot be read: %s. It was written by another version of the provider, or the state file was edited. "+
			"Use the version of the provider that wrote the state, or restore the state from a backup.", about, err))
		return false, diags
	}
	return true, diags
}

// ApprovedPlan reads a note that the approved plan wrote. Terraform 1.16 and later pass it to the
// plan at apply; with earlier versions found is false.
func ApprovedPlan(ctx context.Context, key, about string, value any) (found bool, diags diag.Diagnostics) {
	text, found, err := protocol.PlannedPrivateKey(ctx, key)
	if err != nil {
		diags.AddError(unreadablePlan, err.Error()+". Plan again with this version of the provider.")
		return false, diags
	}
	if !found {
		return false, nil
	}
	if err := decodeNote(text, value); err != nil {
		diags.AddError(unreadablePlan, fmt.Sprintf("The note on %s in the plan cannot be read: %s. Plan again with this version of the provider.", about, err))
		return false, diags
	}
	return true, nil
}

// decodeNote decodes a note of this version or of version 0.
func decodeNote(text []byte, value any) error {
	content := text
	var versioned struct {
		Version *int            `json:"version"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(text, &versioned); err == nil && versioned.Version != nil {
		switch v := *versioned.Version; {
		case v != noteVersion:
			return fmt.Errorf("it has version %d, and this provider knows versions up to %d", v, noteVersion)
		case versioned.Content == nil:
			return errors.New("it has no content")
		}
		content = versioned.Content
	}
	return Strictly(content, value)
}

// Strictly decodes JSON into value. Unknown fields are an error.
func Strictly(text []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(value)
}
