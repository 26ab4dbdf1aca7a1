package octeth

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// octethKinds are the kinds of sender domains, as record_type and IDs have them.
var octethKinds = []string{string(octethapi.Campaign), string(octethapi.EmailGateway)}

// OctethID is the ID of a sender domain at Octeth: "octeth/campaign/12", or
// "octeth/campaign/example.com" of one that the installation has no number for, as
// all that there is of it is its records.
type OctethID struct {
	Kind   octethapi.Kind
	Number int64  // 0 where there is none
	Domain string // "" where there is a number
}

// registered is whether the domain has a number, by which it can be read, changed,
// verified and deleted.
func (id OctethID) registered() bool { return id.Number != 0 }

func (id OctethID) String() string {
	which := id.Domain
	if id.registered() {
		which = strconv.FormatInt(id.Number, 10)
	}
	return fmt.Sprintf("%s/%s/%s", ServiceOcteth, id.Kind, which)
}

// ParseOctethID reads an ID, which for an import may name any domain in the place of
// its number.
func ParseOctethID(text string) (OctethID, error) {
	service, rest, _ := strings.Cut(text, "/")
	kind, which, _ := strings.Cut(rest, "/")
	id := OctethID{Kind: octethapi.Kind(kind)}
	if service != ServiceOcteth || id.Kind != octethapi.Campaign && id.Kind != octethapi.EmailGateway {
		return OctethID{}, notOctethID(text)
	}
	if number, err := strconv.ParseInt(which, 10, 64); err == nil {
		if number <= 0 {
			return OctethID{}, notOctethID(text)
		}
		id.Number = number
		return id, nil
	}
	domain, err := kit.CanonicalMailDomain(which)
	if err != nil {
		return OctethID{}, fmt.Errorf("%w: %w", notOctethID(text), err)
	}
	id.Domain = domain
	return id, nil
}

func notOctethID(text string) error {
	return fmt.Errorf("%q is not the id of a sender domain at Octeth, such as %q: use the id attribute of a postmaster_sender_domain", text, octethExampleID)
}

// ParseRegisteredOctethID reads the ID of a domain that can be verified.
func ParseRegisteredOctethID(text string) (OctethID, error) {
	id, err := ParseOctethID(text)
	if err == nil && !id.registered() {
		err = fmt.Errorf("%s has no number: Octeth verifies only domains that are registered, which those for campaigns are from version 5.9.1 on. "+
			"What it has published by itself needs no postmaster_domain_verification", text)
	}
	return id, err
}
