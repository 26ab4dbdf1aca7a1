package sendgrid

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// noteVersion is the version of the notes that this provider writes. 0.1.0 wrote no note.
const noteVersion = 1

// domainNote is what private state remembers of a domain at SendGrid, in addition to its
// attributes.
type domainNote struct {
	Version int `json:"version"`
	// UserID and Username are the account or subuser that owns the domain. If a key does not show
	// the domain, this proves that the domain is gone only if the key belongs to that account.
	UserID   int64  `json:"user_id,omitempty"`
	Username string `json:"username,omitempty"`
	// Host is the region of the host that has the domain: "global" or "eu".
	Host string `json:"host,omitempty"`
	// Association is the subuser in the attribute username of a state of version 0.1.0. There,
	// username was not always the owner.
	Association string `json:"association,omitempty"`
	// RegionAssumed says that the region in the state is only that of the host, for example after
	// an import. SendGrid does not return the region that a domain was created for.
	RegionAssumed bool `json:"region_assumed,omitempty"`
}

// readNote parses a note. An empty text is the zero value.
func readNote(text []byte, diags *diag.Diagnostics) (n domainNote) {
	if len(text) == 0 {
		return n
	}
	err := json.Unmarshal(text, &n)
	if err == nil && n.Version != noteVersion {
		err = fmt.Errorf("its version is %d, and this version of the provider knows version %d", n.Version, noteVersion)
	}
	if err != nil {
		diags.AddError("Unreadable private state", fmt.Sprintf("The note about the account that owns this domain cannot be used: %s. "+
			"Use the version of the provider that wrote the state, or a later one.", err))
		return domainNote{}
	}
	return n
}

// Text returns the note as private state keeps it.
func (n domainNote) Text() []byte {
	n.Version = noteVersion
	text, _ := json.Marshal(n) // cannot fail: numbers and strings
	return text
}

// hostUnknown reports whether neither the host nor the region of the domain was seen: it was moved
// from another provider's state, and has not been read yet.
func (n domainNote) hostUnknown() bool { return n.Host == "" && n.RegionAssumed }

func (n domainNote) owner() sendgridapi.Owner {
	return sendgridapi.Owner{UserID: n.UserID, Username: n.Username}
}

// of returns the note with the owner and host that a domain has now.
func (n domainNote) of(d sendgridapi.Domain, client *sendgridapi.Client) domainNote {
	n.UserID, n.Username, n.Host = d.UserID, d.Username, string(client.Region())
	return n
}
