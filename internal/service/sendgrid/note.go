package sendgrid

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// sendgridNoteVersion is the version of the notes that are written. Version 0 is no
// note at all, as 0.1.0 left it.
const sendgridNoteVersion = 1

// SendgridNote is what private state remembers of a domain at SendGrid, beside its
// attributes.
type SendgridNote struct {
	Version int `json:"version"`
	// UserID and Username are the account or subuser that the domain belongs to. A key
	// by which SendGrid does not show it proves that it is gone only where it is that
	// account's.
	UserID   int64  `json:"user_id,omitempty"`
	Username string `json:"username,omitempty"`
	// Host is the region of the host that has the domain.
	Host string `json:"host,omitempty"`
	// Association is the subuser that username named in a state of version 0.1.0,
	// where it was not always the owner.
	Association string `json:"association,omitempty"`
	// RegionAssumed is whether the region in the state is only that of the host, as
	// after an import: SendGrid does not tell which one the domain was created for.
	RegionAssumed bool `json:"region_assumed,omitempty"`
}

// ReadSendGridNote reads a note; none is the zero value.
func ReadSendGridNote(text []byte, diags *diag.Diagnostics) (n SendgridNote) {
	if len(text) == 0 {
		return n
	}
	err := json.Unmarshal(text, &n)
	if err == nil && n.Version != sendgridNoteVersion {
		err = fmt.Errorf("its version is %d, and this version of the provider knows version %d", n.Version, sendgridNoteVersion)
	}
	if err != nil {
		diags.AddError("Unreadable private state", fmt.Sprintf("The note on the account that this domain belongs to cannot be used: %s. "+
			"Use the version of the provider that wrote the state, or a later one.", err))
		return SendgridNote{}
	}
	return n
}

// Text is the note as private state keeps it.
func (n SendgridNote) Text() []byte {
	n.Version = sendgridNoteVersion
	text, _ := json.Marshal(n) // numbers and texts
	return text
}

func (n SendgridNote) owner() sendgridapi.Owner {
	return sendgridapi.Owner{UserID: n.UserID, Username: n.Username}
}

// of is the note with what is known of a domain now.
func (n SendgridNote) of(d sendgridapi.Domain, client *sendgridapi.Client) SendgridNote {
	n.UserID, n.Username, n.Host = d.UserID, d.Username, string(client.Region())
	return n
}
