package octeth

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// kinds are the kinds of sender domains, as they are written in record_type and in IDs.
var kinds = []string{string(octethapi.Campaign), string(octethapi.EmailGateway)}

// domainID is the ID of a sender domain at Octeth: "octeth/campaign/12". A domain that is not
// registered has no number; its ID contains the name instead: "octeth/campaign/example.com".
type domainID struct {
	Kind   octethapi.Kind
	Number int64  // 0 if there is none
	Domain string // "" if there is a number
}

// registered reports whether the domain has a number. Without one it cannot be read, changed,
// verified or deleted.
func (id domainID) registered() bool { return id.Number != 0 }

// String returns the ID as the state has it.
func (id domainID) String() string {
	which := id.Domain
	if id.registered() {
		which = strconv.FormatInt(id.Number, 10)
	}
	return fmt.Sprintf("%s/%s/%s", serviceName, id.Kind, which)
}

// parseID parses an ID. The ID of an import may contain the domain's name instead of its number.
func parseID(text string) (domainID, error) {
	service, rest, _ := strings.Cut(text, "/")
	kind, which, _ := strings.Cut(rest, "/")
	id := domainID{Kind: octethapi.Kind(kind)}
	if service != serviceName || id.Kind != octethapi.Campaign && id.Kind != octethapi.EmailGateway {
		return domainID{}, notID(text)
	}
	if number, err := strconv.ParseInt(which, 10, 64); err == nil {
		if number <= 0 {
			return domainID{}, notID(text)
		}
		id.Number = number
		return id, nil
	}
	domain, err := kit.CanonicalMailDomain(which)
	if err != nil {
		return domainID{}, fmt.Errorf("%w: %w", notID(text), err)
	}
	id.Domain = domain
	return id, nil
}

func notID(text string) error {
	return fmt.Errorf("%q is not the id of a sender domain at Octeth, such as %q: use the id attribute of a postmaster_sender_domain", text, exampleID)
}

// parseRegisteredID parses the ID of a domain that Octeth can verify.
func parseRegisteredID(text string) (domainID, error) {
	id, err := parseID(text)
	if err == nil && !id.registered() {
		err = fmt.Errorf("%s has no number: Octeth verifies only registered domains, and it registers campaign domains from version 5.9.1 on. "+
			"Records that it has published itself need no postmaster_domain_verification", text)
	}
	return id, err
}
